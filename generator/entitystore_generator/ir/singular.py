"""What an element of an array is called after: the singular of the property's name.

    lines -> Line       orderAddresses -> OrderAddress       entries -> Entry
    address, history    no plural: the kind of class is appended, AddressItem, HistoryEnum
    news, movies, data  not certain

Rules of this file:
- datamodel-code-generator takes singulars from a library of English, inflect. Here are the endings of which every word
  is regular there; tests/generator/ir/test_singular.py asks both. For any other name the answer is that it is not
  certain, never a guess: what is right English does not count.
- Names are those of classes, in which a word begins with a capital: the library sees one word in `OrderSeries`, so
  words that it knows count only where they are all of a name, and endings count everywhere.
"""

from __future__ import annotations

import re

from entitystore_generator.ir.names import words

__all__ = ["element_name"]

_NAME = re.compile(r"[A-Z][A-Za-z0-9]+[a-z0-9]")

_WITHOUT_S = re.compile(
    r""".*(?:
    [bcdfghjklmnpqrtvwxz] | [aeiou]y | [ao] | [^o]i     # teams, keys, schemas, photos, apis
    | [bdfgklmnpqrtw]e | [eu]e                          # lines, fees, values
    | [^i]ce | [fotv]ice | (?<!u)rice                   # sources, services, prices
    | [bceh]ase | phrase | [cp]ense | ponse | rse | house # cases, licenses, responses, courses
    | [dht]ive | [sw]ave | move | curve | serve | ize   # drives, waves, sizes
    )s""",
    re.VERBOSE,
)
_WITHOUT_ES = re.compile(
    r""".*(?:
    (?<![hj])ess | class | (?<!m)pass | loss | status   # addresses, classes, statuses
    | sh | [rt]ch | branch | [dlt]ex | ix | ox | tax    # hashes, batches, boxes
    )es""",
    re.VERBOSE,
)
_WITH_Y = re.compile(
    r""".*(?:
    [iu]t | pert | tr | nc | lic | log | teg            # entities, properties, countries, agencies, policies
    | [gmt]or | [iou]ver | uer | (?<![mlr])ar | mmar    # categories, deliveries, queries, boundaries, summaries
    | pan | mil | mbl | ppl | epl | [^j]od | ud | prox  # companies, families, replies, bodies
    )ies""",
    re.VERBOSE,
)
_IRREGULAR = words(
    """atlantes atmas britches chassis clippers contretemps corps debris diabetes gallows haggis headquarters herpes
    hijinks innings jackanapes mews mumps news octopodes ours pajamas penes pincers pliers proceedings pyjamas
    scissors shears siemens testes theirs trousers yours"""
)
"""Words of those endings that the library knows otherwise."""

_NO_PLURAL = re.compile(r".*(?:[b-df-hj-rt-z0-9]|[b-rt-z]e|ss)")  # history, role, address
_PLURAL = re.compile(
    r""".*(?:
    butter | cash | furniture | information | equipment | [bgu]gage | jewelry | machinery | cutlery | livestock
    | fish | deer | sheep | pox | craft | people | men | [lm]ice | teeth | feet
    )
    | brethren | bream | carp | children | cod | dice | djinn | flounder | hertz | infinity | kine | lore | mackerel
    | offspring | oxen | pence | quid | salmon | them | they | trout | whiting | you""",
    re.VERBOSE,
)
"""Words without an s that the library takes for plurals."""


def element_name(name: str, suffix: str) -> str | None:
    """What the class of an array's elements is called; None where that is not certain.

    `name` is a class's, made of the property's; `suffix` stands behind one that is no plural.
    """
    if not _NAME.fullmatch(name):
        return None
    word = name.lower()
    if word.endswith("s") and not word.endswith("ss"):
        return _singular(name, word)
    return f"{name}{suffix}" if _NO_PLURAL.fullmatch(word) and not _PLURAL.fullmatch(word) else None


def _singular(name: str, word: str) -> str | None:
    if word in _IRREGULAR or word.endswith(("ceps", "measles")):
        return None
    if _WITHOUT_S.fullmatch(word):
        return name[:-1]
    if _WITHOUT_ES.fullmatch(word):
        return name[:-2]
    return f"{name[:-3]}y" if _WITH_Y.fullmatch(word) else None
