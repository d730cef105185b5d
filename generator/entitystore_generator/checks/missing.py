"""Keys of the table that an entity may lack.

Rules of this file:
- An item without PK or SK cannot be stored, so a property in them has to be there always. Keys of other indexes may
  be absent: the item is then not in the index.
"""

from __future__ import annotations

from ..diagnostics import Diagnostics
from ..ir.model import BooleanType, ChoiceType, EnumType, Key, Package


def check(package: Package, diagnostics: Diagnostics) -> None:
    """Report optional properties, and choices that may all fail, in the table's own keys."""
    for each in package.table_keys:
        if each.knows_required:
            _check_properties(each.type_name, each.key, diagnostics)
        _check_choices(each.type_name, each.key, package, diagnostics)


def _check_properties(name: str, key: Key, diagnostics: Diagnostics) -> None:
    for template in key.templates:
        for component in template.components:
            if not component.may_be_missing:
                continue
            missing = next(field for field in component.path if field.optional_in_python)
            diagnostics.error(
                "ES203",
                f"{key.logical} of {name} needs {missing.wire_name}, which may be missing or null",
                component.position,
                f"add {missing.wire_name} to required and let it not be null, give it a default, "
                "or give the macro one: |default:NONE",
            )


def _check_choices(name: str, key: Key, package: Package, diagnostics: Diagnostics) -> None:
    if any(not choice.when for choice in key.choices) or _covers_all(key, package):
        return
    diagnostics.error(
        "ES203",
        f"{key.logical} of {name} is absent where no `when` holds",
        key.position,
        "add a last alternative without `when`",
    )


def _covers_all(key: Key, package: Package) -> bool:
    """True where the choices name every value of one property that is always there."""
    conditions = [choice.when for choice in key.choices]
    if any(len(when) != 1 for when in conditions):
        return False
    paths = {when[0].path for when in conditions}
    if len(paths) != 1 or any(field.optional_in_python for path in paths for field in path):
        return False
    found = {(type(when[0].value), when[0].value) for when in conditions}
    match conditions[0][0].path[-1].type:
        case EnumType(class_name=name):
            return found == {(type(member.value), member.value) for member in package.enum(name).members}
        case ChoiceType(values=values):
            return found == {(type(value), value) for value in values}
        case BooleanType():
            return len(found) == 2
        case _:
            return False
