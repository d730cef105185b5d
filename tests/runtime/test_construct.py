"""Objects made without validation are like those that pydantic makes with it."""

from __future__ import annotations

import copy
import pickle
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from entitystore.construct import construct


class Inner(BaseModel):
    street: str = ""


class Model(BaseModel):
    model_config = ConfigDict(validate_assignment=True, populate_by_name=True)

    user_id: Annotated[str, Field(alias="userId", min_length=1)]
    inner: Inner | None = None
    tags: set[str] = Field(default_factory=set)


def made() -> Model:
    return construct(Model, {"user_id": "1", "inner": construct(Inner, {"street": "x"}), "tags": {"a"}})


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
