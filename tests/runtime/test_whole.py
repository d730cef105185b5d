"""Objects that cannot be written whole, in each of the three kinds of classes."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import Any

import msgspec
import pydantic
import pytest

from entitystore.errors import ValidationError
from entitystore.whole import is_whole, require_whole


class Model(pydantic.BaseModel):
    number: int
    text: str = ""


@dataclasses.dataclass(slots=True)
class Data:
    number: int


class Item(msgspec.Struct):
    number: int


class Cached(Model):
    @cached_property
    def double(self) -> int:
        return 2 * self.number

    def method(self) -> int:
        return self.number


class MoreModel(Model):
    more: int = 1


@dataclasses.dataclass
class MoreData(Data):
    more: int = 1


class MoreItem(Item):
    more: int = 1


class Open(Model):
    model_config = pydantic.ConfigDict(extra="allow")


def refused(value: object, model: type) -> tuple[str, str]:
    with pytest.raises(ValidationError) as caught:
        require_whole(value, model, "order.lines[0]", "order.lines[0].")
    return caught.value.field, caught.value.reason


def test_a_whole_object_passes() -> None:
    cached = Cached(number=1)
    assert cached.double == 2
    for value, model in ((Model(number=1), Model), (Data(1), Data), (Item(1), Item), (cached, Model)):
        require_whole(value, model, "it")
    assert is_whole(Model(number=1), Model, 2)
    assert not is_whole(cached, Model, 2)
    assert not is_whole({"number": 1}, Model, 2)


@pytest.mark.parametrize("model", [Model, Data, Item])
def test_another_object_is_refused(model: type) -> None:
    assert refused({"number": 1}, model) == ("order.lines[0]", f"takes {model.__name__}, not dict")
    assert refused(None, model)[1].startswith("is missing")


@pytest.mark.parametrize(("value", "model"), [(MoreModel(number=1), Model), (MoreData(1), Data), (MoreItem(1), Item)])
def test_a_subclass_with_a_property_of_its_own_is_refused(value: object, model: type) -> None:
    field, reason = refused(value, model)
    assert field == "order.lines[0].more"
    assert "would not be stored" in reason


CHANGED: dict[str, Any] = {
    "text": Model.model_construct(number=1).model_copy(),
    "number": Model.model_construct(text=""),
    "later": Model(number=1).model_copy(update={"later": 1}),
    "more": Open(number=1, more=1),  # type: ignore[call-arg]
}
del CHANGED["text"].__dict__["text"]


@pytest.mark.parametrize("name", CHANGED)
def test_a_pydantic_object_with_less_or_more_is_refused(name: str) -> None:
    value = CHANGED[name]
    assert not is_whole(value, Model, 2)
    assert refused(value, Model)[0] == f"order.lines[0].{name}"
