"""What a finder takes: one argument for each property of its keys, and which components it stands for.

    PK "EVENTS#{tenant}#{at:%Y-%m-%d}", SK "{at}#{id}"    by_tenant_and_at(tenant, day, at, id)

Rules of this file:
- An argument is a property's value, whatever a template makes of it, and has the property's name.
- A property that the partition key has in part (its day, its text in capitals) and the sort key differently is two
  arguments. One that stands for a part is then named for it: `day`, `name_upper`.
- Shards have no argument: the finder reads them all.
"""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from entitystore_generator.emit.key_order import loses, tells
from entitystore_generator.emit.names import free_name
from entitystore_generator.ir.model import Component, DateTimeType, DateType, IndexKeys, TransformKind
from entitystore_generator.ir.shards import shard_component

__all__ = ["FinderArguments", "finder_arguments"]


class FinderArguments(Struct, frozen=True):
    """`partition` and `sort` are the components to be given, one for each argument, in order.

    `names` are the arguments of all components, also of those that another one tells; `told` are the components of the
    sort key that the partition key tells, so that they need no argument.
    """

    partition: tuple[Component, ...]
    sort: tuple[Component, ...]
    names: dict[Component, str]
    told: frozenset[Component]


_Path = tuple[str, ...]
_Groups = dict[_Path, list[Component]]

_UNITS = {
    **dict.fromkeys("YyG", "year"),
    "m": "month",
    **dict.fromkeys("VUW", "week"),
    **dict.fromkeys("dju", "day"),
    **dict.fromkeys("HI", "hour"),
    "M": "minute",
    "S": "second",
    "isoms": "millisecond",
    "f": "microsecond",
}
"""What strftime directives and `isoms` stand for, from the greatest unit to the smallest."""
_SIZES = [*dict.fromkeys(_UNITS.values())]


def finder_arguments(keys: IndexKeys) -> FinderArguments:
    """The arguments of the finder over keys that are not chosen by value."""
    template = keys.partition.template
    shard = shard_component(template)
    given = _by_path([each for each in template.components if each is not shard])
    told: list[Component] = []
    asked: list[Component] = []
    for component in keys.sort.template.components if keys.sort is not None else ():
        known = any(tells(before, component) for before in given.get(_path(component), ()))
        (told if known else asked).append(component)
    sort = _by_path(asked)
    names = _names(given, sort)
    names.update((component, names[given[_path(component)][0]]) for component in told)
    return FinderArguments(_firsts(given), _firsts(sort), names, frozenset(told))


def _path(component: Component) -> _Path:
    return tuple(field.wire_name for field in component.path)


def _by_path(components: list[Component]) -> _Groups:
    groups: _Groups = {}
    for component in components:
        groups.setdefault(_path(component), []).append(component)
    return groups


def _firsts(groups: _Groups) -> tuple[Component, ...]:
    return tuple(components[0] for components in groups.values())


def _names(given: _Groups, sort: _Groups) -> dict[Component, str]:
    """The argument of each component. Properties have their names first; parts give way."""
    groups = [*given.values(), *sort.values()]
    both = given.keys() & sort.keys()
    parts = [each for each in groups if _path(each[0]) in both and all(map(loses, each))]
    taken: set[str] = set()
    names: dict[Component, str] = {}
    for components in groups:
        if components not in parts:
            names.update(dict.fromkeys(components, free_name(components[0].name, taken)))
    for components in parts:
        names.update(dict.fromkeys(components, _part_name(components, taken)))
    return names


def _part_name(components: list[Component], taken: set[str]) -> str:
    """`day` for `{at:%Y-%m-%d}`, or `at_day` where there is another day; `name_upper` for `{name|upper}`."""
    name = components[0].name
    units = [_UNITS[each] for component in components for each in _directives(component)]
    if not units:
        return free_name(f"{name}_{_what_is_lost(components[-1])}", taken)
    unit = max(units, key=_SIZES.index)
    return free_name(unit if unit not in taken else f"{name}_{unit}", taken)


def _directives(component: Component) -> list[str]:
    if any(step.kind is TransformKind.ISOMS for step in component.transforms):
        return ["isoms"]
    is_time = isinstance(component.field.type, (DateTimeType, DateType))
    return re.findall(r"%([A-Za-z])", component.format.replace("%%", "")) if is_time else []


def _what_is_lost(component: Component) -> str:
    alone = (replace(component, format="", transforms=(step,), default=None) for step in component.transforms)
    lossy = [each.transforms[0].kind.value for each in alone if loses(each)]
    return lossy[-1] if lossy else "or_default"
