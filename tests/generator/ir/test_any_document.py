"""Random small documents: never an exception, the same result each time, and a sound representation if there is one."""

from __future__ import annotations

import keyword
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entitystore_generator.ir import build as build_module
from entitystore_generator.ir.class_names import ClassNames
from entitystore_generator.ir.model import Package
from entitystore_generator.ir.order import class_references
from tests.generator.ir.documents import Built, build

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
NAMES = ["A", "B", "c-d", "E1"]
WORDS = st.sampled_from(["id", "a", "a_b", "aB", "class", "1", "x y", "é", "PK", "EntityType", '"', "self"])
TEMPLATES = st.sampled_from(
    [
        "",
        "A",
        "{id}",
        "X#{id}",
        "{a}#{aB}",
        "{a.b}",
        "{id:08d}",
        "{a:%Y}",
        "{a|upper}",
        "{ID|desc:3}",
        "{zz}",
        "{a|default:-}",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([1.5, "a", "b", ""]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)
_LEAF = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(
            ["string", "integer", "number", "boolean", "object", "array", ["string", "null"], ["integer", "string"]]
        ),
        "format": st.sampled_from(["date", "date-time", "uuid", "byte", "decimal", "int32", "email"]),
        "enum": st.lists(st.sampled_from(["a", "b", "x y", 1, 2, True, None]), min_size=1, max_size=3),
        "const": JSON,
        "default": JSON,
        "nullable": st.booleans(),
        "minLength": st.integers(0, 3),
        "maxLength": st.integers(0, 3),
        "minimum": st.integers(-2, 2),
        "maximum": st.sampled_from([-1, 0.5, 2]),
        "multipleOf": st.sampled_from([1, 0.1, 3]),
        "pattern": st.sampled_from(["^a", "(", "\\d+"]),
        "x-dynamodb-attribute": st.sampled_from([{"set": True}, {"number": "decimal"}, {"name": "PK"}, {"name": "n"}]),
    },
)
REF = st.sampled_from([{"$ref": f"#/components/schemas/{name}"} for name in NAMES])


def _grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    parts = st.lists(inner | REF, min_size=1, max_size=3)
    discriminated = st.fixed_dictionaries({"oneOf": parts, "discriminator": st.just({"propertyName": "a"})})
    return st.one_of(
        st.fixed_dictionaries({"type": st.just("array"), "items": inner | REF}),
        st.fixed_dictionaries({"additionalProperties": inner | REF | st.booleans()}),
        st.fixed_dictionaries(
            {"properties": st.dictionaries(WORDS, inner | REF, max_size=3)},
            optional={"required": st.lists(WORDS, max_size=2, unique=True), "allOf": parts, "default": JSON},
        ),
        st.fixed_dictionaries({"allOf": parts}),
        st.fixed_dictionaries({"anyOf": parts}),
        discriminated,
    )


SCHEMA = st.recursive(_LEAF | REF, _grown, max_leaves=5)
ENTITY = st.fixed_dictionaries(
    {
        "type": st.just("object"),
        "properties": st.dictionaries(WORDS, SCHEMA, max_size=4).map(lambda extra: {"id": {"type": "string"}, **extra}),
        "required": st.lists(WORDS, max_size=2, unique=True).map(lambda extra: ["id", *extra]),
        "x-dynamodb-indexmap": st.dictionaries(
            st.sampled_from(["PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "Oops"]), TEMPLATES, max_size=4
        ).map(lambda more: {"PK": "{id}", **more}),
    },
)
DOCUMENT = st.fixed_dictionaries({"A": ENTITY, "B": ENTITY, "c-d": SCHEMA, "E1": SCHEMA})


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(DOCUMENT)
def test_any_document(schemas: dict[str, Any]) -> None:
    built = build(schemas)
    assert repr(built) == repr(build(schemas))
    if built.package is not None and not built.diagnostics.has_errors:
        assert_sound(built.package)


def test_any_document_without_the_parser(monkeypatch: Any) -> None:
    """The same, much faster, with every name of our own making."""
    monkeypatch.setattr(build_module, "parse_class_names", lambda _: ClassNames())

    @settings(max_examples=400, deadline=None, suppress_health_check=SLOW)
    @given(DOCUMENT)
    def check(schemas: dict[str, Any]) -> None:
        built: Built = build(schemas)
        if built.package is not None and not built.diagnostics.has_errors:
            assert_sound(built.package)

    check()


def assert_sound(package: Package) -> None:
    """Names are unique identifiers, and everything that is mentioned is there."""
    classes = [*(model.name for model in package.models), *(enum.name for enum in package.enums)]
    assert_names(classes)
    assert_names([entity.name for entity in package.entities])
    for model in package.models:
        assert_names([field.name for field in model.fields])
        assert len({field.attribute for field in model.fields}) == len(model.fields)
        for field in model.fields:
            assert set(class_references(field.type)) <= set(classes)
    for enum in package.enums:
        assert_names([member.name for member in enum.members])
    for entity in package.entities:
        assert entity.model in package.models
        assert_names([pattern.name for pattern in entity.access_patterns])
        assert (entity.primary.sort is None) == (package.table.primary.sort is None)
        for keys in entity.all_keys:
            assert package.table.index(keys.index.name) == keys.index
            for key in filter(None, (keys.partition, keys.sort)):
                assert all(part.path[0] in entity.model.fields for each in key.templates for part in each.components)


def assert_names(names: list[str]) -> None:
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() and not keyword.iskeyword(name) and name[0] != "_" for name in names)
