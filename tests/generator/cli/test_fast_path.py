"""An unchanged package is checked with the standard library alone; and the hashes that it goes by."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from entitystore_generator.config import make_package
from entitystore_generator.emit import fingerprint as tools
from entitystore_generator.emit import manifest
from entitystore_generator.emit.hashing import hash_file, hash_text, pick_sha256, read_regular
from tests.generator.cli.conftest import Project

# Not loaded when all is as it was. argparse, dataclasses and their like are standard, but cost a third of a check.
HEAVY = {
    "argparse",
    "black",
    "boto3",
    "botocore",
    "dataclasses",
    "datamodel_code_generator",
    "difflib",
    "entitystore",
    "entitystore_generator.compiler",
    "entitystore_generator.diagnostics",
    "entitystore_generator.report",
    "entitystore_generator.work",
    "hashlib",
    "importlib.metadata",
    "inspect",
    "jinja2",
    "msgspec",
    "openapi_spec_validator",
    "pathlib",
    "pydantic",
    "shutil",
    "tempfile",
    "traceback",
    "yaml",
}


def imported(project: Project, *argv: str) -> set[str]:
    """The modules that the real command imports; it has to say that all is up to date.

    Without `site`, whose `.pth` files import what they like, but with its folders.
    """
    command = [sys.executable, "-S", "-X", "importtime", "-c"]
    script = "import sys; from entitystore_generator.cli import main; sys.exit(main())"
    result = subprocess.run(
        [*command, script, *argv],
        cwd=project.folder,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    lines = [line for line in result.stderr.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip() for line in lines[1:]}  # the first is the heading


@pytest.mark.parametrize("command", ["check", "generate", "diff"])
def test_only_the_standard_library(project: Project, command: str) -> None:
    project.generate()
    modules = imported(project, command, "api.json", "-o", "shop_store")
    assert modules & HEAVY == set()
    assert "tomllib" not in modules
    outside = {name.partition(".")[0] for name in modules} - sys.stdlib_module_names
    assert outside == {"entitystore_generator"}


@pytest.mark.parametrize("format", ["text", "json", "github"])
def test_by_configuration(project: Project, format: str) -> None:
    project.configure()
    assert project.run("generate").code == 0
    assert imported(project, "check", "--format", format) & HEAVY == set()


def test_any_change_leaves_the_fast_path(project: Project) -> None:
    (project.folder / "part.json").write_text("one")
    project.describe("user", refs=["part.json"])
    project.generate()
    package = make_package("api.json", "shop_store")
    assert manifest.is_current(package)
    for path in [*sorted(project.output.iterdir()), project.spec, project.folder / "part.json"]:
        clean = path.read_bytes()
        path.write_bytes(clean + b"x")
        assert not manifest.is_current(package), path
        path.unlink()
        assert not manifest.is_current(package), path
        path.write_bytes(clean)
        assert manifest.is_current(package), path
    assert not manifest.is_current(package._replace(models="msgspec"))
    assert not manifest.is_current(package._replace(spec=str(project.folder / "part.json")))
    assert not manifest.is_current(package._replace(output=str(project.folder / "other")))
    (project.output / "stranger.py").write_text("")
    assert not manifest.is_current(package)
    assert manifest.is_current(package._replace(keep=("stranger.py",)))


def test_other_tools_leave_the_fast_path(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.generate()
    package = make_package("api.json", "shop_store")
    for tool in tools.fingerprint():
        changed = {**tools.fingerprint(), tool: "0"}
        with monkeypatch.context() as patched:
            patched.setattr(manifest, "fingerprint", lambda changed=changed: changed)
            assert not manifest.is_current(package)


# ------------------------------------------------------------------------------------- the record


def test_the_manifest(project: Project) -> None:
    (project.folder / "part.json").write_text("one")
    project.describe("user", refs=["part.json"])
    project.generate()
    text = (project.output / ".entitystore.json").read_text()
    content = json.loads(text)
    assert all(list(part) == sorted(part) for part in content.values() if isinstance(part, dict))
    assert content["inputs"] == {
        f"../{name}": hashlib.sha256((project.folder / name).read_bytes()).hexdigest()
        for name in ("api.json", "part.json")
    }
    assert content["outputs"] == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(project.output.iterdir())
        if path.name != ".entitystore.json"
    }
    assert content["options"] == {"models": "pydantic", "package": "shop_store", "spec": "api.json"}
    assert set(content["generated-by"]) == {*tools.TOOLS, "generator-hash"}
    assert str(project.folder) not in text
    hashes = [line for line in text.splitlines() if '"inputs"' in line]
    assert len(hashes) == 1
    assert '"outputs"' in hashes[0], "what changes with an input is one line, the only one in which branches conflict"
    assert all(line.count('": "') <= 1 for line in text.splitlines() if line not in hashes)


def test_a_manifest_of_another_layout_is_read(project: Project) -> None:
    project.generate()
    path = project.output / ".entitystore.json"
    path.write_text(json.dumps(json.loads(path.read_text()), indent=4, sort_keys=True))
    assert manifest.is_current(make_package("api.json", "shop_store"))


def test_versions_are_in_the_manifest_alone(project: Project) -> None:
    project.generate()
    for path in project.output.glob("*.py"):
        assert not any(version(tool) in path.read_text() for tool in tools.TOOLS)


def test_versions_are_those_of_importlib() -> None:
    names = ("black", "datamodel-code-generator", "jinja2", "entitystore-dynamodb", "typing_extensions", "PyYAML")
    assert tools.installed_versions(names) == {name: version(name) for name in names}


def test_what_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "nowhere"), __file__])
    assert tools.installed_versions(("black",)) == {"black": tools.UNKNOWN}
    (tmp_path / "Black-1.2+local.dist-info").mkdir()
    assert tools.installed_versions(("black",)) == {"black": "1.2+local"}


def test_the_generator_hash_covers_what_shapes_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, templates = tmp_path / "entitystore_generator", tmp_path / "checkout"
    for folder in (root / "emit", root / "__pycache__", templates):
        folder.mkdir(parents=True)
    sources = [root / "compiler.py", root / "emit/codecs.py", templates / "store.py.jinja"]
    for path in sources:
        path.write_text("one\n")
    monkeypatch.setattr(tools, "_ROOT", str(root))
    monkeypatch.setattr(tools, "templates_folder", lambda: str(templates))
    before = tools.generator_hash()
    for path in sources:
        path.write_text("two\n")
        assert tools.generator_hash() != before
        path.write_bytes(b"one\r\n")
        assert tools.generator_hash() == before
    for name in ("cli.py", "emit/output.py", "__pycache__/x.py", "README.md"):
        (root / name).write_text("x")
        assert tools.generator_hash() == before
    # Installed from a wheel, the templates lie inside the package.
    templates.rename(root / "templates")
    monkeypatch.setattr(tools, "templates_folder", lambda: str(root / "templates"))
    assert tools.generator_hash() == before


def test_all_that_shapes_nothing_exists() -> None:
    """A module that was renamed would count as one that shapes output."""
    for name in tools._SHAPES_NOTHING:
        assert os.path.exists(os.path.join(tools._ROOT, name)), name


def test_hashes(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for text in ("", "a\n", "a\nb\n" * 300_000, "ü\n"):
        path.write_bytes(text.replace("\n", "\r\n").encode())
        expected = hashlib.sha256(text.encode()).hexdigest()
        assert hash_text(text) == expected
        for files in (1, 1000):
            assert hash_file(str(path), pick_sha256(files)) == expected


def test_much_is_hashed_by_what_is_fastest_for_it() -> None:
    """What the import of hashlib takes comes back from about a megabyte."""
    assert pick_sha256(1, 10_000_000) is pick_sha256(1000) is hashlib.sha256
    assert pick_sha256(1, 100_000) is not hashlib.sha256


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "nowhere", Path("/dev/zero")):
        assert read_regular(str(path)) is None
    assert read_regular("a\0b") is None


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("a.py", True),
        ("a/b.py", True),
        (".hidden", True),
        ("", False),
        ("/a", False),
        ("a//b", False),
        ("../a", False),
        ("a/../b", False),
        ("a/..", False),
        ("./a", False),
        ("a\\b", False),
        ("C:/a", False),
        ("a\0", False),
        (".git/hooks", False),
        (".entitystore.json", False),
    ],
)
def test_paths_that_stay_inside(path: str, inside: bool) -> None:
    assert manifest.is_inside(path) is inside


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="there is no /proc")
def test_a_file_whose_size_is_not_known_before() -> None:
    data = read_regular("/proc/self/status")
    assert data is not None
    assert b"Pid:" in data
    assert data.endswith(b"\n")
