"""Keys that are chosen by value: statements that choose, and a finder for each choice.

    GSI2SK:
      - {when: {status: open}, key: "OPEN#{number|desc:8}"}
      - {key: "CLOSED#{number:08d}"}

    by_user_id(user_id=…)                           everything, whichever key it has
    by_user_id_when_status_open(user_id=…, number=…)
    by_user_id_otherwise(user_id=…, number=…)

Rules of this file:
- The first choice whose `when` holds counts, also where a property that its template needs is missing: the item is then
  not in the index.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product

from msgspec.structs import replace

from entitystore_generator.emit.imports import Imports
from entitystore_generator.emit.source import literal
from entitystore_generator.ir.model import (
    AccessPattern,
    EnumType,
    IndexKeys,
    Key,
    KeyChoice,
    KeyTemplate,
    Package,
    WhenEquals,
)

__all__ = ["choice_lines", "expand", "is_chosen"]


def is_chosen(keys: IndexKeys) -> bool:
    """True where a key of the pair is chosen by value."""
    return keys.partition.is_conditional or (keys.sort is not None and keys.sort.is_conditional)


def choice_lines(
    choices: tuple[KeyChoice, ...],
    argument: str,
    package: Package,
    imports: Imports,
    body: Callable[[KeyTemplate], list[str]],
) -> list[str]:
    """`if`, `elif` and `else` over the choices, each with what `body` gives for its template."""
    lines: list[str] = []
    for place, choice in enumerate(choices):
        inner = body(choice.template)
        if not choice.when:
            return [*lines, "else:", *_indented(inner)] if place else inner
        test = " and ".join(_test(when, argument, package, imports) for when in choice.when)
        lines += [f"{'elif' if place else 'if'} {test}:", *_indented(inner)]
    return lines


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _test(when: WhenEquals, argument: str, package: Package, imports: Imports) -> str:
    path, tests = argument, []
    for step in when.path:
        path = f"{path}.{step.name}"
        if step is not when.path[-1] and step.optional_in_python:
            tests.append(f"{path} is not None")
    sign = "is" if isinstance(when.value, bool) else "=="
    return " and ".join([*tests, f"{path} {sign} {_value(when, package, imports)}"])


def _value(when: WhenEquals, package: Package, imports: Imports) -> str:
    type_ = when.path[-1].type
    if not isinstance(type_, EnumType):
        return literal(when.value)
    member = next(each.name for each in package.enum(type_.class_name).members if each.value == when.value)
    return f"{imports.use('.models', type_.class_name)}.{member}"


def expand(pattern: AccessPattern) -> Iterator[AccessPattern]:
    """The finder over every choice, where the partition key has but one, and a finder for each choice."""
    keys = pattern.keys
    if not is_chosen(keys):
        yield pattern
        return
    if not keys.partition.is_conditional:
        yield AccessPattern(pattern.name, replace(keys, sort=None))
    sorts: tuple[KeyChoice | None, ...] = keys.sort.choices if keys.sort is not None else (None,)
    for partition, sort in product(keys.partition.choices, sorts):
        conditions = _together(keys, partition, sort)
        if conditions is None:
            continue
        name = f"{pattern.name}_{_suffix(conditions)}"
        only_sort = None if keys.sort is None or sort is None else _only(keys.sort, sort)
        yield AccessPattern(name, IndexKeys(keys.index, _only(keys.partition, partition), only_sort))


def _together(keys: IndexKeys, partition: KeyChoice, sort: KeyChoice | None) -> list[WhenEquals] | None:
    """What holds where both choices are taken, each condition once; None where they cannot be taken together.

    They cannot where they ask for two values of one property, or where what one asks for makes an earlier choice of
    the other hold.
    """
    held: dict[tuple[str, ...], WhenEquals] = {}
    for when in [*partition.when, *(sort.when if sort else ())]:
        path = tuple(step.wire_name for step in when.path)
        if held.setdefault(path, when).value != when.value:
            return None
    values = {path: when.value for path, when in held.items()}
    chosen = [(keys.partition, partition), *([(keys.sort, sort)] if keys.sort and sort else [])]
    for key, choice in chosen:
        for earlier in key.choices[: key.choices.index(choice)]:
            if all(values.get(tuple(step.wire_name for step in when.path)) == when.value for when in earlier.when):
                return None
    return list(held.values())


def _only(key: Key, choice: KeyChoice) -> Key:
    return replace(key, choices=(KeyChoice((), choice.template),))


def _suffix(when: list[WhenEquals]) -> str:
    if not when:
        return "otherwise"
    return "when_" + "_and_".join(f"{each.path[-1].name}_{_slug(each.value)}" for each in when)


def _slug(value: str | int | bool) -> str:
    return re.sub(r"\W+", "_", str(value)).strip("_").lower() or "empty"
