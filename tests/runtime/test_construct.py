"""Objects made without validation are like those that pydantic makes with it."""

from __future__ import annotations

import copy
import pickle
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from entitystore.construct import constructor


class Inner(BaseModel):
    street: str = ""


class Model(BaseModel):
    model_config = ConfigDict(validate_assignment=True, populate_by_name=True)

    user_id: Annotated[str, Field(alias="userId", min_length=1)]
    inner: Inner | None = None
    tags: set[str] = Field(default_factory=set)


make_inner = constructor(Inner)
make_model = constructor(Model)


def made() -> Model:
    return make_model({"user_id": "1", "inner": make_inner({"street": "x"}), "tags": {"a"}})


def test_it_equals_what_pydantic_makes() -> None:
    validated = Model(user_id="1", inner=Inner(street="x"), tags={"a"})
    assert made() == validated
    assert repr(made()) == repr(validated)
    assert made().model_dump(by_alias=True) == validated.model_dump(by_alias=True)
    assert made().model_dump_json(exclude_unset=True) == validated.model_dump_json(exclude_unset=True)
    assert made().model_fields_set == validated.model_fields_set


def test_it_validates_assignments_and_can_be_copied() -> None:
    model = made()
    model.user_id = "2"
    with pytest.raises(ValidationError):
        model.user_id = ""
    assert model.model_copy(update={"tags": set()}).user_id == "2"
    assert copy.deepcopy(model) == model
    assert pickle.loads(pickle.dumps(model)) == model
    assert model.__pydantic_extra__ is None


def test_objects_do_not_share_what_is_known_of_them() -> None:
    first, second = make_inner({"street": "x"}), make_inner({"street": "y"})
    first.model_fields_set.clear()
    assert second.model_fields_set == {"street"}
    assert (first.street, second.street) == ("x", "y")


def test_a_class_with_bases_of_its_own_is_made_as_well() -> None:
    class Derived(Inner):
        town: str = ""

    assert constructor(Derived)({"street": "x", "town": "y"}) == Derived(street="x", town="y")
