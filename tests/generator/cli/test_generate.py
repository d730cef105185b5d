"""`generate`: what is written, what is left alone, and what it refuses."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from entitystore_generator.emit.hashing import hash_text
from tests.generator.cli.conftest import Project

FILES = {"__init__.py", "models.py", "order_store.py", "user_store.py", "py.typed", ".entitystore.json"}


def names(project: Project) -> set[str]:
    return {path.name for path in project.output.iterdir()}


def test_writes_the_whole_package(project: Project) -> None:
    result = project.call("generate")
    assert (result.code, result.out, result.err) == (0, "shop_store: 6 written\n", "")
    assert names(project) == FILES
    assert {path.name for path in project.folder.iterdir()} == {"api.json", "shop_store"}


def test_makes_the_folders_above(project: Project) -> None:
    assert project.run("generate", "api.json", "-o", "src/deep/shop_store").code == 0
    assert (project.folder / "src/deep/shop_store/models.py").is_file()


def test_an_empty_folder_is_filled(project: Project) -> None:
    project.output.mkdir()
    assert project.call("generate").code == 0
    assert names(project) == FILES


def test_the_folder_has_ordinary_permissions(project: Project) -> None:
    project.generate()
    plain = project.folder / "plain"
    plain.mkdir()
    assert project.output.stat().st_mode == plain.stat().st_mode


def test_a_second_run_touches_nothing(project: Project) -> None:
    project.generate()
    before = {path: path.stat().st_mtime_ns for path in project.output.iterdir()}
    result = project.call("generate")
    assert (result.code, result.out) == (0, "shop_store: up to date\n")
    assert {path: path.stat().st_mtime_ns for path in project.output.iterdir()} == before


def test_writes_only_what_changed(project: Project) -> None:
    project.generate()
    before = {path.name: path.stat().st_ino for path in project.output.iterdir()}
    project.describe("user", "order", "item")
    assert project.call("generate").out == "shop_store: 3 written\n"
    after = {path.name: path.stat().st_ino for path in project.output.iterdir()}
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"__init__.py", "item_store.py", ".entitystore.json"}


def test_deletes_what_is_no_longer_generated(project: Project) -> None:
    project.generate()
    project.describe("user")
    assert project.call("generate").out == "shop_store: 2 written, 1 deleted\n"
    assert names(project) == FILES - {"order_store.py"}


def test_keeps_a_file_mode(project: Project) -> None:
    project.generate()
    module = project.output / "user_store.py"
    module.chmod(0o600)
    project.describe("user", "order", text="new")
    project.generate()
    assert module.stat().st_mode & 0o777 == 0o600
    assert "new" in module.read_text()


def test_line_ends_are_lf_and_crlf_is_left_alone(project: Project) -> None:
    project.generate()
    module = project.output / "user_store.py"
    assert b"\r" not in module.read_bytes()
    module.write_bytes(module.read_bytes().replace(b"\n", b"\r\n"))
    assert project.call("generate").out == "shop_store: up to date\n"
    assert b"\r\n" in module.read_bytes()


def test_the_same_output_from_another_folder_and_by_configuration(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.generate()
    project.configure()
    assert project.run("check").code == 0
    (project.folder / "below").mkdir()
    monkeypatch.chdir(project.folder / "below")
    assert project.run("check").code == 0
    assert project.run("check", "../api.json", "-o", "../shop_store").code == 0
    assert project.run("check", str(project.spec), "-o", str(project.output)).code == 0


# ------------------------------------------------------------------------------- what is refused


def refused(project: Project, *options: str) -> list[tuple[object, object]]:
    """Run `generate`, which has to change nothing; give (code, file) of what it says."""
    before = project.snapshot()
    result = project.call("generate", "--format", "json", *options)
    assert result.code == 2
    assert project.snapshot() == before
    return [(found["code"], found["file"]) for found in result.json["diagnostics"]]


def test_a_hand_edit(project: Project) -> None:
    project.generate()
    with (project.output / "models.py").open("a") as stream:
        stream.write("# mine\n")
    project.describe("user")
    assert refused(project) == [("ES402", "shop_store/models.py")]


def test_a_hand_edit_of_a_file_that_would_be_deleted(project: Project) -> None:
    project.generate()
    (project.output / "order_store.py").write_text("# mine\n")
    project.describe("user")
    assert refused(project) == [("ES402", "shop_store/order_store.py")]


def test_hand_edits_are_overwritten_when_asked(project: Project) -> None:
    project.generate()
    clean = project.snapshot()
    (project.output / "models.py").write_text("# mine\n")
    assert project.call("generate", "--overwrite-edited").code == 0
    assert project.snapshot() == clean


def test_an_edit_that_is_what_would_be_generated(project: Project) -> None:
    project.generate()
    module = project.output / "user_store.py"
    module.write_text(module.read_text().replace("TEXT = ''", "TEXT = 'new'"))
    project.describe("user", "order", text="new")
    assert project.call("generate").code == 0
    assert project.call("check").code == 0


def test_a_folder_with_a_persons_files(project: Project) -> None:
    project.output.mkdir()
    for name in ("README.md", "views.py", ".gitignore"):
        (project.output / name).write_text("mine\n")
    assert refused(project) == [("ES406", "shop_store/README.md"), ("ES406", "shop_store/views.py")]
    assert len(refused(project, "--overwrite-edited")) == 2


def test_a_persons_file_under_a_generated_name(project: Project) -> None:
    project.generate()
    (project.output / "item_store.py").write_text("mine = 1\n")
    project.describe("user", "order", "item")
    assert refused(project) == [("ES406", "shop_store/item_store.py")]
    assert refused(project, "--overwrite-edited") == [("ES406", "shop_store/item_store.py")]


def test_a_folder_in_the_place_of_a_file(project: Project) -> None:
    project.generate()
    (project.output / "item_store.py").mkdir()
    project.describe("user", "order", "item")
    assert refused(project) == [("ES406", "shop_store/item_store.py")]


def test_a_file_in_the_place_of_the_folder(project: Project) -> None:
    project.output.write_text("mine\n")
    assert refused(project) == [("ES409", "shop_store")]


def test_a_file_in_the_place_of_a_folder_above(project: Project) -> None:
    (project.folder / "src").write_text("mine\n")
    before = project.snapshot()
    result = project.run("generate", "api.json", "-o", "src/deep/shop_store")
    assert result.code == 2
    assert "ES409" in result.err
    assert project.snapshot() == before


def test_a_broken_document_changes_nothing(project: Project) -> None:
    project.generate()
    project.spec.write_text("{\n  oops")
    assert refused(project) == [("ES101", "api.json")]


def test_what_would_not_be_python_is_not_written(project: Project) -> None:
    """The stand-in writes `from .a-b_store import …`."""
    project.describe("user", "a-b")
    assert refused(project) == [("ES410", "shop_store/__init__.py")]
    assert not project.output.exists()


def test_a_document_that_is_not_there(project: Project) -> None:
    project.spec.unlink()
    assert refused(project) == [("ES508", "api.json")]


def test_one_bad_package_holds_the_others_back(project: Project) -> None:
    project.configure(
        '[[tool.entitystore.packages]]\nspec = "api.json"\noutput = "shop_store"\n'
        '[[tool.entitystore.packages]]\nspec = "bad.json"\noutput = "bad_store"\n'
    )
    (project.folder / "bad.json").write_text("oops")
    before = project.snapshot()
    result = project.run("generate")
    assert result.code == 2
    assert result.out == "shop_store: not written, because of the other packages\nbad_store: not compiled\n"
    assert project.snapshot() == before


def test_several_packages(project: Project) -> None:
    project.configure(
        'models = "msgspec"\n'
        '[[tool.entitystore.packages]]\nspec = "api.json"\noutput = "a_store"\n'
        '[[tool.entitystore.packages]]\nspec = "api.json"\noutput = "b_store"\nmodels = "dataclass"\n'
    )
    assert project.run("generate").code == 0
    assert "KIND = 'msgspec'" in (project.folder / "a_store/models.py").read_text()
    assert "KIND = 'dataclass'" in (project.folder / "b_store/models.py").read_text()
    assert project.run("check").out == "a_store: up to date\nb_store: up to date\n"


# ------------------------------------------------------------------------------- links and paths


def test_a_link_in_the_place_of_a_file_is_not_followed(project: Project) -> None:
    project.generate()
    elsewhere = project.folder / "elsewhere.py"
    elsewhere.write_text("precious\n")
    (project.output / "models.py").unlink()
    (project.output / "models.py").symlink_to(elsewhere)
    assert refused(project) == [("ES406", "shop_store/models.py")]
    assert elsewhere.read_text() == "precious\n"


def test_a_listed_link_is_not_deleted(project: Project) -> None:
    project.generate()
    module = project.output / "order_store.py"
    elsewhere = project.folder / "elsewhere.py"
    module.rename(elsewhere)
    module.symlink_to(elsewhere)
    project.describe("user")
    assert refused(project) == [("ES402", "shop_store/order_store.py")]


@pytest.mark.parametrize("path", ["../precious.py", "/precious.py", "a/../../precious.py", "C:/precious.py"])
def test_a_manifest_that_leads_out_of_the_folder_deletes_nothing(project: Project, path: str) -> None:
    project.generate()
    precious = project.folder / "precious.py"
    precious.write_text("x\n")
    manifest = json.loads((project.output / ".entitystore.json").read_text())
    manifest["outputs"][path] = "73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac"
    (project.output / ".entitystore.json").write_text(json.dumps(manifest))
    assert project.call("generate").code == 0
    assert precious.read_text() == "x\n"
    assert path not in (project.output / ".entitystore.json").read_text()


PERSONAL = {
    "notes.py": "# My own notes.\n",
    "data.csv": "a,b\n",
    "sub/tool.py": '"""Reads what was Generated by hand."""\n',
    "late.py": "import os\n# Generated by entitystore\n",
    "order_store.py": "# A store of my own.\n",
}


@pytest.mark.parametrize("options", [(), ("--overwrite-edited",)])
@pytest.mark.parametrize("path", PERSONAL)
def test_a_forged_manifest_deletes_and_replaces_no_file_of_a_person(
    project: Project, path: str, options: tuple[str, ...]
) -> None:
    project.describe("user")
    project.generate()
    file = project.output / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(PERSONAL[path])
    manifest = json.loads((project.output / ".entitystore.json").read_text())
    manifest["outputs"][path] = hash_text(PERSONAL[path])
    (project.output / ".entitystore.json").write_text(json.dumps(manifest))
    project.describe("user", *(["order"] if path == "order_store.py" else []), text="changed")
    project.call("generate", *options)
    assert file.read_text() == PERSONAL[path]


def test_a_forged_manifest_deletes_nothing_behind_a_link(project: Project) -> None:
    project.generate()
    elsewhere = project.folder / "elsewhere"
    elsewhere.mkdir()
    text = (project.output / "order_store.py").read_text()
    (elsewhere / "order_store.py").write_text(text)
    (project.output / "sub").symlink_to(elsewhere, target_is_directory=True)
    manifest = json.loads((project.output / ".entitystore.json").read_text())
    manifest["outputs"]["sub/order_store.py"] = hash_text(text)
    (project.output / ".entitystore.json").write_text(json.dumps(manifest))
    project.describe("user")
    assert project.call("generate", "--overwrite-edited").code == 0
    assert (elsewhere / "order_store.py").read_text() == text
    assert not (project.output / "order_store.py").exists()


def test_an_output_folder_that_is_a_link(project: Project) -> None:
    (project.folder / "real").mkdir()
    project.output.symlink_to("real")
    project.generate()
    assert (project.folder / "real/models.py").is_file()
    assert project.call("check").code == 0
    assert project.output.is_symlink()


def test_a_folder_reached_through_a_link_gives_the_same_bytes(project: Project, tmp_path: Path) -> None:
    project.generate()
    direct = project.snapshot(project.output)
    link = tmp_path / "link"
    link.symlink_to(tmp_path, target_is_directory=True)
    assert project.run("check", str(link / "api.json"), "-o", str(link / "shop_store")).code == 0
    assert project.snapshot(project.output) == direct


def test_a_manifest_that_names_a_pipe_does_not_hang(project: Project) -> None:
    project.generate()
    os.mkfifo(project.folder / "pipe")
    path = project.output / ".entitystore.json"
    path.write_text(path.read_text().replace("../api.json", "../pipe"))
    assert project.call("check").code == 1


# ---------------------------------------------------------------------------- the marks of a merge


MARKED = "<<<<<<< HEAD\nmine = 1\n=======\nmine = 2\n>>>>>>> theirs\n"


@pytest.mark.parametrize("is_in_manifest", [False, True])
def test_a_generated_file_with_the_marks_of_a_merge_is_written_anew(project: Project, is_in_manifest: bool) -> None:
    project.generate()
    clean = project.snapshot()
    head = rest = ""
    for path in project.output.glob("*.py"):
        head, _, rest = path.read_text().partition("\n")
        path.write_text(f"{head}\n{MARKED}{rest}")
    (project.output / "__init__.py").write_text(f"<<<<<<< HEAD\n{head}\n=======\n{head} \n>>>>>>> theirs\n{rest}")
    if is_in_manifest:
        (project.output / ".entitystore.json").write_text(CONFLICT)
    assert project.call("check").code == 1
    project.generate()
    assert project.snapshot() == clean


@pytest.mark.parametrize("is_in_manifest", [False, True])
def test_a_persons_file_with_the_marks_of_a_merge_is_left_alone(project: Project, is_in_manifest: bool) -> None:
    project.generate()
    for name in ("item_store.py", "extras.py"):
        (project.output / name).write_text(MARKED)
    (project.output / "order_store.py").write_text(MARKED)
    if is_in_manifest:
        (project.output / ".entitystore.json").write_text(CONFLICT)
    project.describe("user", "item")
    before = project.snapshot()
    assert project.call("generate").code == 2
    assert project.snapshot() == before


@pytest.mark.parametrize("text", ["<<<<<<< no merge\n", "=======\n", ">>>>>>> a\n=======\n<<<<<<< b\n", " " + MARKED])
def test_what_only_looks_like_the_marks_of_a_merge_is_an_edit(project: Project, text: str) -> None:
    project.generate()
    with (project.output / "models.py").open("a") as stream:
        stream.write(text)
    project.describe("user")
    assert refused(project) == [("ES402", "shop_store/models.py")]


# ---------------------------------------------------------------------------- the lost manifest


CONFLICT = '<<<<<<< ours\n  "models.py": "1",\n=======\n  "models.py": "2",\n>>>>>>> theirs\n'


@pytest.mark.parametrize("text", [CONFLICT, "", "[]", "{}", '{"format": 2}', "[" * 100_000, "\x00", '{"a":1,"a":1}'])
def test_a_broken_manifest_means_generate(project: Project, text: str) -> None:
    project.generate()
    clean = project.snapshot()
    project.describe("user", "order", text="new")
    (project.output / ".entitystore.json").write_text(text)
    assert "ES407" in project.call("check").err
    assert project.call("generate").code == 0
    assert project.call("check").code == 0
    project.describe("user", "order")
    project.generate()
    assert project.snapshot() == clean


def test_a_lost_manifest_means_generate(project: Project) -> None:
    project.generate()
    clean = project.snapshot()
    (project.output / ".entitystore.json").unlink()
    result = project.call("check")
    assert result.code == 1
    assert "ES403: .entitystore.json is missing" in result.err
    project.generate()
    assert project.snapshot() == clean


def test_what_a_lost_manifest_leaves_behind_is_named(project: Project) -> None:
    project.generate()
    (project.output / ".entitystore.json").unlink()
    project.describe("user")
    result = project.call("generate")
    assert result.code == 0
    assert "warning ES404: order_store.py is not generated from this spec" in result.err
    assert (project.output / "order_store.py").exists()


# ------------------------------------------------------------------------- inputs that are in flux


def test_an_input_that_changes_meanwhile_is_compiled_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.generator.cli import fake_compiler

    compile_package, texts = fake_compiler.compile_package, iter(["second", "second"])

    def compile_while_saving(*args: object, **kwargs: object) -> object:
        result = compile_package(*args, **kwargs)  # type: ignore[arg-type]
        project.describe("user", text=next(texts))
        return result

    monkeypatch.setattr(fake_compiler, "compile_package", compile_while_saving)
    assert project.call("generate").code == 0
    assert "second" in (project.output / "user_store.py").read_text()


def test_an_input_that_never_rests(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.generator.cli import fake_compiler

    compile_package = fake_compiler.compile_package

    def compile_while_saving(*args: object, **kwargs: object) -> object:
        result = compile_package(*args, **kwargs)  # type: ignore[arg-type]
        project.spec.write_text(project.spec.read_text() + " ")
        return result

    monkeypatch.setattr(fake_compiler, "compile_package", compile_while_saving)
    result = project.call("generate")
    assert result.code == 2
    assert "ES510" in result.err
    assert not project.output.exists()


def test_an_input_that_vanishes(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.generator.cli import fake_compiler

    compile_package = fake_compiler.compile_package
    part = project.folder / "part.json"
    part.write_text("one")
    project.describe("user", refs=["part.json"])

    def compile_and_delete(*args: object, **kwargs: object) -> object:
        result = compile_package(*args, **kwargs)  # type: ignore[arg-type]
        part.unlink(missing_ok=True)
        project.describe("user")
        return result

    monkeypatch.setattr(fake_compiler, "compile_package", compile_and_delete)
    assert project.call("generate").code == 0
    assert "part.json" not in (project.output / ".entitystore.json").read_text()


# ----------------------------------------------------------------------------------- whole folders


def test_a_document_inside_its_own_package(project: Project) -> None:
    project.output.mkdir()
    project.spec.rename(project.output / "api.json")
    assert project.run("generate", "shop_store/api.json", "-o", "shop_store").code == 0
    assert project.run("check", "shop_store/api.json", "-o", "shop_store").code == 0
    assert "from shop_store/api.json." in (project.output / "models.py").read_text()


def test_the_folder_of_a_whole_project_is_refused_in_few_words(project: Project) -> None:
    for number in range(100):
        (project.folder / f"notes{number}.txt").write_text("mine\n")
    before = project.snapshot()
    (project.folder.parent / "whole_project").symlink_to(project.folder)
    try:
        result = project.run("generate", "api.json", "-o", "../whole_project", "--format", "json")
    finally:
        (project.folder.parent / "whole_project").unlink()
    assert result.code == 2
    assert result.codes() == ["ES406"] * 10
    assert project.snapshot() == before
