"""pyproject.toml: what is read, and what is said where it is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from entitystore_generator.config import ConfigError, Package
from entitystore_generator.settings import find_settings, read_settings
from entitystore_generator.toml_lines import find_line
from tests.generator.cli.conftest import Project


def write(folder: Path, text: str) -> str:
    path = folder / "pyproject.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def faults(folder: Path, text: str) -> list[tuple[str, int]]:
    """(code, line) of everything wrong with a pyproject.toml."""
    with pytest.raises(ConfigError) as caught:
        read_settings(write(folder, text))
    assert all(fault.file == str(folder / "pyproject.toml") for fault in caught.value.faults)
    return [(fault.code, fault.line) for fault in caught.value.faults]


def hints(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_settings(write(folder, text))
    return [fault.hint for fault in caught.value.faults]


def test_one_package(tmp_path: Path) -> None:
    settings = read_settings(
        write(tmp_path, '[tool.entitystore]\nspec = "api/a.yaml"\noutput = "src/a_store"\nmodels = "msgspec"\n')
    )
    spec, output = str(tmp_path / "api/a.yaml"), str(tmp_path / "src/a_store")
    assert settings.packages == (Package(spec, output, "msgspec", roots=(str(tmp_path),)),)
    assert settings.packages[0].spec_name == "../api/a.yaml"
    assert settings.packages[0].options == ("msgspec", "a_store")


def test_several_packages_share_a_default(tmp_path: Path) -> None:
    text = (
        '[tool.entitystore]\nmodels = "dataclass"\n'
        '[[tool.entitystore.packages]]\nspec = "a"\noutput = "a_store"\n'
        '[[tool.entitystore.packages]]\nspec = "b"\noutput = "b_store"\nmodels = "pydantic"\nkeep = ["x.py"]\n'
    )
    first, second = read_settings(write(tmp_path, text)).packages
    assert (first.models, second.models, second.keep) == ("dataclass", "pydantic", ("x.py",))


def test_severities(tmp_path: Path) -> None:
    text = '[tool.entitystore]\nspec = "a"\noutput = "b"\n[tool.entitystore.lint]\nES301 = "off"\n'
    assert read_settings(write(tmp_path, text)).severities == {"ES301": "off"}


def test_a_byte_order_mark(tmp_path: Path) -> None:
    text = '\ufeff[tool.entitystore]\nspec = "a"\noutput = "b"\n'
    assert len(read_settings(write(tmp_path, text)).packages) == 1


PACKAGE = '[tool.entitystore]\nspec = "a"\noutput = "b"\n'
MANY = "[[tool.entitystore.packages]]\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[tool.entitystore]\nspec = a\n", [("ES501", 2)]),
        ("[tool.entitystore", [("ES501", 0)]),
        ("[other]\n# entitystore\n", [("ES505", 0)]),
        ("[tool]\nentitystore = 1\n", [("ES503", 0)]),
        ("[tool.entitystore]\n", [("ES504", 1), ("ES504", 1)]),
        ('\n[tool.entitystore]\nspec = "a"\n', [("ES504", 2)]),
        (PACKAGE + 'model = "msgspec"\n', [("ES502", 4)]),
        (PACKAGE + "spec-file = 1\nmodells = 2\n", [("ES502", 4), ("ES502", 5)]),
        (PACKAGE + 'models = "msgspek"\n', [("ES503", 4)]),
        (PACKAGE + "models = [1]\n", [("ES503", 4)]),
        ('[tool.entitystore]\nspec = ["a"]\noutput = ""\n', [("ES503", 2), ("ES503", 3)]),
        ('[tool.entitystore]\nspec = "a\\u0000"\noutput = "b"\n', [("ES503", 2)]),
        (PACKAGE + 'keep = "x.py"\n', [("ES503", 4)]),
        (PACKAGE + "keep = [1]\n", [("ES503", 4)]),
        (PACKAGE + "lint = 1\n", [("ES503", 0)]),
        (PACKAGE + '[tool.entitystore.lint]\nES301 = "loud"\n', [("ES503", 5)]),
        (PACKAGE + "[tool.entitystore.lint]\nES301 = { a = 1 }\n", [("ES503", 5)]),
        ("[tool.entitystore]\npackages = []\n", [("ES503", 0)]),
        ('[tool.entitystore.packages]\nspec = "a"\n', [("ES503", 1)]),
        (PACKAGE + MANY + 'spec = "a"\noutput = "c"\n', [("ES503", 2), ("ES503", 3)]),
        (MANY + 'spec = "a"\noutput = "c"\n' + MANY + 'spec = "b"\n', [("ES504", 4)]),
        (MANY + 'spec = "a"\noutput = "c"\n' + MANY + 'spec = "b"\noutput = "d"\nkeeep = []\n', [("ES502", 7)]),
        (MANY + 'spec = "a"\noutput = "c"\n' + MANY + 'spec = "b"\noutput = "x/../c"\n', [("ES507", 0)]),
        (MANY + 'spec = "a"\noutput = "c"\n' + MANY + 'spec = "b"\noutput = "c/d"\n', [("ES507", 0)]),
        ('[tool.entitystore]\nspec = "a"\noutput = "my-store"\n', [("ES506", 0)]),
        ('[tool.entitystore]\nspec = "a"\noutput = "class"\n', [("ES506", 0)]),
        ('[tool.entitystore]\nspec = "a"\noutput = "/"\n', [("ES506", 0)]),
    ],
)
def test_faults(tmp_path: Path, text: str, expected: list[tuple[str, int]]) -> None:
    assert faults(tmp_path, text) == expected


def test_suggestions(tmp_path: Path) -> None:
    assert hints(tmp_path, PACKAGE + 'model = "msgspec"\n') == ["did you mean models?"]
    assert hints(tmp_path, PACKAGE + 'models = "dataclasses"\n') == ["did you mean dataclass?"]
    assert hints(tmp_path, PACKAGE + '[tool.entitystore.lint]\nES301 = "of"\n') == ["did you mean off?"]
    assert hints(tmp_path, PACKAGE + "xyz = 1\n")[0].startswith("the keys are spec, output, models")


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_bytes(b"[tool.entitystore]\nspec = '\xff'\n")
    with pytest.raises(ConfigError, match="not TOML"):
        read_settings(str(path))


def test_nesting_without_end(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not TOML"):
        read_settings(write(tmp_path, "entitystore = " + "[" * 100_000))


def test_the_nearest_that_has_a_section(tmp_path: Path) -> None:
    inner = tmp_path / "a/b"
    inner.mkdir(parents=True)
    write(tmp_path, PACKAGE)
    write(tmp_path / "a", '[project]\nname = "no-section"\n')
    assert find_settings(str(inner)).file == str(tmp_path / "pyproject.toml")
    write(tmp_path / "a", PACKAGE)
    assert find_settings(str(inner)).packages[0].output == str(tmp_path / "a/b")


def test_none_at_all(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no pyproject.toml with a \[tool.entitystore\]"):
        find_settings(str(tmp_path))


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = write(tmp_path, PACKAGE)
    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(ConfigError, match="Permission denied"):
        read_settings(path)


@pytest.mark.parametrize(
    ("text", "table", "number", "key", "line"),
    [
        ("[a]\nx = 1\n[b]\nx = 2\n", "b", 0, "x", 4),
        ('[ "a" . b ] # why\n"x" = 1\n', "a.b", 0, "x", 2),
        ("[[a]]\nx=1\n[[a]]\nx=2\n", "a", 1, "x", 4),
        ("[[a]]\nx=1\n[[a]]\n", "a", 1, "x", 3),
        ("[a]\nx.y = 1\n", "a", 0, "x", 2),
        ("[a]\n'x' = 1\n", "a", 0, "x", 2),
        ("a = { x = 1 }\n", "a", 0, "x", 0),
    ],
)
def test_lines(text: str, table: str, number: int, key: str, line: int) -> None:
    assert find_line(text, table, number, key) == line


# ------------------------------------------------------------------------- as the command says it


def test_the_command_names_file_and_line(project: Project) -> None:
    project.configure('spec = "api.json"\noutput = "shop_store"\nmodel = "msgspec"\n')
    for command in ("generate", "check", "diff", "lint"):
        result = project.run(command)
        assert result.code == 2
        assert result.err == (
            "pyproject.toml:4:1: error ES502: unknown key 'model' in tool.entitystore\n"
            '    4 | model = "msgspec"\n'
            "      | ^\n"
            "      = hint: did you mean models?\n"
            "1 error\n"
        )


def test_another_file_by_option(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.configure()
    elsewhere = project.folder / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert project.run("generate", "--config", "../pyproject.toml").code == 0
    assert project.output.is_dir()
    assert project.run("check", "--config", "nowhere.toml").code == 2
    assert os.listdir(elsewhere) == []
