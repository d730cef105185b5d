"""The marks and bases of pydantic classes: what is checked, what is written as JSON, and what is published."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.json_schema import models_json_schema

from entitystore import schema


class Colour(schema.TextEnum):
    """What light does,
    in words.
    """

    __words__: ClassVar[Mapping[str, object]] = {"title": "Colour of it", "examples": ["red"]}

    RED = "red"


class Level(schema.WholeEnum):
    ONE = 1


class Part(schema.Model):
    """One paragraph
    of two lines.

    And another.
    """

    model_config = ConfigDict(title="A part", json_schema_extra={"additionalProperties": False})

    size: Annotated[int | None, Field(alias="SIZE", description="In cm.")] = None


class Whole(schema.Model):
    code: Annotated[str, Field(max_length=5), schema.Pattern("^\\d+$", "^[0-9]+\\Z")]
    mail: Annotated[str, Field(min_length=3), schema.Pattern("@"), schema.Format("email")] | None = None
    small: Annotated[int, schema.Format("int32")] = 0
    large: Annotated[int, Field(gt=0), schema.Format("int64")] = 1
    price: Annotated[Decimal, Field(ge=0), schema.Format("decimal"), schema.MultipleOf(Decimal("0.01"))] | None = None
    text: Annotated[Decimal, schema.Format("decimal", is_text=True)] | None = None
    number: Annotated[Decimal, Field(lt=Decimal("1.5")), schema.Number()] | None = None
    file: Annotated[bytes, Field(max_length=3, description="A file"), schema.Format("byte")] | None = None
    files: list[Annotated[bytes, schema.Encoding("base64")]] | None = None
    once: Annotated[list[int], schema.UniqueItems()] | None = None
    nullable: schema.Nullable[str] = None
    null: Annotated[schema.Nullable[str], Field(json_schema_extra={"default": None})] = None
    part: Part | None = None
    colour: Annotated[Colour, Field(description="Of it.")] = Colour.RED
    level: Level | None = None
    titled: Annotated[str | None, Field(title="Titled")] = None
    either: str | int | None = None
    anything: object = None
    kind: Annotated[Literal["whole"], schema.Required()] = "whole"


PROPERTIES = {
    "code": {"type": "string", "maxLength": 5, "pattern": "^\\d+$"},
    "mail": {"type": "string", "minLength": 3, "pattern": "@", "format": "email"},
    "small": {"type": "integer", "format": "int32", "default": 0},
    "large": {"type": "integer", "format": "int64", "exclusiveMinimum": 0, "default": 1},
    "price": {"type": "number", "format": "decimal", "minimum": 0, "multipleOf": 0.01},
    "text": {"type": "string", "format": "decimal"},
    "number": {"type": "number", "exclusiveMaximum": 1.5},
    "file": {"type": "string", "format": "byte", "maxLength": 3, "description": "A file"},
    "files": {"type": "array", "items": {"type": "string", "contentEncoding": "base64"}},
    "once": {"type": "array", "items": {"type": "integer"}, "uniqueItems": True},
    "nullable": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    "null": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
    "part": {"$ref": "#/$defs/Part"},
    "colour": {"$ref": "#/$defs/Colour", "description": "Of it.", "default": "red"},
    "level": {"$ref": "#/$defs/Level"},
    "titled": {"type": "string", "title": "Titled"},
    "either": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
    "anything": {},
    "kind": {"type": "string", "const": "whole", "default": "whole"},
}


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_what_is_published(mode: Literal["validation", "serialization"]) -> None:
    _, published = models_json_schema([(Whole, mode)])
    definitions = without_doubles(published)["$defs"]
    assert definitions["Whole"] == {"type": "object", "properties": PROPERTIES, "required": ["code", "kind"]}
    assert definitions["Part"] == {
        "title": "A part",
        "description": "One paragraph of two lines.\n\nAnd another.",
        "type": "object",
        "properties": {"SIZE": {"type": "integer", "description": "In cm."}},
        "additionalProperties": False,
    }
    words = {"title": "Colour of it", "description": "What light does, in words.", "examples": ["red"]}
    assert definitions["Colour"] == {"type": "string", "const": "red", **words}
    assert definitions["Level"] == {"type": "integer", "const": 1}


def without_doubles(value: Any) -> Any:
    """An enum of one value is a constant; releases of pydantic write one, the other or both."""
    if isinstance(value, list):
        return [without_doubles(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {name: without_doubles(each) for name, each in value.items()}
    if len(found.get("enum", ())) == 1:
        found["const"] = found.pop("enum")[0]
    return found


def test_properties_are_found_by_either_name() -> None:
    assert Part.model_json_schema(by_alias=False)["properties"] == {
        "size": {"type": "integer", "description": "In cm."}
    }


@pytest.mark.parametrize("name", list(Whole.model_fields))
def test_a_field_needs_nothing_of_its_class(name: str) -> None:
    """FastAPI makes a validator and a schema of each field, without the class's configuration."""
    field = Whole.model_fields[name]
    alone: Any = Annotated[field.annotation, field]
    published = TypeAdapter(alone).json_schema()  # it raises for a pattern of an engine that it does not have
    if name == "code":
        assert published == PROPERTIES[name]


@pytest.mark.parametrize(
    "given",
    [
        {"code": "12\n"},
        {"code": "१"},
        {"code": "123456"},
        {"mail": "a@"},
        {"small": 2**31},
        {"small": -(2**31) - 1},
        {"large": 0},
        {"large": 2**63},
        {"price": "0.001"},
        {"price": "-1"},
        {"number": "1.5"},
        {"file": "AAAAAA=="},
        {"once": [1, 1]},
    ],
    ids=str,
)
def test_what_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Whole.model_validate_json(json.dumps({"code": "1", **given}))


def test_bounds_that_are_within_those_of_a_format_stay() -> None:
    class Bounded(schema.Model):
        value: Annotated[int, Field(ge=-5, le=5), schema.Format("int32")]

    assert Bounded.model_json_schema()["properties"]["value"] == {
        "type": "integer",
        "format": "int32",
        "minimum": -5,
        "maximum": 5,
    }
    with pytest.raises(ValidationError):
        Bounded(value=6)


def test_bytes_are_written_in_the_standard_alphabet_and_read_in_either() -> None:
    whole = Whole(code="1", file=b"\xfb\xff", files=[b"\xfb\xff"])
    written = json.loads(whole.model_dump_json())
    assert (written["file"], written["files"]) == ("+/8=", ["+/8="])
    assert whole.model_dump()["file"] == b"\xfb\xff"
    for text in ("+/8=", "-_8="):
        assert Whole.model_validate_json(json.dumps({"code": "1", "file": text})).file == b"\xfb\xff"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("9.90", "9.9"),
        ("-0.1", "-0.1"),
        ("1E+2", "100"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("0.12345678901234567890", '"0.12345678901234567890"'),
        ("1E-330", '"1E-330"'),
        ("-1E+400", '"-1E+400"'),
    ],
)
def test_a_decimal_is_a_number_in_json_unless_it_would_lose_digits(value: str, written: str) -> None:
    text = Whole(code="1", number=Decimal(-1)).model_copy(update={"number": Decimal(value)}).model_dump_json()
    assert f'"number":{written},' in text


def test_a_decimal_that_is_a_text_stays_one() -> None:
    assert '"text":"9.90"' in Whole(code="1", text=Decimal("9.90")).model_dump_json()


@given(st.decimals(allow_nan=False, allow_infinity=False, max_value=1))
def test_no_digit_is_lost_on_the_way(value: Decimal) -> None:
    whole = Whole(code="1", number=value, text=value)
    assert Whole.model_validate_json(whole.model_dump_json()) == whole
    assert Whole.model_validate(json.loads(json.dumps(whole.model_dump(mode="json")))) == whole


def test_a_class_of_ones_own_says_what_it_says() -> None:
    class Own(Whole):
        """Mine."""

        nick: Annotated[str | None, Field(title="Nick")] = None

    published = Own.model_json_schema()
    assert (published["description"], published["properties"]["nick"]) == ("Mine.", {"type": "string", "title": "Nick"})
    assert published["properties"]["code"] == PROPERTIES["code"]


def test_a_title_of_the_generator_of_ones_own_schema_is_kept() -> None:
    """What pydantic adds is taken out of classes of this base alone."""

    class Page(pydantic.BaseModel):
        wholes: list[Part]

    assert Page.model_json_schema()["title"] == "Page"
