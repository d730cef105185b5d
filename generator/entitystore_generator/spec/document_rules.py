"""The rules about the document itself (ES101 to ES112, ES120 to ES129). See `entitystore_generator.rules`."""

from __future__ import annotations

from ..diagnostics import Severity
from ..rules import Rule

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

_TEXT = (
    Rule(
        "ES101",
        "unreadable-file",
        _ERROR,
        "a file cannot be read as text",
        "The document, or a file that one of its references names, is missing, is no regular file, may not be read, "
        "or is not UTF-8. Paths in references begin at the folder of the file that they stand in.",
        'address: {$ref: "adress.yaml"}',
        'address: {$ref: "address.yaml"}',
    ),
    Rule(
        "ES102",
        "syntax",
        _ERROR,
        "the text is neither YAML nor JSON",
        "Nothing of the file can be used. The fault is often on the line before the one that is shown: a quote or a "
        "bracket that is not closed, a tab, or a colon within a text without quotes.",
        "description: note: not for minors",
        'description: "note: not for minors"',
    ),
    Rule(
        "ES103",
        "duplicate-key",
        _ERROR,
        "a key stands twice in one mapping",
        "YAML and JSON readers keep one of the two, mostly the last, and say nothing. Which of them was meant only its "
        "author knows.",
        "properties:\n  id: {type: string}\n  id: {type: integer}",
        "properties:\n  id: {type: string}\n  number: {type: integer}",
    ),
    Rule(
        "ES104",
        "not-openapi",
        _ERROR,
        "the file holds no OpenAPI document",
        "A document is one mapping that begins with openapi (or swagger, for 2.0). The file is empty, holds something "
        "else, or holds several YAML documents.",
        "asyncapi: 3.0.0",
        "openapi: 3.1.0\ninfo: {title: Shop, version: '1'}",
    ),
    Rule(
        "ES105",
        "unknown-version",
        _ERROR,
        "the document is of a version that cannot be read",
        "What a schema means depends on the version. Versions 2.0, 3.0, 3.1 and 3.2 are read.",
        "openapi: 4.0.0",
        "openapi: 3.1.0",
    ),
    Rule(
        "ES106",
        "unquoted-text",
        _ERROR,
        "a text without quotes is something else to YAML",
        "YAML reads 2024 and 1.10 as numbers, 0x1F and 0123 as numbers that depend on the reader, true and false as "
        "booleans and null as nothing. Where a text is meant, quotes make it one.",
        "{type: string, enum: [1.10, 1.20]}",
        '{type: string, enum: ["1.10", "1.20"]}',
    ),
    Rule(
        "ES128",
        "text-in-yaml-1-2-alone",
        _NOTE,
        "a text without quotes is something else to readers of YAML 1.1",
        "OpenAPI recommends YAML 1.2, in which yes, no, on, off, y, n, 12:30:00 and 2024-01-01 are texts, and where a "
        "text is wanted they are read so, exactly as they stand. Tools that follow YAML 1.1 read booleans, a number "
        "with base 60 and a date. Quotes make a text for all. Where a boolean is wanted, yes and no are booleans.",
        "{type: string, enum: [yes, no]}",
        '{type: string, enum: ["yes", "no"]}',
    ),
    Rule(
        "ES112",
        "document-too-large",
        _ERROR,
        "the document is nested too deeply, or its aliases mean too much",
        "A few lines of YAML can stand for billions of values. Such a document would take all memory.",
        "a: &a [*b, *b, *b, *b, *b, *b, *b, *b]",
        'items: {$ref: "#/components/schemas/Item"}',
    ),
)

_REFERENCES = (
    Rule(
        "ES109",
        "dangling-reference",
        _ERROR,
        "a $ref leads nowhere",
        "The file has no such place. A name after # is a path from the file's root, each part as it is written there, "
        "with ~1 for a slash and ~0 for a tilde.",
        '$ref: "#/components/schema/User"',
        '$ref: "#/components/schemas/User"',
    ),
    Rule(
        "ES110",
        "circular-reference",
        _ERROR,
        "a schema is made of itself",
        "Followed through $ref and allOf, the schema comes back to itself and never says what it is. Through a "
        "property, items or additionalProperties a schema may contain itself.",
        'Node: {allOf: [{$ref: "#/components/schemas/Node"}]}',
        'Node: {type: object, properties: {next: {$ref: "#/components/schemas/Node"}}}',
    ),
    Rule(
        "ES111",
        "remote-reference",
        _ERROR,
        "a $ref is a URL or an absolute path",
        "What is generated must not depend on a network or on the machine. Keep a copy beside the document.",
        '$ref: "https://example.org/common.yaml#/Address"',
        '$ref: "common.yaml#/Address"',
    ),
    Rule(
        "ES126",
        "reference-leaves-project",
        _ERROR,
        "a $ref leads out of the project",
        "Whoever changes a document, and sees the log of its build, could read the build machine's files through it. "
        "A file has to be in the folder of the document, in that of the nearest pyproject.toml or the one that "
        "configures the package, or in one that `ref-roots` of [tool.entitystore] lists. Links count as their targets.",
        'address: {$ref: "../../other-project/common.yaml#/Address"}',
        '[tool.entitystore]\nref-roots = ["../other-project"]',
    ),
    Rule(
        "ES127",
        "reference-to-no-schema",
        _ERROR,
        "a $ref leads to something that is no schema",
        "A schema is a mapping of JSON Schema's keywords. What stands there instead is not shown, because the file may "
        "hold what nobody should see in a log, such as a password.",
        'text: {$ref: "settings.yaml#/db/password"}',
        'text: {$ref: "common.yaml#/Text"}',
    ),
    Rule(
        "ES120",
        "ignored-beside-reference",
        _ERROR,
        "a key beside a $ref is ignored",
        "In OpenAPI 2.0 and 3.0 a $ref stands alone, and what is beside it has no effect. OpenAPI 3.1 reads both. "
        "It is an error for our extensions, and a warning for keywords.",
        'address: {$ref: "#/components/schemas/Address", nullable: true}',
        'address: {allOf: [{$ref: "#/components/schemas/Address"}], nullable: true}',
    ),
)

_SCHEMAS = (
    Rule(
        "ES107",
        "wrong-keyword-value",
        _ERROR,
        "a keyword has a value of a kind that it cannot have",
        "A list where a mapping is meant, or a text where a number is, would be ignored by some tools and refused by "
        "others. It is a warning where it is harmless, such as a property that is required twice.",
        "id: {type: string, maxLength: '36'}",
        "id: {type: string, maxLength: 36}",
    ),
    Rule(
        "ES108",
        "unknown-type",
        _ERROR,
        "there is no type of this name",
        "JSON has seven types: string, integer, number, boolean, array, object and null. What is more special, such as "
        "a date, is a string with a format.",
        "createdAt: {type: datetime}",
        "createdAt: {type: string, format: date-time}",
    ),
    Rule(
        "ES121",
        "keyword-not-checked",
        _NOTE,
        "a keyword restricts values in a way that the generated code does not check",
        "The package stores values that the schema refuses because of this keyword. If that matters, check it where "
        "the values come from.",
        "not: {const: root}",
        "pattern: '^(?!root$)'",
    ),
    Rule(
        "ES122",
        "misspelt-keyword",
        _WARNING,
        "a key of a schema looks like a misspelt keyword",
        "A schema may hold keys that no tool knows, and they have no effect. A misspelt keyword restricts nothing.",
        "requird: [id]",
        "required: [id]",
    ),
    Rule(
        "ES123",
        "missing-info",
        _WARNING,
        "the document has no info",
        "OpenAPI requires it, and other tools refuse the document. For the generated package it gives the title.",
        "openapi: 3.1.0\npaths: {}",
        "openapi: 3.1.0\ninfo: {title: Shop, version: '1'}\npaths: {}",
    ),
    Rule(
        "ES124",
        "no-entity",
        _ERROR,
        "the document has no entity",
        "An entity is a schema below components/schemas (or definitions) that has x-dynamodb-indexmap, or whose entry "
        "there is a $ref to one. Without any there is nothing to generate.",
        "User: {type: object}",
        'User:\n  type: object\n  x-dynamodb-indexmap: {PK: "USER#{id}"}',
    ),
)

RULES: tuple[Rule, ...] = (*_TEXT, *_REFERENCES, *_SCHEMAS)
