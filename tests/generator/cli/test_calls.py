"""The call itself: arguments, exit codes, and how a run ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from entitystore_generator import cli
from entitystore_generator.arguments import parse
from entitystore_generator.call import CallError, quick_call
from tests.generator.cli import fake_compiler
from tests.generator.cli.conftest import Project

ROOT = Path(__file__).parents[3]
FAKE = str(Path(fake_compiler.__file__))


def spawn(project: Project, *command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A process of its own, with the stand-in compiler, in the project's folder."""
    clean = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [sys.executable, FAKE, *command], cwd=project.folder, env=clean, capture_output=True, check=False
    )


@pytest.mark.parametrize(
    "argv",
    [
        ["check"],
        ["diff"],
        ["generate", "a.yaml", "-o", "b"],
        ["generate", "-o", "b", "a.yaml"],
        ["check", "a.yaml", "--output", "b", "--format", "json"],
        ["check", "--format", "github"],
        ["check", "a", "-o", "b", "--models", "msgspec"],
        ["check", "a", "-o", "b", "--format", "text", "--format", "json"],
    ],
)
def test_both_readers_agree(argv: list[str]) -> None:
    assert quick_call(argv) == parse(argv)


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["chek"],
        ["check", "a.yaml"],
        ["check", "-o", "b"],
        ["check", "a", "b", "-o", "c"],
        ["check", "a", "-o"],
        ["check", "a", "-o", ""],
        ["check", "", "-o", "b"],
        ["check", "--models", "msgspec"],
        ["check", "--keep", "x.py"],
        ["check", "a", "-o", "b", "--models", "attrs"],
        ["check", "a", "-o", "b", "--form", "json"],
        ["check", "--format", "xml"],
        ["check", "--overwrite-edited"],
        ["check", "a", "-o", "b", "--config", "c"],
        ["lint", "a", "b"],
        ["explain", "--models", "msgspec"],
    ],
)
def test_wrong_calls(project: Project, argv: list[str]) -> None:
    assert quick_call(argv) is None
    with pytest.raises(CallError):
        parse(argv)
    before = project.snapshot()
    result = project.run(*argv)
    assert result.code == 2
    assert "error ES500: " in result.err
    assert result.out == ""
    assert project.snapshot() == before


def test_a_wrong_call_in_the_format_asked_for(project: Project) -> None:
    assert project.run("chek", "--format", "json").codes() == ["ES500"]
    assert project.run("check", "a", "--format=github").out.startswith("::error title=ES500::")


def test_help_and_version(project: Project) -> None:
    for argv in (["--help"], ["check", "--help"], ["generate", "-h"], ["lint", "-h"], ["explain", "-h"]):
        result = project.run(*argv)
        assert result.code == 0
        assert result.out.startswith("usage: entitystore")
    version = project.run("--version")
    assert version.code == 0
    assert version.out.startswith("entitystore 0.")


def test_as_a_module(project: Project) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "entitystore_generator", "--version"], capture_output=True, check=False
    )
    assert result.returncode == 0
    assert result.stdout.startswith(b"entitystore ")


def test_a_missing_extra(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def compile_package(*args: object, **kwargs: object) -> None:
        raise ModuleNotFoundError("No module named 'yaml'", name="yaml")

    monkeypatch.setattr(fake_compiler, "compile_package", compile_package)
    for command in ("generate", "check", "diff"):
        result = project.call(command)
        assert result.code == 2
        assert "error ES509: the generator needs the module yaml, which is not installed" in result.err
        assert "pip install 'entitystore-dynamodb[generator]'" in result.err
    assert not project.output.exists()


@pytest.mark.parametrize(
    "error", [TypeError("secret"), RecursionError(), ModuleNotFoundError("x", name="entitystore_generator.x")]
)
def test_a_fault_of_the_compiler(project: Project, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def compile_package(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.delenv("ENTITYSTORE_DEBUG", raising=False)
    monkeypatch.setattr(fake_compiler, "compile_package", compile_package)
    result = project.call("generate")
    assert result.code == cli.INTERNAL_FAULT
    assert f"internal error: {type(error).__name__} at " in result.err
    assert "please report it" in result.err
    assert "Traceback" not in result.err
    assert "secret" not in result.err
    monkeypatch.setenv("ENTITYSTORE_DEBUG", "1")
    assert "Traceback" in project.call("generate").err
    assert not project.output.exists()


def test_ctrl_c(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def compile_package(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(fake_compiler, "compile_package", compile_package)
    result = project.call("generate")
    assert result.code == cli.INTERRUPTED
    assert result.err.startswith("entitystore: interrupted")


def test_a_reader_that_has_seen_enough(project: Project) -> None:
    """`entitystore diff | head -1` ends without a traceback."""
    project.generate()
    project.describe("user", *[f"e{number}" for number in range(3000)])
    first = f"{sys.executable} {FAKE} diff api.json -o shop_store"
    script = f"set -o pipefail; {first} | head -1; echo ${{PIPESTATUS[0]}}"
    result = subprocess.run(
        ["bash", "-c", script],
        cwd=project.folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stderr == ""
    assert result.stdout == "--- a/shop_store/__init__.py\n1\n"


# ------------------------------------------------------------------------------------ determinism


def test_the_same_bytes_under_every_hash_seed_and_locale(project: Project) -> None:
    environments: list[dict[str, str]] = [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONHASHSEED": "3", "TZ": "Asia/Tokyo", "PYTHONIOENCODING": "ascii"},
    ]
    seen = []
    for environment in environments:
        project.describe("user", "order", "item", text="Grüße, 世界 \U0001f600")
        result = spawn(project, "generate", "api.json", "-o", "shop_store", **environment)
        assert (result.returncode, result.stderr) == (0, b"")
        stale = spawn(project, "check", "api.json", "-o", "shop_store", "--models", "msgspec", **environment)
        assert stale.returncode == 1
        seen.append((project.snapshot(), result.stdout, stale.stdout, stale.stderr))
        for path in project.output.iterdir():
            path.unlink()
        project.output.rmdir()
    assert seen[0] == seen[1] == seen[2]


def test_texts_that_the_terminal_cannot_show(project: Project) -> None:
    project.spec.write_text('{"Grüße": oops}', encoding="utf-8")
    environment = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    result = spawn(project, "check", "api.json", "-o", "shop_store", **environment)
    assert result.returncode == 2
    assert rb"Gr\xfc\xdfe" in result.stderr
    assert b"Traceback" not in result.stderr


def test_another_thread_may_call_it(project: Project) -> None:
    """Signals belong to the main thread; elsewhere they are left alone."""
    import threading

    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(cli.main(["generate", "api.json", "-o", "shop_store"])))
    thread.start()
    thread.join()
    assert codes == [0]


# ------------------------------------------------------------------------------------------- lint


def test_lint(project: Project) -> None:
    clean = project.run("lint", "api.json")
    assert (clean.code, clean.out, clean.err) == (0, "api.json: no findings\n", "")
    project.describe("user", warn=True)
    result = project.run("lint", "api.json")
    assert result.code == 1
    assert "api.json:1:2: warning ES404: the document asks for a warning" in result.out
    assert result.err == ""
    project.spec.write_text("oops")
    assert project.run("lint", "api.json").code == 2
    assert project.run("lint", "nowhere.json").code == 2
    assert {path.name for path in project.folder.iterdir()} == {"api.json"}


@pytest.mark.parametrize(
    ("severity", "code", "found"), [("off", 0, 0), ("note", 0, 1), ("warning", 1, 1), ("error", 2, 1)]
)
@pytest.mark.parametrize("name", ["ES404", "orphaned-file"])
def test_lint_severities(project: Project, name: str, severity: str, code: int, found: int) -> None:
    project.describe("user", warn=True)
    project.configure(f'spec = "api.json"\noutput = "shop_store"\n[tool.entitystore.lint]\n{name} = "{severity}"\n')
    for argv in (["lint"], ["lint", "api.json"]):
        result = project.run(*argv, "--format", "json")
        assert result.code == code
        assert len(result.codes()) == found


@pytest.mark.parametrize(
    ("fail_on", "warned", "wrong", "missing"), [("error", 0, 2, 2), ("warning", 1, 2, 2), ("never", 0, 0, 2)]
)
def test_what_lint_fails_on(project: Project, fail_on: str, warned: int, wrong: int, missing: int) -> None:
    project.describe("user", warn=True)
    assert project.run("lint", "api.json", "--fail-on", fail_on).code == warned
    project.spec.write_text("oops")
    assert project.run("lint", "api.json", "--fail-on", fail_on).code == wrong
    assert project.run("lint", "nowhere.json", "--fail-on", fail_on).code == missing


def test_lint_of_an_unknown_rule(project: Project) -> None:
    project.configure('spec = "api.json"\noutput = "shop_store"\n[tool.entitystore.lint]\nES999 = "off"\n')
    result = project.run("lint", "--format", "json")
    assert result.code == 2
    assert result.codes() == ["ES511"]


def test_lint_of_a_document_in_a_project_with_a_wrong_configuration(project: Project) -> None:
    project.configure("spek = 1\n")
    result = project.run("lint", "api.json", "--format", "json")
    assert result.code == 2
    assert result.codes() == ["ES504", "ES504", "ES502"]


def test_warnings_do_not_stop_generation(project: Project) -> None:
    project.describe("user", warn=True)
    result = project.call("generate")
    assert result.code == 0
    assert "warning ES404" in result.err
