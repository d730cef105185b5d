"""`check` and `diff`: every way in which a committed package can be wrong is named."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.generator.cli.conftest import Project


def checked(project: Project, *options: str) -> list[tuple[object, object]]:
    """Run `check`, which has to find something and change nothing; give (code, file)."""
    before = project.snapshot()
    result = project.call("check", "--format", "json", *options)
    assert project.snapshot() == before
    assert result.code == 1
    assert result.document["exit_code"] == 1
    return [(found["code"], found["file"]) for found in result.json["diagnostics"]]


def test_up_to_date(project: Project) -> None:
    project.generate()
    result = project.call("check")
    assert (result.code, result.out, result.err) == (0, "shop_store: up to date\n", "")
    assert project.call("diff").out == ""


def test_never_generated(project: Project) -> None:
    codes = {code for code, _ in checked(project)}
    assert codes == {"ES403"}
    assert not project.output.exists()


def test_stale_by_the_document(project: Project) -> None:
    project.generate()
    project.describe("user", "order", text="new")
    assert checked(project) == [
        ("ES401", "shop_store/order_store.py"),
        ("ES401", "shop_store/user_store.py"),
    ]


def test_stale_by_another_file(project: Project) -> None:
    (project.folder / "part.json").write_text("one")
    project.describe("user", refs=["part.json"])
    project.generate()
    assert project.call("check").code == 0
    (project.folder / "part.json").write_text("two")
    assert checked(project) == [("ES401", "shop_store/user_store.py")]


def test_stale_by_the_options(project: Project) -> None:
    project.generate()
    assert checked(project, "--models", "msgspec") == [("ES401", "shop_store/models.py")]


def test_an_input_that_changed_without_effect(project: Project) -> None:
    project.generate()
    project.spec.write_text(project.spec.read_text() + "\n\n")
    assert checked(project) == [("ES401", "shop_store/.entitystore.json")]
    project.generate()
    assert project.call("check").code == 0


def test_edited(project: Project) -> None:
    project.generate()
    with (project.output / "models.py").open("a") as stream:
        stream.write("mine = 1\n")
    assert checked(project) == [("ES402", "shop_store/models.py")]


def test_edited_to_what_is_no_text(project: Project) -> None:
    project.generate()
    (project.output / "models.py").write_bytes(b"\xff\xfe")
    assert checked(project) == [("ES402", "shop_store/models.py")]


CONFLICT = "<<<<<<< HEAD\nKIND = 1\n||||||| 1234567\n=======\nKIND = 2\n>>>>>>> theirs\n"


def test_marks_of_a_merge_in_a_module_are_named(project: Project) -> None:
    project.generate()
    with (project.output / "models.py").open("a") as stream:
        stream.write(CONFLICT)
    result = project.call("check")
    assert result.code == 1
    assert "ES401: models.py has the conflict marks of a merge" in result.err
    assert "run entitystore generate: it writes the file anew" in result.err


def test_marks_of_a_merge_in_the_manifest_are_named(project: Project) -> None:
    project.generate()
    path = project.output / ".entitystore.json"
    path.write_text(path.read_text().replace('  "inputs"', '<<<<<<< a\n  "inputs": {}\n=======\n>>>>>>> b\n  "inputs"'))
    result = project.call("check")
    assert result.code == 1
    assert "ES407: .entitystore.json has the conflict marks of a merge" in result.err
    assert "run entitystore generate: it writes the manifest anew" in result.err


def test_missing(project: Project) -> None:
    project.generate()
    (project.output / "models.py").unlink()
    assert checked(project) == [("ES403", "shop_store/models.py")]


def test_orphaned(project: Project) -> None:
    project.generate()
    shutil.copy(project.output / "order_store.py", project.output / "old_store.py")
    (project.output / "extras.py").write_text("mine = 1\n")
    assert checked(project) == [("ES404", "shop_store/extras.py"), ("ES404", "shop_store/old_store.py")]
    assert checked(project, "--keep", "extras.py") == [("ES404", "shop_store/old_store.py")]


def test_orphaned_in_a_folder_below(project: Project) -> None:
    project.generate()
    (project.output / "sub").mkdir()
    (project.output / "sub/old.py").write_text("")
    assert checked(project) == [("ES404", "shop_store/sub/old.py")]


def test_kept_modules_by_configuration(project: Project) -> None:
    project.configure('spec = "api.json"\noutput = "shop_store"\nkeep = ["extras.py"]\n')
    assert project.run("generate").code == 0
    (project.output / "extras.py").write_text("mine = 1\n")
    assert project.run("check").code == 0
    assert project.run("generate").out == "shop_store: up to date\n"


def test_what_is_no_python_is_a_persons_own(project: Project) -> None:
    project.generate()
    (project.output / "README.md").write_text("mine\n")
    (project.output / "__pycache__").mkdir()
    (project.output / "__pycache__/models.cpython-311.pyc").write_bytes(b"\x00")
    (project.output / ".mypy_cache").mkdir()
    (project.output / ".mypy_cache/x.py").write_text("")
    assert project.call("check").code == 0


def test_obsolete(project: Project) -> None:
    project.generate()
    project.describe("user")
    assert checked(project) == [("ES401", "shop_store/__init__.py"), ("ES405", "shop_store/order_store.py")]


def test_all_at_once(project: Project) -> None:
    project.generate()
    (project.output / "models.py").write_text("mine\n")
    (project.output / "py.typed").unlink()
    (project.output / "old.py").write_text("")
    project.describe("user", text="new")
    assert checked(project) == [
        ("ES401", "shop_store/__init__.py"),
        ("ES402", "shop_store/models.py"),
        ("ES404", "shop_store/old.py"),
        ("ES405", "shop_store/order_store.py"),
        ("ES403", "shop_store/py.typed"),
        ("ES401", "shop_store/user_store.py"),
    ]


def test_a_checkout_with_crlf_is_clean(project: Project) -> None:
    (project.folder / "part.json").write_bytes(b"one\n")
    project.describe("user", refs=["part.json"])
    project.generate()
    for path in [*project.output.iterdir(), project.folder / "part.json", project.spec]:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert project.call("check").code == 0
    project.describe("user", refs=["part.json"], text="new")
    assert checked(project) == [("ES401", "shop_store/user_store.py")]
    assert "\r" not in project.call("diff").out


def test_other_versions_with_the_same_code_are_no_finding(project: Project) -> None:
    project.generate()
    path = project.output / ".entitystore.json"
    clean = path.read_text()
    path.write_text(clean.replace('"generator-hash": "', '"generator-hash": "0'))
    result = project.call("check")
    assert (result.code, result.out) == (0, "shop_store: up to date\n")
    assert "note ES408" in result.err
    assert project.call("diff").out == ""
    assert project.call("generate").out == "shop_store: 1 written\n"
    assert path.read_text() == clean


def test_a_broken_document(project: Project) -> None:
    project.generate()
    project.spec.write_text("{\n  oops")
    for command in ("check", "diff", "generate"):
        result = project.call(command)
        assert result.code == 2
        assert result.err.startswith("api.json:2:3: error ES101: ")


def test_a_broken_document_counts_more_than_a_stale_package(project: Project) -> None:
    project.configure(
        '[[tool.entitystore.packages]]\nspec = "api.json"\noutput = "shop_store"\n'
        '[[tool.entitystore.packages]]\nspec = "bad.json"\noutput = "bad_store"\n'
    )
    (project.folder / "bad.json").write_text("oops")
    result = project.run("check", "--format", "json")
    assert result.code == 2
    assert [package["status"] for package in result.json["packages"]] == ["differs", "failed"]


# ----------------------------------------------------------------------------------------- diffs


def test_the_diff_applies(project: Project) -> None:
    """`patch` makes of the old package what `generate` makes of it."""
    project.generate()
    project.describe("user", "item", text="new")
    result = project.call("diff")
    assert result.code == 1
    assert result.err == ""
    subprocess.run(["git", "apply", "-"], input=result.out, text=True, check=True, cwd=project.folder)
    patched = {path: data for path, data in project.snapshot().items() if "json" not in path}
    assert project.call("generate").out == "shop_store: 1 written\n"  # the manifest is not in the diff
    assert {path: data for path, data in project.snapshot().items() if "json" not in path} == patched


def test_check_shows_the_diff_too(project: Project) -> None:
    project.generate()
    (project.output / "models.py").write_text("mine")
    result = project.call("check")
    assert "--- a/shop_store/models.py\n+++ b/shop_store/models.py\n" in result.out
    assert "-mine\n\\ No newline at end of file\n+" in result.out
    assert result.out.endswith("shop_store: not up to date\n")


@pytest.mark.parametrize("separator", ["\x0c", "\x1c", "\u2028", "\x85", "\r"])
def test_only_lf_ends_a_line(project: Project, separator: str) -> None:
    project.generate()
    (project.output / "models.py").write_bytes(f"a{separator}b\n".encode())
    assert f"-a{separator}b\n" in project.call("diff").out


def test_states_in_json(project: Project) -> None:
    project.generate()
    project.describe("user")
    package = project.call("check", "--format", "json").json["packages"][0]
    assert (package["output"], package["spec"], package["status"]) == ("shop_store", "api.json", "differs")
    changes = package["changes"]
    assert isinstance(changes, list)
    assert [(change["path"], change["state"]) for change in changes] == [
        ("shop_store/__init__.py", "stale"),
        ("shop_store/order_store.py", "obsolete"),
    ]
    assert all(change["diff"].startswith("--- a/shop_store/") for change in changes)


def test_diff_names_what_no_diff_can_show(project: Project) -> None:
    project.generate()
    (project.output / "old.py").write_text("")
    result = project.call("diff")
    assert (result.code, result.out) == (1, "")
    assert "shop_store/old.py: error ES404" in result.err
