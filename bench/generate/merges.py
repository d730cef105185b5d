"""Where two branches that change one document meet: `python -m bench.generate.merges 500`.

Two random edits are made to a document of golden/, each on a branch of its own, and both branches are merged as git
does it. Where the document merges without a conflict, the generated files are looked at.

Rules of this file:
- Edits are those that people make: a property more, less or under another name, a description, a bound, a value of an
  enum, a key, an index, an entity. They are made to lines, as an editor makes them.
- New classes, entities, indexes or partitions of `query_all` behind the same one stand at one place, whatever is
  between them in the document. Such pairs are counted apart, and so are those of which one removes a property and the
  other changes what it is.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import yaml

from entitystore_generator.compiler import compile_package
from entitystore_generator.config import MODEL_KINDS, ModelKind, Options
from entitystore_generator.emit.hashing import hash_text
from entitystore_generator.emit.manifest import MANIFEST_NAME, Manifest

__all__ = ["Base", "Edit", "Outcome", "bases", "compiled", "edits", "main", "outcomes"]

GOLDEN = Path(__file__).parents[2] / "golden"
TYPES = (
    "{type: string}",
    "{type: integer}",
    "{type: number}",
    "{type: boolean}",
    "{type: string, format: date-time}",
    "{type: string, format: date}",
    "{type: string, format: uuid}",
    "{type: string, format: email}",
    "{type: string, enum: [a, b]}",
    "{type: string, pattern: '^[a-z]+$', minLength: 2}",
    "{type: string, default: x}",
    "{type: array, items: {type: string}}",
    "{type: object, properties: {a: {type: string}}}",
    "{type: object, additionalProperties: {type: integer}}",
    "{}",
)
NAMES = ("alpha", "middle", "zeta")

_ORDERS = {
    "models.py": r"^class (\w+)",
    "__init__.py": r"^from \.(\w+)_store",
    "definition.py": r"^(\w+) = IndexDefinition",
    "table.py": r"^(_By\w+): TypeAlias",
}
"""What stands in an order in a file: an expression for its names."""

Files = Mapping[str, str]


class Edit(NamedTuple):
    """Lines `start` to `end` (exclusive) of a document replaced by `lines`. `@` in them is the branch's name."""

    kind: str
    start: int
    end: int
    lines: tuple[str, ...]


class Base(NamedTuple):
    """A document, the edits that it admits, and its package."""

    name: str
    models: ModelKind
    text: str
    edits: tuple[Edit, ...]
    files: Files


class Outcome(NamedTuple):
    """What became of a pair of edits: both sides of each conflict in each file, none where a file is gone on one side.

    `is_one_place`: both put a class, an entity or an index behind the same one.
    """

    base: str
    kinds: tuple[str, str]
    conflicts: Mapping[str, Sequence[tuple[str, str]]]
    is_one_place: bool

    @property
    def in_code(self) -> dict[str, Sequence[tuple[str, str]]]:
        """The conflicts outside of the manifest."""
        return {path: hunks for path, hunks in self.conflicts.items() if path != MANIFEST_NAME}

    @property
    def is_removal(self) -> bool:
        """Whether one branch has removed the very lines that the other has changed."""
        return all(not all(sides) for hunks in self.in_code.values() for sides in hunks)


# ------------------------------------------------------------------------------------------------------ edits


def edits(text: str, rng: random.Random) -> Iterator[Edit]:
    """Every edit that a document admits, with the choices that each leaves made by `rng`."""
    lines = text.split("\n")
    schemas = _part(yaml.compose(text, Loader=yaml.SafeLoader), "components", "schemas")
    for name, schema in _pairs(schemas):
        yield _new_entity(name, rng)
        yield from _schema_edits(name, schema, lines, rng)


def _new_entity(before: yaml.ScalarNode, rng: random.Random) -> Edit:
    line, indent = before.start_mark.line, " " * before.start_mark.column
    entity = (
        f"{rng.choice(NAMES).title()}@:",
        "  type: object",
        "  required: [id]",
        "  x-dynamodb-indexmap: {PK: 'NEW@#{id}', SK: 'NEW@#{id}'}",
        f"  properties: {{id: {{type: string}}, at: {rng.choice(TYPES)}}}",
    )
    return Edit("entity", line, line, tuple(indent + each for each in entity))


def _schema_edits(name: yaml.ScalarNode, schema: yaml.Node, lines: list[str], rng: random.Random) -> Iterator[Edit]:
    if not isinstance(schema, yaml.MappingNode) or schema.flow_style or not schema.value:
        return
    if _part(schema, "description") is None:
        yield _inserted("description", schema, f"description: Said on {rng.choice(NAMES)}.")
    keys = _part(schema, "x-dynamodb-indexmap")
    if isinstance(keys, yaml.MappingNode) and not keys.flow_style:
        required = _part(schema, "required")
        if isinstance(required, yaml.SequenceNode) and required.value:
            template = f"IX#{{{required.value[0].value}}}"
            number = rng.choice("789")
            yield _inserted("index", keys, f'GSI{number}PK: "{template}"', f'GSI{number}SK: "{template}"', at=-1)
        yield from _changed_keys(keys, lines)
    properties = _part(schema, "properties")
    if isinstance(properties, yaml.MappingNode) and not properties.flow_style:
        for place, (key, value) in enumerate(_pairs(properties)):
            yield _inserted("property", properties, f"{rng.choice(NAMES)}@: {rng.choice(TYPES)}", at=place)
            yield from _property_edits(key, value, lines, rng)


def _changed_keys(keys: yaml.MappingNode, lines: list[str]) -> Iterator[Edit]:
    for key, value in _pairs(keys)[2:]:
        line = key.start_mark.line
        if isinstance(value, yaml.ScalarNode) and "#" in lines[line] and value.start_mark.line == line:
            yield Edit("key", line, line + 1, (lines[line].replace("#", "@#", 1),))


def _property_edits(key: yaml.ScalarNode, value: yaml.Node, lines: list[str], rng: random.Random) -> Iterator[Edit]:
    line = key.start_mark.line
    text = lines[line]
    if value.end_mark.line != line or "{" not in text:
        return
    if len(re.findall(rf"\b{re.escape(key.value)}\b", "\n".join(lines))) == 1:
        yield Edit("removal", line, line + 1, ())
        yield Edit("renaming", line, line + 1, (text.replace(key.value, f"{key.value}@", 1),))
    if "description" not in text and "$ref" not in text:
        said = f"{{description: Said on {rng.choice(NAMES)}., "
        yield Edit("description", line, line + 1, (text.replace("{", said, 1),))
    if "type: string}" in text:
        yield Edit("bound", line, line + 1, (text.replace("type: string}", "type: string, maxLength: 99}", 1),))
    if (found := re.search(r"enum: \[[^]]*", text)) and "type: string" in text:
        yield Edit("value", line, line + 1, (text.replace(found[0], f"{found[0]}, more@", 1),))


def _inserted(kind: str, mapping: yaml.MappingNode, *lines: str, at: int = 0) -> Edit:
    """Lines before the entry `at` of a mapping; -1: behind the last."""
    first = mapping.value[0][0].start_mark
    end = mapping.value[-1][1].end_mark
    line = mapping.value[at][0].start_mark.line if at >= 0 else end.line + (end.column > 0)
    return Edit(kind, line, line, tuple(" " * first.column + each for each in lines))


def _part(node: yaml.Node | None, *path: str) -> yaml.Node | None:
    for name in path:
        node = next((value for key, value in _pairs(node) if key.value == name), None)
    return node


def _pairs(node: yaml.Node | None) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
    return node.value if isinstance(node, yaml.MappingNode) else []


def applied(text: str, edit: Edit, branch: str) -> str:
    """The document after the edit."""
    lines = text.split("\n")
    new = [line.replace("@", branch) for line in edit.lines]
    return "\n".join([*lines[: edit.start], *new, *lines[edit.end :]])


# ----------------------------------------------------------------------------------------------------- merges


class Repository:
    """A repository in a folder of its own, in which branches are merged as `git merge` does it."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._git("init", "-q", "--bare")

    def merge(self, base: Files, one: Files, two: Files) -> tuple[str, dict[str, str]]:
        """The merged tree, and the text of each file in conflict."""
        commits = (_commit("base", base), _commit("one", one, "base"), _commit("two", two, "base"))
        self._git("fast-import", "--quiet", "--force", stdin="".join(commits))
        tree, *paths = self._git("merge-tree", "--write-tree", "--name-only", "--no-messages", "one", "two").split()
        return tree, {path: self.text(tree, path) for path in paths}

    def text(self, tree: str, path: str) -> str:
        """A file of a tree."""
        return self._git("cat-file", "blob", f"{tree}:{path}")

    def _git(self, *arguments: str, stdin: str = "") -> str:
        command = ["git", "-C", self._folder, "-c", "merge.conflictStyle=merge", *arguments]
        return subprocess.run(command, input=stdin.encode(), capture_output=True, check=False).stdout.decode()


def _commit(branch: str, files: Files, parent: str = "") -> str:
    """What `git fast-import` makes a commit of."""
    lines = [f"commit refs/heads/{branch}", "committer a <a@example.com> 0 +0000", "data 0"]
    lines += [f"from refs/heads/{parent}"] if parent else []
    blobs = [f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}" for path, text in files.items()]
    return "\n".join([*lines, "deleteall", *blobs]) + "\n"


def _hunks(text: str) -> list[tuple[str, str]]:
    """Both sides of each conflict in a text."""
    return re.findall(r"^<{7} [^\n]*\n(.*?)^={7}\n(.*?)^>{7} ", text, re.MULTILINE | re.DOTALL)


def compiled(text: str, models: ModelKind) -> Files:
    """A document's package with its manifest; empty where the document is not sound."""
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder, "openapi.yaml")
        spec.write_text(text, encoding="utf-8")
        found = compile_package(spec, Options(models, "things_store"), spec_name=spec.name)
    if found.diagnostics.has_errors:
        return {}
    outputs = {path: hash_text(each) for path, each in found.files.items()}
    manifest = Manifest({"black": "1"}, {"../openapi.yaml": hash_text(text)}, {"package": "things_store"}, outputs)
    return {**found.files, MANIFEST_NAME: manifest.text()}


def bases(rng: random.Random, names: Sequence[str] = (), models: ModelKind = "pydantic") -> list[Base]:
    """The golden documents that are one sound file of YAML, or those of these names."""
    found: list[Base] = []
    for spec in sorted(GOLDEN.glob("*/openapi.yaml")):
        text = spec.read_text(encoding="utf-8")
        wanted = spec.parent.name in names if names else not spec.parent.name.startswith("broken_")
        if wanted and (files := compiled(text, models)):
            found.append(Base(spec.parent.name, models, text, tuple(edits(text, rng)), files))
    return [base for base in found if base.edits]


def outcomes(found: Sequence[Base], rng: random.Random) -> Iterator[Outcome]:
    """Pairs of edits whose documents merge, without end."""
    with tempfile.TemporaryDirectory() as folder:
        repository = Repository(folder)
        while True:
            base = rng.choice(found)
            kinds = sorted({edit.kind for edit in base.edits})
            pair = [rng.choice([edit for edit in base.edits if edit.kind == kind]) for kind in rng.choices(kinds, k=2)]
            outcome = _outcome(base, pair, repository)
            if outcome is not None:
                yield outcome


def _outcome(base: Base, pair: Sequence[Edit], repository: Repository) -> Outcome | None:
    """None where the document does not merge, or one of the three is not sound."""
    one, two = (applied(base.text, edit, branch) for edit, branch in zip(pair, ("One", "Two"), strict=True))
    tree, conflicts = repository.merge({"spec": base.text}, {"spec": one}, {"spec": two})
    if conflicts or pair[0] == pair[1]:
        return None
    packages = [compiled(text, base.models) for text in (one, two, repository.text(tree, "spec"))]
    if not all(packages):
        return None
    _, conflicts = repository.merge(base.files, *packages[:2])
    hunks = {path: _hunks(text) for path, text in conflicts.items()}
    return Outcome(base.name, (pair[0].kind, pair[1].kind), hunks, _meet(base.files, *packages[:2]))


def _meet(base: Files, one: Files, two: Files) -> bool:
    """Whether both branches put something behind the same class, entity or index."""
    for path, entry in _ORDERS.items():
        old, *new = (re.findall(entry, files[path], re.MULTILINE) for files in (base, one, two))
        if _gaps(old, new[0]) & _gaps(old, new[1]):
            return True
    return False


def _gaps(old: list[str], new: list[str]) -> set[str]:
    """After which old names new ones stand."""
    before, found = "", set()
    for name in new:
        if name in old:
            before = name
        else:
            found.add(before)
    return found


# ----------------------------------------------------------------------------------------------------- figures


def main() -> None:
    """Print how many pairs conflict, and where."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=int, nargs="?", default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--models", choices=MODEL_KINDS, default="pydantic")
    given = parser.parse_args()
    rng = random.Random(given.seed)
    found = bases(rng, models=given.models)
    kinds: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for outcome in islice(outcomes(found, rng), given.pairs):
        kinds.update(outcome.kinds)
        pairs["conflict in the manifest"] += MANIFEST_NAME in outcome.conflicts
        place = "at one place" if outcome.is_one_place else "of removed lines" if outcome.is_removal else "elsewhere"
        pairs[f"conflict in code {place}"] += bool(outcome.in_code)
        if outcome.in_code and place == "elsewhere":
            print(outcome.base, *outcome.kinds)
            for path, hunks in outcome.in_code.items():
                print(path, *("\n".join(sides) for sides in hunks), sep="\n")
    print(f"{given.pairs} pairs of edits to {len(found)} documents:", dict(kinds))
    for name, number in pairs.items():
        print(f"{number:6} {name}")


if __name__ == "__main__":
    main()
