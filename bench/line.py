"""One line of the bench's report."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """What was measured, its limit, the number, a note."""

    what: str
    limit: float
    measured: float
    unit: str
    note: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the measured number is within the limit."""
        return self.measured <= self.limit
