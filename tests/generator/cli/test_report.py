"""How diagnostics look in the three formats."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from entitystore_generator.diagnostics import Diagnostic, Position, Severity
from entitystore_generator.progress import ProgressLine
from entitystore_generator.report import (
    TextReport,
    as_annotation,
    as_record,
    shown_path,
    summary,
    visible,
    wants_colour,
)
from tests.generator.cli.conftest import Project


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def fault(line: int, column: int, length: int = 0, message: str = "no such property", hint: str = "") -> Diagnostic:
    return Diagnostic("ES203", Severity.ERROR, message, Position("a.yaml", line, column, length), hint)


def text(source: str, *faults: Diagnostic) -> str:
    Path("a.yaml").write_bytes(source.encode())
    return TextReport(colour=False).render(faults)


def test_a_line_is_underlined() -> None:
    assert text('Order:\n  PK: "USER#{userIdd}"\n', fault(2, 14, 7, hint="did you mean userId?")) == (
        "a.yaml:2:14: error ES203: no such property\n"
        '    2 |   PK: "USER#{userIdd}"\n'
        "      |              ^^^^^^^\n"
        "      = hint: did you mean userId?\n"
        "1 error\n"
    )


@pytest.mark.parametrize(
    ("source", "place", "marks"),
    [
        ("abc\n", (1, 2, 0), " ^"),
        ("abc\n", (1, 2, 99), " ^^"),
        ("abc\n", (1, 4, 1), "   ^"),
        ("\tabc\n", (1, 2, 1), "\t^"),
        ("\ufeffabc\n", (1, 1, 3), "^^^"),
        ("世界: x\n", (1, 5, 1), "      ^"),
        ("e\u0301x\n", (1, 3, 1), " ^"),
        ("世\n", (1, 1, 1), "^^"),
        ("\x1bx\n", (1, 2, 1), "    ^"),
    ],
)
def test_carets_stand_below(source: str, place: tuple[int, int, int], marks: str) -> None:
    assert text(source, fault(*place)).splitlines()[2] == f"      | {marks}"


@pytest.mark.parametrize(("line", "column"), [(0, 0), (1, 0), (9, 1), (2, 1)])
def test_no_source_where_there_is_none(line: int, column: int) -> None:
    assert len(text("abc\n   \n", fault(line, column)).splitlines()) == 2


def test_no_file_no_line() -> None:
    report = TextReport(colour=False)
    assert report.render([fault(3, 1)]).startswith("a.yaml:3:1: error ES203: ")
    nowhere = Diagnostic("ES505", Severity.ERROR, "none", Position("", 0, 0))
    assert report.render([nowhere]) == "entitystore: error ES505: none\n1 error\n"


def test_long_lines_are_cut_around_the_place() -> None:
    lines = text("x" * 5000 + "HERE" + "y" * 5000, fault(1, 5001, 4)).splitlines()
    start = lines[2].index("^")
    assert lines[1][start : start + 4] == "HERE"
    assert len(lines[1]) < 200


def test_bytes_that_are_no_text() -> None:
    Path("a.yaml").write_bytes(b"\xff\xfe: x\n")
    assert "ES203" in TextReport(colour=False).render([fault(1, 1)])


def test_control_characters_are_shown_not_obeyed() -> None:
    shown = text("a: \x1b[2J\n", fault(1, 1, message="bad \x1b[31m\r\nname \u202e\ud800"))
    assert not set("\x1b\r\u202e\ud800") & set(shown)
    assert shown.startswith(r"a.yaml:1:1: error ES203: bad \x1b[31m\r\nname \u202e\ud800")
    assert visible("a\tb") == "a\tb"


def test_the_summary_counts() -> None:
    severities = [Severity.WARNING, Severity.ERROR, Severity.ERROR, Severity.NOTE]
    found = [Diagnostic("ES301", severity, "", Position("a", 1, 1)) for severity in severities]
    assert summary(found) == "2 errors, 1 warning, 1 note\n"
    assert summary([]) == ""


def test_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    assert wants_colour(Terminal())
    assert not wants_colour(io.StringIO())
    assert "\x1b[1;31merror ES203\x1b[0m" in TextReport(colour=True).render([fault(1, 1)])
    monkeypatch.setenv("TERM", "dumb")
    assert not wants_colour(Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(Terminal())
    closed = Terminal()
    closed.close()
    assert not wants_colour(io.TextIOWrapper(io.BytesIO()))


def test_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "below").mkdir()
    assert shown_path(str(tmp_path / "below/a.yaml")) == "below/a.yaml"
    assert shown_path("below/../a.yaml") == "a.yaml"
    monkeypatch.chdir(tmp_path / "below")
    assert shown_path(str(tmp_path / "a.yaml")) == str(tmp_path / "a.yaml")
    assert shown_path("../a.yaml", str(tmp_path)) == "a.yaml"


def test_records() -> None:
    assert as_record(fault(2, 3, 4, hint="x")) == {
        "code": "ES203",
        "severity": "error",
        "message": "no such property",
        "hint": "x",
        "file": "a.yaml",
        "line": 2,
        "column": 3,
        "length": 4,
    }
    nowhere = as_record(Diagnostic("ES505", Severity.NOTE, "none", Position("", 0, 0)))
    assert [nowhere[key] for key in ("hint", "file", "line", "column", "length")] == [None] * 5


def test_what_is_said_many_times_is_one_line_with_a_count() -> None:
    many = [fault(line, 1) for line in range(2, 600)]
    text = TextReport(colour=False).render([*many, fault(700, 1, hint="another")])
    assert text.count("no such property") == 2
    assert "and 597 times more, on lines 3 to 599" in text
    assert text.endswith("599 errors\n")


@pytest.mark.parametrize(
    ("lines", "more"),
    [([2], ""), ([2, 2], "and once more, on line 2"), ([2, 3, 5], "and 2 times more, on lines 3 to 5")],
)
def test_a_note_that_is_repeated_is_shown_once(lines: list[int], more: str) -> None:
    notes = [replace(fault(line, 1 + at), severity=Severity.NOTE) for at, line in enumerate(lines)]
    text = TextReport(colour=False).render(notes)
    assert text.count("no such property") == 1
    assert text.count("more, on") == bool(more)
    assert more in text


def test_annotations() -> None:
    assert as_annotation(fault(2, 3, 4, hint="try x")) == (
        "::error file=a.yaml,line=2,col=3,endColumn=7,title=ES203::no such property%0Atry x\n"
    )
    assert as_annotation(Diagnostic("ES301", Severity.WARNING, "w", Position("", 0, 0))) == "::warning title=ES301::w\n"
    assert as_annotation(Diagnostic("ES408", Severity.NOTE, "n", Position("a", 0, 0))).startswith("::notice file=a,")


def test_annotations_cannot_be_broken_out_of() -> None:
    place = Position("a,line=1::x%.yaml", 1, 1)
    annotation = as_annotation(Diagnostic("ES203", Severity.ERROR, "50%\r\n::set-env name=x::y", place))
    assert annotation == (
        "::error file=a%2Cline=1%3A%3Ax%25.yaml,line=1,col=1,title=ES203::50%25%0D%0A::set-env name=x::y\n"
    )


def test_annotations_start_at_the_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    monkeypatch.chdir(tmp_path / "sub")
    assert as_annotation(fault(1, 1)).startswith("::error file=sub/a.yaml,")


# ---------------------------------------------------------------------------- as the command does


def test_the_place_is_relative_to_the_working_folder(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.spec.write_text("{\n  oops")
    deep = project.run("generate", "api.json", "-o", "src/deep/shop_store")
    assert deep.err.startswith("api.json:2:3: error ES101: ")
    assert "    2 |   oops\n      |   ^\n" in deep.err
    github = project.call("check", "--format", "github")
    assert github.out.startswith("::error file=api.json,line=2,col=3,endColumn=4,title=ES101::")
    assert github.err == ""


def test_one_json_document_in_every_case(project: Project) -> None:
    def keys(*argv: str) -> set[str]:
        result = project.run(*argv, "--format", "json")
        assert result.err == ""
        assert result.out.isascii()
        document = json.loads(result.out)
        assert document["exit_code"] == result.code
        assert document["version"] == 1
        return set(document)

    expected = {"version", "command", "exit_code", "diagnostics", "packages"}
    call = ("api.json", "-o", "shop_store")
    assert keys("check", *call) == expected  # never generated
    assert keys("generate", *call) == expected
    assert keys("check", *call) == expected  # up to date
    project.spec.write_text("oops")
    assert keys("check", *call) == expected  # cannot be compiled
    assert keys("check") == expected  # no configuration
    assert keys("lint", "api.json") == expected


def test_github_names_stale_files(project: Project) -> None:
    project.generate()
    project.describe("user", "order", text="new")
    result = project.call("check", "--format", "github")
    assert result.code == 1
    lines = result.out.splitlines()
    assert lines[0].startswith("::error file=shop_store/order_store.py,title=ES401::order_store.py is not what")
    assert len(lines) == 2


# --------------------------------------------------------------------------------------- progress


def test_progress_is_for_terminals() -> None:
    pipe = io.StringIO()
    line = ProgressLine(pipe)
    line._next = 0
    line("parsing", 1, 2)
    line.close()
    assert pipe.getvalue() == ""


def test_progress_is_one_line_that_goes_away() -> None:
    terminal = Terminal()
    line = ProgressLine(terminal)
    line("too early", 1, 2)
    for phase in ("rendering", "done"):
        line._next = 0
        line(phase, 1, 2)
    line.close()
    line.close()
    assert terminal.getvalue() == "\rrendering 1/2\rdone 1/2     \r        \r"
