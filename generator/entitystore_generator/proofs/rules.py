"""The rules that are proved of keys. See `entitystore_generator.rules`."""

from __future__ import annotations

from ..diagnostics import Severity
from ..rules import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "ES301",
        "ambiguous-key",
        Severity.ERROR,
        "two different entities of one type would have one key",
        "Where nothing tells the end of one component from the beginning of the next, (a, bc) and (ab, c) give one "
        "text, and the later write replaces the earlier entity without a word. The finding shows such a pair.",
        'SK: "{first}{second}"',
        'SK: "{first}#{second}"',
    ),
    Rule(
        "ES302",
        "entities-meet",
        Severity.ERROR,
        "entities of two types would have one key",
        "The later write would replace an entity of the other type. The finding shows two entities and the key that "
        "they share. Where a design shares keys on purpose, shares-keys-with says so, and every write of either then "
        "looks at the stored type first.",
        'User:         {PK: "ACCOUNT#{name}", SK: "ACCOUNT#{name}"}\n'
        'Organization: {PK: "ACCOUNT#{name}", SK: "ACCOUNT#{name}"}',
        'User:         {PK: "ACCOUNT#{name}", SK: "USER"}\nOrganization: {PK: "ACCOUNT#{name}", SK: "ORGANIZATION"}',
    ),
    Rule(
        "ES304",
        "ambiguity-undecided",
        Severity.ERROR,
        "it was not decided whether a key can be read in two ways",
        "Two components follow each other, and neither a proof that the first one ends where it seems to was found "
        "within the prover's budget, nor two entities that would have one key. Constant text between the two decides "
        "it: the first one is then checked not to contain it.",
        'SK: "{code}{text}"\ncode: {type: string, pattern: "^(a|b)*a(a|b){40}$"}',
        'SK: "{code}#{text}"\ncode: {type: string, pattern: "^(a|b)*a(a|b){40}$"}',
    ),
    Rule(
        "ES303",
        "meeting-undecided",
        Severity.WARNING,
        "it was not decided whether entities of two types can have one key",
        "Their keys as such can be the same text, and no pair of entities was found that gives it, nor a proof that "
        "there is none. Constants of their own decide it.",
    ),
)
