"""Faults of one document, two at a time: both are told, whatever stage finds them, and nothing that follows from one.

A sound document gets faults by replacing a piece of a line, so that places stay as they are. What two faults are told
together is what each of them is told alone.

A part of the pairs is tried, another one in each version of the list; `ENTITYSTORE_ALL_FAULTS=1` tries all of them.
"""

from __future__ import annotations

import os
import random
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from entitystore_generator.compiler import compile_package
from entitystore_generator.config import Options
from entitystore_generator.diagnostics import Diagnostic

DOCUMENT = """\
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths: {}
x-dynamodb-table:
  name: shop
  ttl: endsAt
  indexes:
    ByEmail: {partition-key: EPK, sort-key: ESK}
components:
  schemas:
    User:
      type: object
      required: [id, email, tenant]
      x-dynamodb-entity:
        type: user
        queries: {by_mail: ByEmail}
      x-dynamodb-indexmap:
        PK: "USER#{tenant}"
        SK: "USER#{id}"
        ByEmailPK: "{email}"
        ByEmailSK: "{born:%Y-%m-%d}"
        GSI1PK: "{address.city}#{code}"
        GSI1SK: "{level:08d}"
      properties:
        id: {type: string, pattern: "^[a-z0-9]+$"}
        tenant: {type: string, minLength: 2, maxLength: 8, pattern: "^[a-z]+$"}
        email: {type: string}
        born: {type: string, format: date}
        code: {type: string, enum: [de, nl]}
        level: {type: integer, minimum: 0, maximum: 99, default: 7}
        endsAt: {type: string, format: date-time}
        address: {$ref: "#/components/schemas/Address"}
        paid: {$ref: "#/components/schemas/Paid"}
        tags: {type: array, items: {type: string}, x-dynamodb-attribute: {set: true}}
    Order:
      type: object
      required: [number, at, total]
      x-dynamodb-entity:
        type: order
        shares-keys-with: [invoice]
      x-dynamodb-indexmap:
        PK: "ORDER#{number:08d}"
        SK: "ORDER#{at}"
        GSI1PK:
          - {when: {state: open}, key: "OPEN"}
          - {key: "CLOSED#{total|sortable}"}
        GSI1SK: "{at}"
      properties:
        number: {type: integer, minimum: 0, maximum: 99999999}
        at: {type: string, format: date-time}
        total: {type: number, format: decimal, minimum: 0}
        state: {type: string, enum: [open, closed], default: open}
        lines: {type: array, items: {$ref: "#/components/schemas/Line"}}
    Invoice:
      allOf: [{$ref: "#/components/schemas/Numbered"}]
      type: object
      required: [customer]
      x-dynamodb-entity: {type: invoice}
      x-dynamodb-indexmap:
        PK: "INVOICE#{customer}"
        SK: "INVOICE#{number:06d}"
      properties:
        customer: {type: string, maxLength: 20}
        note: {type: string, x-dynamodb-attribute: {name: remark}}
        text: {type: string}
    Numbered:
      type: object
      required: [number]
      properties:
        number: {type: integer, minimum: 0, maximum: 999999}
    Line:
      type: object
      required: [sku]
      properties:
        sku: {type: string, maxLength: 40}
        count: {type: integer, default: 1}
        price: {type: number}
    Address:
      type: object
      required: [city]
      properties:
        city: {type: string}
        country: {type: string, maxLength: 2, default: NL}
    Paid:
      oneOf:
        - {$ref: "#/components/schemas/Card"}
        - {$ref: "#/components/schemas/Transfer"}
    Card: {type: object, required: [number], properties: {number: {type: string}}}
    Transfer: {type: object, required: [iban], properties: {iban: {type: string}}}
"""

FAULTS = {
    # what surrounds the schemas
    "version": ("openapi: 3.1.0", "openapi: 4.1.0"),
    "name of the table": ("name: shop", "name: a b"),
    "ttl of no entity": ("ttl: endsAt", "ttl: endedAt"),
    "root option": ("  name: shop", "  nmae: shp "),
    # shapes, words and numbers of schemas
    "required is no list": ("required: [number, at, total]", "required: number"),
    "element of required": ("required: [id, email, tenant]", "required: [id, email, tenant, 7]"),
    "property of no schema": ("email: {type: string}", "email: text"),
    "name of a property": ("        text: {", "        null: {"),
    "type": ("code: {type: string", "code: {type: strng"),
    "type of an entity": ("    Order:\n      type: object", "    Order:\n      type: objekt"),
    "length": ("maxLength: 40", 'maxLength: "x"'),
    "count": ("minimum: 0, maximum: 99,", "minimum: 0, maximum: yes,"),
    "title": ("    Line:\n      type: object", "    Line:\n      title: 77    "),
    "extension": ("x-dynamodb-attribute: {set: true}", "x-dynamodb-atribute: {set: true}"),
    "option of an attribute": ("{name: remark}", "{nmae: remark}"),
    "option of an entity": ("        type: order", "        typ: order "),
    "false schema": ("price: {type: number}", "price: false"),
    "key twice": ("        text: {type: string}", "        note: {type: string}"),
    # references
    "dangling": ('address: {$ref: "#/components/schemas/Address', 'address: {$ref: "#/components/schemas/Adress'),
    "dangling part": ('allOf: [{$ref: "#/components/schemas/Numbered', 'allOf: [{$ref: "#/components/schemas/Numbred'),
    "dangling branch": ('- {$ref: "#/components/schemas/Card', '- {$ref: "#/components/schemas/Crad'),
    "missing file": ('items: {$ref: "#/components/schemas/Line', 'items: {$ref: "lines.yaml#/components/schemas/Line'),
    # templates
    "syntax": ('"USER#{id}"', '"USER#{id"'),
    "step": ("{total|sortable}", "{total|sortble}"),
    "no text": ('PK: "INVOICE#{customer}"', "PK: 2024"),
    "map in a map": ('SK: "ORDER#{at}"', "SK: {at: at}"),
    # entities and keys
    "unknown property": ("{email}", "{emial}"),
    "unknown inner property": ("{address.city}", "{address.town}"),
    "unknown property of when": ("when: {state: open}", "when: {stat: open} "),
    "never": ("when: {state: open}", "when: {state: opne}"),
    "format": ("{born:%Y-%m-%d}", "{born:%c}"),
    "format of a number": ("{level:08d}", "{level:8x}"),
    "empty": ('SK: "INVOICE#{number:06d}"', 'SK: ""'),
    "undeclared index": ("        ByEmailPK", "        ByEmialPK"),
    "query": ("by_mail: ByEmail", "put: ByEmail"),
    "query of no index": ("by_mail: ByEmail", "by_mail: GSI7"),
    "float in a key": ("total: {type: number, format: decimal", "total: {type: number, format: double"),
    # types
    "bounds": ("minLength: 2, maxLength: 8", "minLength: 9, maxLength: 8"),
    "pattern": ('pattern: "^[a-z0-9]+$"', 'pattern: "^[a-z0-9+$"'),
    "enum": ("enum: [open, closed]", "enum: [open, 7]"),
    "default": ("default: 7", "default: 777"),
    "inner default": ("default: NL", "default: NLD"),
    "union": (
        "required: [number], properties: {number: {type: string}}}",
        "required: [iban], properties: {iban: {type: string}}}",
    ),
    "set": ("items: {type: string}, x-dynamodb", "items: {type: boolean}, x-dynamodb"),
    # what checks of the whole find
    "optional in a key": ("required: [id, email, tenant]", "required: [id, email]"),
    "attribute twice": ("{name: remark}", "{name: text}"),
    "attribute of a key": ("{name: remark}", "{name: EntityType}"),
    "one type name": ("{type: invoice}", "{type: user}"),
    "shares with nobody": ("shares-keys-with: [invoice]", "shares-keys-with: [invioce]"),
    "chosen by value": ('PK: "USER#{tenant}"', 'PK: [{when: {code: de}, key: D}, {key: "{id}"}]'),
    # proofs
    "ambiguous": ('PK: "INVOICE#{customer}"', 'PK: "INVOICE#{customer}{number}"'),
    "entities meet": ('INVOICE#{customer}"\n        SK: "INVOICE#', 'USER#{customer}"\n        SK: "USER#'),
    "ambiguous on an index": ("{address.city}#{code}", "{address.city}{address.city}"),
    # warnings and notes
    "loses": ("ORDER#{at}", "ORDER#{at:%Y}"),
    "unknown required": ("required: [customer]", "required: [customer, x]"),
    "ignored": ("        city: {type: string}", "        city: {type: string, not: {}}"),
}

UNKNOWN = {
    # An option that cannot be read may be any: a key's attribute, an index, a ttl, a type name, what is to be silent.
    "root option": {"ttl of no entity", "undeclared index", "attribute of a key", "loses"},
    "extension": {"ttl of no entity", "one type name", "shares with nobody"},
    "option of an attribute": {"ttl of no entity"},
    "option of an entity": {"ttl of no entity", "one type name", "shares with nobody", "loses"},
    # What only a reference leads to that leads nowhere is not read, and what it would say of the entity is not known.
    "dangling": {"unknown inner property", "inner default", "ignored", "ambiguous on an index"},
    "missing file": {"length", "title", "false schema"},
    "dangling part": {"ttl of no entity", "ambiguous", "unknown required", "entities meet"},
    "dangling branch": {"union"},
    # What is proved of an entity's keys needs all of them, and all that it says of its values.
    "required is no list": {"loses"},
    "element of required": {"entities meet"},
    "syntax": {"entities meet"},
    "type of an entity": {"loses"},
    # One fault of a property, or of a key, is enough: what else there is to say of it depends on how that is corrected.
    "name of a property": {"attribute twice"},
    "key twice": {"attribute twice", "attribute of a key"},
    "type": {"chosen by value"},
    "pattern": {"chosen by value", "entities meet"},
    "bounds": {"optional in a key", "entities meet"},
    "count": {"format of a number"},
    "enum": {"never"},
    "step": {"float in a key"},
    "chosen by value": {"optional in a key", "entities meet"},
}
"""What cannot be told beside a fault, for it is about what that leaves unknown."""
_OTHER_WORDS = [{"one type name", "shares with nobody"}, {"one type name", "entities meet"}]
"""One of the two changes a name that the finding of the other one has in its message."""


def lines_of(name: str) -> set[int]:
    """The lines of the document that a fault changes."""
    old, _ = FAULTS[name]
    first = DOCUMENT[: DOCUMENT.index(old)].count("\n")
    return {first + number for number, line in enumerate(old.split("\n")) if line}


@cache
def told(*names: str) -> frozenset[Diagnostic]:
    """What is told of the document with these faults, without hints, which name others."""
    text = DOCUMENT
    for name in names:
        assert text.count(FAULTS[name][0]) == 1, name
        text = text.replace(*FAULTS[name])
    with TemporaryDirectory() as folder:
        path = Path(folder, "openapi.yaml")
        path.write_text(text, encoding="utf-8")
        compilation = compile_package(path, Options("pydantic", "x_store"), spec_name=path.name)
    assert not (compilation.files and compilation.diagnostics.has_errors)
    return frozenset(replace(each, hint="") for each in compilation.diagnostics)


PAIRS = [(one, other) for one, other in combinations(FAULTS, 2) if not lines_of(one) & lines_of(other)]
CHOSEN = PAIRS if "ENTITYSTORE_ALL_FAULTS" in os.environ else random.Random(len(FAULTS)).sample(PAIRS, 180)


def test_the_document_is_sound() -> None:
    assert told() == frozenset()


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_told(name: str) -> None:
    assert told(name)


OF_ONE_SCHEMA = (
    'pattern: "[a-"',
    "default: 5",
    "maxLength: -1",
    "x-dynamodb-atribute: {name: u}",
    "nullable: 7",
    "title: 5",
    "minLength: 3, maxLength: 2",
    "x-dynamodb-attribute: {set: true}",
    'x-dynamodb-lint: {ignore: {ES999: "why"}}',
    "readOnly: x",
)


@pytest.mark.parametrize(
    ("one", "other"), [pair for pair in combinations(OF_ONE_SCHEMA, 2) if "".join(pair).count("maxLength") < 2]
)
def test_two_faults_of_one_schema_are_told_together(one: str, other: str, tmp_path: Path) -> None:
    found = [_told_of_text(tmp_path, words) for words in (one, other, f"{one}, {other}")]
    assert found[2] == found[0] | found[1]


def _told_of_text(folder: Path, words: str) -> set[tuple[str, str]]:
    """Code and message of what is told of the document with a text of these words."""
    path = folder / "openapi.yaml"
    path.write_text(DOCUMENT.replace("sku: {type: string, maxLength: 40}", f"sku: {{type: string, {words}}}"), "utf-8")
    compilation = compile_package(path, Options("pydantic", "x_store"), spec_name=path.name)
    return {(each.code, each.message) for each in compilation.diagnostics}


@pytest.mark.parametrize("first", FAULTS)
def test_two_faults_are_told_together(first: str) -> None:
    for one, other in CHOSEN:
        if one != first or {one, other} in _OTHER_WORDS:
            continue
        each, both = told(one) | told(other), told(one, other)
        assert not both - each, f"beside {one}: follows from {other}"
        if other in UNKNOWN.get(one, ()) or one in UNKNOWN.get(other, ()):
            assert both in (told(one), told(other)) or both < each
        else:
            assert not each - both, f"beside {one}: hidden, or by {other}"
