"""Branches that change one document meet in one line of the package, which generating again settles."""

from __future__ import annotations

import random
import shutil
import subprocess
from itertools import islice
from pathlib import Path

import pytest

from bench.generate.merges import Base, compiled, edits, outcomes
from entitystore_generator import cli
from entitystore_generator.config import MODEL_KINDS, ModelKind
from entitystore_generator.emit.manifest import MANIFEST_NAME

SHOP = Path(__file__).parents[2] / "examples/shop/openapi.yaml"
FORUM = """\
openapi: 3.1.0
info: {title: Forum, version: "1"}
paths: {}
components:
  schemas:
    Address:
      type: object
      required: [city]
      properties:
        city: {type: string}
        code: {type: string, pattern: "^[0-9]+$"}
        floor: {type: integer}
    Member:
      description: Whoever writes here.
      type: object
      required: [name, since]
      x-dynamodb-indexmap:
        PK: "MEMBER#{name}"
        SK: "MEMBER"
        GSI1PK: "SINCE#{since}"
        GSI1SK: "{name}"
      properties:
        name: {type: string, pattern: "^[a-z]+$"}
        since: {type: string, format: date}
        home: {$ref: "#/components/schemas/Address"}
        level: {type: string, enum: [new, old]}
        score: {type: number}
    Post:
      description: What a member has written.
      type: object
      required: [author, at, title]
      x-dynamodb-indexmap:
        PK: "MEMBER#{author}"
        SK: "POST#{at}"
        GSI1PK: "POST#{title}"
        GSI1SK: "{at}"
      properties:
        author: {type: string, pattern: "^[a-z]+$"}
        at: {type: string, format: date-time}
        title: {type: string, minLength: 1}
        text: {type: string}
        likes: {type: integer}
        tags: {type: array, items: {type: string}}
    Vote:
      description: What a member thinks of a choice.
      type: object
      required: [member, choice]
      x-dynamodb-indexmap:
        PK: "VOTE#{choice}"
        SK: "MEMBER#{member}"
      properties:
        member: {type: string}
        choice: {type: string}
        weight: {type: number}
"""


@pytest.mark.parametrize("models", MODEL_KINDS)
def test_pairs_of_edits_conflict_in_the_manifest_alone(models: ModelKind) -> None:
    rng = random.Random(15)
    base = Base("forum", models, FORUM, tuple(edits(FORUM, rng)), compiled(FORUM, models))
    found = list(islice(outcomes([base], rng), 8))
    assert len({kind for outcome in found for kind in outcome.kinds}) >= 5
    for outcome in found:
        ((one, two),) = outcome.conflicts[MANIFEST_NAME]
        assert [side.split(":")[0].strip() for side in (*one.splitlines(), *two.splitlines())] == ['"inputs"'] * 2
        assert outcome.in_code == {} or outcome.is_one_place or outcome.is_removal, outcome


def git(*arguments: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def on_branch(name: str, old: str, new: str) -> None:
    git("checkout", "-q", "-b", name, "base")
    text = Path("openapi.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    Path("openapi.yaml").write_text(text.replace(old, new), encoding="utf-8")
    generate()
    git("commit", "-q", "-a", "-m", name)


def generate() -> None:
    assert cli.main(["generate", "openapi.yaml", "-o", "shop_store"]) == 0


@pytest.fixture
def branches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project of which each of two branches has changed an entity."""
    shutil.copy(SHOP, tmp_path)
    monkeypatch.chdir(tmp_path)
    generate()
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "base"], ["branch", "base"]):
        git(*arguments)
    on_branch("one", "        total:", "        refund: {type: number}\n        total:")
    on_branch("two", "        tags:\n", "        birthday: {type: string, format: date}\n        tags:\n")


@pytest.mark.usefixtures("branches")
def test_two_branches_are_merged_and_generated_again(capsys: pytest.CaptureFixture[str]) -> None:
    git("merge", "one")
    assert git("diff", "--name-only", "--diff-filter=U").split() == [f"shop_store/{MANIFEST_NAME}"]
    assert cli.main(["check", "openapi.yaml", "-o", "shop_store"]) == 1
    said = capsys.readouterr().err
    assert f"ES407: {MANIFEST_NAME} has the conflict marks of a merge" in said
    assert "it writes the manifest anew" in said
    code = git("diff", "--name-only", "two", "one").split()
    before = {path: Path(path).read_bytes() for path in code if path.endswith(".py")}
    generate()
    assert {path: Path(path).read_bytes() for path in before} == before, "what git had merged is what is generated"
    assert cli.main(["check", "openapi.yaml", "-o", "shop_store"]) == 0
