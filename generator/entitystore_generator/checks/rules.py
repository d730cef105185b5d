"""The rules about entities, keys and templates. See `entitystore_generator.rules`."""

from __future__ import annotations

from ..diagnostics import Severity
from ..rules import Rule

_ERROR = Severity.ERROR

_KEYS = (
    Rule(
        "ES201",
        "unknown-property",
        _ERROR,
        "a macro or an option names a property that the schema does not have",
        "A key with a hole in it would be stored for every item. Names are those of the document, exactly; failing "
        "that, the one property that is the same without case and underscores.",
        'PK: "USER#{usrId}"\nproperties: {userId: {type: string}}',
        'PK: "USER#{userId}"\nproperties: {userId: {type: string}}',
    ),
    Rule(
        "ES202",
        "ambiguous-property",
        _ERROR,
        "a macro may mean two properties",
        "It matches neither exactly, and both when case and underscores are ignored. Guessing could build the key of "
        "another item.",
        'PK: "{USERID}"\nproperties: {userId: {type: string}, user_id: {type: string}}',
        'PK: "{userId}"\nproperties: {userId: {type: string}, user_id: {type: string}}',
    ),
    Rule(
        "ES203",
        "optional-in-primary-key",
        _ERROR,
        "the table's own key may be missing",
        "DynamoDB refuses an item without PK or SK. In other indexes an absent property is fine: the item is then not "
        "in the index.",
        'PK: "USER#{email}"\nrequired: [id]',
        'PK: "USER#{email}"\nrequired: [id, email]',
    ),
    Rule(
        "ES204",
        "empty-template",
        _ERROR,
        "a key template is empty",
        "DynamoDB refuses an empty key.",
        'SK: ""',
        'SK: "USER"',
    ),
    Rule(
        "ES205",
        "type-in-key",
        _ERROR,
        "a property of this type cannot be part of a key",
        "A key needs one text for each value. Objects, arrays and maps have none; a floating-point number has several, "
        "and 0.1 + 0.2 would not be found under 0.3.",
        'SK: "{price}"\nproperties: {price: {type: number}}',
        'SK: "{price|sortable}"\nproperties: {price: {type: number, format: decimal}}',
    ),
    Rule(
        "ES206",
        "format-in-key",
        _ERROR,
        "a format or a transform does not fit its property",
        "Zero padding is for integers, strftime formats for dates and date-times, and only directives that give the "
        "same text in every language and on every platform.",
        'SK: "{name:08d}"',
        'SK: "{number:08d}"',
    ),
    Rule(
        "ES207",
        "wrong-when",
        _ERROR,
        "a `when` can never hold, or keeps others from being reached",
        "Alternatives are tried in order and the first that holds counts, so one that cannot be taken is a mistake.",
        "GSI1PK:\n  - {when: {status: opne}, key: OPEN}",
        "GSI1PK:\n  - {when: {status: open}, key: OPEN}",
    ),
    Rule(
        "ES208",
        "undeclared-index",
        _ERROR,
        "the index map fills an index that the table does not have",
        "The attributes would be stored and no index would read them. Indexes called GSI1, GSI2 and so on are inferred "
        "from the index maps; any other has to be declared below `indexes` of x-dynamodb-table.",
        "x-dynamodb-indexmap: {PK: …, SK: …, ByEmailPK: …}",
        "x-dynamodb-table: {indexes: {ByEmail: {}}}\nx-dynamodb-indexmap: {PK: …, SK: …, ByEmailPK: …}",
    ),
    Rule(
        "ES209",
        "incomplete-key",
        _ERROR,
        "an entity fills only half of a key",
        "An item has to have every key attribute of the table, and is in another index only if it has every key "
        "attribute of that.",
        'PK: "USER#{id}"          # and other entities have an SK',
        'PK: "USER#{id}"\nSK: "USER"',
    ),
    Rule(
        "ES210",
        "attribute-taken",
        _ERROR,
        "a property is stored under the name of a key or of the type attribute",
        "An attribute has one value: the key would overwrite the property, or the other way about. A property can be a "
        "key attribute itself if the template is just that property, and one of two keys of an index that its entity "
        "does not fill. DynamoDB takes neither NULL nor empty text there.",
        'x-dynamodb-table: {partition-key: id}\nPK: "USER#{id}"',
        'x-dynamodb-table: {partition-key: PK}\nPK: "USER#{id}"',
    ),
    Rule(
        "ES211",
        "duplicate-attribute",
        _ERROR,
        "two properties are stored under one attribute name",
        "One of them would overwrite the other.",
        "a: {x-dynamodb-attribute: {name: n}}\nb: {x-dynamodb-attribute: {name: n}}",
        "a: {x-dynamodb-attribute: {name: n}}\nb: {x-dynamodb-attribute: {name: m}}",
    ),
    Rule(
        "ES212",
        "duplicate-type-name",
        _ERROR,
        "two entities have one stored type name",
        "The stored name alone decides how an item is read, so items of one would be read as the other.",
        "User: {x-dynamodb-entity: {type: user}}\nAdmin: {x-dynamodb-entity: {type: user}}",
        "User: {x-dynamodb-entity: {type: user}}\nAdmin: {x-dynamodb-entity: {type: admin}}",
    ),
    Rule(
        "ES213",
        "same-python-name",
        Severity.WARNING,
        "two names of the document are one name in Python",
        "What the document calls so keeps the name, else the first of them; the other gets a number or an underscore.",
        "properties: {user-id: {…}, user_id: {…}}",
        "properties: {user-id: {…}, owner_id: {…}}",
    ),
    Rule(
        "ES214",
        "query-name",
        _ERROR,
        "a query's name cannot be used, or its index is not filled",
        "The name becomes a method of the store beside those that every store has, and it reads one index of its "
        "entity.",
        "queries: {put: GSI1}",
        "queries: {by_email: GSI1}",
    ),
)

_SCHEMAS = (
    Rule(
        "ES215",
        "conflicting-all-of",
        _ERROR,
        "the parts of an allOf contradict each other",
        "No value could meet both, so nothing could ever be stored.",
        "allOf: [{properties: {id: {type: string}}}, {properties: {id: {type: integer}}}]",
        "allOf: [{properties: {id: {type: string}}}, {properties: {number: {type: integer}}}]",
    ),
    Rule(
        "ES216",
        "indistinguishable-union",
        _ERROR,
        "what is stored would not tell which branch of a oneOf or anyOf it is",
        "Reading has to know the type. Branches are told apart by the type that DynamoDB stores, texts by what they "
        "say (an enum's value, a date), objects by a discriminator or by a required property that the other lacks.",
        "oneOf: [{$ref: '#/…/Card'}, {$ref: '#/…/Transfer'}]   # neither requires a property that the other has not",
        "oneOf: [{$ref: '#/…/Card'}, {$ref: '#/…/Transfer'}]\ndiscriminator: {propertyName: kind}",
    ),
    Rule(
        "ES217",
        "wrong-default",
        _ERROR,
        "a default is not a value of its property",
        "Every entity that is made without the property would be refused when it is stored.",
        "country: {type: string, maxLength: 2, default: NLD}",
        "country: {type: string, maxLength: 2, default: NL}",
    ),
    Rule(
        "ES218",
        "wrong-attribute-option",
        _ERROR,
        "an option of x-dynamodb-attribute does not fit its property",
        "DynamoDB has sets of strings, of numbers and of bytes, and `number: decimal` chooses Python's type for "
        "numbers.",
        "tags: {type: string, x-dynamodb-attribute: {set: true}}",
        "tags: {type: array, items: {type: string}, x-dynamodb-attribute: {set: true}}",
    ),
    Rule(
        "ES219",
        "unusable-enum",
        _ERROR,
        "an enum or const has values that make no Python enum",
        "A generated enum is of strings or of integers. In YAML, true and 1 are no strings unless they are quoted.",
        "enum: [true, maybe]",
        'enum: ["true", maybe]',
    ),
    Rule(
        "ES220",
        "service-limit",
        _ERROR,
        "DynamoDB would refuse this table",
        "Its names have 3 to 255 of the characters A-Z a-z 0-9 _ - and full stop, and a table has at most 20 global "
        "secondary indexes. Entities share indexes by filling them with different templates.",
        "x-dynamodb-table: {name: my shop}",
        "x-dynamodb-table: {name: my-shop}",
    ),
    Rule(
        "ES221",
        "naming-failed",
        _ERROR,
        "datamodel-code-generator cannot read the schemas",
        "It chooses the names of classes and fields. Its own message says what it met.",
    ),
    Rule(
        "ES222",
        "not-enforced",
        Severity.NOTE,
        "part of a schema has no effect in the generated package",
        "Declared properties are stored, additional ones of the same object are not; which properties are required "
        "together is not checked.",
        "type: object\nproperties: {id: {type: string}}\nadditionalProperties: true",
        "type: object\nproperties:\n  id: {type: string}\n  more: {type: object, additionalProperties: true}",
    ),
    Rule(
        "ES223",
        "impossible-constraint",
        _ERROR,
        "a constraint admits nothing",
        "A minimum above its maximum refuses every value. So does a pattern with text before its ^ or behind its $, "
        "such as one between slashes; that is a warning.",
        "{type: string, minLength: 5, maxLength: 3}",
        "{type: string, minLength: 3, maxLength: 5}",
    ),
    Rule(
        "ES224",
        "endless-schema",
        _ERROR,
        "a schema is made of itself",
        "A schema may refer to itself through the property of an object, as a tree does; as its own part, its own item "
        "or its own branch it has no end.",
        "Tree: {type: array, items: {$ref: '#/components/schemas/Tree'}}",
        "Tree:\n  type: object\n  properties:\n    children: {type: array, items: {$ref: '#/components/schemas/Tree'}}",
    ),
    Rule(
        "ES225",
        "entity-without-properties",
        _ERROR,
        "a schema with an index map is no object with properties",
        "An entity is stored as an item, whose attributes are its properties.",
        "User: {type: string, x-dynamodb-indexmap: {…}}",
        "User: {type: object, properties: {…}, x-dynamodb-indexmap: {…}}",
    ),
    Rule(
        "ES226",
        "required-without-property",
        Severity.WARNING,
        "`required` names something that is no property",
        "Mostly a misspelling, which leaves the property that was meant optional.",
        "required: [emial]\nproperties: {email: {type: string}}",
        "required: [email]\nproperties: {email: {type: string}}",
    ),
    Rule(
        "ES227",
        "unknown-partner",
        _ERROR,
        "shares-keys-with names something that is no other entity",
        "It declares that the keys of two entities may meet on purpose; a misspelt name would declare nothing.",
        "x-dynamodb-entity: {shares-keys-with: [Organisation]}",
        "x-dynamodb-entity: {shares-keys-with: [Organization]}",
    ),
    Rule(
        "ES228",
        "same-module",
        _ERROR,
        "two entities would be one Python module",
        "Each entity has a module and an attribute of the table object, called by its name in snake_case.",
        "HTTPLog: {…}\nHttpLog: {…}",
        "HTTPLog: {…}\nHttpsLog: {…}",
    ),
    Rule(
        "ES229",
        "unusable-name",
        _ERROR,
        "a property would be stored under a name that no attribute can have here",
        "DynamoDB refuses an empty name. Quotes, backslashes and control characters are refused by the decoder that "
        "reads items; in a name they are mostly a slip.",
        "properties: {'inner \"size\"': {type: integer}}",
        "properties: {innerSize: {type: integer}}",
    ),
    Rule(
        "ES230",
        "option-without-effect",
        _ERROR,
        "an option of x-dynamodb-entity is known, and has no effect in this version",
        "Optimistic locking, time stamps, uniqueness and hiding what has expired are promises about data. One that is "
        "not kept must not look as if it were.",
        "x-dynamodb-entity: {unique: [[email]]}",
        'x-dynamodb-indexmap: {GSI1PK: "EMAIL#{email}"}   # to find it; uniqueness is the application\'s',
    ),
    Rule(
        "ES231",
        "chosen-table-key",
        _ERROR,
        "the table's own key is chosen by value",
        "An entity is looked up, and replaced, by its table key. If that depends on other properties, changing one of "
        "them leaves the old item behind, and get_one cannot know the key.",
        "SK:\n  - {when: {status: open}, key: OPEN}\n  - {key: CLOSED}",
        'SK: "ORDER#{id}"\nGSI1SK:\n  - {when: {status: open}, key: OPEN}\n  - {key: CLOSED}',
    ),
    Rule(
        "ES232",
        "one-attribute-two-texts",
        _ERROR,
        "an attribute is a key of two indexes, and an entity gives it two texts",
        "An item has one value for an attribute, which is then the key in each index that has it. A second text would "
        "replace the first, or be found nowhere.",
        'GSI1: {partition-key: GSI1PK, sort-key: SK}\n\nSK: ORDER\nGSI1SK: "{createdAt}"',
        'GSI1: {partition-key: GSI1PK, sort-key: GSI1SK}\n\nSK: ORDER\nGSI1SK: "{createdAt}"',
    ),
    Rule(
        "ES233",
        "wrong-ttl",
        _ERROR,
        "the ttl is no attribute that items could expire by",
        "DynamoDB deletes an item when the number in the table's one ttl attribute, seconds since 1970, is past, and "
        "passes over items that have anything else there: they live for ever, and nothing says so. A date-time that "
        "is an expiry is stored as that number.",
        "x-dynamodb-table: {ttl: expiers}\nproperties: {expiresAt: {type: string, format: date-time}}",
        "x-dynamodb-table: {ttl: expiresAt}\nproperties: {expiresAt: {type: string, format: date-time}}",
    ),
    Rule(
        "ES234",
        "unusable-pattern",
        _ERROR,
        "a pattern is no regular expression as JSON Schema has them",
        "A pattern is ECMA-262's with the u flag, in the proof of keys, in every check, and in the schema that others "
        "read. What only Python or another dialect has would be refused there, or mean something else. Classes by "
        "Unicode property (\\p{L}), look-behind of no fixed length and references to groups that are repeated are "
        "not supported.",
        "pattern: '(?i)^[a-z]+\\Z'",
        "pattern: '^[A-Za-z]+$'",
    ),
)

RULES: tuple[Rule, ...] = (*_KEYS, *_SCHEMAS)
