"""Runs every house rule over the repository."""

import pytest

from tests.tidy import rules

LISTS = [
    rules.forbidden_edges,
    rules.forbidden_includes,
    rules.forbidden_calls,
    rules.header_rules,
    rules.folder_readmes,
    rules.registry_hosts,
    rules.machine_paths,
    rules.unfinished_marks,
    rules.dead_files,
    rules.nameless_conditions,
]


@pytest.mark.parametrize("rule", LISTS, ids=lambda rule: rule.__name__)
def test_rule(rule):
    violations = rule()
    assert not violations, f"{rule.__doc__}\n" + "\n".join(violations)


def test_line_length():
    violations = rules.over_ratchet("lines", rules.long_lines())
    assert not violations, "\n".join(violations)


def test_function_length():
    violations = rules.over_ratchet("functions", rules.too_long_functions())
    assert not violations, "\n".join(violations)


def test_file_length():
    violations = rules.over_ratchet("files", rules.too_long_files())
    assert not violations, "\n".join(violations)


def test_edges_of_readme_and_cmake_agree():
    assert rules.edge_table() == rules.cmake_edges()
