"""No text of a document reaches a string or a comment that a template writes: there, templates show `Name`s alone.

mypy holds the other half: a `Name` comes of `source.identifier` and `source.spoken`, a `Docstring` and a `Comment` of
the functions of their name, and a plain `str` is none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Any, get_args, get_type_hints

import pytest
from jinja2 import Environment, nodes

from entitystore_generator.emit import views
from entitystore_generator.emit.render import templates_folder
from entitystore_generator.emit.source import Name

VIEWS: dict[str, type] = {
    "models.py.jinja": views.ModelsView,
    "codecs.py.jinja": views.CodecsView,
    "store.py.jinja": views.StoreView,
    "definition.py.jinja": views.TableView,
    "table.py.jinja": views.TableView,
    "__init__.py.jinja": views.TableView,
}
HALVES = object()  # the words that tell the blocking half from the other one, which stand in the template

Piece = str | tuple[str, Any]
"""Text of a template, or an expression in it with its type."""


def parsed(template: str) -> nodes.Template:
    environment = Environment(trim_blocks=True, lstrip_blocks=True)
    return environment.parse((templates_folder() / template).read_text(encoding="utf-8"))


def pieces(node: nodes.Node, types: dict[str, Any]) -> Iterator[Piece]:
    """The template from its beginning to its end, every branch and every loop once."""
    inner: Sequence[nodes.Node] = ()
    match node:
        case nodes.TemplateData():
            yield node.data
        case nodes.Output():
            for each in node.nodes:
                yield each.data if isinstance(each, nodes.TemplateData) else (repr(each), type_of(each, types))
        case nodes.For():
            types = types | bound(node.target, element_of(node.iter, types))
            inner = (*node.body, *node.else_)
        case nodes.With():
            for target, value in zip(node.targets, node.values, strict=True):
                types = types | bound(target, type_of(value, types))
            inner = node.body
        case nodes.Include():
            assert isinstance(node.template, nodes.Const)
            inner = [parsed(node.template.value)]
        case nodes.If():
            inner = (*node.body, *node.elif_, *node.else_)
        case nodes.Template():
            inner = node.body
        case _:
            raise AssertionError(f"{node!r} is not known to this test")
    for part in inner:
        yield from pieces(part, types)


def type_of(node: nodes.Node, types: dict[str, Any]) -> Any:
    match node:
        case nodes.Name():
            return types[node.name]
        case nodes.Getattr():
            owner = type_of(node.node, types)
            hints = [get_type_hints(each) for each in (get_args(owner) if isinstance(owner, UnionType) else (owner,))]
            found = [each[node.attr] for each in hints if node.attr in each]
            return next((kind for kind in found if kind is not Name), found[0])
        case _:
            return str  # whatever is put together within a template


def element_of(node: nodes.Node, types: dict[str, Any]) -> Any:
    if isinstance(node, nodes.Tuple):
        return HALVES
    return get_args(type_of(node, types))[0]


def bound(target: nodes.Node, element: Any) -> dict[str, Any]:
    if isinstance(target, nodes.Name):
        return {target.name: element}
    assert isinstance(target, nodes.Tuple)
    names = [each.name for each in target.items if isinstance(each, nodes.Name)]
    return dict(zip(names, [HALVES] * len(names) if element is HALVES else get_args(element), strict=True))


def within_texts(template: str) -> list[tuple[str, Any]]:
    """The expressions that stand within strings and comments."""
    found: list[tuple[str, Any]] = []
    until = ""
    for piece in pieces(parsed(template), {"view": VIEWS[template]}):
        if isinstance(piece, str):
            until = state_after(piece, until)
        elif until:
            found.append(piece)
    assert not until
    return found


def state_after(text: str, until: str) -> str:
    """What ends the string or comment that is open after `text`; "" in code."""
    mark: str
    for mark in re.findall(r'"""|"|#|\n', text):
        if not until:
            ends: dict[str, str] = {"#": "\n", "\n": ""}
            until = ends.get(mark, mark)
        elif mark == until:
            until = ""
    return until


@pytest.mark.parametrize("template", VIEWS)
def test_within_strings_and_comments_stand_names_alone(template: str) -> None:
    assert [expression for expression, kind in within_texts(template) if kind not in (Name, HALVES)] == []


def test_every_template_is_looked_at() -> None:
    included = {"item.jinja", "is_whole.jinja", "from_item.jinja", "to_item.jinja", "union.jinja"}
    assert {path.name for path in templates_folder().iterdir()} == VIEWS.keys() | included


def test_the_test_sees_what_stands_in_texts() -> None:
    assert len(within_texts("store.py.jinja")) > 10
    assert state_after('x = "', "") == '"'
    assert state_after('x"\n# ', '"') == "\n"
