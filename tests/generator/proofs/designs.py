"""Random key designs, as values of the representation: templates of many types, steps and patterns."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import count

from hypothesis import strategies as st

from entitystore_generator.diagnostics import Position
from entitystore_generator.ir.model import (
    BooleanType,
    Component,
    DateTimeType,
    DateType,
    Entity,
    EnumClass,
    EnumMember,
    EnumType,
    Field,
    FieldType,
    Index,
    IndexKeys,
    IntegerType,
    Key,
    KeyAttribute,
    KeyChoice,
    KeyTemplate,
    Literal,
    LiteralType,
    NumberType,
    ObjectClass,
    Package,
    StringType,
    Table,
    Transform,
    TransformKind,
    UuidType,
)

__all__ = ["HARD_PATTERNS", "components", "designs", "entity_of", "package_of"]

PLACE = Position("spec.yaml", 1, 1)
INDEX = Index("", KeyAttribute("PK"), KeyAttribute("SK"))
STATES = EnumClass("State", "str", tuple(EnumMember(each, each) for each in ("a", "ab", "b#", "1")), PLACE)
LEVELS = EnumClass("Level", "int", tuple(EnumMember(f"L{each}", each) for each in (-1, 1, 10)), PLACE)

Way = tuple[FieldType, str, tuple[Transform, ...]]
"""A type, a format and steps."""


def _steps(*steps: tuple[str, int] | str) -> tuple[Transform, ...]:
    pairs = ((step, None) if isinstance(step, str) else step for step in steps)
    return tuple(Transform(TransformKind(name), argument) for name, argument in pairs)


STRINGS = [
    StringType(),
    StringType(pattern="^[a-b]+$"),
    StringType(pattern="^[ab#]{2}$"),
    StringType(pattern="(^a|b$)"),
    StringType(pattern="^(a#)*$"),
    StringType(pattern="^(?!ab$)[ab]*$"),
    StringType(pattern="^[aA]?[bB]?$"),
    StringType(pattern="1"),
    StringType(min_length=2, max_length=2),
    StringType(format="email"),
]
INTEGERS = [
    IntegerType(),
    IntegerType(minimum=0),
    IntegerType(minimum=-3, maximum=12),
    IntegerType(minimum=95, maximum=105),
    IntegerType(maximum=-5),
    IntegerType(minimum=10, maximum=99),
]
HARD_PATTERNS = [
    "^(a|b)*a(a|b){12}$",
    "^(a?){30}a{30}$",
    "^([a-z]{1,50}){50}$",
    "^(?!.*(ab|cd)).{0,200}$",
    "^(x+x+)+y$",
    "^(?=.*a)(?=.*b)(?=.*c)(?=.*d)(?=.*e)(?=.*f)[a-z]{0,100}$",
    "^[a-z]{0,5000}$",
    "(a.*){20}",
    r"^(\d{1,3}[.]){0,100}\d$",
    "^(?!(a|b)*a(a|b){12}$)[ab]*$",
]
WAYS: list[Way] = [
    *((type_, "", ()) for type_ in STRINGS),
    *((type_, "", _steps(step)) for type_ in STRINGS for step in ("upper", "lower", ("shard", 12))),
    *((type_, "", ()) for type_ in INTEGERS),
    *((type_, format_, ()) for type_ in INTEGERS for format_ in ("02d", "d")),
    *((type_, "", _steps(("desc", 2))) for type_ in INTEGERS),
    *((type_, "", _steps("sortable")) for type_ in INTEGERS),
    *((type_, "", _steps(("mod", 10))) for type_ in INTEGERS),
    *((type_, "", _steps(("mod", 10), ("add", 1))) for type_ in INTEGERS),
    *((type_, "", _steps(("mod", 20), ("desc", 2))) for type_ in INTEGERS),
    *((type_, "", _steps(("shard", 9))) for type_ in INTEGERS),
    *((NumberType(decimal=True), "", steps) for steps in ((), _steps("sortable"), _steps(("shard", 12)))),
    (NumberType(decimal=True, minimum=Decimal(0)), "", ()),
    *((BooleanType(), "", steps) for steps in ((), _steps("upper"))),
    *((EnumType("State"), "", steps) for steps in ((), _steps("upper"))),
    (EnumType("Level"), "", ()),
    (LiteralType("a#"), "", ()),
    (UuidType(), "", ()),
    *((DateTimeType(), format_, ()) for format_ in ("", "%Y", "%m", "%Y-%m-%d", "%H%M", "%j")),
    (DateTimeType(), "", _steps("isoms")),
    *((DateType(), format_, ()) for format_ in ("", "%d", "%Y%m", "%G-W%V-%u")),
]

components = st.builds(
    lambda name, way, default: component(name, way, default),
    st.sampled_from("abcd"),
    st.sampled_from(WAYS),
    st.sampled_from([None, None, None, "NONE", "a", "1"]),
)


def component(name: str, way: Way, default: str | None = None) -> Component:
    """A macro of a property that is required unless it has a default."""
    type_, format_, steps = way
    return Component((Field(name, name, name, type_, default is None, PLACE),), format_, steps, default, PLACE)


def _one_type_each(parts: Sequence[Literal | Component]) -> list[Literal | Component]:
    """A property has the type that it was first given; components of another kind get a name of their own."""
    fields: dict[str, Field] = {}
    found: list[Literal | Component] = []
    names = (f"p{number}" for number in count())
    for part in parts:
        if isinstance(part, Component):
            field = fields.setdefault(part.name, part.field)
            if field != part.field:
                fresh = next(names)
                field = fields[fresh] = Field(fresh, fresh, fresh, part.field.type, part.field.required, PLACE)
            part = Component((field,), part.format, part.transforms, part.default, PLACE)
        found.append(part)
    return found


_literals = st.sampled_from(["#", "#", "-", "a", "1", "KEY#"]).map(Literal)
_parts = st.lists(st.one_of(components, components, _literals), min_size=1, max_size=4)


def _template(parts: Sequence[Literal | Component]) -> KeyTemplate:
    joined: list[Literal | Component] = []
    for part in parts:
        if joined and isinstance(part, Literal) and isinstance(joined[-1], Literal):
            joined[-1] = Literal(joined[-1].text + part.text)
        else:
            joined.append(part)
    source = "".join(part.text if isinstance(part, Literal) else f"{{{part.name}}}" for part in joined)
    return KeyTemplate(source, tuple(joined), PLACE)


def entity_of(name: str, partition: Sequence[Literal | Component], sort: Sequence[Literal | Component]) -> Entity:
    """An entity with these keys."""
    parts = _one_type_each([*partition, *sort])
    keys = [
        Key(logical, (KeyChoice((), _template(each)),), PLACE)
        for logical, each in (("PK", parts[: len(partition)]), ("SK", parts[len(partition) :]))
    ]
    fields = dict.fromkeys(part.field for part in parts if isinstance(part, Component))
    return Entity(name.lower(), name, ObjectClass(name, tuple(fields), PLACE), IndexKeys(INDEX, *keys), (), (), PLACE)


def package_of(*entities: Entity) -> Package:
    """A package of these entities."""
    table = Table("shop", INDEX, (), "EntityType", None, PLACE)
    models = tuple(entity.model for entity in entities)
    return Package("spec.yaml", table, (STATES, LEVELS), models, entities)


designs = st.builds(
    lambda first, second: package_of(entity_of("One", *first), entity_of("Two", *second)),
    st.tuples(_parts, _parts),
    st.tuples(_parts, _parts),
)
