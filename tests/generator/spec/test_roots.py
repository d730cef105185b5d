"""Where references may lead, and that what is no schema stays unseen: in messages, hints and underlined lines."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.report import TextReport, as_annotation, as_record
from entitystore_generator.spec.load import load_spec
from tests.generator.spec.loading import ENTITY, HEAD, load

SECRET = "ziegenpeter"
FILES = {
    "yaml.yaml": f"db: {{password: {SECRET}, {SECRET}: 1}}\nlist: [{SECRET}]\n",
    "json.json": json.dumps({"type": f"{SECRET}_account", "private_key": SECRET, SECRET: {SECRET: [SECRET]}}),
    "text.yaml": f"{SECRET}\n",
    "env.yaml": f"USER=a\nPASSWORD={SECRET}\n",
    "broken.yaml": f"a: [{SECRET}\nb: }}{SECRET}\n",
    "alias.yaml": f"a: *{SECRET}\n",
    "tag.yaml": f"a: !{SECRET} b\n",
    "twice.yaml": f"{SECRET}: 1\n{SECRET}: 2\n",
    "broken.json": f'{{"a": "{SECRET}" "b": 1}}',
    "number.yaml": "pin: 4711\n",
    "mixed.yaml": f"Text: {{type: string}}\ndb: {{password: {SECRET}}}\n",
    "inner.yaml": f"type: object\nproperties: {{a: {SECRET}, b: [{SECRET}]}}\nrequired: {SECRET}\n",
}
REFS = [
    *("yaml.yaml", "yaml.yaml#/db", "yaml.yaml#/db/password", "yaml.yaml#/db/passwort", "yaml.yaml#/db/password/x"),
    *("yaml.yaml#/list/0", "yaml.yaml#/list", "json.json", "json.json#/private_key", "json.json#/privat_key"),
    *("text.yaml", "text.yaml#/a", "env.yaml", "env.yaml#/a", "broken.yaml", "alias.yaml", "tag.yaml", "twice.yaml"),
    *("broken.json", "number.yaml#/pin", "mixed.yaml#/db", "mixed.yaml#/db/password", "inner.yaml"),
    *("inner.yaml#/properties/a", "inner.yaml#/required"),
]


def said(folder: Path, text: str) -> str:
    """All that any format says of a document."""
    document = folder / "spec.yaml"
    document.write_text(text)
    diagnostics = Diagnostics()
    load_spec(document, str(document), diagnostics)
    found = list(diagnostics)
    return "".join(
        [
            TextReport(colour=False).render(found),
            *(json.dumps(as_record(each)) for each in found),
            *map(as_annotation, found),
            repr(found),
        ]
    )


def write(folder: Path) -> None:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.parametrize("ref", REFS)
@pytest.mark.parametrize(
    "place",
    [
        ENTITY + "        p: {$ref: '@'}\n",
        ENTITY + "        p: {type: array, items: {allOf: [{$ref: '@'}]}}\n",
        ENTITY + "      discriminator: {propertyName: id, mapping: {a: '@'}}\n",
        ENTITY + "    Other: {$ref: '@'}\n",
        "components: {schemas: {$ref: '@'}}\n",
        "components: {$ref: '@'}\n",
    ],
    ids=["property", "items", "discriminator", "entry", "schemas", "components"],
)
def test_what_is_no_schema_is_never_shown(tmp_path: Path, ref: str, place: str) -> None:
    write(tmp_path)
    text = said(tmp_path, HEAD + place.replace("@", ref))
    assert SECRET not in text.replace(ref, "")
    assert "4711" not in text


def test_what_the_document_says_itself_is_shown(tmp_path: Path) -> None:
    text = said(tmp_path, f"{HEAD}{ENTITY}        p: {SECRET}\n")
    assert f"not the text '{SECRET}'" in text


def test_lines_of_other_files_with_schemas_are_shown(tmp_path: Path) -> None:
    (tmp_path / "types.yaml").write_text("Size: {type: integer, minimum: few, format: int32}\n")
    text = said(tmp_path, f"{HEAD}{ENTITY}        p: {{$ref: 'types.yaml#/Size'}}\n")
    assert "minimum has to be a number" in text
    (tmp_path / "types.yaml").write_text("Size: {type: integer, minimun: 7, format: int32}\n")
    text = said(tmp_path, f"{HEAD}{ENTITY}        p: {{$ref: 'types.yaml#/Size'}}\n")
    assert "did you mean minimum?" in text
    assert "Size: {type: integer, minimun: 7" in text


def test_a_document_by_a_link_to_somewhere_else_is_not_shown(tmp_path: Path) -> None:
    """A change may put a link in the place of the document."""
    (tmp_path / "project").mkdir()
    for name, content in FILES.items():
        target = tmp_path / name
        target.write_text(content)
        link = tmp_path / "project" / f"{name}.yaml"
        link.symlink_to(target)
        diagnostics = Diagnostics()
        load_spec(link, str(link), diagnostics)
        text = TextReport(colour=False).render(diagnostics) + repr(list(diagnostics))
        assert len(diagnostics)
        assert SECRET not in text


# ---------------------------------------------------------------------------------------------------- roots

OUTSIDE = [
    "../outside.yaml",
    "../../outside.yaml",
    "%2e%2e/outside.yaml",
    "%2E%2E%2Foutside.yaml",
    "inside/../../outside.yaml",
    "link.yaml",
    "folder/outside.yaml",
    "..%2foutside.yaml#/Text",
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with links that lead out of it."""
    project = tmp_path / "top" / "project"
    (project / "inside").mkdir(parents=True)
    for folder in (tmp_path, tmp_path / "top"):
        (folder / "outside.yaml").write_text("type: string\n")
    (project / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (project / "folder").symlink_to(tmp_path, target_is_directory=True)
    return project


@pytest.mark.parametrize("ref", OUTSIDE)
def test_a_reference_does_not_leave_the_folder(project: Path, ref: str) -> None:
    loaded = load(project, f"{HEAD}{ENTITY}        p: {{$ref: ⟦'{ref}'⟧}}\n")
    assert (loaded.codes, loaded.places) == (["ES126"], loaded.marked)
    assert [Path(path).name for path in loaded.inputs] == ["spec.yaml"]


@pytest.mark.parametrize("ref", OUTSIDE)
def test_nor_tells_whether_a_file_is_there(project: Path, tmp_path: Path, ref: str) -> None:
    text = f"{HEAD}{ENTITY}        p: {{$ref: '{ref}'}}\n"
    before = load(project, text).found
    (tmp_path / "outside.yaml").unlink()
    (tmp_path / "top" / "outside.yaml").unlink()
    assert load(project, text).found == before


def test_an_absolute_path_by_escapes(project: Path, tmp_path: Path) -> None:
    ref = str(tmp_path / "outside.yaml").replace("/", "%2F")
    assert load(project, f"{HEAD}{ENTITY}        p: {{$ref: '{ref}'}}\n").codes == ["ES126"]


@pytest.mark.skipif(os.name == "nt", reason="a backslash is part of a name there is no such file of")
def test_a_backslash_is_part_of_a_name(project: Path) -> None:
    loaded = load(project, f"{HEAD}{ENTITY}        p: {{$ref: '..\\..\\outside.yaml'}}\n")
    assert loaded.codes == ["ES101"]


@pytest.mark.parametrize("ref", OUTSIDE)
@pytest.mark.parametrize(
    "config",
    [
        {"../../pyproject.toml": ""},
        {"pyproject.toml": "[tool.entitystore]\nspec = 's'\noutput = 'o'\nref-roots = ['../..']\n"},
        {
            "pyproject.toml": "[tool]\n",
            "../pyproject.toml": "[tool.entitystore]\nspec = 's'\noutput = 'o'\nref-roots = ['..']\n",
        },
    ],
    ids=["the folder of the project", "a root", "a root of a configuration above"],
)
def test_what_the_project_allows(project: Path, ref: str, config: dict[str, str]) -> None:
    loaded = load(project, f"{HEAD}{ENTITY}        p: {{$ref: '{ref.partition('#')[0]}'}}\n", config)
    assert loaded.codes == []


def test_a_root_is_no_prefix(project: Path, tmp_path: Path) -> None:
    """`/a/lib-old` is not in `/a/lib`."""
    (tmp_path / "lib-old").mkdir()
    (tmp_path / "lib-old" / "a.yaml").write_text("type: string\n")
    config = {"pyproject.toml": "[tool.entitystore]\nspec = 's'\noutput = 'o'\nref-roots = ['../../lib']\n"}
    loaded = load(project, f"{HEAD}{ENTITY}        p: {{$ref: '../../lib-old/a.yaml'}}\n", config)
    assert loaded.codes == ["ES126"]
