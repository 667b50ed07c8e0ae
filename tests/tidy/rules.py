"""The house rules, one function a rule. Each returns violations as 'path:line: what'."""

import json
import re

from tests.tidy.sources import ROOT, functions, text, tracked, with_suffix, without_text

MAX_LINE = 100
MAX_FUNCTION_LINES = 70
MAX_FILE_LINES = 600
MAX_README_LINES = 40
RATCHET = ROOT / "tests" / "tidy" / "ratchet.json"

CPP = (".cc", ".h")


def long_lines() -> dict[str, int]:
    """Path to the number of lines over the limit."""
    result: dict[str, int] = {}
    for path in with_suffix(*CPP, ".py", ".sh"):
        count = sum(len(line) > MAX_LINE for line in text(path).splitlines())
        if count:
            result[path] = count
    return result


def too_long_functions() -> dict[str, int]:
    """'path:function' to lines for every C++ function over the limit."""
    result: dict[str, int] = {}
    for path in with_suffix(*CPP):
        for function in functions(text(path)):
            if function.lines > MAX_FUNCTION_LINES:
                key = f"{path}:{function.name}"
                result[key] = max(result.get(key, 0), function.lines)
    return result


def too_long_files() -> dict[str, int]:
    """Path to lines for every source file over the limit."""
    lengths = {path: len(text(path).splitlines()) for path in with_suffix(*CPP, ".py", ".sh")}
    return {path: lines for path, lines in lengths.items() if lines > MAX_FILE_LINES}


def over_ratchet(kind: str, measured: dict[str, int]) -> list[str]:
    """What is over the limit and not excused, or longer than its excuse."""
    allowed = json.loads(RATCHET.read_text())[kind]
    return [
        f"{key}: {lines} lines" + (f", was {allowed[key]}" if key in allowed else "")
        for key, lines in measured.items()
        if lines > allowed.get(key, 0)
    ]


_INCLUDE = re.compile(r'(?m)^\s*#include\s+[<"]([^">]+)[">]')


def includes(path: str) -> list[tuple[int, str]]:
    """Line and target of every include of a file."""
    code = text(path)
    return [(code.count("\n", 0, m.start(1)) + 1, m.group(1)) for m in _INCLUDE.finditer(code)]


def edge_table() -> dict[str, set[str]]:
    """Folder to the folders it may include, from src/README.md."""
    table = {}
    for line in text("src/README.md").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 3 and re.fullmatch(r"[a-z_]+", cells[0]):
            if cells[0] != "folder":
                table[cells[0]] = {name.strip() for name in cells[1].split(",") if name.strip()}
    return table


def cmake_edges() -> dict[str, set[str]]:
    """Folder to its DEPENDS in CMakeLists.txt."""
    code = re.sub(r"#[^\n]*", "", text("CMakeLists.txt"))
    table = {}
    for call in re.findall(r"hanok_library\(([^)]*)\)", code):
        folder, *words = call.split()
        depends: set[str] = set()
        inside = False
        for word in words:
            if word.isupper():
                inside = word == "DEPENDS"
            elif inside:
                depends.add(word)
        table[folder] = depends
    return table


def forbidden_edges() -> list[str]:
    """Includes of one folder by another that the table does not allow."""
    table = edge_table()
    bad = []
    for path in with_suffix(*CPP):
        parts = path.split("/")
        if parts[0] != "src" or len(parts) < 3:
            continue
        folder = parts[1]
        if folder not in table:
            bad.append(f"{path}:1: folder {folder} is not in src/README.md")
            continue
        for line, target in includes(path):
            # Generated messages live in folders that are called like ours (delta/connect).
            # Those of Protobuf itself are a library.
            is_ours = target.endswith(".pb.h") and not target.startswith("google/")
            other = "protos" if is_ours else target.split("/")[0]
            known = other in table or other == "protos"
            if known and other != folder and other not in table[folder]:
                bad.append(f"{path}:{line}: {folder} may not include {target}")
    return bad


# Include prefix to the folders that alone may use it.
_ONLY_IN = {
    "duckdb": {"engine"},
    "curl/": {"storage"},
    "grpcpp/": {"connect"},
    "arrow/": {"engine", "connect", "python", "types"},
    "boost/beast": {"rest"},
    "sqlite3.h": {"catalog", "jdbc"},
    "libpq-fe.h": {"jdbc"},
    "mysql.h": {"jdbc"},
    "soci/": {"catalog"},
    "roaring/": {"delta", "engine"},
    "readline/": {"server"},
    "spark/connect/": {"connect"},
    "delta/connect/": {"connect"},
}


def forbidden_includes() -> list[str]:
    """Libraries included outside the folder that owns them."""
    bad = []
    for path in with_suffix(*CPP):
        if not path.startswith("src/"):
            continue
        folder = path.split("/")[1]
        for line, target in includes(path):
            for prefix, owners in _ONLY_IN.items():
                if target.startswith(prefix) and folder not in owners:
                    bad.append(f"{path}:{line}: {target} belongs to {', '.join(sorted(owners))}")
    return bad


# Pattern, what to use instead, the files that may.
_CALLS = [
    # gRPC takes the deadline of a shutdown as a time of day.
    (
        r"\bsystem_clock::now\b",
        "base::Clock",
        ("src/base/clock.cc", "src/connect/connect_server.cc"),
    ),
    (r"\b(random_device|s?rand)\s*[({]", "base::RandomSource", ("src/base/ids.cc",)),
    (r"\b(strcpy|strcat|sprintf|gets|strtok)\s*\(", "std::string or fmt", ()),
    (r"(?<![\w.>:])(std::)?system\s*\(", "no shell", ()),
    (r"\bstd::(cout|cerr)\b|(?<![\w.>:])printf\s*\(", "logging", ("src/server/",)),
    (r"\bgmtime\s*\(|\blocaltime\s*\(", "the functions with _r", ()),
]


def forbidden_calls() -> list[str]:
    """Calls that have a better way of the house."""
    bad = []
    for path in with_suffix(*CPP):
        if not path.startswith("src/") or path.endswith("_test.cc"):
            continue
        lines = without_text(text(path)).splitlines()
        for pattern, instead, allowed in _CALLS:
            if path.startswith(allowed) if allowed else False:
                continue
            for number, line in enumerate(lines, 1):
                if re.search(pattern, line):
                    bad.append(f"{path}:{number}: {line.strip()[:60]} (use {instead})")
    return bad


def header_rules() -> list[str]:
    """Headers guard themselves with a pragma and open no namespace for their users."""
    bad = []
    for path in with_suffix(".h"):
        code = without_text(text(path))
        if "#pragma once" not in code:
            bad.append(f"{path}:1: no #pragma once")
        for number, line in enumerate(code.splitlines(), 1):
            # A header of test support is read by tests alone.
            if re.match(r"using namespace\b", line) and "/testing/" not in path:
                bad.append(f"{path}:{number}: using namespace in a header")
    return bad


def folder_readmes() -> list[str]:
    """Folders of src/ without a README, or with one that is too long."""
    bad = []
    for folder in sorted({p.split("/")[1] for p in tracked() if re.match(r"src/[^/]+/", p)}):
        path = f"src/{folder}/README.md"
        if path not in tracked():
            bad.append(f"{path}: missing")
        elif len(text(path).splitlines()) > MAX_README_LINES:
            bad.append(f"{path}: over {MAX_README_LINES} lines")
    return bad


# Written in pieces, so that this file does not break its own rules.
_HOSTS = ["pypi" + ".org", "python" + "hosted", "npmjs" + ".", "maven" + ".org", "repo1." + "maven"]
_HOSTS += ["repo.maven." + "apache", "deb." + "debian", "crates" + ".io", "proxy." + "golang"]
_PATHS = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]
_MARKS = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]


def _lines_with(patterns: list[str], what: str) -> list[str]:
    expression = re.compile("|".join(patterns))
    bad = []
    for path in tracked():
        if path.endswith((".svg", ".zst", ".png", ".gz")):
            continue
        for number, line in enumerate(text(path).splitlines(), 1):
            found = expression.search(line)
            if found:
                bad.append(f"{path}:{number}: {what} {found.group(0)}")
    return bad


def registry_hosts() -> list[str]:
    """Package registries are named by their clients' settings, never by us."""
    return _lines_with([re.escape(host) for host in _HOSTS], "registry host")


def machine_paths() -> list[str]:
    """Absolute paths of one machine."""
    return _lines_with([r"(?<![\w.$})/])" + re.escape(path) for path in _PATHS], "machine path")


def unfinished_marks() -> list[str]:
    """Marks of work left undone."""
    return _lines_with([rf"\b{mark}\b(?!\w)" for mark in _MARKS], "mark")


def nameless_conditions() -> list[str]:
    """Conditions of Delta that are raised without a SQLSTATE or a text of their own."""
    states = text("src/base/error_sqlstates.inc")
    messages = text("src/base/error_messages.inc")
    bad = []
    for path in with_suffix(".cc"):
        if path.endswith("_test.cc"):
            continue
        for number, line in enumerate(text(path).splitlines(), 1):
            for name in re.findall(r'"(DELTA_[A-Z0-9_.]*[A-Z0-9])"', line):
                if f'{{"{name.split(".")[0]}",' not in states:
                    bad.append(f"{path}:{number}: no SQLSTATE of {name}")
                if f'{{"{name}",' not in messages:
                    bad.append(f"{path}:{number}: no message of {name}")
    return bad


def dead_files() -> list[str]:
    """Headers that nothing includes and scripts that nothing names."""
    included = {target for path in with_suffix(*CPP) for _, target in includes(path)}
    cmake = "".join(text(path) for path in tracked() if "cmake" in path.lower())
    bad = []
    for path in with_suffix(".h"):
        if path.removeprefix("src/") not in included and path.split("/")[-1] not in cmake:
            bad.append(f"{path}: no file includes it")
    named = "".join(text(p) for p in tracked() if not p.endswith(CPP) and "requirements/" not in p)
    for path in tracked():
        if path.startswith("scripts/") and path.split("/")[-1] not in named:
            bad.append(f"{path}: nothing names it")
    return bad
