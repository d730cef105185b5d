"""How a finder answers for one component of a sort key: by the range of keys, by a filter beside it, or not at all.

    {city}#{street}   city = "NE"     the range: keys that begin with NE#
    {weight}{unit}    weight = 1      a filter: keys that begin with 1 are those of 10, too
    {n|mod:10}{id}    n = 7           not at all: no attribute holds what is left, and nothing marks its end

Rules of this file:
- Three questions: a value while what follows it is not given; the beginning of a text; more or less than a value.
- "By the key" is proved for every value that the schema admits. Bounds and beginnings that it does not admit are right
  as well: see the runtime's `bounds`, and `Prefix.over`.
- A filter compares the property's own attribute, so it takes a component whose text says the same as that, if only in
  another case. That is never a key attribute of what is queried, which DynamoDB takes in no filter: a sort key that is
  a property is nothing else, and of what the partition key tells nothing is asked.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from entitystore_generator.emit.finder_arguments import FinderArguments
from entitystore_generator.emit.key_order import Order, loses, order_of
from entitystore_generator.ir.model import (
    BooleanType,
    ChoiceType,
    Component,
    DateTimeType,
    DateType,
    EnumType,
    Index,
    IndexKeys,
    IntegerType,
    KeyTemplate,
    Literal,
    LiteralType,
    NumberType,
    Package,
    StringType,
    TransformKind,
    UuidType,
)
from entitystore_generator.proofs.templates import KeyLanguages

__all__ = ["Asking", "SortStep", "Way", "asking", "case_of", "literal_after", "sort_steps", "stored_as"]


class Way(Enum):
    """How a question is answered."""

    KEY = "by the range of keys"
    ATTRIBUTE = "by the range and a filter on the property's attribute"
    NONE = "not at all"


class Asking(Struct, frozen=True):
    """What a finder takes for one component, and how it answers.

    `alone`: a value, while what follows is not given. `begins`: the beginning of the text. `compares`: more or less
    than a value; `order` says in which direction the texts go. `presence` is the DynamoDB type that the property has to
    have for a comparison, since what stands for a missing one is in no order with values; "" where nothing does.
    """

    alone: Way
    begins: Way
    compares: Way
    order: Order
    presence: str = ""


_NUMBER = Asking(Way.KEY, Way.NONE, Way.KEY, Order.ASCENDING)


class SortStep(Struct, frozen=True):
    """One argument for a sort key. `after` is an earlier one that cannot be given without this; None if none is.

    `is_end`: the finder may be given values up to this one and no further.
    """

    component: Component
    asking: Asking
    after: Component | None
    is_end: bool


def sort_steps(keys: IndexKeys, arguments: FinderArguments, languages: KeyLanguages) -> tuple[SortStep, ...]:
    """What can be asked of each argument that the finder takes for the sort key."""
    if keys.sort is None:
        return ()
    template = keys.sort.template
    asked = [_NUMBER if _is_number(keys.index) else asking(each, template, languages) for each in arguments.sort]
    open_ = [_open_before(place, asked, template, arguments) for place in range(len(asked))]
    steps: list[SortStep] = []
    for place, (component, found) in enumerate(zip(arguments.sort, asked, strict=True)):
        if open_[place] is not None or _stands_in_parts(component, arguments):
            found = replace(found, begins=Way.NONE, compares=Way.NONE)
        is_end = place + 1 == len(asked) or open_[place + 1] is None
        steps.append(SortStep(component, found, open_[place], is_end))
    return tuple(steps)


def _open_before(
    place: int, asked: list[Asking], template: KeyTemplate, arguments: FinderArguments
) -> Component | None:
    """The first argument whose value the key does not tell where it ends before the argument at `place`."""
    upto = template.parts.index(arguments.sort[place])
    for earlier, component in enumerate(arguments.sort[:place]):
        if asked[earlier].alone is Way.NONE or _told_at(component, template, arguments) >= upto:
            return component
    return None


def _told_at(component: Component, template: KeyTemplate, arguments: FinderArguments) -> int:
    """The place in the template at which the value of the component's argument is told as far as the key tells it."""
    places = [place for place, part in enumerate(template.parts) if part in _same(component, arguments)]
    whole = [place for place in places if not loses(_component_at(template, place))]
    return whole[0] if whole else places[-1]


def _component_at(template: KeyTemplate, place: int) -> Component:
    part = template.parts[place]
    assert isinstance(part, Component)
    return part


def _same(component: Component, arguments: FinderArguments) -> list[Component]:
    """The components of the sort key that have one argument with this one."""
    name = arguments.names[component]
    return [each for each, other in arguments.names.items() if other == name and each not in arguments.told]


def _stands_in_parts(component: Component, arguments: FinderArguments) -> bool:
    """Whether the argument is told by this component and others together: its year here, its month there."""
    return len(_same(component, arguments)) > 1 and loses(component)


def _is_number(index: Index) -> bool:
    """True where the sort key is a number itself, which has no beginnings and no neighbours in text."""
    return index.sort is not None and index.sort.type == "N"


def asking(component: Component, template: KeyTemplate, languages: KeyLanguages) -> Asking:
    """The ways for one component of a sort key's template."""
    suffix = literal_after(template, component)
    is_last = template.parts[-1] is component
    order = order_of(component, languages.package)
    kind = stored_as(component, languages.package)
    return Asking(
        alone=_way(languages.ends_itself(component, suffix), kind in ("S", "N")),
        begins=_way(is_last or _is_delimited(component, suffix, languages), kind == "S"),
        compares=Way.NONE if order is Order.NONE else _comparing(component, suffix, is_last, languages),
        order=order,
        presence=_presence(component, languages.package),
    )


def _way(by_key: bool, by_attribute: bool) -> Way:
    return Way.KEY if by_key else Way.ATTRIBUTE if by_attribute else Way.NONE


def _is_delimited(component: Component, suffix: str, languages: KeyLanguages) -> bool:
    """Whether a beginning that reaches into what follows is told by the delimiter's first character."""
    return bool(suffix) and not languages.can_contain(component, suffix[0])


def _comparing(component: Component, suffix: str, is_last: bool, languages: KeyLanguages) -> Way:
    if isinstance(component.field.type, StringType):
        # A bound may be any text, also one that no key has: the delimiter has to tell it from all of them.
        by_key = is_last or (bool(suffix) and languages.stands_above(component, suffix))
    else:
        by_key = is_last or any(languages.keeps_order(component, each) for each in (suffix, ""))
    return _way(by_key, stored_as(component, languages.package) == "S")


def _presence(component: Component, package: Package) -> str:
    if component.default is None:
        return ""
    match component.field.type:
        case StringType():
            return ""
        case EnumType(class_name=name):
            return "" if package.enum(name).base == "str" else "N"
        case IntegerType() | NumberType() | DateTimeType(expires=True):
            return "N"
        case BooleanType():
            return "BOOL"
        case LiteralType(value=bool()):
            return "BOOL"
        case LiteralType(value=int()):
            return "N"
        case _:
            return "S"


def stored_as(component: Component, package: Package) -> str:
    """The DynamoDB type of an attribute that says the same as the component's text: "S", "N", or "" for none.

    Of text that a key has in one case, or with a default, the attribute says it once the same was done to it.
    """
    is_plain = not component.transforms and not component.format and component.default is None
    match component.field.type:
        case StringType() | ChoiceType() if case_of(component) is not None:
            return "S"
        case EnumType(class_name=name) if package.enum(name).base == "str" and case_of(component) is not None:
            return "S"
        case DateTimeType(expires=True):
            return ""
        case UuidType() | DateTimeType() | DateType() if is_plain:
            return "S"
        case IntegerType() | NumberType() if is_plain:
            return "N"
        case EnumType() if is_plain:
            return "N"
        case _:
            return ""


def case_of(component: Component) -> str | None:
    """What the key does to a text: "" for nothing, "upper" or "lower"; None if it is something else, or more."""
    kinds = [step.kind for step in component.transforms]
    if not kinds:
        return ""
    return kinds[0].value if len(kinds) == 1 and kinds[0] in (TransformKind.UPPER, TransformKind.LOWER) else None


def literal_after(template: KeyTemplate, component: Component) -> str:
    """The constant text between the component and the next one, or the end; "" if there is none."""
    place = template.parts.index(component) + 1
    following = template.parts[place] if place < len(template.parts) else None
    return following.text if isinstance(following, Literal) else ""
