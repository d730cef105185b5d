"""Vendor extensions: what is read, and where each fault is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.ir.model import TransformKind
from entitystore_generator.spec.load import load_spec
from entitystore_generator.spec.schema import (
    AttributeExtension,
    EntityExtension,
    IndexExtension,
    Macro,
    Named,
    Spec,
    TableExtension,
    Text,
)

NAME = "spec.yaml"
HEAD = 'openapi: 3.1.0\ninfo: {title: T, version: "1"}\npaths: {}\n'
KEYS = '{PK: "{id}", SK: A}'


def load(tmp_path: Path, text: str) -> tuple[Spec | None, Diagnostics]:
    path = tmp_path / NAME
    path.write_text(text, encoding="utf-8")
    diagnostics = Diagnostics()
    return load_spec(path, NAME, diagnostics).spec, diagnostics


def good(tmp_path: Path, text: str) -> Spec:
    spec, diagnostics = load(tmp_path, text)
    assert [*diagnostics] == []
    assert spec is not None
    return spec


def with_table(table: str) -> str:
    """A document with one entity, and this table; its options are indented by two."""
    return f"{HEAD}x-dynamodb-table:\n{table}\n{entity()}"


def entity(more: str = "", keys: str = f"      x-dynamodb-indexmap: {KEYS}", properties: str = "") -> str:
    """The components of a document with one entity; what is given is indented by six, properties by eight."""
    return f"""components:
  schemas:
    User:
      type: object
      required: [id]
{keys}
{more}
      properties:
        id: {{type: string}}
{properties}
"""


def faults(tmp_path: Path, marked: str) -> tuple[list[tuple[str, int, int, int]], list[tuple[int, int, int]]]:
    """Code, line, column, length of each diagnostic; line, column, length of each «marked» piece of the text.

    Lists and mappings have no length: they are marked at their bracket.
    """
    wanted: list[tuple[int, int, int]] = []
    lines: list[str] = []
    for number, line in enumerate(marked.split("\n"), 1):
        while "«" in line:
            before, _, after = line.partition("«")
            inner, _, after = after.partition("»")
            wanted.append((number, len(before) + 1, 0 if inner in ("[", "{") else len(inner)))
            line = before + inner + after
        lines.append(line)
    _, diagnostics = load(tmp_path, "\n".join(lines))
    found = [(each.code, each.position.line, each.position.column, each.position.length) for each in diagnostics]
    return found, wanted


def check(tmp_path: Path, marked: str, *codes: str) -> None:
    found, wanted = faults(tmp_path, marked)
    assert found == [(code, *place) for code, place in zip(codes, wanted, strict=True)]


# -------------------------------------------------------------------------------------------------- good ones


def test_a_table_with_everything(tmp_path: Path) -> None:
    text = with_table(
        """  name: shop
  partition-key: pk
  sort-key: sk
  entity-type: kind
  ttl: expires
  indexes:
    GSI1: {partition-key: PK1, sort-key: SK1}
    by-mail: {partition-key: mail, projection: INCLUDE, include: [name, city]}
    GSI3: {partition-key: PK3, projection: KEYS_ONLY}"""
    )
    table = good(tmp_path, text).table
    assert isinstance(table, TableExtension)
    assert (table.name, table.partition_key, table.entity_type) == ("shop", "pk", "kind")
    assert table.sort_key is not None
    assert table.ttl is not None
    assert (table.sort_key.name, table.ttl.name, table.ttl.position.line) == ("sk", "expires", 9)
    assert table.position.line == 4
    places = [index.position for index in table.indexes]
    assert [(place.line, place.column) for place in places] == [(11, 5), (12, 5), (13, 5)]
    assert table.indexes == (
        IndexExtension("GSI1", "PK1", table.indexes[0].sort_key, "ALL", (), places[0]),
        IndexExtension("by-mail", "mail", None, "INCLUDE", ("name", "city"), places[1]),
        IndexExtension("GSI3", "PK3", None, "KEYS_ONLY", (), places[2]),
    )


def test_a_table_with_a_partition_key_alone(tmp_path: Path) -> None:
    table = good(tmp_path, with_table("  partition-key: id")).table
    assert table is not None
    assert (table.partition_key, table.sort_key, table.ttl, table.indexes) == ("id", None, None, ())


def test_what_a_table_does_not_say_is_none(tmp_path: Path) -> None:
    table = good(tmp_path, with_table("  indexes: {GSI1: {}}")).table
    assert table is not None
    assert table == TableExtension(table.position, indexes=table.indexes)
    index = table.indexes[0]
    assert (index.partition_key, index.sort_key, index.projection) == (None, None, "ALL")


def test_no_table(tmp_path: Path) -> None:
    assert good(tmp_path, HEAD + entity()).table is None


def test_an_index_map_with_alternatives(tmp_path: Path) -> None:
    keys = """      x-dynamodb-indexmap:
        PK: "{id}"
        SK: USER
        GSI2PK:
          - {when: {status: open, address.vip: true, level: 3}, key: "OPEN#{number|desc:8}"}
          - {key: "#CLOSED#{number:08d}"}"""
    (found,) = good(tmp_path, HEAD + entity(keys=keys)).entities
    assert [entry.logical for entry in found.index_map] == ["PK", "SK", "GSI2PK"]
    assert [entry.position.column for entry in found.index_map] == [9, 9, 9]
    first, second = found.index_map[2].choices
    conditions = [(each.path, each.value, each.position.column) for each in first.when]
    assert conditions == [(("status",), "open", 21), (("address", "vip"), True, 35), (("level",), 3, 54)]
    assert second.when == ()
    text, macro = first.template.parts
    assert text == Text("OPEN#")
    assert isinstance(macro, Macro)
    assert [(step.kind, step.argument, step.position.column) for step in macro.transforms] == [
        (TransformKind.DESC, 8, 84)
    ]


def test_an_entity_with_all_options(tmp_path: Path) -> None:
    options = """      x-dynamodb-entity:
        type: user
        version: rev
        ttl: expires
        timestamps: {created: at, updated: changed}
        unique: [[email], [tenant, handle]]
        queries: {by_email: GSI1}
        shares-keys-with: [Organization]"""
    (found,) = good(tmp_path, HEAD + entity(options)).entities
    extension = found.options
    assert isinstance(extension, EntityExtension)
    named = (extension.type, extension.version, extension.ttl, extension.created, extension.updated)
    assert [(each.name, each.position.line, each.position.column) for each in named if each] == [
        ("user", 11, 15),
        ("rev", 12, 18),
        ("expires", 13, 14),
        ("at", 14, 31),
        ("changed", 14, 44),
    ]
    assert [[name.name for name in names] for names in extension.unique] == [["email"], ["tenant", "handle"]]
    assert [(query.name, index.name) for query, index in extension.queries] == [("by_email", "GSI1")]
    assert [name.name for name in extension.shares_keys_with] == ["Organization"]
    assert isinstance(extension.shares_keys_with[0], Named)


@pytest.mark.parametrize(
    ("written", "column", "hides"),
    [
        ("expires", 32, None),
        ("{property: expires}", 43, None),
        ("{property: expires, hide-expired: false}", 43, None),
        ("{property: expires, hide-expired: true}", 43, 52),
    ],
)
def test_a_ttl(tmp_path: Path, written: str, column: int, hides: int | None) -> None:
    (found,) = good(tmp_path, HEAD + entity(f"      x-dynamodb-entity: {{ttl: {written}}}")).entities
    assert found.options is not None
    assert found.options.ttl is not None
    assert (found.options.ttl.name, found.options.ttl.position.column) == ("expires", column)
    hidden = found.options.hide_expired
    assert (hidden.column if hidden else None) == hides


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("«{»}", ["ES114"]),
        ("«{»hide-expired: true}", ["ES114"]),
        ("{property: «[»a]}", ["ES114"]),
        ("{property: a, «hide»: true}", ["ES115"]),
        ("{property: a, hide-expired: «maybe»}", ["ES114"]),
        ("«[»a]", ["ES114"]),
    ],
)
def test_faults_of_a_ttl(tmp_path: Path, written: str, codes: list[str]) -> None:
    check(tmp_path, HEAD + entity(f"      x-dynamodb-entity: {{ttl: {written}}}"), *codes)


@pytest.mark.parametrize(
    ("written", "name", "is_set", "decimal"),
    [
        ("{name: m}", "m", False, False),
        ("{set: true}", "", True, False),
        ("{set: false, number: decimal}", "", False, True),
        ("{}", "", False, False),
    ],
)
def test_an_attribute(tmp_path: Path, written: str, name: str, is_set: bool, decimal: bool) -> None:
    text = HEAD + entity(properties=f"        tags: {{type: array, x-dynamodb-attribute: {written}}}")
    (schema,) = good(tmp_path, text).schemas.values()
    attribute = schema.properties["tags"].attribute
    assert attribute == AttributeExtension(attribute.position if attribute else schema.position, name, is_set, decimal)


# --------------------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ("  «partitionKey»: PK", ["ES115"]),
        ("  «Name»: shop", ["ES115"]),
        ("  name: «1»", ["ES106"]),
        ("  name: «true»", ["ES106"]),
        ("  name: «[»shop]", ["ES114"]),
        ('  name: «""»', ["ES114"]),
        ("  indexes: «[»GSI1]", ["ES114"]),
        ("  indexes: {GSI1: «GSI1PK»}", ["ES114"]),
        ("  indexes: {GSI1: {partition-key: PK1, «projections»: ALL}}", ["ES115"]),
        ("  indexes: {GSI1: {partition-key: PK1, projection: «KEYS»}}", ["ES114"]),
        ("  indexes: {«GSI1»: {partition-key: PK1, projection: INCLUDE}}", ["ES114"]),
        ("  indexes: {«GSI1»: {partition-key: PK1, include: [a]}}", ["ES114"]),
        ("  indexes: {GSI1: {partition-key: PK1, projection: INCLUDE, include: [a, «2»]}}", ["ES106"]),
        ("  indexes: {«1»: {partition-key: PK1}}", ["ES106"]),
        ("  «sortkey»: SK\n  «TTL»: x\n  ttl: «{»}", ["ES115", "ES115", "ES114"]),
    ],
)
def test_faults_of_a_table(tmp_path: Path, table: str, codes: list[str]) -> None:
    check(tmp_path, with_table(table), *codes)


@pytest.mark.parametrize(
    ("keys", "codes"),
    [
        ("«[»PK]", ["ES114"]),
        ("«{»}", ["ES114"]),
        ("{PK: «7»}", ["ES106"]),
        ("{PK: «true»}", ["ES106"]),
        ("\n        PK: «USER» #{id}", ["ES114"]),
        ("\n        PK:«» #{id}", ["ES114"]),
        ("\n        PK: x\n        GSI1PK:\n        - key: «OPEN» #{id}\n        GSI1SK: z # a comment", ["ES114"]),
        ("{PK: «{»when: {a: b}, key: x}}", ["ES114"]),
        ("{PK: «[»]}", ["ES114"]),
        ("{PK: [«x»]}", ["ES114"]),
        ("{PK: [«{»when: {a: b}}]}", ["ES114"]),
        ("{PK: [{«wen»: {a: b}, key: x}]}", ["ES115"]),
        ("{PK: [{when: «a», key: x}]}", ["ES114"]),
        ("{PK: [{when: «{»}, key: x}]}", ["ES114"]),
        ("{PK: [{when: {a: «[»b]}, key: x}]}", ["ES114"]),
        ("{PK: [{when: {a: «null»}, key: x}]}", ["ES114"]),
        ("{PK: [{when: {a: «1.5»}, key: x}]}", ["ES114"]),
        ("{PK: [{when: {a: «0x1F»}, key: x}]}", ["ES106"]),
        ("{PK: [{when: {«a..b»: c}, key: x}]}", ["ES114"]),
        ("{PK: [{key: «5»}]}", ["ES106"]),
        ('{PK: "USER#«{id»"}', ["ES117"]),
        ("{PK: 'it''s {id|«uper»}'}", ["ES118"]),
        ("{PK: '{id|desc:«0»}'}", ["ES119"]),
        ("{PK: 'a«}»b«}»', SK: '{a|«lowr»}'}", ["ES117", "ES117", "ES118"]),
    ],
)
def test_faults_of_an_index_map(tmp_path: Path, keys: str, codes: list[str]) -> None:
    check(tmp_path, HEAD + entity(keys=f"      x-dynamodb-indexmap: {keys}"), *codes)


def test_a_fault_behind_an_escape_has_its_own_place(tmp_path: Path) -> None:
    check(tmp_path, HEAD + entity(keys='      x-dynamodb-indexmap: {PK: "\\u0041«{id»"}'), "ES117")


def test_a_fault_in_folded_lines_has_the_place_of_the_whole_template(tmp_path: Path) -> None:
    check(tmp_path, HEAD + entity(keys='      x-dynamodb-indexmap: {PK: «"A»\n        {id"}'), "ES117")


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ("«user»", ["ES114"]),
        ("{«typ»: user}", ["ES115"]),
        ("{type: «404»}", ["ES106"]),
        ("{type: «[»user]}", ["ES114"]),
        ("{version: «''»}", ["ES114"]),
        ("{timestamps: «at»}", ["ES114"]),
        ("{timestamps: {«creatd»: at}}", ["ES115"]),
        ("{unique: «email»}", ["ES114"]),
        ("{unique: [«email»]}", ["ES114"]),
        ("{unique: [«[»]]}", ["ES114"]),
        ("{unique: [[email, «1»]]}", ["ES106"]),
        ("{queries: «[»by_email]}", ["ES114"]),
        ("{queries: {by_email: «[»GSI1]}}", ["ES114"]),
        ("{shares-keys-with: «Organization»}", ["ES114"]),
        ("{shares-keys-with: [A, B, «A»]}", ["ES114"]),
        ("{unique: [[a, «a»]]}", ["ES114"]),
        ("{unique: [[a, b], [c], «[»b, a]]}", ["ES114"]),
        ("{queries: {by_email: «' '»}}", ["ES114"]),
        ("{type: «' '»}", ["ES114"]),
        ("{«shares-key-with»: [Organization]}", ["ES115"]),
    ],
)
def test_faults_of_an_entity(tmp_path: Path, options: str, codes: list[str]) -> None:
    check(tmp_path, HEAD + entity(f"      x-dynamodb-entity: {options}"), *codes)


@pytest.mark.parametrize(
    ("attribute", "codes"),
    [
        ("«name»", ["ES114"]),
        ("{«nam»: n}", ["ES115"]),
        ("{name: «5»}", ["ES106"]),
        ("{set: «'true'»}", ["ES114"]),
        ("{set: «1»}", ["ES114"]),
        ("{number: «float»}", ["ES114"]),
    ],
)
def test_faults_of_an_attribute(tmp_path: Path, attribute: str, codes: list[str]) -> None:
    text = HEAD + entity(properties=f"        tags: {{type: array, x-dynamodb-attribute: {attribute}}}")
    check(tmp_path, text, *codes)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (f"«x-dynamodb-tables»: {{}}\n{entity()}", ["ES113"]),
        (f"«X-DynamoDB-Table»: {{}}\n{entity()}", ["ES113"]),
        (f"«x-dynamodb-indexmap»: {KEYS}\n{entity()}", ["ES116"]),
        (f"x-other: 1\n{entity()}", []),
        (entity("      «x-dynamodb-table»: {}"), ["ES116"]),
        (entity("      «x-dynamodb-index-map»: {}"), ["ES113"]),
        (entity(properties="        a: {type: string, «x-dynamodb-entity»: {}}"), ["ES116"]),
        (entity(properties="        a: {type: string, «x-dynamodb-atribute»: {}}"), ["ES113"]),
        (entity(properties="        a: {type: array, items: {type: string, «x-dynamodb-table»: {}}}"), ["ES116"]),
    ],
)
def test_keys_that_are_unknown_or_elsewhere(tmp_path: Path, text: str, codes: list[str]) -> None:
    check(tmp_path, HEAD + text, *codes)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("paths:\n  /a: {get: {responses: {200: {«x-dynamodb-tabel»: {}}}}}", ["ES113"]),
        ("paths:\n  /a: {parameters: [{schema: {«x-dynamodb-indexmap»: {}}}]}", ["ES116"]),
        ("paths:\n  /a: {«x-dynamodb-table»: {}}", ["ES116"]),
        ("    Unused: {properties: {a: {«x-dynamodb-atribute»: {}}}}", ["ES113"]),
        ("    Unused: {properties: {a: {x-dynamodb-attribute: {}}, x-dynamodb-a: {}}}", []),
        ("    Unused: {example: {x-dynamodb-a: 1}, default: [{x-dynamodb-b: 1}]}", []),
        ("    Unused: {properties: {example: &a {«x-dynamodb-atribute»: {}}, b: *a, c: *a}}", ["ES113"]),
        ("    Unused: {x-other: {x-dynamodb-a: 1}}", []),
    ],
)
def test_keys_that_no_entity_reaches(tmp_path: Path, text: str, codes: list[str]) -> None:
    check(tmp_path, HEAD.replace("paths: {}\n", "") + entity() + text, *codes)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (f"x-dynamodb-tabel: {{}}\n{entity()}", "did you mean x-dynamodb-table?"),
        (f"X_DYNAMODB_TABLE: {{}}\n{entity()}", "did you mean x-dynamodb-table?"),
        (entity("      x-dynamodb-index-map: {}"), "did you mean x-dynamodb-indexmap?"),
        (entity("      x-dynamodb-indexMap: {}"), "did you mean x-dynamodb-indexmap?"),
        (entity(properties="        a: {x-dynamodb-attr: {}}"), "did you mean x-dynamodb-attribute?"),
        (f"x-dynamodb-table: {{partitionKey: a}}\n{entity()}", "did you mean partition-key?"),
        (f"x-dynamodb-table: {{entity_type: a}}\n{entity()}", "did you mean entity-type?"),
        (entity("      x-dynamodb-entity: {sharesKeysWith: [A]}"), "did you mean shares-keys-with?"),
        (entity("      x-dynamodb-table: {}"), "it belongs to the document's root"),
    ],
)
def test_hints(tmp_path: Path, text: str, hint: str) -> None:
    _, diagnostics = load(tmp_path, HEAD + text)
    assert [each.hint for each in diagnostics] == [hint]


# ------------------------------------------------------------------------------------------------- silencing


def test_what_is_silenced_and_where(tmp_path: Path) -> None:
    lint = 'x-dynamodb-lint: {{ignore: {{es222: "{}"}}}}'
    text = HEAD + lint.format("root") + "\n"
    text += entity(
        "      " + lint.format("entity"), properties=f"        a: {{type: string, {lint.format('property')}}}"
    )
    spec = good(tmp_path, text)
    (schema,) = spec.schemas.values()
    found = [each.lint.ignores for each in (spec, schema, schema.properties["a"])]
    assert [[(ignore.code, ignore.reason) for ignore in ignores] for ignores in found] == [
        [("ES222", "root")],
        [("ES222", "entity")],
        [("ES222", "property")],
    ]
    assert [ignores[0].position.line for ignores in found] == [4, 11, 14]
    assert schema.properties["id"].lint.ignores == ()


@pytest.mark.parametrize(
    ("lint", "codes"),
    [
        ("«ES222»", ["ES114"]),
        ("«{»}", ["ES114"]),
        ("{«ignored»: {ES222: because}}", ["ES115"]),
        ("{ignore: «[»ES222]}", ["ES114"]),
        ("{ignore: {ES222: «7»}}", ["ES106"]),
        ("{ignore: {ES222: «' '»}}", ["ES180"]),
        ("{ignore: {«ES2222»: because}}", ["ES180"]),
        ("{ignore: {«ES201»: because}}", ["ES180"]),
        ("{ignore: {«7»: because, ES222: because}}", ["ES180"]),
    ],
)
def test_faults_of_silencing(tmp_path: Path, lint: str, codes: list[str]) -> None:
    check(tmp_path, HEAD + entity(f"      x-dynamodb-lint: {lint}"), *codes)


def test_silencing_has_no_effect_elsewhere(tmp_path: Path) -> None:
    check(tmp_path, HEAD.replace("{title", "{«x-dynamodb-lint»: {}, title") + entity(), "ES116")


# ---------------------------------------------------------------------------------------------- any value at all

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

_WORDS = st.sampled_from(
    [
        "name",
        "partition-key",
        "sort-key",
        "indexes",
        "GSI1",
        "projection",
        "INCLUDE",
        "include",
        "type",
        "timestamps",
        "created",
        "unique",
        "queries",
        "when",
        "key",
        "ignore",
        "ES222",
        "ES201",
        "set",
        "number",
        "decimal",
        "PK",
        "SK",
        "{id}",
        "{id|upper}",
        "{id|desc:0}",
        "{",
    ]
)
_VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS | st.text(max_size=3), inner, max_size=4),
    max_leaves=8,
)


@given(table=_VALUES, index_map=_VALUES, entity_options=_VALUES, attribute=_VALUES, lint=_VALUES)
def test_any_values_are_read_or_reported(
    tmp_path_factory: pytest.TempPathFactory,
    table: Json,
    index_map: Json,
    entity_options: Json,
    attribute: Json,
    lint: Json,
) -> None:
    folder = tmp_path_factory.getbasetemp()
    user: Json = {
        "type": "object",
        "x-dynamodb-indexmap": index_map,
        "x-dynamodb-entity": entity_options,
        "x-dynamodb-lint": lint,
        "properties": {"id": {"type": "string", "x-dynamodb-attribute": attribute}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "x-dynamodb-table": table,
        "components": {"schemas": {"User": user}},
    }
    spec, diagnostics = load(folder, json.dumps(document))
    assert (spec is None) == diagnostics.has_errors
    assert all(each.position.line == 1 and each.position.column >= 1 for each in diagnostics)
