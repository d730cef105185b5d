"""What elements of arrays are called: every name that counts as certain is asked of the parser, which asks inflect."""

from __future__ import annotations

import re
from collections.abc import Iterator

import inflect
import pytest
from datamodel_code_generator.reference import get_singular_name
from hypothesis import given, settings
from hypothesis import strategies as st

from entitystore_generator.ir.classes import Kind
from entitystore_generator.ir.names import pascal_case, words
from entitystore_generator.ir.singular import element_name

KINDS: tuple[Kind, ...] = ("Item", "Enum")


def words_of_the_library() -> Iterator[str]:
    """Every word and every ending that inflect has in a table, whatever the table says of it."""
    for name, table in vars(inflect).items():
        if not name.startswith("__"):
            for text in texts(table):
                yield from re.findall("[A-Za-z]+", text)


def texts(table: object) -> Iterator[str]:
    if isinstance(table, str):
        yield table
    elif isinstance(table, dict):
        yield from texts([*table, *table.values()])
    elif isinstance(table, (list, tuple, set, frozenset)):
        for each in table:
            yield from texts(each)


ENGINE = inflect.engine()
LIBRARY = sorted(set(words_of_the_library()))

NOUNS = words(
    """access account action activity actor address adjustment admin agency agent agreement aggregate alarm alert alias
    allocation allowance amendment amount analysis annotation answer api app appeal applicant application appointment
    approval archive area argument array article artifact aspect asset assignee assignment attachment attempt attendee
    attribute audience audit author authority backup badge balance bank banner barcode base basket batch benefit bid
    bill binding block board body bonus book booking border bounty box branch brand breadcrumb brief browser bucket
    budget buffer build building bundle bus business button buyer cache calendar call campaign candidate capability
    capacity card cargo carrier cart case category cause cell certificate change channel chapter character charge chart
    chat check checkout child choice circuit city claim class clause client clip cluster code collection color column
    comment commission commit commodity community company competitor complaint component computer concept condition
    config conflict connection constraint consumer contact container content contest context contract contribution
    contributor conversation conversion cookie coordinate copy cost count counter country coupon course credential
    credit crisis criterion currency customer cycle dashboard data database dataset date day deadline deal debt decision
    default defect delay delivery department dependency deployment deposit description design destination detail device
    diagnosis dimension directory discount discrepancy disk dispute district division document domain donation door
    download draft driver duty edge edition effect element email employee endpoint engine entity entry environment epic
    episode equipment error estimate evaluation event example exception exchange exclusion exercise expense experiment
    expiry export expression extension facility factor failure family feature fee feed feedback fence field figure file
    filter finding fine fix flag fleet flight floor folder follower forecast form format formula forum frame frequency
    friend function fund gallery game gateway gauge genre gift glossary goal grade graph grid group guest guide handler
    header highlight history holder holiday hook host hotel hour house icon id identity image impact import index
    indicator industry information ingredient initiative input inquiry inspection installment instance institution
    instruction insurance integration interaction interest interface interval interview inventory invitation invoice
    issue item job journal key keyword kind kit knife label language layer layout leaf lead league leave ledger lens
    lesson level library license life limit line link list listing load loan location lock log lookup loss machine
    mailbox manager manufacturer map mapping margin market match material matrix maximum meal measure measurement media
    meeting member membership memory memo menu merchant message metadata method metric milestone minute mission mode
    model module moment money month mouse movie name namespace need network news node note notice notification number
    object objective observation occurrence offer office offset opening operation operator opinion opportunity option
    order organization origin outcome output outlet overview owner package page pair panel parameter parcel parent part
    participant partner party pass passenger password path patient pattern pause payload payment payout payroll peer
    penalty people period permission person phase phone photo phrase picture pipeline place plan platform player plugin
    point policy pool portfolio position post practice preference premise preset price principal printer priority
    privilege prize problem process product profile program project promotion proof property proposal provider proxy
    publication publisher purchase quality quantity query question queue quiz quota quote range rank rate rating reading
    reason receipt recipe recipient record recording recovery redirect reference referral refund region registration
    registry regulation relation relationship release reminder renewal rental repair reply report repository request
    requirement reservation resource response responsibility restaurant restriction result retailer return revenue
    review reviewer reward right risk role room route row rule run salary sale sample scale scan schedule schema school
    scope score screen script season seat secret section sector segment selection seller sensor sequence series server
    service session setting settlement shape share shelf shift shipment shop signal signature site size skill sku slot
    snapshot source space species specification sponsor sprint stage standard state statement station statistic status
    step stock stop store story strategy stream street string student study style subject subscriber subscription subset
    suggestion suite summary supplier supply survey switch symbol symptom synonym system table tag target task tax team
    technology template tenant term test text theme thread threshold ticket tier time timeslot timestamp title todo
    token tool topic total track trade trader trait transaction transfer transition translation trip trigger truck type
    unit update upload url usage user utility vacancy value variable variant vehicle vendor venue version vertex video
    view violation visit visitor voucher wallet warehouse warning warranty watch wave webhook website week weight widget
    window winner wish word worker workflow workspace year zone"""
)


def plurals(word: str) -> set[str]:
    regular = {f"{word}s", f"{word}es", f"{word[:-1]}ies", f"{word[:-1]}ves", f"{word[:-2]}ves"}
    return {word, *regular, ENGINE.plural_noun(word)}


def assert_alike(name: str) -> int:
    """1 where the name is certain, and then the parser's."""
    known = 0
    for kind in KINDS:
        ours = element_name(name, kind)
        if ours is not None:
            assert ours == get_singular_name(name, kind), name
            known = 1
    return known


@pytest.mark.parametrize("before", ["", "Order", "S"])
def test_every_word_that_the_library_knows(before: str) -> None:
    names = {before + form for word in LIBRARY for form in (word, word.lower(), word.capitalize())}
    names |= {name + ending for name in names for ending in ("s", "es")} | {f"{name[:-1]}ies" for name in names}
    assert len(names) > 8_000
    assert sum(map(assert_alike, {name[:1].upper() + name[1:] for name in names})) > 2_500


@pytest.mark.parametrize("before", ["", "order"])
def test_nouns_of_documents(before: str) -> None:
    names = {pascal_case(f"{before}_{form}") for noun in NOUNS for form in plurals(noun)}
    assert sum(map(assert_alike, names)) > 2_000
    usual = [pascal_case(f"{before}_{ENGINE.plural_noun(noun)}") for noun in sorted(NOUNS)]
    assert sum(element_name(name, "Item") is not None for name in usual) > 0.93 * len(usual)


LETTERS = "abcdefghijklmnopqrstuvwxyzS2"
ENDINGS = sorted({word[-length:].lower() for word in LIBRARY for length in range(1, 9)})


@settings(max_examples=1000)
@given(st.text(LETTERS, max_size=6), st.sampled_from(["", *ENDINGS]), st.sampled_from(["", "s", "es", "ies", "ves"]))
def test_every_other_word(before: str, ending: str, plural: str) -> None:
    name = pascal_case(before + ending + plural)
    assert_alike(name)


@pytest.mark.parametrize(
    ("name", "element"),
    [
        ("Lines", "Line"),
        ("OrderLines", "OrderLine"),
        ("Addresses", "Address"),
        ("Categories", "Category"),
        ("Boxes", "Box"),
        ("Statuses", "Status"),
        ("ApiKeys", "ApiKey"),
        ("Schemas", "Schema"),
        ("Address", "AddressItem"),
        ("History", "HistoryItem"),
        ("Level2", "Level2Item"),
        ("IDs", "ID"),
        ("Data", None),
        ("News", None),
        ("Status", None),
        ("Movies", None),
        ("Caches", None),
        ("People", None),
        ("IDS", None),
        ("Ös", None),
        ("S", None),
        ("", None),
    ],
)
def test_elements(name: str, element: str | None) -> None:
    assert element_name(name, "Item") == element
