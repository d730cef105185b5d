"""Two documents with faults make one with the findings of both: none hides another, and none follows from another.

Each document of golden/broken_… is cut into what surrounds its schemas and the schemas. The schemas of two of them,
with names that do not meet, make one document with the first one's surroundings.

What is different about a document as a whole is left out, and argued here:
- A file that is no YAML has one fault: what stands behind it is not known.
- A document without a version, or without an entity, is no longer that beside another one.
- Two entities may meet by their keys, one may lack a sort key that the other one has, and have one that the other one
  lacks: that is about the pair.
- Where the root's extensions could not be read, it is not known what keys the table has; and where an entity's options,
  or the name of an extension, could not, another one may mean it by `shares-keys-with`.

A part of the pairs is tried, another one in each version of the list; `ENTITYSTORE_ALL_FAULTS=1` tries all of them.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import pytest

from entitystore_generator.compiler import compile_package
from entitystore_generator.config import Options
from entitystore_generator.diagnostics import Diagnostic
from tests.golden.cases import Case, broken_cases

_WHOLE = {"broken_not_yaml", "broken_tab_in_yaml", "broken_not_openapi", "broken_no_entities"}
_OF_TABLES = {"ES208", "ES209", "ES210", "ES214", "ES220", "ES232"}
_UNREAD_OPTIONS = {"broken_unknown_extension", "broken_unquoted_numbers"}
_HEAD = "openapi: 3.1.0\n"
_SCHEMAS = "components:\n  schemas:\n"
_NAME = re.compile(r"^    ([A-Za-z]+):", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """A document in two pieces. Names of schemas end in `ending`."""

    case: str
    ending: str
    root: str
    schemas: str

    @property
    def lines(self) -> int:
        return self.schemas.count("\n")


def part(case: Case, ending: str) -> Part:
    text = case.spec.read_text(encoding="utf-8").replace("openapi: 3.0.3\n", _HEAD)
    root, schemas = text.split(_SCHEMAS)
    for name in dict.fromkeys(_NAME.findall(schemas)):
        schemas = re.sub(rf"(^    |schemas/|mapping: .*\b|\[){name}\b", rf"\g<1>{name}{ending}", schemas, flags=re.M)
    return Part(case.name, ending, root, schemas if schemas.endswith("\n") else schemas + "\n")


PARTS = {case.name: (part(case, "One"), part(case, "Two"), case) for case in broken_cases() if case.name not in _WHOLE}


def findings(folder: Path, root: str, *schemas: str) -> set[Diagnostic]:
    path = folder / "openapi.yaml"
    path.write_text(root + _SCHEMAS + "".join(schemas), encoding="utf-8")
    return set(compile_package(path, Options("pydantic", "x_store"), spec_name=path.name).diagnostics)


def moved(found: set[Diagnostic], first_line: int, lines: int) -> Iterator[Diagnostic]:
    """Those from this line on, so many lines further down."""
    for each in found:
        if each.position.line >= first_line:
            yield told(replace(each, position=replace(each.position, line=each.position.line + lines)))


def told(found: Diagnostic) -> Diagnostic:
    """A finding without what names others: hints, and lines of first ones."""
    return replace(found, message=re.sub(r"line [0-9]+|: .* has no .*", "", found.message), hint="")


def is_of_both(found: Diagnostic) -> bool:
    """What is said of two entities together, one of each document."""
    lacks = ("other entities have one", "x-dynamodb-table gives it one", "but no entity has")
    return ("One" in found.message and "Two" in found.message) or any(each in found.message for each in lacks)


def is_known(found: Diagnostic, one: Part, other: Part) -> bool:
    """Whether it can be told beside what could not be read."""
    if one.case == "broken_unknown_extension" and found.code in _OF_TABLES:
        return False
    return found.code != "ES227" or _UNREAD_OPTIONS.isdisjoint((one.case, other.case))


def check(folder: Path, one: Part, other: Part) -> None:
    for name in (one.case, other.case):
        for file in PARTS[name][2].folder.glob("*.yaml"):
            (folder / file.name).write_bytes(file.read_bytes())
    first = (one.root + _SCHEMAS).count("\n") + 1
    own = set(map(told, findings(folder, one.root, one.schemas)))
    others = set(moved(findings(folder, one.root, other.schemas), first, one.lines))
    together = set(map(told, findings(folder, one.root, one.schemas, other.schemas)))
    expected, both = (
        {each for each in found if not is_of_both(each) and is_known(each, one, other)}
        for found in (own | others, together)
    )
    assert sorted(both - expected, key=str) == [], "follows from another finding"
    assert sorted(expected - both, key=str) == [], "is hidden by another finding"


PAIRS = [(one, other) for one, other in product(PARTS, PARTS) if one != other]
CHOSEN = PAIRS if "ENTITYSTORE_ALL_FAULTS" in os.environ else random.Random(len(PARTS)).sample(PAIRS, 80)


@pytest.mark.parametrize(("one", "other"), CHOSEN, ids=lambda name: name.removeprefix("broken_"))
def test_two_documents_in_one_have_the_findings_of_both(tmp_path: Path, one: str, other: str) -> None:
    check(tmp_path, PARTS[one][0], PARTS[other][1])
