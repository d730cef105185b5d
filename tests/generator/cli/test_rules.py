"""The catalogue of rules, and `explain`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import entitystore_generator
from entitystore_generator.rules import Rule, all_rules, find_rule
from tests.generator.cli.conftest import Project

SOURCES = Path(str(entitystore_generator.__file__)).parent
_CODE = re.compile(r"\bES\d{3}\b")


def test_codes_and_names_are_unique() -> None:
    rules = all_rules()
    assert len({rule.code for rule in rules}) == len(rules)
    assert len({rule.name for rule in rules}) == len(rules)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_each_rule_is_explained(rule: Rule) -> None:
    assert re.fullmatch(r"ES[1-5]\d\d", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert len(rule.summary) > 15
    assert not rule.summary.endswith(".")
    assert "\n" not in rule.summary + rule.why
    assert rule.why.endswith(".")
    assert bool(rule.bad_example) == bool(rule.good_example)
    assert rule.bad_example != rule.good_example or not rule.bad_example


def reported_codes() -> set[str]:
    """Every code that the generator's source names outside the catalogue."""
    files = [path for path in SOURCES.rglob("*.py") if not path.name.endswith("rules.py")]
    return {code for path in files for code in _CODE.findall(_without_docs(path.read_text(encoding="utf-8")))}


def _without_docs(source: str) -> str:
    return re.sub(r'"""[\s\S]*?"""', "", source)


def test_what_is_reported_is_declared_and_the_other_way_round() -> None:
    declared = {rule.code for rule in all_rules()}
    assert reported_codes() - declared == set(), "reported, but in no rules.py"
    assert declared - reported_codes() == set(), "declared, but never reported"


def test_a_rule_is_found_by_code_and_name() -> None:
    rule = find_rule("ES402")
    assert rule is not None
    assert find_rule(" es402 ") is rule
    assert find_rule("Edited-Output") is rule
    assert find_rule("ES999") is None


def test_explain_a_rule(project: Project) -> None:
    result = project.run("explain", "es402")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("ES402 edited-output (error)\n\nA generated file was edited by hand.\n\n")
    assert "\nWrong:\n\n    " in result.out
    assert "\nRight:\n\n    " in result.out


def test_explain_lists_all(project: Project) -> None:
    result = project.run("explain")
    assert result.code == 0
    assert len(result.out.splitlines()) == len(all_rules())
    assert "ES402  error    a generated file was edited by hand" in result.out


def test_explain_in_json(project: Project) -> None:
    rules = json.loads(project.run("explain", "ES402", "--format", "json").out)["rules"]
    assert [(rule["code"], rule["severity"]) for rule in rules] == [("ES402", "error")]


@pytest.mark.parametrize(
    ("topic", "hint"), [("ES4O2", "ES402"), ("edited-outputs", "edited-output"), ("zzz", "lists all rules")]
)
def test_explain_of_nothing(project: Project, topic: str, hint: str) -> None:
    result = project.run("explain", topic)
    assert result.code == 2
    assert "error ES511" in result.err
    assert hint in result.err
