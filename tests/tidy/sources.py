"""The files of the repository and a small C++ reader that finds functions."""

import functools
import pathlib
import re
import subprocess
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]


@functools.cache
def tracked(root: pathlib.Path = ROOT) -> tuple[str, ...]:
    """Paths, relative to the root, of the files that git knows or would add."""
    command = ["git", "-C", str(root), "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return tuple(p for p in sorted(set(listed.splitlines())) if (root / p).is_file())


def with_suffix(*suffixes: str) -> list[str]:
    """Tracked files whose name ends so."""
    return [path for path in tracked() if path.endswith(suffixes)]


@functools.cache
def text(path: str) -> str:
    """A tracked file's text; bytes that are no UTF-8 are replaced."""
    return (ROOT / path).read_text(errors="replace")


_TOKENS = re.compile(
    "|".join(
        [
            r'R"(?P<tag>[^()\s]{0,16})\(.*?\)(?P=tag)"',
            r"//[^\n]*",
            r"/\*.*?\*/",
            r'"(?:\\.|[^"\\\n])*"',
            r"(?<![0-9a-zA-Z])'(?:\\.|[^'\\\n])+'",
        ]
    ),
    re.DOTALL,
)


def without_text(code: str) -> str:
    """C++ code with comments and literals blanked, lines kept."""

    def blank(found: re.Match) -> str:
        piece = found.group(0)
        return (
            re.sub(r"[^\n]", " ", piece)
            if piece.startswith("/")
            else '""' + "\n" * piece.count("\n")
        )

    return _TOKENS.sub(blank, code)


@dataclass(frozen=True)
class Function:
    """A function definition: its name and its first and last line, counted from one."""

    name: str
    first: int
    last: int

    @property
    def lines(self) -> int:
        """Lines from the signature to the closing brace."""
        return self.last - self.first + 1


_SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b(?![^(]*\))")
_NAME = re.compile(r"([~\w:<>]+|operator\S+)\s*\(")


def functions(code: str) -> list[Function]:
    """The function bodies of a C++ file; a lambda or local type counts as part of its function."""
    code = re.sub(
        r"(?m)^[ \t]*#(?:[^\n\\]|\\.|\\\n)*",
        lambda m: "\n" * m.group(0).count("\n"),
        without_text(code),
    )
    found: list[Function] = []
    stack: list[tuple[str, int, str]] = []
    header_start, inside = 0, 0
    for at, char in enumerate(code):
        if char == "{":
            header = code[header_start:at]
            kind = "other"
            if inside == 0:
                kind = _classify(header)
            lead = len(header) - len(header.lstrip())
            first = code.count("\n", 0, header_start + lead) + 1
            name = _NAME.search(header)
            stack.append((kind, first, name.group(1) if name else "?"))
            inside += kind == "function"
            header_start = at + 1
        elif char == "}" and stack:
            kind, first, name = stack.pop()
            if kind == "function":
                inside -= 1
                found.append(Function(name, first, code.count("\n", 0, at) + 1))
            header_start = at + 1
        elif char == ";":
            header_start = at + 1
    return found


def _classify(header: str) -> str:
    if _SCOPE.search(header) and not re.search(
        r"\)\s*(const|noexcept|override|final|\s)*$", header
    ):
        return "scope"
    is_call_like = re.search(r"\)\s*(const|noexcept|override|final|&|->[^;]*|:[^;]*|\s)*$", header)
    return "function" if is_call_like and "=" not in header.split("(")[0] else "other"
