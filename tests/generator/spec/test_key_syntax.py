"""Key templates: their parts, each fault at its character, and any text at all."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entitystore_generator.diagnostics import Diagnostics, Position
from entitystore_generator.ir.model import TransformKind
from entitystore_generator.spec.key_syntax import parse_path, parse_template
from entitystore_generator.spec.schema import Macro, TemplateSyntax, Text, TransformSyntax

START = 10


def locate(offset: int, length: int) -> Position:
    return Position("spec.yaml", 1, START + offset, length)


def parse(source: str) -> tuple[TemplateSyntax | None, list[tuple[str, int, int]]]:
    """The template, and each fault's code, offset in the source and length."""
    diagnostics = Diagnostics()
    template = parse_template(source, locate, diagnostics)
    faults = [(each.code, each.position.column - START, each.position.length) for each in diagnostics]
    return template, faults


def printed(template: TemplateSyntax) -> str:
    return "".join(map(_part, template.parts))


def _part(part: Text | Macro) -> str:
    if isinstance(part, Text):
        return part.text.replace("{", "{{").replace("}", "}}")
    format_ = f":{part.format}" if part.format else ""
    default = "" if part.default is None else f"|default:{part.default}"
    return "{" + ".".join(part.path) + format_ + "".join(map(_step, part.transforms)) + default + "}"


def _step(step: TransformSyntax) -> str:
    return f"|{step.kind.value}" + ("" if step.argument is None else f":{step.argument}")


def test_the_parts_of_a_template() -> None:
    template, faults = parse("ORDER#{createdAt|isoms}#{address.zip:08d|mod:10|add:1|default:N:A}")
    assert faults == []
    assert template is not None
    assert template.position == locate(0, 66)
    first, created, delimiter, zip_ = template.parts
    assert (first, delimiter) == (Text("ORDER#"), Text("#"))
    isoms = TransformSyntax(TransformKind.ISOMS, None, locate(17, 5))
    assert created == Macro(("createdAt",), "", (isoms,), None, locate(6, 17))
    assert isinstance(zip_, Macro)
    assert (zip_.path, zip_.format, zip_.default) == (("address", "zip"), "08d", "N:A")
    assert [(step.kind, step.argument, step.position) for step in zip_.transforms] == [
        (TransformKind.MOD, 10, locate(41, 6)),
        (TransformKind.ADD, 1, locate(48, 5)),
    ]


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("USER", ["USER"]),
        ("{{", ["{"]),
        ("{{a}}b", ["{a}b"]),
        ("{{{a}}}", ["{", ("a",), "}"]),
        ("{a}{b}", [("a",), ("b",)]),
        ("{a.b.c}", [("a", "b", "c")]),
        ("{order-id}", [("order-id",)]),
        ("{in dispute}", [("in dispute",)]),
        ("|upper:1", ["|upper:1"]),
        ("Ünïcode 😀 {ключ}", ["Ünïcode 😀 ", ("ключ",)]),
        ("", []),
    ],
)
def test_texts_and_paths(source: str, parts: list[str | tuple[str, ...]]) -> None:
    template, faults = parse(source)
    assert faults == []
    assert template is not None
    assert [part.text if isinstance(part, Text) else part.path for part in template.parts] == parts


@pytest.mark.parametrize(
    ("macro", "format_"), [("{t:%Y-%m-%d}", "%Y-%m-%d"), ("{t:%H:%M}", "%H:%M"), ("{t:%Y|upper}", "%Y"), ("{t}", "")]
)
def test_formats(macro: str, format_: str) -> None:
    template, _ = parse(macro)
    assert template is not None
    assert isinstance(template.parts[0], Macro)
    assert template.parts[0].format == format_


@pytest.mark.parametrize(
    ("macro", "default"),
    [("{p|default:NULL}", "NULL"), ("{p|default:}", ""), ("{p|default:a:b c}", "a:b c"), ("{p|upper}", None)],
)
def test_defaults(macro: str, default: str | None) -> None:
    template, _ = parse(macro)
    assert template is not None
    assert isinstance(template.parts[0], Macro)
    assert template.parts[0].default == default


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ("USER#{id", [("ES160", 5, 1)]),
        ("USER#{id#{b}", [("ES160", 5, 1)]),
        ("{", [("ES160", 0, 1)]),
        ("USER#id}", [("ES160", 7, 1)]),
        ("{a}}", [("ES160", 3, 1)]),
        ("}", [("ES160", 0, 1)]),
        ("A#{}", [("ES161", 2, 2)]),
        ("A#{  }", [("ES161", 2, 4)]),
        ("{|upper}", [("ES161", 1, 1)]),
        ("{:08d}", [("ES161", 1, 1)]),
        ("{a..b}", [("ES161", 3, 1)]),
        ("{a.}", [("ES161", 3, 1)]),
        ("{.a}", [("ES161", 1, 1)]),
        ("{ a }", [("ES161", 1, 3)]),
        ("{a. b}", [("ES161", 3, 2)]),
        ("{n:}", [("ES161", 2, 1)]),
        ("{n:|upper}", [("ES161", 2, 1)]),
        ("{p|uper}", [("ES162", 3, 4)]),
        ("{p|}", [("ES162", 3, 1)]),
        ("{p|upper|}", [("ES162", 9, 1)]),
        ("{p|default|upper}", [("ES163", 3, 7), ("ES165", 3, 7)]),
        ("{n|desc}", [("ES163", 3, 4)]),
        ("{n|desc:}", [("ES163", 3, 4)]),
        ("{n|desc:x}", [("ES163", 8, 1)]),
        ("{n|desc:0}", [("ES163", 8, 1)]),
        ("{n|desc:08}", [("ES163", 8, 2)]),
        ("{n|desc:-1}", [("ES163", 8, 2)]),
        ("{n|desc:٣}", [("ES163", 8, 1)]),
        ("{n|desc:39}", [("ES163", 8, 2)]),
        ("{n|desc:" + "9" * 5000 + "}", [("ES163", 8, 5000)]),
        ("{n|mod:0}", [("ES163", 7, 1)]),
        ("{n|shard:0}", [("ES163", 9, 1)]),
        ("{n|shard:1001}", [("ES163", 9, 4)]),
        ("{p|upper:3}", [("ES163", 8, 2)]),
        ("{p|sortable:}", [("ES163", 11, 1)]),
        ("{p|default}", [("ES163", 3, 7)]),
        ("{p|default:x|upper}", [("ES165", 3, 9)]),
        ("{p|default:x|default:y}", [("ES165", 3, 9)]),
        ("A\t{p}", [("ES164", 1, 1)]),
        ("{p\n}", [("ES161", 1, 2), ("ES164", 2, 1)]),
        ("\ud800", [("ES164", 0, 1)]),
        ("}{}{a|uper|desc}{b", [("ES160", 0, 1), ("ES161", 1, 2), ("ES162", 6, 4), ("ES163", 11, 4), ("ES160", 16, 1)]),
    ],
)
def test_each_fault_at_its_character(source: str, faults: list[tuple[str, int, int]]) -> None:
    assert parse(source) == (None, faults)


def test_what_is_near_is_named() -> None:
    diagnostics = Diagnostics()
    parse_template("{p|Uper}{q|sort}{r|zzz}", locate, diagnostics)
    hints = [each.hint for each in diagnostics]
    assert hints[0] == "did you mean upper?"
    assert "sortable" in hints[1]
    assert "isoms" in hints[2]


def test_a_path_outside_a_template() -> None:
    diagnostics = Diagnostics()
    assert parse_path("address.city", locate, diagnostics) == ("address", "city")
    assert parse_path("address..city", locate, diagnostics) is None
    assert [(each.code, each.position) for each in diagnostics] == [("ES161", locate(8, 1))]


_PIECES = st.sampled_from(["{", "}", "{{", "}}", "|", ":", ".", "id", "desc", "8", "default", "#", " ", "\t", "upper"])


@given(st.lists(_PIECES, max_size=20).map("".join) | st.text())
def test_any_text_is_a_template_or_has_faults_within_it(source: str) -> None:
    template, faults = parse(source)
    assert (template is None) == bool(faults)
    for _, offset, length in faults:
        assert 0 <= offset <= len(source)
        assert length >= 1
    if template is not None:
        assert printed(template) == source
        texts = [isinstance(part, Text) for part in template.parts]
        assert (True, True) not in pairwise(texts)


_VISIBLE = st.characters(codec="utf-8", categories=("L", "M", "N", "P", "S"))
_WORD = st.text(_VISIBLE.filter(lambda each: each not in "{}|:."), min_size=1, max_size=6)
_TEXT = st.text(_VISIBLE, min_size=1, max_size=6).map(Text)
_PLACE = locate(0, 0)
_BARE = (TransformKind.UPPER, TransformKind.LOWER, TransformKind.ISOMS, TransformKind.SORTABLE)
_COMPUTING = tuple(kind for kind in TransformKind if kind not in _BARE)
_TRANSFORM = st.builds(TransformSyntax, st.sampled_from(_BARE), st.none(), st.just(_PLACE)) | st.builds(
    TransformSyntax, st.sampled_from(_COMPUTING), st.integers(1, 38), st.just(_PLACE)
)
_MACRO = st.builds(
    Macro,
    st.lists(_WORD, min_size=1, max_size=3).map(tuple),
    st.just("") | _WORD.map(lambda word: f"{word}:%M"),
    st.lists(_TRANSFORM, max_size=3).map(tuple),
    st.none() | st.just("") | _WORD,
    st.just(_PLACE),
)


def _merged(parts: list[Text | Macro]) -> list[Text | Macro]:
    merged: list[Text | Macro] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(last, Text) and isinstance(part, Text):
            merged[-1] = Text(last.text + part.text)
        else:
            merged.append(part)
    return merged


@given(st.lists(_TEXT | _MACRO, max_size=6).map(_merged))
def test_what_is_printed_is_read_back(parts: list[Text | Macro]) -> None:
    source = printed(TemplateSyntax("", tuple(parts), _PLACE))
    diagnostics = Diagnostics()
    template = parse_template(source, lambda offset, length: _PLACE, diagnostics)
    assert [*diagnostics] == []
    assert template == TemplateSyntax(source, tuple(parts), _PLACE)
