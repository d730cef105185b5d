"""The imports of a generated module.

Rules of this file:
- What a module imports does not depend on what is in it, as far as that can be: two branches that change one document
  would else meet in the import lines, whatever else they change. So every module of a kind begins with the same names
  (its prelude), used or not, and names of the modules in `_QUALIFIED` are written with their module before them.
- Sorted as isort does it, one statement a module.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct, field

from entitystore_generator.config import ModelKind

__all__ = ["Imports", "codecs_prelude", "models_prelude", "store_prelude", "table_prelude"]

Prelude: TypeAlias = Mapping[str, tuple[str, ...]]
"""Modules and the names that are imported from them; "" has modules that are imported as a whole."""

_RUNTIME = ("bounds", "checks", "conditions", "key_forms", "keys", "values", "wire")
_QUALIFIED = {
    "entitystore.schema": ("entitystore", "schema"),
    **{f"entitystore.{name}": ("entitystore", name) for name in _RUNTIME},
    "entitystore.exact_ranges": ("entitystore", "bounds"),
    "entitystore.plain": ("entitystore", "checks"),
    **{f".{name}": (".", name) for name in ("codecs", "definition", "models")},
}
"""Modules whose names are written with a module before them, `wire.S`: their own, or one that has their names, too."""

_TYPES: Prelude = {
    "datetime": ("date", "datetime"),
    "decimal": ("Decimal",),
    "uuid": ("UUID",),
}
_OBJECTS: Prelude = {
    **_TYPES,
    "": ("re",),
    "entitystore": ("checks", "values", "wire"),
    "entitystore.errors": ("ValidationError",),
}


def _of_kind(kind: ModelKind) -> Prelude:
    if kind != "pydantic":
        return {"entitystore.whole": ("require_whole",)}
    return {
        "entitystore.construct": ("constructor",),
        "entitystore.whole": ("count_properties", "is_whole", "require_whole"),
    }


def store_prelude(kind: ModelKind) -> Prelude:
    """What every store's module imports."""
    return {
        **_OBJECTS,
        **_of_kind(kind),
        "collections.abc": ("Iterable", "Mapping", "Sequence"),
        "typing": ("Any", "Literal", "TypedDict", "cast", "overload"),
        "entitystore": _RUNTIME,
        "entitystore.client": ("AsyncClient", "Client"),
        "entitystore.codec": ("Codec",),
        "entitystore.conditions": ("KeySelection", "SortCondition"),
        "entitystore.query": ("AsyncQuery", "Query"),
        "entitystore.store": ("AsyncStore", "BATCH_DEADLINE", "Store"),
        "entitystore.values": ("Item", "Key", "is_key", "wrong_type"),
        "entitystore.wire": ("Struct", "field"),
        ".": ("definition", "models"),
        ".definition": ("TABLE",),
    }


def codecs_prelude(kind: ModelKind) -> Prelude:
    """What `codecs.py` imports."""
    return {
        **_OBJECTS,
        **_of_kind(kind),
        "typing": ("Any", "Literal"),
        "entitystore.values": ("Item", "wrong_type"),
        "entitystore.wire": ("Struct", "field"),
        ".": ("models",),
    }


def models_prelude(kind: ModelKind) -> Prelude:
    """What `models.py` imports."""
    shared: Prelude = {**_TYPES, "enum": ("IntEnum", "StrEnum")}
    match kind:
        case "pydantic":
            names = ("AfterValidator", "AwareDatetime", "ConfigDict", "Field")
            typing = ("Annotated", "Any", "Literal")
            return {**_TYPES, "typing": typing, "entitystore": ("checks", "schema"), "pydantic": names}
        case "dataclass":
            return {**shared, "typing": ("Any", "Literal"), "dataclasses": ("dataclass", "field")}
        case "msgspec":
            return {**shared, "typing": ("Any", "Literal"), "msgspec": ("Struct", "field")}


def table_prelude() -> Prelude:
    """What `table.py` imports beside the names that its template lists."""
    return {**_TYPES, "typing": ("Any", "Literal", "TypeAlias", "Union", "Unpack", "overload")}


class Imports(Struct):
    """Names that a module needs, by the module that has them. Asking for a name gives what to write for it.

    `avoid` are names that properties have in this module: an import of one of them goes by another name (`date_`),
    since an annotation is looked up among a class's attributes first. `listed` are modules whose import is written by
    the template itself.
    """

    prelude: Prelude
    avoid: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    _names: dict[str, set[str]] = field(default_factory=dict)

    def use(self, module: str, name: str) -> str:
        """Import what `name` of `module` needs; gives the expression to write."""
        if module in _QUALIFIED and name not in self.prelude.get(module, ()):
            return f"{self._named(*_QUALIFIED[module])}.{name}"
        return self._named(module, name)

    def always(self, module: str, name: str) -> None:
        """Import `name` under its own name, for a template that writes it where no property can stand for it."""
        self._names.setdefault(module, set()).add(name)

    def module(self, name: str) -> str:
        """Import the module as a whole; gives `name`."""
        self._names.setdefault("", set()).add(name)
        return name

    def lines(self) -> list[str]:
        """Import statements in three groups: standard library, libraries, this package; sorted."""
        names = {module: {*self.prelude.get(module, ()), *self._names.get(module, ())} for module in self._modules()}
        groups: list[list[str]] = [[], [], []]
        for module in sorted(names):
            groups[_group(module)] += _statements(module, self._without_renamed(module, names[module]))
        return [line for group in groups if group for line in (*group, "")]

    def _named(self, module: str, name: str) -> str:
        given = f"{name}_" if name in self.avoid else name
        self._names.setdefault(module, set()).add(name if given == name else f"{name} as {given}")
        return given

    def _modules(self) -> set[str]:
        return {*self.prelude, *self._names} - self.listed

    def _without_renamed(self, module: str, names: set[str]) -> set[str]:
        """The names less the modules that go by another name here, which nobody knows by their own."""
        if module not in ("entitystore", "."):
            return names
        return names - {name.partition(" ")[0] for name in names if " as " in name}


def _statements(module: str, names: set[str]) -> list[str]:
    if not module:
        return [f"import {name}" for name in sorted(names)]
    return [f"from {module} import {', '.join(sorted(names, key=_import_order))}"]


def _import_order(name: str) -> tuple[int, str]:
    """CONSTANTS, then Classes, then functions, as isort has it."""
    if name.isupper() and len(name) > 1:
        return 0, name
    return (1 if name[0].isupper() else 2), name


def _group(module: str) -> int:
    if module.startswith("."):
        return 2
    return 1 if module.split(".")[0] in ("entitystore", "pydantic", "msgspec") else 0
