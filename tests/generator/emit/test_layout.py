"""Code is laid out as black would: whole packages, and single lines of every kind, where the layout says it is sure."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from keyword import iskeyword
from pathlib import Path

import black
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bench.generate.documents import entity_document, large_document
from entitystore_generator.compiler import compile_package
from entitystore_generator.config import Options
from entitystore_generator.emit import plan
from entitystore_generator.emit.format import black_mode
from entitystore_generator.emit.layout import lay_out
from entitystore_generator.emit.split_line import WIDTH, NotSure, split_line
from tests.golden.cases import Case, good_cases

CASES = good_cases()
USUAL = [case for case in CASES if case.name in ("storefront", "collection", "swagger_two")]


def asked(text: str) -> str:
    """black's own answer."""
    return black.format_str(text, mode=black_mode())


def never(text: str) -> str:
    raise AssertionError(f"black was asked about {text!r}")


# --------------------------------------------------------------------------------------------- whole packages


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_black_leaves_the_package_as_it_is(case: Case) -> None:
    for path in sorted(case.package.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert asked(text) == text, path


@pytest.mark.parametrize("case", USUAL, ids=lambda case: case.name)
def test_a_usual_package_is_laid_out_without_black(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "format_python", lambda path, text: lay_out(text, never))
    options = Options(case.models, case.package.name)
    compiled = compile_package(case.spec, options, spec_name=case.spec.name)
    for path, text in compiled.files.items():
        assert text == (case.package / path).read_text(encoding="utf-8"), path


@pytest.mark.parametrize("document", [entity_document(150), large_document(9)], ids=["long names", "many properties"])
def test_a_large_package_is_laid_out_without_black(
    document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "api.yaml").write_text(document, encoding="utf-8")
    monkeypatch.setattr(plan, "format_python", lambda path, text: lay_out(text, never))
    assert compile_package(tmp_path / "api.yaml", Options("pydantic", "large"), spec_name="api.yaml").files


# ------------------------------------------------------------------------------------------------ single lines


def in_black(line: str, *, inside: bool) -> list[str]:
    """What black makes of the line, with what has to stand around it."""
    indent = (len(line) - len(line.lstrip())) // 4
    before = [f"{'    ' * depth}if _:" for depth in range(indent - inside)]
    after: list[str] = []
    if inside:
        opening, closing = ("{", "}") if line.lstrip().startswith('"') else ("f(", ")")
        before.append("    " * (indent - 1) + "_ = " + opening)
        after.append("    " * (indent - 1) + closing)
    elif line.endswith(":"):
        after.append("    " * (indent + 1) + "pass")
        before += ["    " * indent + "if _:", "    " * indent + "    pass"] if line.lstrip().startswith("elif") else []
    text = asked("\n".join([*before, line, *after]) + "\n").rstrip("\n").split("\n")
    found = text[len(before) : len(text) - len(after)]
    return found if found[0] else found[1:]  # black sets definitions apart


def test_the_judge_sees_the_lines_that_are_meant() -> None:
    assert in_black("        a = 1", inside=False) == ["        a = 1"]
    assert in_black("        a=f(1),", inside=True) == ["        a=f(1),"]
    assert in_black('    "a": f(1),', inside=True) == ['    "a": f(1),']
    assert in_black("    elif a:", inside=False) == ["    elif a:"]


EXAMPLES = [
    "    async def find(self, *, user_id: str, created_at: datetime, consistent: bool = False) -> Order:",
    "    def delete(self, *, user_id: str, created_at: datetime, id: str, condition: str | None = None,"
    " values: Mapping[str, object] | None = None) -> None:",
    "def customer_shipping_address_from_item(item: StoredCustomerShippingAddressOfOrder) -> Address:",
    "    def by_user_id(self, *, user_id: str, created: datetime | SortCondition[datetime]) -> Q[Order]: ...",
    "    def query_all(self, *, owner_id: str, descending: bool = False) -> AsyncQuery[Customer | CustomerOrder"
    " | Invoice | Shipment]: ...",
    "    def query_all(self, *, owner_id: str, descending: bool = False) -> AsyncQuery[Customer | CustomerOrder"
    " | Invoice | Shipment | Product | Person | Parcel]: ...",
    "        self.regional_subscription = regional_subscription_store.RegionalSubscriptionStore(client)",
    f"        return {'s' * 73}(a)",
    "from entitystore.values import Item, Key, construct, decimal_text, is_key, timestamp_text, wrong_is",
    '    return KeySelection(partition, starting_with(f"ORDER#{created_at_text}#") if 1 else 2, mixed=True)',
    "        return await self._get_one(key(user_id=user_id, created_at=created_at, id=id), consistent)",
    '    raise ValidationError("a_property_with_a_name", "does not match the pattern ^[A-Za-z0-9-]+$")',
    'GSI1 = IndexDefinition(name="G", partition=KeyAttribute("GSI1PK", "S"), sort=KeyAttribute("S", "S"))',
    'TABLE = TableDefinition(name="shop", primary=PRIMARY, indexes=(GSI1, GSI2,), type_attribute="Type")',
    "ShopEntity: TypeAlias = Customer | Invoice | Order | OrderItem | Product | Shipment | ShipmentItem",
    "    if customer_number is not None and created_at is not None and customer.identifier is not None:",
    "    if type(customer_details) is not CustomerDetails or len(customer_details.__dict__) != 4:",
    "    if not (isinstance(ends_at := session.ends_at, datetime) and ends_at.tzinfo is not None and 1):",
    "    if not (isinstance(order_line.quantity, int) and not isinstance(order_line.quantity, bool)):",
    "    property17: wire.OptionalL[wire.M[codecs.StoredSubscriptionPart1]] = wire.OptionalL()",
    "    if not is_whole(subscription_details, models.SubscriptionDetails, _SUBSCRIPTION_DETAILS_SIZE):",
    'class User(Struct, kw_only=True, rename={"display_name": "displayName", "last_seen": "lastSeen"}):',
    '    optional_moments: Annotated[AwareDatetime | None, Field(alias="optionalMomentsOf")] = None',
    '    nullable_with: Annotated[str | None, Field(alias="nullableWithDefault")] = "unknown to all"',
    '    default: Annotated[UUID, Field(alias="defaultId")] = UUID("00000000-0000-4000-8000-000000000000")',
    "    notes: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=50)] | None = None",
    "    notes: Annotated[dict[str, Annotated[str, Field(max_length=40)]], Field(min_length=1, max_length=50)] | None",
    "    notes: Annotated[list[Annotated[str, Field(max_length=4)]], Field(max_length=5)] | None = None",
    '    item["weights"] = {"M": {name: {"N": text(each)} for name, each in product.weights.items() if 1}}',
]


@pytest.mark.parametrize("line", EXAMPLES, ids=lambda line: line.split("(")[0].strip())
def test_a_line_is_split_as_black_does(line: str) -> None:
    assert len(line) > WIDTH
    assert split_line(line, inside=False) == in_black(line, inside=False)


@pytest.mark.parametrize(
    "line",
    [
        '            "details": None if item.details.M is None else account_details_from_item(item.details.M),',
        "        weights=None if item.weights.M is None else {name: float(each.N) for name, each in items.items()},",
        "        grid={name: [int(each_2.N) for each_2 in each.L] for name, each in item.grid.M.items() if each},",
        '            "address": {"M": customer_address_to_item(customer.address_of_the_customer, more_of_it=1)},',
    ],
)
def test_an_element_is_split_as_black_does(line: str) -> None:
    assert len(line) > WIDTH
    assert split_line(line, inside=True) == in_black(line, inside=True)


names = st.from_regex(r"[a-z]{1,4}(_[a-z]{1,9}){0,3}", fullmatch=True).filter(lambda name: not iskeyword(name))
classes = st.from_regex(r"[A-Z][a-z]{1,9}([A-Z][a-z]{1,6})?", fullmatch=True)
texts = st.from_regex(r'f?"[A-Za-z0-9 #,()\[\]{}:=\'-]{0,25}"', fullmatch=True).map(
    lambda text: text.replace("{", "").replace("}", "")
)

long_texts = st.from_regex(r'f?"[A-Z]{1,9}(#(\{[a-z_]{1,20}\}|[A-Z]{1,9})){3,9}"', fullmatch=True).filter(
    lambda text: text[0] == "f" or "{" not in text
)


def _listed(separator: str, parts: st.SearchStrategy[str], least: int, most: int) -> st.SearchStrategy[str]:
    return st.lists(parts, min_size=least, max_size=most).map(separator.join)


hints = st.recursive(
    classes,
    lambda inner: st.one_of(
        st.builds("{}[{}]".format, classes, _listed(", ", inner, 1, 3)), _listed(" | ", inner, 2, 3)
    ),
    max_leaves=5,
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    keywords = st.builds("{}={}".format, names, inner)
    return st.one_of(
        st.builds("{}({})".format, names, _listed(", ", inner, 0, 4)),
        st.builds("{}({}, {})".format, names, inner, _listed(", ", keywords, 1, 3)),
        st.builds("{}.{}({})".format, names, names, _listed(", ", inner, 0, 2)),
        st.builds("[{}]".format, _listed(", ", inner, 0, 3)),
        st.builds("{{{}}}".format, _listed(", ", st.builds('"{}": {}'.format, names, inner), 0, 3)),
        st.builds("[{} for {} in {}]".format, inner, names, inner),
        st.builds("{} if {} is None else {}".format, inner, names, inner).map("({})".format),
        st.builds("{} and {}".format, names, names).map("({})".format),
        st.builds("({},)".format, inner),
    )


values = st.recursive(st.one_of(names, names, texts, st.just("None"), st.just("12")), _grown, max_leaves=9)
arguments = st.builds("{}: {}{}".format, names, hints, st.sampled_from(["", " = None"]))
statements: dict[str, st.SearchStrategy[str]] = {
    "def": st.builds("def {}(*, {}) -> {}:".format, names, _listed(", ", arguments, 1, 5), hints),
    "def one": st.builds("def {}({}) -> {}:".format, names, arguments, hints),
    "async": st.builds("async def {}(self, {}) -> {}: ...".format, names, _listed(", ", names, 1, 9), hints),
    "from": st.builds("from {} import {}".format, names, _listed(", ", names, 1, 9)),
    "return": st.builds("return {}".format, values),
    "await": st.builds("return await {}".format, values),
    "raise": st.builds("raise {}({})".format, classes, _listed(", ", values, 1, 3)),
    "call": st.builds("{}.{}({})".format, names, names, _listed(", ", values, 1, 3)),
    "assign": st.builds("{} = {}".format, names, values),
    "text": st.builds("{}{}".format, st.sampled_from(["partition = ", "return "]), long_texts),
    "entry of a text": st.builds('item["key"] = {{"S": {}}}'.format, long_texts),
    "argument of a text": st.builds("return {}({}, {}({}))".format, names, names, names, long_texts),
    "attribute": st.builds('item["{}"] = {}'.format, names, values),
    "if": st.builds("if {}:".format, _listed(" and ", st.one_of(names, values), 2, 5)),
    "if call": st.builds(
        "if {}{}({}):".format, st.sampled_from(["", "not "]), names, _listed(", ", st.one_of(names, values), 1, 4)
    ),
    "if not": st.builds("if not ({}):".format, _listed(" or ", values, 2, 3)),
    "class": st.builds("class {}({}):".format, classes, _listed(", ", st.builds("{}={}".format, names, values), 1, 4)),
    "annotated": st.builds("{}: Annotated[{}, {}]".format, names, hints, values),
    "field": st.builds("{}: Annotated[{}, {}] = {}".format, names, hints, values, values),
    "stored": st.builds("{}: {}[{}] = {}.{}()".format, names, classes, hints, names, classes),
    "optional": st.builds(
        "{}: {}[{}] | None{}".format,
        names,
        classes,
        _listed(", ", st.one_of(hints, values), 1, 3),
        st.sampled_from(["", " = None"]),
    ),
    "union": st.builds(
        "def {}(self, *, {}) -> Query[{}]: ...".format, names, arguments, _listed(" | ", classes, 3, 14)
    ),
    "alias": st.builds("{}: TypeAlias = {}".format, classes, _listed(" | ", classes, 2, 9)),
}
elements: dict[str, st.SearchStrategy[str]] = {
    "argument": st.builds("{},".format, values),
    "text": st.builds("{}{},".format, st.sampled_from(["", "name=", '"name": ']), long_texts),
    "entry of a text": st.builds('"name": {{"S": {}}},'.format, long_texts),
    "keyword": st.builds("{}={},".format, names, values),
    "entry": st.builds('"{}": {},'.format, names, values),
    "choice": st.builds("{}={} if {} is None else {},".format, names, values, names, values),
    "chosen entry": st.builds('"{}": {} if {} is None else {},'.format, names, values, names, values),
    "comprehension": st.builds('"{}": {{name: {} for name, each in {}}},'.format, names, values, names),
}


def _lines(kinds: dict[str, st.SearchStrategy[str]]) -> Callable[[int], st.SearchStrategy[str]]:
    return lambda depth: st.one_of(*kinds.values()).map(lambda text: "    " * depth + text)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3).flatmap(_lines(statements)))
def test_any_statement_is_split_as_black_does(line: str) -> None:
    assume(len(line) > WIDTH)
    try:
        found = split_line(line, inside=False)
    except NotSure:
        return
    assert found == in_black(line, inside=False)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4).flatmap(_lines(elements)))
def test_any_element_is_split_as_black_does(line: str) -> None:
    assume(len(line) > WIDTH)
    try:
        found = split_line(line, inside=True)
    except NotSure:
        return
    assert found == in_black(line, inside=True)


# ------------------------------------------------------------------------------------------- what is left to black


@pytest.mark.parametrize(
    "code",
    [
        "x = 'single'",
        r'x = "needless \' escape"',
        "x = f(\n    a\n)",
        "x = [one for one in two if three], [1, 2, ]",
        'def f():\n    """Doc.\n\n      indented\n    """\n    return 1',
        "x = " + " + ".join(["a_long_name_of_a_number"] * 8),
        'x = "' + "好" * 90 + '"',
    ],
)
def test_where_it_is_not_sure_black_is_asked(code: str) -> None:
    text = f"import os\n\n\n{code}\n"
    seen: list[str] = []

    def ask(piece: str) -> str:
        seen.append(piece)
        return asked(piece)

    assert lay_out(text, ask) == asked(text)
    assert seen


def test_only_the_definition_in_question_is_asked_about() -> None:
    text = textwrap.dedent(
        '''\
        """A module."""

        import os


        class A:
            """Fine."""

            x = "fine"


        def f():
            return 'not fine'


        def g():
            return "fine"
        '''
    )
    seen: list[str] = []

    def ask(piece: str) -> str:
        seen.append(piece)
        return asked(piece)

    assert lay_out(text, ask) == asked(text)
    assert seen == ["def f():\n    return 'not fine'\n"]


@pytest.mark.parametrize("text", [r"^[a-z]{2,}\\Z", "(a,)", "{a}, ]#{b}", "it's ,)"])
def test_a_comma_in_a_text_splits_no_line(text: str) -> None:
    code = f'_PATTERN = re.compile("{text}")\nkey = {{"SK": {{"S": f(1, 2), "T": "{text}"}}}}\n'
    assert lay_out(code, never) == code == asked(code)


def test_spare_blank_lines_go() -> None:
    text = "\n\nimport os\n\n\n\n# --- A\n\n\n\n\nclass A:\n\n\n    x = 1\n\n\n\n    y = 2\n\n\n"
    assert lay_out(text, never) == "import os\n\n# --- A\n\n\nclass A:\n\n    x = 1\n\n    y = 2\n"
