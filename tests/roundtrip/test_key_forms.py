"""Stored keys beside those that this package writes: what it wrote is always read, what was spelled otherwise never."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from entitystore.codec import EntityPage, Undecoded, json_bytes
from entitystore.errors import DecodeError
from tests.compiled import MODEL_KINDS, Compiled, compile_document
from tests.roundtrip.strategies import Strategies

DOCUMENT = Path(__file__).with_name("key_forms.yaml")
COMPARED = {
    "": ("SK",),
    "GSI1": ("GSI1SK",),
    "GSI2": ("GSI2PK", "GSI2SK"),
    "GSI3": ("GSI3PK", "GSI3SK"),
    "GSI4": ("GSI4PK", "GSI4SK"),
    "GSI5": ("GSI5SK",),
    "Refs": ("ref", "due"),
}
Some = st.SearchStrategy[Any]
Item = dict[str, dict[str, Any]]
some = settings(
    max_examples=30, derandomize=False, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
_compiled: dict[str, tuple[Compiled, Some]] = {}


@pytest.fixture(scope="module", params=MODEL_KINDS)
def forms(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Compiled, Some]:
    kind = request.param
    if kind not in _compiled:
        made = compile_document(DOCUMENT, kind, tmp_path_factory.mktemp("forms"), f"forms_{kind}_store")
        _compiled[kind] = made, Strategies(made).entity("Event")
    return _compiled[kind]


def read(store: Any, item: Item, index: str) -> EntityPage[Any]:
    page: EntityPage[Any] = store.CODEC.read_page(json_bytes({"Items": [item, item]}), index)
    return page


@some
@given(st.data())
def test_what_was_written_is_read_through_every_index(forms: tuple[Compiled, Some], data: st.DataObject) -> None:
    compiled, events = forms
    store = compiled.store_module("event")
    item = store.encode(data.draw(events))
    entity = store.decode(item)
    assert store.encode(entity) == item
    for index in COMPARED:
        assert read(store, item, index).items == [entity, entity]
    without_keys = {name: value for name, value in item.items() if not name.endswith(("PK", "SK"))}
    assert store.decode(without_keys) == entity, "items that come without their keys are read, too"


def _is_in(item: Item, index: str) -> bool:
    """Whether DynamoDB puts the item into the index."""
    keys = {"": ("PK", "SK"), "Refs": ("ref", "due")}.get(index, (f"{index}PK", f"{index}SK"))
    return all("S" in item.get(name, {}) for name in keys)


def spellings(text: str) -> Iterator[str]:
    """The same key as other programs write it."""
    for time in re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", text):
        whole, _, fraction = time[:-1].partition(".")
        digits = fraction.rstrip("0")
        shortest = f"{whole}.{digits}" if digits else whole
        forms = [f"{shortest}Z", f"{whole}.{fraction}+00:00", f"{shortest}+00:00", f"{whole}.{fraction}000Z"]
        forms += [time.replace("T", " "), time.lower(), f"{whole}.{digits:0<3}Z"]
        yield from (text.replace(time, form) for form in forms)
    for found in re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", text):
        yield from (text.replace(found, form) for form in (found.upper(), found.replace("-", ""), f"{{{found}}}"))
    for number in re.findall(r"(?<![0-9.:-])\d{8}$", text):
        yield from (text.removesuffix(number) + form for form in (str(int(number)), f"0{number}"))
    if text.startswith("AMOUNT#"):
        yield from (f"{text}.0" if "." not in text else f"{text}0", text.replace("#", "#+"))
    if text.startswith("DONE#"):
        yield text.replace("#false#", "#False#").replace("#true#", "#1#")
        yield f"{text[:-1]}{(int(text[-1]) + 1) % 4}"
    if text == "NONE":
        yield "NULL"
    elif re.fullmatch("[a-z]+", text):
        yield text.title()


@some
@given(st.data())
def test_what_was_spelled_otherwise_is_not(forms: tuple[Compiled, Some], data: st.DataObject) -> None:
    compiled, events = forms
    store = compiled.store_module("event")
    item = store.encode(data.draw(events))
    places = [(index, name) for index, names in COMPARED.items() for name in names if _is_in(item, index)]
    index, name = data.draw(st.sampled_from(places))
    own = item[name]["S"]
    others = sorted({each for each in spellings(own) if each not in ("", own)})
    assume(others)
    foreign = data.draw(st.sampled_from(others))
    stored = item | {name: {"S": foreign}}
    for found in read(store, stored, index).items:
        assert isinstance(found, Undecoded), (name, foreign)
        if name not in ("ref", "due"):  # what is no property's text need not be one in any form
            assert repr(own) in str(found.error)
            assert repr(foreign) in str(found.error)
        assert found.error.item == stored


@pytest.mark.parametrize("kind", MODEL_KINDS)
def test_only_the_keys_that_were_read_are_compared(kind: str, forms: tuple[Compiled, Some]) -> None:
    """The key of another index is written anew with the next put."""
    compiled, _ = forms
    store = compiled.store_module("event")
    entity = Strategies(compiled).simplest("Event")
    item = store.encode(entity) | {"GSI2SK": {"S": "of another program"}}
    assert read(store, item, "").items == read(store, item, "GSI3").items == [entity, entity]
    assert store.decode(item) == entity
    with pytest.raises(DecodeError, match="GSI2SK is 'of another program'"):
        list(_raised(read(store, item, "GSI2")))
    with pytest.raises(DecodeError, match="its SK is 'AT#now#1'"):
        store.decode(item | {"SK": {"S": "AT#now#1"}})


def _raised(page: EntityPage[Any]) -> Iterator[Any]:
    for each in page.items:
        if isinstance(each, Undecoded):
            raise each.error
        yield each


def test_keys_of_one_form_are_not_compared(forms: tuple[Compiled, Some]) -> None:
    compiled, _ = forms
    text = (compiled.folder / "plain_store.py").read_text(encoding="utf-8")
    assert "compare_keys" not in text
    assert "entitystore.key_forms" not in text


def test_a_value_that_its_key_has_no_room_for(forms: tuple[Compiled, Some]) -> None:
    """Nothing that this package writes: the key cannot be that of the properties."""
    compiled, _ = forms
    store = compiled.store_module("event")
    item = store.encode(Strategies(compiled).simplest("Event"))
    seen = {"seen": {"S": "2031-05-06T07:08:09Z"}, "number": {"N": "123456789"}}
    keys = {"GSI1PK": {"S": "MONTH#2031-05"}, "GSI1SK": {"S": "2031-05-06T07:08:09.000Z#123456789"}}
    (found, _) = read(store, item | seen | keys, "GSI1").items
    assert isinstance(found, Undecoded)
    assert "number" in str(found.error)
