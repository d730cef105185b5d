"""Names are kept between runs; what comes out is the same with them and without."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from entitystore_generator.compiler import Compilation, compile_package
from entitystore_generator.config import Options
from entitystore_generator.ir import build, name_cache
from entitystore_generator.ir.class_names import ClassName, ClassNames, FieldName
from entitystore_generator.ir.name_cache import NameCache, cache_folder
from tests.golden.cases import Case, good_cases

CASES = [
    case for case in good_cases() if case.name in ("every_type_pydantic", "inheritance", "keywords", "json_document")
]
USUAL = next(case for case in good_cases() if case.name == "storefront")
NAMES = ClassNames(
    {"A": ClassName("A", is_enum=False, fields={"b-c": FieldName("b_c", ("#/x",))}, inline=("#/y",))},
    {"#/x": ClassName("X", is_enum=True, members={1: "INTEGER_1", "1": "FIELD_1", "ü": "Ü"})},
)


def compiled(case: Case, cache: Path | None) -> Compilation:
    return compile_package(case.spec, Options(case.models, case.package.name), spec_name=case.spec.name, cache=cache)


def no_parser(document: str) -> ClassNames:
    raise AssertionError("the names were asked for again")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_second_run_gives_the_same_without_the_parser(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = compiled(case, tmp_path)
    monkeypatch.setattr(build, "parse_class_names", no_parser)
    assert compiled(case, tmp_path) == first
    assert first.files


def test_a_usual_document_needs_neither_the_parser_nor_the_cache_nor_black(tmp_path: Path) -> None:
    """A guard of the generator's speed that no machine's mood changes."""
    assert modules_of_a_run(USUAL, tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_of_an_unusual_document_loads_neither_the_parser_nor_black(tmp_path: Path) -> None:
    unusual = next(case for case in CASES if case.name == "inheritance")
    first, second = (modules_of_a_run(unusual, tmp_path) for _ in range(2))
    assert "datamodel_code_generator" in first
    assert second == []


def modules_of_a_run(case: Case, cache: Path) -> list[str]:
    """Which of the large libraries a compilation in a new process loads."""
    code = (
        "import sys; from pathlib import Path; from entitystore_generator.compiler import compile_package;"
        "from entitystore_generator.config import Options;"
        "spec, cache = map(Path, sys.argv[1:]);"
        "compiled = compile_package(spec, Options('pydantic', 's'), spec_name='s', cache=cache);"
        "assert compiled.files;"
        "print(*(name for name in ('black', 'datamodel_code_generator', 'pydantic') if name in sys.modules))"
    )
    command = [sys.executable, "-c", code, str(case.spec), str(cache)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_faults_are_told_as_without_the_cache(tmp_path: Path) -> None:
    """A change of keys leaves the closure as it is; its faults are those of a first run."""
    document = USUAL.spec.read_text(encoding="utf-8").replace("note:", "_note:")
    spec = tmp_path / "openapi.yaml"
    options = Options("pydantic", "shop_store")
    spec.write_text(document, encoding="utf-8")
    assert compile_package(spec, options, spec_name="openapi.yaml", cache=tmp_path / "cache").files
    spec.write_text(document.replace("USER#{userId}", "USER#{_note}"), encoding="utf-8")
    kept = compile_package(spec, options, spec_name="openapi.yaml", cache=tmp_path / "cache")
    fresh = compile_package(spec, options, spec_name="openapi.yaml")
    assert kept.diagnostics.has_errors
    assert list(kept.diagnostics) == list(fresh.diagnostics)


def test_names_come_back_as_they_were(tmp_path: Path) -> None:
    NameCache(tmp_path / "new", "a document").write(NAMES)
    found = NameCache(tmp_path / "new", "a document").read()
    assert found == NAMES
    assert found is not None
    assert list(found.inline["#/x"].members) == [1, "1", "ü"]


def test_another_document_and_another_tool_have_other_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    NameCache(tmp_path, "a document").write(NAMES)
    assert NameCache(tmp_path, "another document").read() is None
    monkeypatch.setattr(name_cache, "fingerprint", lambda: {"datamodel-code-generator": "another"})
    assert NameCache(tmp_path, "a document").read() is None


@pytest.mark.parametrize("cut", [0, 1, 32, 33, -1])
def test_a_broken_file_is_as_good_as_none(cut: int, tmp_path: Path) -> None:
    NameCache(tmp_path, "a document").write(NAMES)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:cut])
    assert NameCache(tmp_path, "a document").read() is None


def test_another_kind_of_file_is_as_good_as_none(tmp_path: Path) -> None:
    NameCache(tmp_path, "a document").write(NAMES)
    (path,) = tmp_path.iterdir()
    data = b"\x93\x01\x02\x03"
    path.write_bytes(sha256(data).digest() + data)
    assert NameCache(tmp_path, "a document").read() is None


def test_a_folder_that_cannot_be_written_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    NameCache(tmp_path / "file", "a document").write(NAMES)
    assert NameCache(tmp_path / "file", "a document").read() is None


def test_the_oldest_files_go(tmp_path: Path) -> None:
    for number in range(name_cache.MOST_FILES + 5):
        NameCache(tmp_path, f"document {number}").write(NAMES)
    assert len(list(tmp_path.iterdir())) == name_cache.MOST_FILES


def test_the_user_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTITYSTORE_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.setenv("ENTITYSTORE_CACHE", "off")
    assert cache_folder() is None
    monkeypatch.delenv("ENTITYSTORE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "entitystore"
