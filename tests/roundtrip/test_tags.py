"""Unions with a discriminator: the tag decides on write, on read and in the classes, however the document says it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pydantic
import pytest

from entitystore.codec import json_bytes
from entitystore.errors import DecodeError, ValidationError
from entitystore_generator.config import ModelKind
from tests.compiled import MODEL_KINDS, Compiled, compile_document

_compiled: dict[ModelKind, Compiled] = {}


@pytest.fixture(scope="module", params=MODEL_KINDS)
def tags(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    kind: ModelKind = request.param
    if kind not in _compiled:
        document = Path(__file__).with_name("tags.yaml")
        _compiled[kind] = compile_document(document, kind, tmp_path_factory.mktemp("tags"), f"tags_{kind}_store")
    return _compiled[kind]


def owner(tags: Compiled, **given: Any) -> Any:
    """An owner with no more than it needs, and this."""
    return tags.module.Owner(**{"id": "1", "must": made(tags, "Dog", "dog"), **given})


def made(tags: Compiled, class_name: str, tag: object) -> Any:
    """An object of a class with this tag; wrong ones are refused here, or when they are written."""
    tag_name = TAG_NAMES.get(class_name, "pet_type")
    given: dict[str, Any] = {"name": "n"} if class_name in ("Cat", "Dog", "Lizard") else {}
    given |= {"user": "u"} if class_name.startswith("User") else {}
    given |= {"tail": True} if class_name == "Lizard" else {}
    return getattr(tags.module, class_name)(**given, **{tag_name: tag})


TAG_NAMES = {
    **dict.fromkeys(("Car", "Bike"), "class_"),
    **dict.fromkeys(("UserCreated", "UserGone", "Ping"), "type"),
    **dict.fromkeys(("Soft", "Hard", "Wolf", "Bear"), "kind"),
    **dict.fromkeys(("First", "Second"), "version"),
}

RIGHT = [
    ("must", "Cat", "cat"),
    ("must", "Cat", "kitten"),
    ("maybe", "Dog", "dog"),
    ("nullable", "Lizard", "Lizard"),
    ("alone", "Cat", "kitten"),
    ("pet_or_text", "Cat", "kitten"),
    ("pet_or_car", "Dog", "dog"),
    ("pet_or_car", "Car", "Car"),
    ("vehicle", "Car", "Car"),
    ("vehicle", "Bike", "Bike"),
    ("event", "UserCreated", "user.created"),
    ("event", "UserGone", "user.gone"),
    ("event", "Ping", "ping"),
    ("kindly", "Soft", "soft"),
    ("kindly", "Hard", "hard"),
    ("indoor", "Cat", "cat"),
    ("indoor", "Fish", "fish"),
    ("beast", "Wolf", "wolf"),
    ("beast", "Bear", "bear"),
]


def each_form(value: object) -> list[tuple[str, Any]]:
    return [("must", value), ("some", [value, value]), ("by_name", {"a": value})]


def round_trip(tags: Compiled, entity: Any) -> Any:
    store = tags.store_module("owner")
    return store.CODEC.read_one(json_bytes({"Item": store.encode(entity)}))


@pytest.mark.parametrize(("field", "class_name", "tag"), RIGHT)
def test_the_branch_of_a_tag_comes_back(tags: Compiled, field: str, class_name: str, tag: str) -> None:
    value = made(tags, class_name, tag)
    assert getattr(value, TAG_NAMES.get(class_name, "pet_type")) == tag
    forms = each_form(value) if field == "must" else [(field, value)]
    for name, held in forms:
        entity = owner(tags, **{name: held})
        read = round_trip(tags, entity)
        assert read == entity
        assert type(getattr(read, name)) is type(held)


WRONG = [
    ("must", "Cat", "dog"),
    ("must", "Cat", "bird"),
    ("maybe", "Dog", "kitten"),
    ("alone", "Cat", "dog"),
    ("pet_or_car", "Car", "cat"),
    ("vehicle", "Car", "Boat"),
    ("vehicle", "Bike", "Car"),
    ("event", "UserCreated", "user.gone"),
    ("kindly", "Soft", "hard"),
    ("beast", "Wolf", "bear"),
    ("indoor", "Cat", "kitten"),
]


@pytest.mark.parametrize(("field", "class_name", "tag"), WRONG)
def test_a_tag_that_chooses_another_branch_is_refused(tags: Compiled, field: str, class_name: str, tag: str) -> None:
    store = tags.store_module("owner")
    with pytest.raises((ValidationError, pydantic.ValidationError)):
        store.encode(owner(tags, **{field: made(tags, class_name, tag)}))


def test_a_constant_of_another_type_tells_as_well(tags: Compiled) -> None:
    module = tags.module
    versions = [(module.First, 1), (module.Second, 2)]
    for made_of, version in versions:
        member = next((each(version) for each in enums(module) if [one.value for one in each] == [version]), version)
        entity = owner(tags, numbered=made_of(version=member))
        assert round_trip(tags, entity) == entity


def enums(module: Any) -> list[Any]:
    from enum import EnumMeta

    return [each for each in vars(module).values() if isinstance(each, EnumMeta)]


def test_a_default_is_of_the_branch_that_its_tag_chooses(tags: Compiled) -> None:
    entity = owner(tags)
    assert entity.preset == tags.module.Dog(pet_type="dog", name="Rex", bark=3)
    assert round_trip(tags, entity) == entity


def test_a_tag_that_is_not_required_is_always_written(tags: Compiled) -> None:
    item = tags.store_module("owner").encode(owner(tags, vehicle=tags.module.Bike()))
    assert item["vehicle"] == {"M": {"k": {"S": "Bike"}}}


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("must", {"M": {"petType": {"S": "bird"}, "name": {"S": "n"}}}),
        ("must", {"M": {"name": {"S": "n"}}}),
        ("must", {"M": {"petType": {"S": "Lizard"}, "name": {"S": "n"}}}),  # it has no tail
        ("alone", {"M": {"petType": {"S": "dog"}, "name": {"S": "n"}}}),
        ("vehicle", {"M": {"k": {"S": "Boat"}}}),
        ("vehicle", {"M": {"class": {"S": "Car"}}}),
    ],
)
def test_a_stored_tag_that_chooses_no_branch_is_a_decode_error(
    tags: Compiled, name: str, stored: dict[str, Any]
) -> None:
    store = tags.store_module("owner")
    item = store.encode(owner(tags)) | {name: stored}
    with pytest.raises(DecodeError):
        store.decode(item)


# ---------------------------------------------------------------------------------------------------- JSON

JSON: list[tuple[dict[str, Any], str]] = [
    ({"vehicle": {"class": "Car", "wheels": 4}}, "Car"),
    ({"vehicle": {"class": "Bike"}}, "Bike"),
    ({"event": {"type": "user.gone", "user": "u"}}, "UserGone"),
    ({"event": {"type": "ping"}}, "Ping"),
    ({"kindly": {"kind": "hard"}}, "Hard"),
    ({"garage": [{"class": "Bike"}]}, "Bike"),
    ({"bike": {"class": "Bike"}}, "Bike"),
    ({"tree": {"kind": "leaf", "by": {"name": "b", "tree": {"kind": "leaf"}}}}, "Leaf"),
    (
        {"tree": {"kind": "branch", "trees": [{"kind": "leaf"}], "named": {"a": {"kind": "branch", "trees": []}}}},
        "Branch",
    ),
    ({"vehicle": {"class": "Boat"}}, ""),
    ({"vehicle": {}}, ""),
    ({"event": {"type": "user.gone"}}, ""),
    ({"bike": {"class": "Car"}}, ""),
    ({"tree": {"kind": "branch", "trees": [{"kind": "twig"}]}}, ""),
]


@pytest.mark.parametrize(("given", "class_name"), JSON, ids=str)
def test_json_finds_the_branch_by_its_tag(tags: Compiled, given: dict[str, Any], class_name: str) -> None:
    text = json.dumps({"name": "d", **given})
    read: dict[str, Callable[[Any], Any]] = {
        "pydantic": lambda made: made.model_validate_json(text),
        "msgspec": lambda made: msgspec.json.decode(text, type=made),
    }
    if tags.kind not in read:
        return  # dataclasses read no JSON
    if not class_name:
        with pytest.raises((pydantic.ValidationError, msgspec.ValidationError)):
            read[tags.kind](tags.module.Driver)
        return
    driver = read[tags.kind](tags.module.Driver)
    (found,) = (getattr(driver, name) for name in given)
    assert type(found[0] if isinstance(found, list) else found).__name__ == class_name
    assert tags.store_module("driver").decode(tags.store_module("driver").encode(driver)) == driver


def test_the_json_of_an_object_says_its_tag(tags: Compiled) -> None:
    driver = tags.module.Driver(name="d", vehicle=tags.module.Car(class_="Car", wheels=3))
    if tags.kind == "msgspec":
        text = msgspec.json.encode(driver).decode()
    elif tags.kind == "pydantic":
        text = driver.model_dump_json(by_alias=True)
    else:
        return  # dataclasses write none
    assert json.loads(text)["vehicle"] == {"class": "Car", "wheels": 3}


def test_the_tag_of_a_msgspec_object_does_not_change(tags: Compiled) -> None:
    car = tags.module.Car(class_="Car")
    if tags.kind == "msgspec":
        with pytest.raises(AttributeError):
            car.class_ = "Bike"
        with pytest.raises(ValidationError, match="always 'Car'"):
            tags.module.Car(class_="Bike")
        assert msgspec.structs.replace(car, wheels=2) == tags.module.Car(class_="Car", wheels=2)
