"""Key templates: their parts, each fault at its character, and any text at all."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from entitystore_generator.diagnostics import Diagnostics, Position
from entitystore_generator.ir.model import TransformKind
from entitystore_generator.spec.key_syntax import parse_template
from entitystore_generator.spec.nodes import Scalar
from entitystore_generator.spec.schema import Macro, TemplateSyntax, Text, TransformSyntax
from entitystore_generator.spec.shapes import Shapes
from entitystore_generator.spec.source import Source

START = 10


def locate(offset: int, length: int) -> Position:
    return Position("spec.yaml", 1, START + offset, length)


def read(source: str) -> tuple[TemplateSyntax, Diagnostics]:
    before = " " * (START - 1)
    node = Scalar(Source("spec.yaml", before + source), START - 1, START - 1 + len(source), source, plain=False)
    diagnostics = Diagnostics()
    return parse_template(node, Shapes(diagnostics)), diagnostics


def parse(source: str) -> tuple[TemplateSyntax, list[tuple[str, int, int]]]:
    """The template, and each fault's code, offset in the source and length."""
    template, diagnostics = read(source)
    return template, [(each.code, each.position.column - START, each.position.length) for each in diagnostics]


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
    assert [part.text if isinstance(part, Text) else part.path for part in template.parts] == parts


@pytest.mark.parametrize(
    ("macro", "format_"), [("{t:%Y-%m-%d}", "%Y-%m-%d"), ("{t:%H:%M}", "%H:%M"), ("{t:%Y|upper}", "%Y"), ("{t}", "")]
)
def test_formats(macro: str, format_: str) -> None:
    template, _ = parse(macro)
    assert isinstance(template.parts[0], Macro)
    assert template.parts[0].format == format_


@pytest.mark.parametrize(
    ("macro", "default"),
    [("{p|default:NULL}", "NULL"), ("{p|default:a:b c}", "a:b c"), ("{p|upper}", None)],
)
def test_defaults(macro: str, default: str | None) -> None:
    template, _ = parse(macro)
    assert isinstance(template.parts[0], Macro)
    assert template.parts[0].default == default


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ("USER#{id", [("ES117", 5, 3)]),
        ("USER#{id#{b}", [("ES117", 5, 4)]),
        ("{", [("ES117", 0, 1)]),
        ("USER#id}", [("ES117", 7, 1)]),
        ("{a}}", [("ES117", 3, 1)]),
        ("}", [("ES117", 0, 1)]),
        ("A#{}", [("ES117", 2, 2)]),
        ("A#{  }", [("ES117", 2, 4)]),
        ("{|upper}", [("ES117", 0, 1)]),
        ("{:08d}", [("ES117", 0, 1)]),
        ("{a..b}", [("ES117", 3, 1)]),
        ("{a.}", [("ES117", 3, 1)]),
        ("{.a}", [("ES117", 1, 1)]),
        ("{ a }", [("ES117", 1, 3)]),
        ("{a. b}", [("ES117", 3, 2)]),
        ("{n:}", [("ES117", 2, 1)]),
        ("{n:|upper}", [("ES117", 2, 1)]),
        ("A\t{p}", [("ES117", 1, 1)]),
        ("{p\x85}", [("ES117", 1, 2), ("ES117", 2, 1)]),
        ("{p|uper}", [("ES118", 3, 4)]),
        ("{p|}", [("ES118", 2, 1)]),
        ("{p|upper|}", [("ES118", 8, 1)]),
        ("{p| upper}", [("ES118", 3, 6)]),
        ("{p|default}", [("ES119", 3, 7)]),
        ("{p|default:}", [("ES119", 3, 8)]),
        ("{p|default:x|upper}", [("ES119", 3, 9)]),
        ("{p|default:x|default:y}", [("ES119", 3, 9)]),
        ("{n|desc}", [("ES119", 3, 4)]),
        ("{n|desc:}", [("ES119", 3, 4)]),
        ("{n|desc:x}", [("ES119", 8, 1)]),
        ("{n|desc:0}", [("ES119", 8, 1)]),
        ("{n|desc:-1}", [("ES119", 8, 2)]),
        ("{n|desc:٣}", [("ES119", 8, 1)]),
        ("{n|desc:39}", [("ES119", 8, 2)]),
        ("{n|desc:" + "9" * 5000 + "}", [("ES119", 8, 5000)]),
        ("{n|mod:0}", [("ES119", 7, 1)]),
        ("{n|shard:0}", [("ES119", 9, 1)]),
        ("{n|shard:1001}", [("ES119", 9, 4)]),
        ("{p|upper:3}", [("ES119", 8, 2)]),
        ("{p|sortable:}", [("ES119", 11, 1)]),
        ("}{}{a|uper|desc}{b", [("ES117", 0, 1), ("ES117", 1, 2), ("ES118", 6, 4), ("ES119", 11, 4), ("ES117", 16, 2)]),
    ],
)
def test_each_fault_at_its_character(source: str, faults: list[tuple[str, int, int]]) -> None:
    assert parse(source)[1] == faults


def test_what_is_near_is_named() -> None:
    _, diagnostics = read("{p|Uper}{q|sort}{r|zzz}")
    hints = [each.hint for each in diagnostics]
    assert hints[0] == "did you mean upper?"
    assert "sortable" in hints[1]
    assert "isoms" in hints[2]


_PIECES = st.sampled_from(["{", "}", "{{", "}}", "|", ":", ".", "id", "desc", "8", "default", "#", " ", "\t", "upper"])


@given(st.lists(_PIECES, max_size=20).map("".join) | st.text(st.characters(codec="utf-8", exclude_characters="\r\n")))
def test_any_text_is_a_template_or_has_faults_within_it(source: str) -> None:
    template, faults = parse(source)
    for _, offset, length in faults:
        assert 0 <= offset <= offset + length <= len(source)
        assert length >= 1
    texts = [isinstance(part, Text) for part in template.parts]
    assert (True, True) not in pairwise(texts)
    assert faults or printed(template) == source


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
    st.none() | _WORD,
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


def _bare(part: Text | Macro) -> Text | Macro:
    """Without places."""
    if isinstance(part, Text):
        return part
    steps = tuple(replace(step, position=_PLACE) for step in part.transforms)
    return replace(part, transforms=steps, position=_PLACE)


@given(st.lists(_TEXT | _MACRO, max_size=6).map(_merged))
def test_what_is_printed_is_read_back(parts: list[Text | Macro]) -> None:
    source = printed(TemplateSyntax("", tuple(parts), _PLACE))
    template, faults = parse(source)
    assert faults == []
    assert template.source == source
    assert list(map(_bare, template.parts)) == parts
