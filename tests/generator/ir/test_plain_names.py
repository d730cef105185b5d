"""Documents whose names need no parser: which they are, and that it would have chosen the same."""

from __future__ import annotations

import importlib
import itertools
import json
import keyword
import pkgutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datamodel_code_generator as parser_package
import pytest
from datamodel_code_generator.imports import Import
from datamodel_code_generator.model.field_name import PYDANTIC_BASE_MODEL_ATTRIBUTES, PydanticFieldNameResolver
from datamodel_code_generator.reference import ModelResolver
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bench.generate.documents import entity_document, unusual_name
from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.ir import plain_names
from entitystore_generator.ir.build import build_with_names
from entitystore_generator.ir.class_names import ClassNames, NamingError, parse_class_names
from entitystore_generator.ir.names import (
    RESERVED_CLASSES,
    RESERVED_FIELDS,
    RESERVED_PARAMETERS,
    Scope,
    pascal_case,
    snake_case,
)
from entitystore_generator.ir.plain_names import is_plain
from entitystore_generator.spec.bundle import closure_text
from entitystore_generator.spec.load import load_spec
from entitystore_generator.spec.schema import Spec
from tests.generator.ir.documents import entity
from tests.golden.cases import ROOT, good_cases

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
STRING = {"type": "string"}
REFERENCE = "#/components/schemas/"


def read(path: Path) -> Spec | None:
    """What is in a file; None where it has faults."""
    diagnostics = Diagnostics()
    spec = load_spec(path, path.name, diagnostics).spec
    return None if diagnostics.has_errors else spec


def read_schemas(schemas: dict[str, Any], version: str = "3.1.0") -> Spec | None:
    head = {"openapi": version, "info": {"title": "T", "version": "1"}, "paths": {}}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "openapi.json"
        path.write_text(json.dumps({**head, "components": {"schemas": schemas}}), encoding="utf-8")
        return read(path)


def good(spec: Spec | None) -> Spec:
    assert spec is not None
    return spec


def built(spec: Spec, names: ClassNames) -> tuple[str, list[str], bool]:
    """The representation and what was said of it, in full; and whether there was a fault."""
    diagnostics = Diagnostics()
    package = build_with_names(spec, names, diagnostics)
    return repr(package), [repr(each) for each in diagnostics], diagnostics.has_errors


# -------------------------------------------------------------------------------- the parser's choice is ours

COMPONENTS = ["Order", "OrderLine", "order-item", "HTTPLog", "Status", "Size2", "Query"]
NEARLY_PLAIN_COMPONENTS = [
    "Path",
    "Field",
    "Status1",
    "StatusEnum",
    "StoredOrder",
    "OrderStore",
    "Model",
    "v1.User",
    "order_item",
]
WIRES = [
    "status",
    "size",
    "orderStatus",
    "userID",
    "createdAt",
    "class",
    "schema",
    "date",
    "type",
    "key",
    "a1",
    "items",
    "lines",
    "line",
    "orderLines",
    "categories",
    "address",
]
NEARLY_PLAIN_WIRES = [
    "order_status",
    "register",
    "field",
    "path",
    "order",
    "Model",
    "list",
    "x-y",
    "_id",
    "1st",
    "a_B",
    "none",
    "movies",
    "news",
    "fields",
    "linesItem",
    "line1",
]
VALUES = ["open", "in progress", "IN_STOCK", "title", "name", "10", "2XL", "a/b", "mro", "None"]
NEARLY_PLAIN_VALUES = ["In Progress", "", "OPEN", "-", "é", "a--b", "_x", "inProgress"]


def often(usual: list[str], rare: list[str]) -> st.SearchStrategy[str]:
    """Mostly from the first list: a document with one name of the second is mostly not plain."""
    return st.integers(0, 39).flatmap(lambda number: st.sampled_from(usual if number else rare))


WIRE = often(WIRES, NEARLY_PLAIN_WIRES)
SCALAR: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        STRING,
        {"type": "string", "format": "date-time", "readOnly": True},
        {"type": "string", "format": "date"},
        {"type": "string", "format": "uri"},
        {"type": "string", "format": "byte"},
        {"type": ["string", "null"], "maxLength": 4},
        {"type": "string", "pattern": "^a", "minLength": 1, "description": "What it is."},
        {"type": "string", "default": "open", "title": "A Title"},
        {"type": "integer", "format": "int32", "minimum": 0, "default": 3},
        {"type": "number", "exclusiveMinimum": 0, "multipleOf": 2},
        {"type": "boolean", "default": False},
        {"const": "open"},
        {"type": ["integer", "string"]},
        {},
    ]
)
MEMBERS = st.lists(often(VALUES, NEARLY_PLAIN_VALUES), min_size=1, max_size=3, unique=True)
ENUM: st.SearchStrategy[dict[str, Any]] = st.one_of(
    MEMBERS.map(lambda values: {"type": "string", "enum": values}),
    MEMBERS.map(lambda values: {"enum": values, "description": "Which."}),
    MEMBERS.map(lambda values: {"type": "string", "enum": values, "default": values[-1]}),
    st.lists(st.integers(0, 12), min_size=1, max_size=3, unique=True).map(
        lambda values: {"type": "integer", "enum": values}
    ),
)
ODD_ENUM: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"type": ["string", "null"], "enum": ["a", "b", None]},
        {"enum": [1, 2]},
        {"type": "boolean", "enum": [True]},
        {"type": "integer", "enum": [-1, 1]},
        {"enum": ["a", 1]},
        {"oneOf": [{"const": "a"}, {"const": "b"}]},
    ]
)


def references(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from([{"$ref": REFERENCE + name} for name in names])


def part(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """What a union holds, or a schema that is an array; mostly no class in place."""
    return st.integers(0, 29).flatmap(lambda number: SCALAR | references(names) if number else ENUM)


ARRAY: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"type": "array"},
        {"type": "array", "minItems": 1, "description": "Them."},
        {"type": ["array", "null"], "uniqueItems": True},
    ]
)
MAP: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{"type": "object"}, {"type": "object", "minProperties": 1}, {"type": ["object", "null"]}]
)


def containers(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Arrays and maps, of one level or two."""
    one = st.one_of(
        st.builds(lambda array, items: {**array, "items": items}, ARRAY, inner),
        st.builds(lambda array, items: {**array, "items": items}, ARRAY, inner),
        st.builds(lambda map_, values: {**map_, "additionalProperties": values}, MAP, inner),
    )
    return st.one_of(
        one,
        one,
        st.builds(lambda array, items: {**array, "items": items}, ARRAY, one),
        st.builds(lambda map_, values: {**map_, "additionalProperties": values}, MAP, one),
    )


def properties(names: list[str], depth: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    one, inner = references(names), part(names)
    kinds: list[st.SearchStrategy[Any]] = [
        SCALAR,
        ENUM,
        one,
        one.map(lambda ref: {**ref, "description": "Which one."}),
        one.map(lambda ref: {"allOf": [ref], "description": "Which one."}),
        one.map(lambda ref: {"anyOf": [ref, {"type": "null"}]}),
        one.map(lambda ref: {"oneOf": [{"type": "null"}, ref]}),
        containers(inner),
        containers(ENUM | ODD_ENUM),
        st.lists(inner, min_size=1, max_size=2).map(lambda branches: {"anyOf": branches}),
    ]
    if depth:
        kinds += [objects(names, depth - 1), containers(objects(names, depth - 1))]
    usual = st.one_of(kinds)
    return st.dictionaries(WIRE, st.integers(0, 39).flatmap(lambda number: usual if number else ODD_ENUM), max_size=4)


def objects(names: list[str], depth: int = 1) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(_object, properties(names, depth), st.booleans(), st.sampled_from(["object", ["object", "null"]]))


def _object(properties: dict[str, Any], all_required: bool, type_: str | list[str]) -> dict[str, Any]:
    properties = properties or {"note": STRING}
    return {"type": type_, "properties": properties, "required": sorted(properties)[: None if all_required else 1]}


def component(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    one, extension = references(names), objects(names)
    return st.one_of(
        ENUM,
        objects(names),
        objects(names),
        containers(part(names)),
        st.builds(lambda base, own: {"allOf": [base, own]}, one, extension),
        st.builds(lambda base, own: {"allOf": [base], **own}, one, objects(names, 0)),
        st.lists(one, min_size=1, max_size=2, unique_by=repr).map(lambda branches: {"oneOf": branches}),
        one,
    )


def _entity(properties: dict[str, Any]) -> dict[str, Any]:
    return entity(properties, list(properties)[:1], PK="THING#{id}", SK="THING")


def _variant(tag: dict[str, Any], own: dict[str, Any], base: dict[str, Any] | None) -> dict[str, Any]:
    own = {"type": "object", "properties": {"kind": tag, **own}, "required": ["kind"]}
    return own if base is None else {"allOf": [base, own]}


@st.composite
def families(draw: st.DrawFn) -> dict[str, Any]:
    """A union of two schemas that a property tells apart, which may extend a base."""
    names = ["CardPayment", "CashPayment"]
    base = draw(st.sampled_from([None, {"$ref": REFERENCE + "Payment"}]))
    kinds: list[list[dict[str, Any]]] = [
        [STRING] * 2,
        [{"const": name} for name in names],
        [{"enum": [name]} for name in names],
    ]
    tags = draw(st.sampled_from(kinds))
    schemas = {name: _variant(tag, draw(properties(names, 0)), base) for name, tag in zip(names, tags, strict=True)}
    branches = [{"$ref": REFERENCE + name} for name in names]
    union = {"oneOf": branches, "discriminator": {"propertyName": "kind"}}
    schemas["AnyPayment"] = union
    if base is not None:
        own = {"type": "object", "properties": {"kind": STRING, **draw(properties(names, 0))}, "required": ["kind"]}
        mapping = {name: REFERENCE + name for name in names}
        with_mapping = {"discriminator": {"propertyName": "kind", "mapping": mapping}}
        schemas["Payment"] = own | draw(st.sampled_from([{}, with_mapping]))
    return schemas


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(often(COMPONENTS, NEARLY_PLAIN_COMPONENTS), min_size=1, max_size=4, unique=True))
    schemas = {name: draw(component(names)) for name in names}
    family = draw(st.just({}) | families())
    used = draw(st.lists(st.sampled_from(sorted(family)), max_size=2, unique=True)) if family else []
    payments = {f"by{name}": {"$ref": REFERENCE + name} for name in used}
    return {"Thing": _entity({**draw(properties(names)), **payments}), **schemas, **family}


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW)
@given(documents())
def test_the_parser_would_have_chosen_the_same(schemas: dict[str, Any]) -> None:
    spec = read_schemas(schemas)
    assume(spec is not None and is_plain(spec))
    package, said, is_faulty = built(good(spec), ClassNames())
    assume(not is_faulty)
    try:
        chosen = parse_class_names(closure_text(good(spec)))
    except NamingError:  # circles that it cannot read: it has no other names for them
        return
    assert (package, said, False) == built(good(spec), chosen)


# ------------------------------------------------------------------------------------------------ single names

SHORT = ["".join(letters) for length in range(1, 6) for letters in itertools.product("aB1_- ", repeat=length)]
KNOWN = [*keyword.kwlist, *RESERVED_FIELDS, *RESERVED_PARAMETERS, *dir(str), *dir(int)]
KNOWN = [spelt for name in KNOWN for spelt in (name, name.upper(), name.capitalize())]


def plain_names_among(is_plain_name: Callable[[str], bool]) -> list[str]:
    names = [name for name in (*SHORT, *KNOWN, *RESERVED_CLASSES) if is_plain_name(name)]
    assert len(names) > 500
    return names


def test_every_short_plain_property_is_called_alike() -> None:
    resolver = PydanticFieldNameResolver(snake_case_field=True)
    for wire in plain_names_among(plain_names.is_plain_field):
        ours, theirs = Scope(RESERVED_FIELDS), Scope(RESERVED_FIELDS)
        assert ours.claim(snake_case(wire)) == theirs.claim(resolver.get_valid_name(wire)), wire


def test_every_short_plain_schema_is_called_alike() -> None:
    resolver = ModelResolver()
    for name in plain_names_among(plain_names.is_plain_class):
        assert pascal_case(name) == resolver.get_class_name(name, unique=False).name


def test_no_plain_class_is_called_as_what_the_parser_imports() -> None:
    """It gives way to what it imports, and what that is depends on the document and on its version."""
    modules = [each.name for each in pkgutil.walk_packages(parser_package.__path__, f"{parser_package.__name__}.")]
    imports = {
        value.import_
        for name in modules
        if name.rpartition(".")[2] in ("imports", "types", "base_model", "enum", "root_model", "typed_dict", "msgspec")
        for value in vars(importlib.import_module(name)).values()
        if isinstance(value, Import)
    }
    assert {"AwareDatetime", "BaseModel", "Decimal", "EmailStr", "Enum", "Field", "Path", "RootModel"} <= imports
    assert [name for name in sorted(imports) if name[0].isupper() and plain_names.is_plain_class(name)] == []


def test_no_plain_property_is_called_as_what_the_parser_reserves() -> None:
    reserved = PYDANTIC_BASE_MODEL_ATTRIBUTES - RESERVED_FIELDS
    assert [name for name in sorted(reserved) if plain_names.is_plain_field(name)] == []


# ------------------------------------------------------------------------------------------------ which they are

ORDER: dict[str, Any] = {"type": "object", "properties": {"note": STRING}}
STATUS = {"type": "string", "enum": ["open", "closed"]}
NUMBERS = {"type": "integer", "enum": [1, 2]}
CONSTANTS = {"oneOf": [{"const": "a"}, {"const": "b"}]}


MAPPED = {"type": "object", "additionalProperties": ORDER}


def lines(schema: dict[str, Any]) -> dict[str, Any]:
    return {"Thing": entity({"lines": schema})}


def array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def thing(schema: dict[str, Any], **others: dict[str, Any]) -> dict[str, Any]:
    return {"Thing": entity({"p": schema}), **others}


PLAIN: dict[str, dict[str, Any]] = {
    "scalars": {"Thing": entity({"userId": STRING, "created_at": {"type": "string", "format": "date-time"}})},
    "reserved": {"Thing": entity({"class": STRING, "date": STRING, "schema": STRING, "key": STRING}, PK="{key}")},
    "an enum": thing({"$ref": f"{REFERENCE}Status"}, Status=STATUS),
    "an enum in place": thing(STATUS),
    "an enum in place named as a schema": {
        "Thing": entity({"order": STATUS, "p": {"$ref": f"{REFERENCE}Order"}}),
        "Order": ORDER,
    },
    "enums in place of one name": {
        "Thing": entity({"status": STATUS, "roles": array(STATUS), "p": ORDER}),
        "Other": entity({"status": STATUS, "roles": array(STATUS)}, PK="OTHER#{id}"),
    },
    "an enum of any texts": thing({"type": "string", "enum": ["In Progress", "", "open", "OPEN", "é", "None"]}),
    "an enum of any texts that is a schema": thing(
        {"$ref": f"{REFERENCE}Status"}, Status={"type": "string", "enum": ["In Progress", "", "open", "OPEN", "é"]}
    ),
    "an enum that is called as what is imported": {"Thing": entity({"path": STATUS, "field": array(STATUS)})},
    "an enum in a list whose name has no certain singular": {"Thing": entity({"movies": array(STATUS)})},
    "an enum in a list that is called as an object": {"Thing": entity({"lines": array(STATUS), "linesItem": ORDER})},
    "an enum in a union": thing({"anyOf": [STATUS, {"type": "integer"}]}),
    "a union of texts": {"Thing": entity({"p": CONSTANTS, "lines": array(CONSTANTS)})},
    "an enum of integers": thing(NUMBERS),
    "an object in place": thing({"type": "object", "properties": {"q": ORDER}}),
    "a list": thing({"type": "array", "items": {"$ref": f"{REFERENCE}Order"}}, Order=ORDER),
    "a map": thing({"type": "object", "additionalProperties": {"$ref": f"{REFERENCE}Order"}}, Order=ORDER),
    "an object in a list": {"Thing": entity({"lines": array(ORDER), "history": array(ORDER)})},
    "an object in lists": {"Thing": entity({"orderLines": array(array(ORDER)), "roles": array(array(STATUS))})},
    "an object in a map": {
        "Thing": entity({"lines": MAPPED, "parts": {"type": "object", "additionalProperties": MAPPED}})
    },
    "an object in a list in a map": lines({"type": "object", "additionalProperties": array(ORDER)}),
    "an object in a map in a list": lines(array(MAPPED)),
    "an object in a list that may be null": lines({"type": ["array", "null"], "items": ORDER}),
    "an object in a list that has bounds": lines({**array(ORDER), "minItems": 1}),
    "enums in lists and maps": {
        "Thing": entity(
            {
                "roles": array(STATUS),
                "flags": {"type": "object", "additionalProperties": STATUS},
                "levels": array(NUMBERS),
                "rank": array(NUMBERS),
                "sizes": {"type": "object", "additionalProperties": NUMBERS},
            }
        )
    },
    "a list within a list": lines(array({"type": "object", "properties": {"parts": array(ORDER), "size": STATUS}})),
    "a list of what has bounds": {
        "Thing": entity({"lines": array({"type": "string", "maxLength": 4}) | {"minItems": 1}, "parts": array(ORDER)}),
    },
    "one or null": thing({"anyOf": [{"$ref": f"{REFERENCE}Order"}, {"type": "null"}]}, Order=ORDER),
    "allOf around one": thing({"allOf": [{"$ref": f"{REFERENCE}Order"}], "description": "The last."}, Order=ORDER),
    "an extension": thing(
        {"$ref": f"{REFERENCE}LargeOrder"},
        Order=ORDER,
        LargeOrder={"allOf": [{"$ref": f"{REFERENCE}Order"}, {"type": "object", "properties": {"size": STATUS}}]},
    ),
    "a union": thing(
        {"oneOf": [{"$ref": f"{REFERENCE}Order"}, {"$ref": f"{REFERENCE}Name"}]}, Order=ORDER, Name={"type": "string"}
    ),
}

NOT_PLAIN: dict[str, dict[str, Any]] = {
    "a dot": thing({"$ref": f"{REFERENCE}v1.Order"}, **{"v1.Order": ORDER}),
    "a class that the parser imports": thing({"$ref": f"{REFERENCE}Path"}, Path=ORDER),
    "classes that differ in case": {
        "Thing": entity({"p": {"$ref": f"{REFERENCE}Order"}, "q": {"$ref": f"{REFERENCE}order"}}),
        "Order": ORDER,
        "order": ORDER,
    },
    "two fields of one name": {"Thing": entity({"userId": STRING, "user_id": STRING})},
    "a digit in front": {"Thing": entity({"1st": STRING})},
    "an underscore in front": {"Thing": entity({"_id": STRING})},
    "another letter": {"Thing": entity({"größe": STRING})},
    "a method": {"Thing": entity({"register": STRING})},
    "two objects in place of one name": thing({"type": "object", "properties": {"p": ORDER}}),
    "two enums of numbers in place of one name": thing({"type": "object", "properties": {"p": NUMBERS}}),
    "an enum in place beside an object of its name": {"Thing": entity({"lines": array(STATUS), "line": ORDER})},
    "an enum in place beside an object of its number": {"Thing": entity({"status": STATUS, "status1": ORDER})},
    "an enum in place that may be null beside an object": {
        "Thing": entity({"size": {"type": ["string", "null"], "enum": ["S", None]}, "sizeEnum": ORDER})
    },
    "an enum in place beside a schema of its number": {
        "Thing": entity({"status": STATUS, "p": {"$ref": f"{REFERENCE}Status1"}}),
        "Status1": ORDER,
    },
    "an enum in place named as a schema that is reserved": {
        "Thing": entity({"query": STATUS, "p": {"$ref": f"{REFERENCE}Query"}}),
        "Query": ORDER,
    },
    "an enum in a union beside an object in place": {
        "Thing": entity({"p": {"anyOf": [STATUS, {"type": "integer"}]}, "line": ORDER})
    },
    "an enum in a list that is a schema": thing({"$ref": f"{REFERENCE}Roles"}, Roles=array(STATUS)),
    "a union of texts beside an object of its name": {"Thing": entity({"lines": array(CONSTANTS), "line": ORDER})},
    "a union of numbers": thing({"oneOf": [{"const": 1}, {"const": 2}]}),
    "an enum below zero": thing({"type": "integer", "enum": [-1, 1]}),
    "a list whose name has no certain singular": {"Thing": entity({"news": array(ORDER)})},
    "a list of a class that the parser imports": {"Thing": entity({"fields": array(ORDER)})},
    "a list of a class that is there": {"Thing": entity({"lines": array(ORDER), "line": ORDER})},
    "an object with bounds in a list with bounds": lines(array({**array(ORDER), "minItems": 1}) | {"minItems": 1}),
    "a list of what has bounds beside a class in place": {
        "Thing": entity({"lines": array({"type": "string", "maxLength": 4}) | {"minItems": 1}, "line": ORDER})
    },
    "a list in a list of what has bounds beside a class in place": {
        "Thing": entity({"p": array(array({"type": "string", "maxLength": 4}) | {"maxItems": 4}), "line": ORDER})
    },
    "an object in a map that may be null": lines({"type": ["object", "null"], "additionalProperties": ORDER}),
    "an object in a list that is a schema": thing({"$ref": f"{REFERENCE}Lines"}, Lines=array(ORDER)),
    "an object in a list of a schema that is extended": thing(
        {"$ref": f"{REFERENCE}LargeOrder"},
        Order={"type": "object", "properties": {"lines": array(ORDER)}},
        LargeOrder={"allOf": [{"$ref": f"{REFERENCE}Order"}, ORDER]},
    ),
    "an object in a union": thing({"anyOf": [ORDER, STRING]}),
    "a join in place": thing({"allOf": [{"$ref": f"{REFERENCE}Order"}, ORDER]}, Order=ORDER),
    "capitals in a class in place": {"Thing": entity({"userID": ORDER})},
}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("schemas", PLAIN.values(), ids=PLAIN)
def test_plain(schemas: dict[str, Any], version: str) -> None:
    spec = read_schemas(schemas, version)
    assert is_plain(good(spec))
    assert built(good(spec), ClassNames()) == built(good(spec), parse_class_names(closure_text(good(spec))))


def test_plain_enums_that_may_be_null() -> None:
    nullable = {"type": ["string", "null"], "enum": ["a", "b", None]}
    spec = good(read_schemas({"Thing": entity({"size": nullable, "roles": array(nullable), "p": ORDER})}))
    assert is_plain(spec)
    assert built(spec, ClassNames()) == built(spec, parse_class_names(closure_text(spec)))


def test_plain_references_that_may_be_null_in_3_0() -> None:
    reference = {"$ref": f"{REFERENCE}Order"}
    properties = {"p": {"allOf": [reference], "nullable": True}, "q": {"nullable": True, **ORDER}}
    spec = good(read_schemas({"Thing": entity(properties), "Order": ORDER}, "3.0.3"))
    assert is_plain(spec)
    assert built(spec, ClassNames()) == built(spec, parse_class_names(closure_text(spec)))


def test_what_elements_are_called() -> None:
    lines = array(
        {"type": "object", "properties": {"parts": array(ORDER), "levels": array({"type": "integer", "enum": [1]})}}
    )
    spec = good(read_schemas({"Thing": entity({"orderLines": lines, "flags": MAPPED, "roles": array(STATUS)})}))
    package = build_with_names(spec, ClassNames(), Diagnostics())
    assert {model.name for model in package.models} == {"Thing", "OrderLine", "Part", "Flags"}
    assert {enum.name for enum in package.enums} == {"Level", "RolesItem"}


@pytest.mark.parametrize("schemas", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_not_plain(schemas: dict[str, Any]) -> None:
    assert not is_plain(good(read_schemas(schemas)))


EXAMPLES = [ROOT / "examples" / name / "openapi.yaml" for name in ("shop", "tasks")]
WITH_UNUSUAL_NAMES = {"design_complaints", "inheritance", "keywords"}


def test_the_documents_of_the_project_are_plain_and_built_alike() -> None:
    """All but those that show what becomes of unusual names; else the parser's time would come back unnoticed."""
    golden = {case.name: case.spec for case in good_cases() if not case.name.startswith("every_type")}
    specs = {name: good(read(path)) for name, path in golden.items()}
    assert {name for name, spec in specs.items() if not is_plain(spec)} == WITH_UNUSUAL_NAMES
    examples = [good(read(path)) for path in EXAMPLES]
    assert all(map(is_plain, examples))
    for spec in (*examples, *(spec for name, spec in specs.items() if name not in WITH_UNUSUAL_NAMES)):
        assert built(spec, ClassNames()) == built(spec, parse_class_names(closure_text(spec)))


@pytest.mark.parametrize("entities", [5, 100])
def test_the_documents_that_are_measured_are_plain(entities: int, tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(entity_document(entities), encoding="utf-8")
    assert is_plain(good(read(path)))
    path.write_text(unusual_name(entity_document(entities)), encoding="utf-8")
    assert not is_plain(good(read(path)))
