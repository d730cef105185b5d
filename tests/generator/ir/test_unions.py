"""What a union of each kind of branches becomes, and how the tags of a discriminator come into the classes."""

from __future__ import annotations

from typing import Any

import pytest

from entitystore_generator.ir.model import (
    BooleanType,
    ChoiceType,
    DateTimeType,
    DateType,
    Default,
    EitherType,
    EnumType,
    FieldType,
    IntegerType,
    ListType,
    LiteralType,
    MapType,
    NullableType,
    NumberType,
    ObjectType,
    SetType,
    StringType,
    UnionOption,
    UnionType,
    UuidType,
)
from tests.generator.ir.documents import build_property, type_of

Schema = dict[str, Any]
STRING, INTEGER, NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}
SHORT = {"type": "string", "maxLength": 5}
SIZE = {"type": "string", "enum": ["small", "large"]}
GRADE = {"type": "string", "enum": ["large", "good"]}
LEVEL = {"type": "integer", "enum": [1, 2]}
AS_SET: Schema = {"x-dynamodb-attribute": {"set": True}}
DATE, MOMENT, UUID = ({"type": "string", "format": name} for name in ("date", "date-time", "uuid"))


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def array(items: Schema, **more: object) -> Schema:
    return {"type": "array", "items": items, **more}


def one_of(*types: FieldType) -> UnionType:
    return UnionType(tuple(map(UnionOption, types)))


SMALL = ChoiceType(("small", "large"))
MERGED: list[tuple[list[Schema], FieldType]] = [
    # A text beside whatever is stored as text is a text.
    ([STRING, SIZE], StringType()),
    ([UUID, STRING], StringType()),
    ([STRING, {"type": "string", "format": "email"}], StringType()),
    ([SHORT, SIZE], EitherType(StringType(), (StringType(max_length=5), SMALL))),
    ([SHORT, DATE], EitherType(StringType(), (StringType(max_length=5), DateType()))),
    # Without one, texts are told apart by what they say.
    ([DATE, MOMENT], one_of(DateType(), DateTimeType())),
    ([ref("Size"), MOMENT, UUID], one_of(EnumType("Size"), DateTimeType(), UuidType())),
    ([{"const": "never"}, DATE], one_of(LiteralType("never"), DateType())),
    ([ref("Size"), {"const": "large"}], EnumType("Size")),
    # Numbers.
    ([INTEGER, LEVEL], IntegerType()),
    ([INTEGER, NUMBER], one_of(IntegerType(), NumberType())),
    ([{"type": "number", "format": "decimal"}, LEVEL], one_of(IntegerType(), NumberType(decimal=True))),
    (
        [{"type": "integer", "minimum": 1}, {"type": "number", "maximum": 0}],
        one_of(
            EitherType(IntegerType(), (IntegerType(minimum=1), NumberType(maximum=0))),  # type: ignore[arg-type]
            NumberType(maximum=0),  # type: ignore[arg-type]
        ),
    ),
    ([{"const": True}, {"const": False}], BooleanType()),
    # Collections.
    ([array(STRING), array(SIZE)], ListType(StringType())),
    (
        [array(STRING), array(INTEGER)],
        EitherType(ListType(one_of(StringType(), IntegerType())), (ListType(StringType()), ListType(IntegerType()))),
    ),
    (
        [array({"type": ["string", "null"]}), array(STRING, maxItems=2)],
        ListType(NullableType(StringType())),
    ),
    (
        [{"additionalProperties": STRING}, {"additionalProperties": INTEGER}],
        EitherType(MapType(one_of(StringType(), IntegerType())), (MapType(StringType()), MapType(IntegerType()))),
    ),
    (
        [array(STRING, **AS_SET), INTEGER],
        one_of(SetType(StringType(), min_items=1), IntegerType()),
    ),
]


@pytest.mark.parametrize(("branches", "expected"), MERGED, ids=str)
def test_branches_become_one_type_or_are_told_apart(branches: list[Schema], expected: FieldType) -> None:
    assert type_of({"anyOf": branches}, Size=SIZE) == expected


def test_a_set_that_is_an_element_has_members() -> None:
    assert type_of(array(array(STRING, **AS_SET))) == ListType(SetType(StringType(), min_items=1))


def test_of_two_enums_the_first_reads_what_both_have() -> None:
    union = type_of({"anyOf": [ref("Size"), ref("Grade")]}, Size=SIZE, Grade=GRADE)
    assert union == UnionType((UnionOption(EnumType("Size")), UnionOption(EnumType("Grade"), (), ("large",))))


def test_an_enum_that_no_property_has_any_more_is_left_out_unless_it_has_a_name() -> None:
    package = build_property({"anyOf": [STRING, SIZE, ref("Grade")]}, Grade=GRADE).good
    assert [enum.name for enum in package.enums] == ["Grade"]


A = {"type": "object", "required": ["a"], "properties": {"a": STRING, "b": STRING}}
OTHER_A = {"type": "object", "required": ["a"], "properties": {"a": INTEGER}}
MAYBE_A = {"type": "object", "properties": {"a": STRING}}
SETS_ALONE = {
    "type": "object",
    "required": ["s"],
    "properties": {"s": array(STRING, **AS_SET)},
}
STORED_AS_A = {
    "type": "object",
    "required": ["z"],
    "properties": {"z": {**STRING, "x-dynamodb-attribute": {"name": "a"}}},
}
NULL_A = {"type": "object", "required": ["a"], "properties": {"a": {"type": ["string", "null"]}}}
NULL_NUMBER_A = {"type": "object", "required": ["a"], "properties": {"a": {"type": ["integer", "null"]}}}
DAY_A = {"type": "object", "required": ["a"], "properties": {"a": DATE}}


@pytest.mark.parametrize(
    ("one", "other"),
    [(A, OTHER_A), (A, {"additionalProperties": INTEGER}), (A, NULL_NUMBER_A), (DAY_A, OTHER_A)],
    ids=str,
)
def test_objects_that_a_required_property_tells_apart(one: Schema, other: Schema) -> None:
    build_property({"anyOf": [ref("One"), ref("Other")]}, One=one, Other=other).good  # noqa: B018


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (MAYBE_A, {"type": "object", "properties": {"b": STRING}}),
        (SETS_ALONE, MAYBE_A),  # an empty set is absent
        (A, STORED_AS_A),  # what counts is the stored name
        (NULL_A, NULL_NUMBER_A),  # null is both
        (MAYBE_A, A),  # what may be there tells nothing
        (A, DAY_A),  # a text may be a date
        (A, {"additionalProperties": STRING}),
        (A, {"type": "object"}),
    ],
    ids=str,
)
def test_objects_that_nothing_tells_apart(one: Schema, other: Schema) -> None:
    message, _, hint = build_property({"anyOf": [ref("One"), ref("Other")]}, One=one, Other=other).the_error("ES216")
    assert "One" in message
    assert hint


@pytest.mark.parametrize(
    ("branches", "words"),
    [
        ([{"enum": ["2026-01-01"]}, DATE], "'2026-01-01' is one of the values of an enum"),
        ([NUMBER, {"type": "number", "format": "decimal"}], "a float and a Decimal"),
        (
            [array(each, **AS_SET) for each in (STRING, INTEGER)],
            "a union can hold one set",
        ),
        ([array(ref("One")), array(ref("Other"))], "One and Other cannot be told apart"),
    ],
    ids=str,
)
def test_what_cannot_be_told_apart_is_named(branches: list[Schema], words: str) -> None:
    message, _, hint = build_property({"anyOf": branches}, One=MAYBE_A, Other=MAYBE_A).the_error("ES216")
    assert words in message
    assert hint


# -------------------------------------------------------------------------------------------------- tags


def animal(**kind: object) -> Schema:
    return {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", **kind}}}


def pets(**mapping: str) -> Schema:
    discriminator: Schema = {"propertyName": "kind"}
    if mapping:
        discriminator["mapping"] = {tag: f"#/components/schemas/{name}" for tag, name in mapping.items()}
    return {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": discriminator}


def tag_types(schema: Schema, **components: Schema) -> list[FieldType]:
    package = build_property(schema, **components).good
    return [package.model(name).field("kind").type for name in ("Cat", "Dog")]


SHARED = {"enum": ["cat", "dog", "bird"]}
TAGS: list[tuple[Schema, Schema, Schema, list[FieldType]]] = [
    (pets(cat="Cat", dog="Dog"), {}, {}, [LiteralType("cat"), LiteralType("dog")]),
    (pets(cat="Cat", kitten="Cat", dog="Dog"), {}, {}, [ChoiceType(("cat", "kitten")), LiteralType("dog")]),
    (pets(), {}, {}, [LiteralType("Cat"), LiteralType("Dog")]),
    (pets(), {"enum": ["c"]}, {}, [LiteralType("c"), LiteralType("Dog")]),
    (pets(), {"enum": ["c", "k"]}, {"const": "d"}, [ChoiceType(("c", "k")), LiteralType("d")]),
    (pets(cat="Cat", dog="Dog"), SHARED, SHARED, [LiteralType("cat"), LiteralType("dog")]),
    (pets(), {"enum": ["Cat", "Dog"]}, {}, [LiteralType("Cat"), LiteralType("Dog")]),
    (pets(cat="Cat", dog="Dog"), {"pattern": "^[a-z]+$"}, {}, [LiteralType("cat"), LiteralType("dog")]),
]


@pytest.mark.parametrize(("schema", "cat", "dog", "expected"), TAGS, ids=str)
def test_the_tags_of_a_class(schema: Schema, cat: Schema, dog: Schema, expected: list[FieldType]) -> None:
    assert tag_types(schema, Cat=animal(**cat), Dog=animal(**dog)) == expected


def test_a_tag_that_is_not_required_has_its_one_value_as_its_default() -> None:
    cat = {"type": "object", "properties": {"kind": {"type": "string", "default": "animal"}}}
    package = build_property(pets(cat="Cat", dog="Dog"), Cat=cat, Dog=animal()).good
    assert package.model("Cat").field("kind").default == Default("cat")


def test_a_default_that_chooses_another_class_is_none_of_this_one() -> None:
    package = build_property(pets(cat="Cat", dog="Dog"), Cat=animal(default="dog"), Dog=animal()).good
    assert package.model("Cat").field("kind").default is None


@pytest.mark.parametrize("kind", [{"enum": ["cat"], "default": "dog"}, {"default": {"a": 1}}, {"default": 1}], ids=str)
def test_a_default_that_is_no_value_of_the_tag_is_a_fault(kind: Schema) -> None:
    built = build_property(pets(cat="Cat", dog="Dog"), Cat=animal(**kind), Dog=animal())
    assert "/Cat/" in built.the_error("ES217")[1]


def test_the_tags_of_two_unions_are_together_those_of_the_class() -> None:
    indoors = {"oneOf": [ref("Cat"), ref("Fish")], "discriminator": {"propertyName": "kind"}}
    both = {"type": "object", "properties": {"indoors": indoors, "pet": pets(cat="Cat", dog="Dog")}}
    package = build_property(both, Cat=animal(), Dog=animal(), Fish=animal()).good
    assert package.model("Cat").field("kind").type == ChoiceType(("Cat", "cat"))


@pytest.mark.parametrize("first", ["best", "pet"])
def test_a_union_whose_tags_nothing_tells_has_those_of_another_one(first: str) -> None:
    """Both orders: the union with the mapping may come later."""
    unions = {"best": pets(), "pet": pets(cat="Cat", dog="Dog")}
    both = {"type": "object", "properties": {name: unions[name] for name in sorted(unions, reverse=first == "pet")}}
    package = build_property(both, Cat=animal(**SHARED), Dog=animal(**SHARED)).good
    assert [package.model(name).field("kind").type for name in ("Cat", "Dog")] == [
        LiteralType("cat"),
        LiteralType("dog"),
    ]


def test_a_base_that_its_own_mapping_lists_is_a_branch() -> None:
    mapping = {name.lower(): f"#/components/schemas/{name}" for name in ("Pet", "Cat")}
    base = {**animal(), "discriminator": {"propertyName": "kind", "mapping": mapping}}
    union = type_of(ref("Pet"), Pet=base, Cat={"allOf": [ref("Pet"), {"properties": {"name": STRING}}]})
    options = (UnionOption(ObjectType("Pet"), ("pet",)), UnionOption(ObjectType("Cat"), ("cat",)))
    assert union == UnionType(options, "kind", "kind")


WRONG: list[tuple[Schema, Schema, str]] = [
    (pets(x="Cat"), {"enum": ["cat"]}, "'x' chooses Cat"),
    (pets(), SHARED | {"enum": ["one", "two"]}, "chooses Cat alone"),
    (pets(X="Cat"), {"pattern": "^[a-z]+$"}, "'X' chooses Cat"),
    (pets(cat="Cat"), {"nullable": True}, "no plain string"),
    (pets(cat="Cat"), {"format": "date"}, "no plain string"),
    (pets(cat="Cat", Dog="Cat"), {}, "'Dog' stands for two branches"),
]


@pytest.mark.parametrize(("schema", "cat", "words"), WRONG, ids=str)
def test_tags_that_cannot_be(schema: Schema, cat: Schema, words: str) -> None:
    dog = animal(**(cat if "alone" in words else {}))
    message, where, hint = build_property(schema, Cat=animal(**cat), Dog=dog).the_error("ES216")
    assert words in message
    assert where.endswith("/discriminator")
    assert hint


def test_one_tag_may_not_choose_two_classes_in_two_unions() -> None:
    swapped = {"type": "object", "properties": {"one": pets(a="Cat", b="Dog"), "two": pets(b="Cat", c="Dog")}}
    found = list(build_property(swapped, Cat=animal(), Dog=animal()).diagnostics)
    assert [each.code for each in found] == ["ES216", "ES216"]
    assert all("'b' chooses Cat in one union, Dog in another" in each.message for each in found)


def test_a_value_of_the_mapping_has_to_choose_one_branch_of_a_union_inside() -> None:
    inner = {"oneOf": [ref("Cat"), ref("Dog")]}
    outer = {
        "oneOf": [ref("Fish"), ref("Inner")],
        "discriminator": {"propertyName": "kind", "mapping": {"furry": "#/components/schemas/Inner"}},
    }
    components = {"Inner": inner, "Cat": animal(), "Dog": animal(), "Fish": animal()}
    components["Cat"] = {**animal(), "required": ["kind", "purr"], "properties": {"kind": STRING, "purr": STRING}}
    message, _, _ = build_property(outer, **components).the_error("ES216")
    assert "'furry' chooses a union" in message


def test_a_union_inside_whose_tag_is_at_fault_is_reported_once() -> None:
    """What holds it is not settled by that tag."""
    inner = {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": {"propertyName": "missing"}}
    message, _, _ = build_property({"anyOf": [STRING, inner]}, Cat=animal(), Dog=animal()).the_error("ES216")
    assert "does not require" in message
