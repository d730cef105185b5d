"""What the schema does not allow is refused before anything is sent, and nothing else is; jsonschema is the judge.

One document holds a property for each of many random constraints, drawn once from a fixed seed; the values are drawn
around the bounds.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from entitystore.errors import ValidationError
from entitystore.transports import CallContext
from entitystore_generator.config import ModelKind
from tests.compiled import MODEL_KINDS, Compiled, compile_document

Schema = dict[str, Any]
PATTERNS = ["^[a-c]+$", "b", "^\\d{2,3}$", "^(ab|c)*$", "[^a-z]", "^.$", "\\w$"]


def random_schemas(seed: int) -> dict[str, Schema]:
    """Properties by name: every kind of constraint, some of them together."""
    rng = random.Random(seed)
    makers = [_string, _integer, _number, _decimal, _array, _map, _union]
    return {f"p{number}": makers[number % len(makers)](rng) for number in range(84)}


def _some(rng: random.Random, **given: Any) -> Schema:
    return {name: value for name, value in given.items() if rng.random() < 0.5}


def _string(rng: random.Random) -> Schema:
    low = rng.randint(0, 3)
    sizes = _some(rng, minLength=low, maxLength=low + rng.randint(0, 3))
    return {"type": "string"} | sizes | _some(rng, pattern=rng.choice(PATTERNS))


def _integer(rng: random.Random) -> Schema:
    low = rng.randint(-9, 9)
    high = low + rng.randint(2, 9)
    given = _some(rng, minimum=low, maximum=high, multipleOf=rng.choice([1, 2, 3, 0.5, 1.5]))
    given |= _some(rng, exclusiveMinimum=low - 1, exclusiveMaximum=high + 1)
    return {"type": "integer"} | given | _some(rng, format=rng.choice(["int32", "int64"]))


def _number(rng: random.Random) -> Schema:
    low = round(rng.uniform(-2, 2), 1)
    given = _some(rng, minimum=low, maximum=low + 2.5, multipleOf=rng.choice([0.1, 0.25, 2]))
    return {"type": "number"} | given | _some(rng, exclusiveMinimum=low, exclusiveMaximum=low + 2.5)


def _decimal(rng: random.Random) -> Schema:
    return _number(rng) | {"format": "decimal"}


def _array(rng: random.Random) -> Schema:
    items = rng.choice([_string, _integer, _decimal])(rng)
    low = rng.randint(0, 2)
    return {"type": "array", "items": items} | _some(rng, minItems=low, maxItems=low + 1, uniqueItems=True)


def _map(rng: random.Random) -> Schema:
    low = rng.randint(0, 2)
    sizes = _some(rng, minProperties=low, maxProperties=low + 1)
    return {"type": "object", "additionalProperties": _integer(rng)} | sizes


def _union(rng: random.Random) -> Schema:
    return {"oneOf": [_string(rng), _integer(rng), {"type": "boolean"}]}


SCHEMAS = random_schemas(7)


def document() -> Schema:
    """The document; each property is optional, so that one alone can be set."""
    entity = {
        "type": "object",
        "required": ["id"],
        "x-dynamodb-indexmap": {"PK": "{id}"},
        "properties": {"id": {"type": "string", "minLength": 1}, **SCHEMAS},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Constraints", "version": "1"},
        "paths": {},
        "components": {"schemas": {"Bounded": entity}},
    }


@pytest.fixture(scope="module", params=MODEL_KINDS)
def bounded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    kind: ModelKind = request.param
    folder = tmp_path_factory.mktemp("bounded")
    (folder / "openapi.json").write_text(json.dumps(document()))
    return compile_document(folder / "openapi.json", kind, folder, f"bounded_{kind}_store")


def unchecked(bounded: Compiled, **given: Any) -> Any:
    """An entity that its class did not look at, as a copy with changes is in pydantic."""
    made = bounded.module.Bounded
    return made.model_construct(**given) if bounded.kind == "pydantic" else made(**given)


texts = st.text("abcd1é \U0001f600\n", max_size=6) | st.sampled_from(["", "12", "ab", "b\n", "١٢"])
integers = st.integers(-20, 20) | st.sampled_from([2**31 - 1, 2**31, -(2**31) - 1, 2**63, -(2**63) - 1, 10**30])
tenths = st.integers(-60, 60).map(lambda number: Decimal(number) / 10)
decimals = tenths | st.sampled_from(
    [Decimal("0.05"), Decimal("1E+30"), Decimal("1E-30"), Decimal("0.10"), Decimal("1." + "1" * 37)]
)
floats = tenths.map(float) | st.floats(-5, 5).filter(lambda number: number == 0 or abs(number) > 1e-100)


def values(schema: Schema) -> st.SearchStrategy[Any]:
    """Python values of the property's type, in and out of its bounds."""
    if "oneOf" in schema:
        return st.one_of(*map(values, schema["oneOf"]))
    match schema["type"]:
        case "string":
            return texts
        case "integer":
            return integers
        case "boolean":
            return st.booleans()
        case "number":
            return decimals if schema.get("format") == "decimal" else floats
        case "array":
            return st.lists(values(schema["items"]), max_size=4)
    return st.dictionaries(st.text("ab", max_size=2), values(schema["additionalProperties"]), max_size=4)


def judge(schema: Schema) -> Draft202012Validator:
    """A validator that reckons in decimals, with the formats of integers as bounds."""
    return Draft202012Validator(json.loads(json.dumps(_with_bounds(schema)), parse_float=Decimal))


def _with_bounds(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_with_bounds(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: _with_bounds(each) for name, each in schema.items()}
    bits = {"int32": 31, "int64": 63}.get(str(schema.get("format")))
    if bits is not None:
        return {"allOf": [inner, {"minimum": -(2**bits), "maximum": 2**bits - 1}]}
    if "pattern" in schema:  # ECMA-262, as which jsonschema does not read it
        python: dict[Any, Any] = {"^\\d{2,3}$": "^[0-9]{2,3}\\Z", "\\w$": "[A-Za-z0-9_]\\Z"}
        inner["pattern"] = python.get(schema["pattern"], schema["pattern"].replace("$", "\\Z"))
        inner["pattern"] = {"^.\\Z": "^[^\\n\\r\\u2028\\u2029]\\Z"}.get(inner["pattern"], inner["pattern"])
    return inner


def exact(value: Any) -> Any:
    """The value as a judge of decimals takes it."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, list):
        return [exact(each) for each in value]
    return value


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_checks_agree_with_json_schema(bounded: Compiled, name: str) -> None:
    store, validator = bounded.store_module("bounded"), judge(SCHEMAS[name])
    python_name = next(field.name for field in bounded.package.entities[0].model.fields if field.wire_name == name)

    @settings(max_examples=60)
    @given(values(SCHEMAS[name]))
    def check(value: Any) -> None:
        entity = unchecked(bounded, id="1", **{python_name: value})
        with localcontext(prec=200):  # else the judge cannot divide large numbers
            allowed = validator.is_valid(exact(value))
        if allowed:
            assert store.decode(store.encode(entity)) == entity
            return
        with pytest.raises(ValidationError) as caught:
            store.encode(entity)
        assert caught.value.field.startswith(python_name)

    check()


WRONG_TYPES: list[tuple[str, Any]] = [
    ("p0", 5),
    ("p0", b"a"),
    ("p1", True),
    ("p1", "5"),
    ("p1", 1.0),
    ("p2", "5"),
    ("p2", True),
    ("p2", float("nan")),
    ("p2", float("inf")),
    ("p3", 1.5),
    ("p3", "1"),
    ("p3", Decimal("NaN")),
    ("p3", Decimal("sNaN")),
    ("p3", Decimal("-Infinity")),
    ("p4", ()),
    ("p4", {"a"}),
    ("p5", [("a", 1)]),
    ("p5", {1: 1}),
    ("p6", 1.5),
    ("p6", []),
]


@pytest.mark.parametrize(("name", "value"), WRONG_TYPES, ids=str)
def test_another_type_is_refused(bounded: Compiled, name: str, value: Any) -> None:
    for each in _of_one_kind(name):
        python_name = next(field.name for field in bounded.package.entities[0].model.fields if field.wire_name == each)
        with pytest.raises(ValidationError) as caught:
            bounded.store_module("bounded").encode(unchecked(bounded, id="1", **{python_name: value}))
        assert caught.value.field.startswith(python_name)


def _of_one_kind(name: str) -> Iterator[str]:
    """The properties that were made as this one was."""
    return (f"p{number}" for number in range(int(name[1:]), 84, 7))


def test_nothing_is_sent_of_what_is_refused(bounded: Compiled) -> None:
    class Closed:
        def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
            raise AssertionError(f"{operation} was sent")

        def close(self) -> None:
            return None

    table = bounded.module.connect(transport=Closed())
    wrong = unchecked(bounded, id=5)
    calls: list[Callable[[], object]] = [
        lambda: table.bounded.put(wrong),
        lambda: table.bounded.create(wrong),
        lambda: table.bounded.update_with_condition(wrong, "attribute_exists(PK)"),
        lambda: table.bounded.put_many([wrong]),
        lambda: table.bounded.put(unchecked(bounded, id="")),
    ]
    for call in calls:
        with pytest.raises(ValidationError, match=r"^id: "):
            call()
