"""One line of the bench's report, and how times are taken."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """What was measured, its limit, the number, a note."""

    what: str
    limit: float
    measured: float
    unit: str
    note: str = ""
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the measured number is within the limit."""
        if self.at_least:
            return self.measured >= self.limit
        return self.measured <= self.limit


def seconds_of(work: Callable[[], object]) -> float:
    """How long the work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
