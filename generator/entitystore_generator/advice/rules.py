"""The rules that are advice. See `entitystore_generator.rules`."""

from __future__ import annotations

from ..diagnostics import Severity
from ..rules import Rule

_WARNING = Severity.WARNING

RULES: tuple[Rule, ...] = (
    Rule(
        "ES310",
        "unordered-sort-key",
        _WARNING,
        "a value in a sort key has a text that is in another order than the value",
        "DynamoDB compares the bytes of sort keys: 10 comes before 9, and a time that begins with the day lies among "
        "those of other months. Reads in order and conditions such as between then give the wrong entities. Integers "
        "are padded or written with sortable, decimals with sortable, and times begin with the year.",
        'SK: "INVOICE#{number}"',
        'SK: "INVOICE#{number:08d}"',
    ),
    Rule(
        "ES311",
        "constant-partition",
        _WARNING,
        "all entities of a type lie in one partition",
        "One partition takes about 1,000 writes and 3,000 reads a second, however large the table is, and an index "
        "whose partition is hot holds up writes to the table. Small sets, such as settings, may well be kept like "
        "this: silence the rule there and say so.",
        'GSI1PK: "ORDERS"\nGSI1SK: "{createdAt}"',
        'GSI1PK: "ORDERS#{id|shard:8}"\nGSI1SK: "{createdAt}"',
    ),
    Rule(
        "ES312",
        "few-partitions",
        _WARNING,
        "all entities of a type lie in a few partitions",
        "A boolean or a small enum as the partition gives as many partitions as it has values, and the common value "
        "takes most of the load. Each partition takes about 1,000 writes a second.",
        'GSI1PK: "STATUS#{status}"',
        'GSI1PK: "STATUS#{status}#{id|shard:8}"',
    ),
    Rule(
        "ES313",
        "unfilled-index",
        _WARNING,
        "an index of the table is filled by no entity",
        "It finds nothing, and counts among the twenty that a table can have.",
        "x-dynamodb-table: {indexes: {GSI1: {…}, GSI2: {…}}}\nx-dynamodb-indexmap: {PK: …, SK: …, GSI1PK: …}",
        "x-dynamodb-table: {indexes: {GSI1: {…}}}\nx-dynamodb-indexmap: {PK: …, SK: …, GSI1PK: …}",
    ),
    Rule(
        "ES314",
        "large-item",
        _WARNING,
        "an entity can be larger than an item may be",
        "DynamoDB refuses items above 400 KB, names of attributes counted. The bounds of the schema admit an entity "
        "that passes every check and cannot be stored. Characters count with the four bytes that they may have, unless "
        "a pattern keeps them to fewer. What has no bound is not counted.",
        "lines: {type: array, maxItems: 10000, items: {type: string, maxLength: 100}}",
        "lines: {type: array, maxItems: 500, items: {type: string, maxLength: 100}}",
    ),
    Rule(
        "ES315",
        "large-key",
        _WARNING,
        "a key can be larger than a key may be",
        "A partition key has at most 2048 bytes, a sort key 1024, in UTF-8. The bounds of the schema admit an entity "
        "that passes every check and cannot be stored. Constant text counts; what has no bound is not counted.",
        'SK: "NOTE#{title}"\ntitle: {type: string, maxLength: 500}',
        'SK: "NOTE#{title}"\ntitle: {type: string, maxLength: 200}',
    ),
    Rule(
        "ES316",
        "lacking-projection",
        _WARNING,
        "an index does not hold what its finder returns",
        "Where the index lacks a property or the type, the finder takes keys from it and reads the entities from the "
        "table, 100 a call. Each entity then costs a read of its own besides the index's, and a page two calls or "
        "more; `where` can look at nothing but what the index holds. That is cheaper than projecting ALL where much is "
        "written and little is read by the index: silence the rule there and say so.",
        "GSI1: {partition-key: PK1, projection: KEYS_ONLY}",
        "GSI1: {partition-key: PK1, projection: ALL}",
    ),
    Rule(
        "ES317",
        "case-difference",
        _WARNING,
        "two templates differ only by case",
        "Keys are compared byte by byte: a query that begins with USER# never finds what is stored under User#. Most "
        "often one of the two is a slip.",
        'User:  {PK: "USER#{id}"}\nOrder: {PK: "User#{userId}"}',
        'User:  {PK: "USER#{id}"}\nOrder: {PK: "USER#{userId}"}',
    ),
    Rule(
        "ES318",
        "identity-not-in-key",
        _WARNING,
        "a property that identifies the entity is in no part of the table's key",
        "Two entities that differ in it alone have one key, and the later one replaces the earlier. A required id that "
        "is in the key, alone or behind a time, makes every entity an item of its own.",
        'PK: "USER#{userId}"\nSK: "ORDER#{createdAt}"',
        'PK: "USER#{userId}"\nSK: "ORDER#{createdAt}#{id}"',
    ),
    Rule(
        "ES319",
        "duplicate-finder",
        _WARNING,
        "two finders of an entity ask for the same",
        "They find the same entities by the same properties in the same order. The second index costs a write for each "
        "item, its storage, and a consistent answer.",
        'PK: "USER#{id}"\nSK: "USER"\nGSI1PK: "{id}"\nGSI1SK: "USER"',
        'PK: "USER#{id}"\nSK: "USER"\nGSI1PK: "EMAIL#{email}"\nGSI1SK: "USER"',
    ),
    Rule(
        "ES320",
        "mixed-delimiters",
        _WARNING,
        "a key has another delimiter than most keys of the table",
        "Everyone who reads or writes keys by hand has to know which is where, and a value may then hold the one while "
        "it is checked for the other.",
        'PK: "USER#{userId}"\nSK: "ORDER|{id}"',
        'PK: "USER#{userId}"\nSK: "ORDER#{id}"',
    ),
    Rule(
        "ES321",
        "needless-silence",
        _WARNING,
        "a rule is silenced that has nothing to say there",
        "What it was silenced for is mended, or it stands at another place than it was meant for; left as it is, it "
        "would hide the next fault of the kind.",
        'x-dynamodb-lint: {ignore: {ES311: one row per region}}\nx-dynamodb-indexmap: {PK: "REGION#{region}"}',
        'x-dynamodb-indexmap: {PK: "REGION#{region}"}',
    ),
    Rule(
        "ES322",
        "lossy-key",
        _WARNING,
        "two values of a property give one key of the table",
        "The later entity replaces the earlier one, though they differ. That is what a design of one item a day means, "
        "and what a design of one item an event does not. `generate` says it, too, since what it costs is data.",
        'PK: "USER#{id}"\nSK: "LOGIN#{at:%Y-%m-%d}"',
        'PK: "USER#{id}"\nSK: "LOGIN#{at}"',
    ),
    Rule(
        "ES323",
        "exponential-pattern",
        _WARNING,
        "a pattern can take exponential time",
        "A repeated part reads one text in two ways, so that a text that nearly matches is tried in twice as many ways "
        "for each character more: thirty characters take minutes, in Python and in every engine that tracks back. "
        "Values are checked by the pattern before they are stored, so anyone who can send values can block a process. "
        "Patterns are the document's: they are used as they are, without a limit of time. A text is read in one way "
        "where each repeat begins with a character that cannot be in what comes before it. A maxLength of up to 16 "
        "bounds the time, since it is checked first.",
        "pattern: '^([a-z]+-?)+$'",
        "pattern: '^[a-z]+(-[a-z]+)*$'",
    ),
)
