"""The rules about extensions and key templates (ES113 to ES119, ES180). See `entitystore_generator.rules`."""

from __future__ import annotations

from ..diagnostics import Severity
from ..rules import Rule

_ERROR = Severity.ERROR

_EXTENSIONS = (
    Rule(
        "ES113",
        "unknown-extension",
        _ERROR,
        "there is no extension of this name",
        "A key that begins with x-dynamodb- is meant for this generator. One that it does not know is misspelt, and "
        "leaving it out silently would give a table that the document does not describe. A key that is merely like "
        "one of them, such as x-dynamo-table, may belong to another tool and is only warned about.",
        'x-dynamodb-index-map: {PK: "USER#{id}", SK: USER}',
        'x-dynamodb-indexmap: {PK: "USER#{id}", SK: USER}',
    ),
    Rule(
        "ES114",
        "wrong-extension-value",
        _ERROR,
        "a value of an extension is missing, of the wrong kind, or one that it cannot have",
        "Tables, keys and options are made of these values as they stand: nothing is guessed, and nothing is left "
        "out silently.",
        "indexes:\n  GSI1: {sort-key: SK1, projection: KEYS}",
        "indexes:\n  GSI1: {partition-key: PK1, sort-key: SK1, projection: KEYS_ONLY}",
    ),
    Rule(
        "ES115",
        "unknown-option",
        _ERROR,
        "an extension has no option of this name",
        "A misspelt option would be left out silently, and its default would hold instead.",
        "x-dynamodb-table: {name: shop, partitionKey: pk}",
        "x-dynamodb-table: {name: shop, partition-key: pk}",
    ),
    Rule(
        "ES116",
        "misplaced-extension",
        _ERROR,
        "an extension stands where it has no effect",
        "The table is described at the root of the document, entities at schemas below components/schemas (or "
        "definitions), attributes at properties, and options of an entity beside its index map.",
        "components:\n  x-dynamodb-table: {name: shop}",
        "x-dynamodb-table: {name: shop}\ncomponents: {}",
    ),
)

_TEMPLATES = (
    Rule(
        "ES117",
        "template-syntax",
        _ERROR,
        "a key template is not well formed",
        "A template is text with macros: {property}, {object.property}, {property:format}, each perhaps with steps "
        "behind a bar. Where a brace has no partner, a property's name would be stored instead of its value; a brace "
        "that belongs to the key is written twice. A control character, which nobody sees in a console, comes mostly "
        "from a tab or a line break: quote the template, on one line.",
        'PK: "USER#{id"',
        'PK: "USER#{id}"',
    ),
    Rule(
        "ES118",
        "unknown-step",
        _ERROR,
        "a key template names a step that does not exist",
        "What stands behind a bar changes the text of a value: upper, lower, isoms, sortable, desc:N, mod:N, add:N, "
        "shard:N, default:TEXT.",
        'SK: "{email|lowercase}"',
        'SK: "{email|lower}"',
    ),
    Rule(
        "ES119",
        "step-argument",
        _ERROR,
        "a step's argument is missing, superfluous or out of range, or default is not the last step",
        "desc, mod, add and shard compute with a whole number, default stands in with a text, the others take nothing. "
        "The text of default is taken as it is written; a step behind it would look as if it changed that text, too.",
        'SK: "{number|desc}"',
        'SK: "{number|desc:8}"',
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
        'x-dynamodb-lint: {ignore: {ES201: "later"}}',
        'x-dynamodb-lint: {ignore: {ES222: "the service in front checks it"}}',
    ),
)

RULES: tuple[Rule, ...] = (*_EXTENSIONS, *_TEMPLATES, *_SILENCING)
