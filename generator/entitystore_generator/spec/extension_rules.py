"""The rules about extensions and the text of key templates (ES15x to ES18x). See `entitystore_generator.rules`."""

from __future__ import annotations

from ..diagnostics import Severity
from ..rules import Rule

_ERROR = Severity.ERROR

_SHAPES = (
    Rule(
        "ES150",
        "unknown-extension",
        _ERROR,
        "there is no extension of this name",
        "A key that begins with x-dynamodb- is meant for this generator. One that it does not know is misspelt, and "
        "leaving it out silently would give a table that the document does not describe.",
        'x-dynamodb-index-map: {PK: "USER#{id}", SK: "USER"}',
        'x-dynamodb-indexmap: {PK: "USER#{id}", SK: "USER"}',
    ),
    Rule(
        "ES151",
        "misplaced-extension",
        _ERROR,
        "an extension stands where it means nothing",
        "The table is described at the root of the document, entities at schemas below components/schemas, attributes "
        "at properties. Anywhere else an extension would have no effect.",
        "components:\n  x-dynamodb-table: {name: shop}",
        "x-dynamodb-table: {name: shop}\ncomponents: {}",
    ),
    Rule(
        "ES152",
        "unknown-option",
        _ERROR,
        "an extension has no option of this name",
        "A misspelt option would be left out silently, and its default would hold instead.",
        "x-dynamodb-table: {name: shop, partitionKey: pk}",
        "x-dynamodb-table: {name: shop, partition-key: pk}",
    ),
    Rule(
        "ES153",
        "wrong-shape",
        _ERROR,
        "a value of an extension is not of the kind that is needed here",
        "A list where a text was meant, or a text where a mapping was meant, cannot be understood. YAML reads 1 and "
        "null as no texts, and older YAML yes, no, on and off neither: quote them where a text is meant.",
        "x-dynamodb-indexmap:\n  PK: 2024",
        'x-dynamodb-indexmap:\n  PK: "2024"',
    ),
    Rule(
        "ES154",
        "missing-option",
        _ERROR,
        "an option is missing that has no default",
        "Without it the table or the key cannot be made.",
        "indexes:\n  GSI1: {sort-key: SK1}",
        "indexes:\n  GSI1: {partition-key: PK1, sort-key: SK1}",
    ),
    Rule(
        "ES155",
        "wrong-option-value",
        _ERROR,
        "an option cannot have this value",
        "DynamoDB or the generated package has no such thing, or the value contradicts another option.",
        "GSI1: {partition-key: PK1, projection: KEYS}",
        "GSI1: {partition-key: PK1, projection: KEYS_ONLY}",
    ),
    Rule(
        "ES156",
        "repeated-name",
        _ERROR,
        "a name is given twice where once is meant",
        "One of the two is most likely meant to be another name.",
        "unique: [[tenant, tenant]]",
        "unique: [[tenant, handle]]",
    ),
)

_TEMPLATES = (
    Rule(
        "ES160",
        "unbalanced-brace",
        _ERROR,
        "a brace of a key template has no partner",
        "Braces enclose the name of a property. Where one is missing, a property's name would be stored instead of "
        "its value. A brace that belongs to the key itself is written twice.",
        'PK: "USER#{id"',
        'PK: "USER#{id}"',
    ),
    Rule(
        "ES161",
        "malformed-macro",
        _ERROR,
        "a macro of a key template is not {property}, {object.property} or {property:format}",
        "A macro without a property has no value. Space around a name would become part of the name.",
        'PK: "USER#{}"',
        'PK: "USER#{id}"',
    ),
    Rule(
        "ES162",
        "unknown-transform",
        _ERROR,
        "a key template names a transform that does not exist",
        "What stands after | changes the text of a value: upper, lower, isoms, sortable, desc:N, mod:N, add:N, "
        "shard:N, default:TEXT.",
        'SK: "{email|lowercase}"',
        'SK: "{email|lower}"',
    ),
    Rule(
        "ES163",
        "transform-argument",
        _ERROR,
        "a transform's argument is missing, superfluous or out of range",
        "desc, mod, add and shard compute with a whole number, default stands in with a text, the others take nothing.",
        'SK: "{number|desc}"',
        'SK: "{number|desc:8}"',
    ),
    Rule(
        "ES164",
        "control-character-in-key",
        _ERROR,
        "a key template holds a control character",
        "It cannot be seen in a console or a log, and comes mostly from a tab or a line break in the document. In "
        "YAML, quote the template and keep it on one line.",
        'SK: "ORDER\\t{id}"',
        'SK: "ORDER#{id}"',
    ),
    Rule(
        "ES165",
        "default-not-last",
        _ERROR,
        "something follows default in a macro",
        "The default text is used as it is written. A transform behind it would look as if it changed that text too.",
        'GSI1SK: "{city|default:none|upper}"',
        'GSI1SK: "{city|upper|default:NONE}"',
    ),
)

_SILENCING = (
    Rule(
        "ES180",
        "wrong-silence",
        _ERROR,
        "a rule cannot be silenced like this",
        "Only rules that give advice can be silenced, by their code, and with a reason for whoever reads the document "
        "later. A misspelt code would silence nothing.",
        "x-dynamodb-lint: {ignore: [ES301]}",
        'x-dynamodb-lint: {ignore: {ES301: "ids are sorted as text on purpose"}}',
    ),
)

RULES: tuple[Rule, ...] = (*_SHAPES, *_TEMPLATES, *_SILENCING)
