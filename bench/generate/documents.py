"""OpenAPI documents of any number of entities, for measuring the generator.

    entity_document(100)     an API of 100 entities, each with its object, its enum and two indexes
    large_document(300)      an API of 300 entities, each of 53 properties and four objects that hold one in place
    public_document(...)     an API as large as the large public ones, of which a handful of schemas are entities

Rules of this file:
- The same arguments give the same bytes: names and shapes are counted, never drawn.
- Entities differ in what costs a generator time: how many keys they have, what the keys are made of, whether
  properties are required, what they have formats, bounds and defaults for.
- A document is text that a person could have written: block style, as most are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

__all__ = [
    "entity_document",
    "entity_name",
    "large_document",
    "more_properties",
    "other_keys",
    "public_document",
    "unusual_name",
]

_WORDS = (
    "Account Address Agent Album Alert Article Asset Author Badge Banner Basket Batch Booking Branch Brand Budget "
    "Bundle Campaign Card Carrier Catalog Channel Claim Client Clinic Comment Company Contact Contract Coupon Course "
    "Customer Device Discount Document Driver Employee Event Expense Folder Gateway Group Invoice Item Job Journal "
    "Ledger Lesson License Listing Location Machine Member Message Metric Note Offer Order Parcel Partner Patient "
    "Payment Payout Permit Person Plan Policy Product Profile Project Quote Receipt Record Refund Region Report "
    "Request Review Reward Role Room Route Sample Schedule Seat Sensor Session Shipment Site Station Store Student "
    "Subscription Supplier Survey Tag Task Team Ticket Token Topic Tour Track Transfer Trip Vehicle Vendor Visit "
    "Voucher Wallet Warehouse Workspace Zone"
)
_NOUNS = tuple(_WORDS.split(" "))
_KINDS = ("Draft", "Regional", "Shared", "Archived", "Daily", "Internal", "Partner", "Retail", "Seasonal", "Master")
_STATES = ("open", "active", "in progress", "closed")

_HEAD = """\
openapi: 3.1.0
info:
  title: {title}
  version: "1.0"
paths: {{}}

x-dynamodb-table:
  name: {table}
  partition-key: PK
  sort-key: SK
  entity-type: EntityType
  indexes:
    GSI1: {{partition-key: GSI1PK, sort-key: GSI1SK}}
    GSI2: {{partition-key: GSI2PK, sort-key: GSI2SK}}

components:
  schemas:
"""

# In one line of three, the name of what others call the owner; else the entity is its own partition.
_OWN_KEYS = """\
        PK: "{upper}#{{id}}"
        SK: "{upper}"
        GSI1PK: "{upper}#STATE#{{state}}"
        GSI1SK: "{{createdAt}}#{{id}}"
        GSI2PK: "{upper}#CODE#{{code}}"
        GSI2SK: "{upper}"
"""
_OWNED_KEYS = """\
        PK: "OWNER#{{ownerId}}"
        SK: "{upper}#{{createdAt}}#{{id}}"
        GSI1PK: "{upper}#STATE#{{state}}"
        GSI1SK: "{{createdAt}}"
        GSI2PK: "{upper}#CODE#{{code}}"
        GSI2SK: "{{priority:03d}}#{{id}}"
"""
_ENTITY = """\
    {name}:
      description: One {words} of an owner, as the service keeps it.
      type: object
      required: [id, ownerId, state, createdAt, amount, priority]
      x-dynamodb-indexmap:
{keys}\
      properties:
        id: {{type: string, pattern: "^[A-Za-z0-9-]+$"}}
        ownerId: {{type: string, pattern: "^[A-Za-z0-9-]+$"}}
        state: {{$ref: "#/components/schemas/{name}State"}}
        createdAt: {{type: string, format: date-time, readOnly: true}}
        title:
          description: As people see it in lists.
          type: string
          minLength: 1
          maxLength: {length}
        code: {{type: string, pattern: "^[A-Z0-9-]{{3,20}}$"}}
        amount: {{type: number, format: decimal, minimum: 0}}
        priority: {{type: integer, format: int32, minimum: 0, maximum: 999}}
        tags:
          type: array
          items: {{type: string}}
          x-dynamodb-attribute: {{set: true}}
        details: {{$ref: "#/components/schemas/{name}Details"}}
        dueOn: {{type: string, format: date}}
        hidden: {{type: boolean, default: false}}
    {name}State:
      type: string
      enum: [{states}]
    {name}Details:
      description: What else is known of one {words}.
      type: object
      required: [source]
      properties:
        source: {{type: string, maxLength: 40}}
        weight: {{type: number, minimum: 0}}
        note: {{type: string}}
        checkedAt: {{type: string, format: date-time}}
"""

_LARGE = """\
    {name}:
      description: One {words} of an owner, with all that other services write into it.
      type: object
      required: [id, ownerId, state, createdAt, code, priority, dueOn]
      x-dynamodb-indexmap:
        PK: "OWNER#{{ownerId}}"
        SK: "{upper}#{{createdAt}}#{{id}}"
        GSI1PK: "{upper}#STATE#{{state}}"
        GSI1SK: "{{priority:03d}}#{{createdAt}}"
        GSI2PK: "{upper}#CODE#{{code}}"
        GSI2SK: "{{dueOn}}#{{id}}"
      properties:
        id: {{type: string, pattern: "^[A-Za-z0-9-]+$"}}
        ownerId: {{type: string, pattern: "^[A-Za-z0-9-]+$"}}
        state: {{type: string, enum: [open, active, in progress, closed]}}
        createdAt: {{type: string, format: date-time, readOnly: true}}
        code: {{type: string, pattern: "^[A-Z0-9-]{{3,20}}$"}}
        priority: {{type: integer, format: int32, minimum: 0, maximum: 999}}
        dueOn: {{type: string, format: date}}
"""
_LARGE_PROPERTIES = (
    "{{type: string, minLength: 1, maxLength: {length}}}",
    '{{type: string, pattern: "^[a-z]{{2,{length}}}-[0-9]+$"}}',
    "{{type: number, format: decimal, minimum: 0}}",
    "{{type: integer, minimum: 0, maximum: {length}}}",
    "{{type: array, items: {{type: string, maxLength: {length}}}, maxItems: 50}}",
    "{{type: string, enum: [none, low, high, level {place}]}}",
    "{{type: object, additionalProperties: {{type: number}}}}",
    '{{type: array, items: {{$ref: "#/components/schemas/{name}Part{part}"}}}}',
    '{{$ref: "#/components/schemas/{name}Part{part}"}}',
    "{{type: boolean, default: false}}",
)
_LARGE_PART = """\
    {name}Part{part}:
      description: Part {part} of one {words}.
      type: object
      required: [source]
      properties:
        source: {{type: string, maxLength: 40}}
        weight: {{type: number, minimum: 0}}
        kind: {{type: string, enum: [whole, half, part {part}]}}
        checkedAt: {{type: string, format: date-time}}
        place{part}_of_{number}:
          type: object
          required: [city]
          properties:
            city: {{type: string, minLength: 1, maxLength: 80}}
            zip: {{type: string, pattern: "^[0-9]{{5}}$"}}
            lines: {{type: array, items: {{type: string}}}}
"""
_LARGE_COUNT, _PARTS = 46, 4


def entity_document(entities: int, title: str = "Service") -> str:
    """A document in YAML of so many entities, with twelve properties, two indexes, an object and an enum each."""
    return _HEAD.format(title=title, table=title.lower()) + "".join(map(_entity, range(entities)))


def large_document(entities: int, title: str = "Service") -> str:
    """A document in YAML of so many entities, each as large as the large ones of services that many teams share."""
    return _HEAD.format(title=title, table=title.lower()) + "".join(map(_large_entity, range(entities)))


def more_properties(document: str) -> str:
    """The same document after a change to its first entity: a property more."""
    return document.replace("        dueOn: {", "        editedBy: {type: string}\n        dueOn: {", 1)


def other_keys(document: str) -> str:
    """The same document after a change to its first entity: another key of an index."""
    return document.replace("#CODE#{code}", "#BY-CODE#{code}", 1)


def unusual_name(document: str) -> str:
    """The same document with one name whose Python form is not certain, so that datamodel-code-generator is asked."""
    return document.replace("        dueOn: {", "        _etag: {type: string}\n        dueOn: {", 1)


def _entity(number: int) -> str:
    name = entity_name(number)
    words = _spoken(name)
    keys = (_OWNED_KEYS if number % 3 == 1 else _OWN_KEYS).format(upper=name.upper())
    states = ", ".join(_STATES[: 2 + number % 3])
    return _ENTITY.format(name=name, words=words, keys=keys, states=states, length=80 + number % 40)


def _large_entity(number: int) -> str:
    name = entity_name(number)
    words = _spoken(name)
    lines = [_LARGE.format(name=name, words=words, upper=name.upper())]
    for place in range(_LARGE_COUNT):
        kind = _LARGE_PROPERTIES[place % len(_LARGE_PROPERTIES)]
        schema = kind.format(name=name, place=place, part=place % _PARTS, length=20 + (number + place) % 40)
        lines.append(f"        property{place}: {schema}\n")
    lines += (_LARGE_PART.format(name=name, words=words, number=number, part=part) for part in range(_PARTS))
    return "".join(lines)


def _spoken(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def entity_name(number: int) -> str:
    """A name for each number, all different: `Order`, `DraftOrder`, …"""
    kind, noun = divmod(number, len(_NOUNS))
    return ("" if not kind else _KINDS[kind - 1]) + _NOUNS[noun]


# -------------------------------------------------------------------------- an API of the large public kind


def public_document(schemas: int, entities: int, *, operations: int = 900) -> str:
    """A document in JSON of so many schemas, each reaching some of the others, with many operations and examples.

    `entities` of them have index maps; what these reach are three schemas each, as in `entity_document`.
    """
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "Public API", "version": "2026-01-01", "description": _prose(0, 40)},
            "servers": [{"url": "https://api.example.com"}],
            "paths": dict(_paths(operations, schemas)),
            "x-dynamodb-table": _TABLE,
            "components": {"schemas": dict([*_plain_schemas(schemas - 3 * entities), *_annotated(entities)])},
        },
        indent=2,
    )


_TABLE = {
    "name": "public",
    "partition-key": "PK",
    "sort-key": "SK",
    "entity-type": "EntityType",
    "indexes": {name: {"partition-key": f"{name}PK", "sort-key": f"{name}SK"} for name in ("GSI1", "GSI2")},
}


def _annotated(entities: int) -> Iterator[tuple[str, object]]:
    """The schemas of `entity_document`, as values."""
    import yaml

    document = yaml.load(entity_document(entities), Loader=yaml.CSafeLoader)
    yield from document["components"]["schemas"].items()


def _plain_schemas(count: int) -> Iterator[tuple[str, object]]:
    for number in range(count):
        properties = dict(_property(number, place, count) for place in range(10 + number % 25))
        yield (
            f"public-schema-{number}",
            {
                "title": f"Public Schema {number}",
                "description": _prose(number, 2 + number % 5),
                "type": "object",
                "required": list(properties)[: 4 + number % 4],
                "properties": properties,
            },
        )


def _property(number: int, place: int, count: int) -> tuple[str, object]:
    name, text = f"field_{place}", _prose(number + place, 1)
    match (number + place) % 7:
        case 0:
            return name, {"$ref": f"#/components/schemas/public-schema-{(number * 7 + place) % count}"}
        case 1:
            items = {"$ref": f"#/components/schemas/public-schema-{(number * 3 + place) % count}"}
            return name, {"type": "array", "items": items, "description": text}
        case 2:
            return name, {
                "type": ["string", "null"],
                "format": "uri",
                "description": text,
                "examples": ["https://x.y/z"],
            }
        case 3:
            return name, {"type": "integer", "format": "int64", "description": text, "examples": [number]}
        case 4:
            return name, {"type": "string", "format": "date-time", "description": text}
        case 5:
            return name, {"type": "string", "enum": ["all", "public", "private", "member"], "description": text}
        case _:
            return name, {"type": "string", "description": text, "examples": [f"value {place}"]}


def _paths(operations: int, schemas: int) -> Iterator[tuple[str, object]]:
    for number in range(operations):
        yield f"/resources-{number}/{{owner}}/{{name}}", {"get": _operation(number, schemas)}


def _operation(number: int, schemas: int) -> object:
    reference = {"$ref": f"#/components/schemas/public-schema-{number % max(schemas // 2, 1)}"}
    example = {f"field_{place}": f"value {place} of example {number}" for place in range(40)}
    parameters = [
        {"name": name, "in": "path", "required": True, "description": _prose(number, 1), "schema": {"type": "string"}}
        for name in ("owner", "name")
    ]
    content = {"application/json": {"schema": reference, "examples": {"default": {"value": example}}}}
    return {
        "summary": f"Get resource {number}",
        "description": _prose(number, 6),
        "operationId": f"resources/get-{number}",
        "tags": ["resources"],
        "parameters": parameters,
        "responses": {"200": {"description": "Response", "content": content}},
    }


def _prose(seed: int, sentences: int) -> str:
    return " ".join(
        f"The {_NOUNS[(seed + place) % len(_NOUNS)].lower()} of a {_NOUNS[(seed * 3 + place) % len(_NOUNS)].lower()} "
        f"is given where the caller may read it, and left out where not (see section {place + 1})."
        for place in range(sentences)
    )
