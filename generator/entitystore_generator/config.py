"""What a user asks for: which specs become which packages.

Rules of this file:
- Standard library only, and light: the fast path of `check` imports it. That is why its records are NamedTuples
  (`dataclasses` imports `inspect`, which costs as much again as all else together), why paths are strings, and why
  faults are plain `ConfigError`s that the command line turns into diagnostics.
- A `Package` holds absolute paths only.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias, TypeGuard

ModelKind: TypeAlias = Literal["pydantic", "dataclass", "msgspec"]
MODEL_KINDS: tuple[ModelKind, ...] = ("pydantic", "dataclass", "msgspec")
SEVERITIES = ("off", "note", "warning", "error")


class Options(NamedTuple):
    """What shapes the output. `package_name` is the import name, which is the output folder's name."""

    models: ModelKind = "pydantic"
    package_name: str = ""


class Package(NamedTuple):
    """One spec and the folder that its package goes to, both absolute.

    `keep` are POSIX paths inside the folder: a person's own modules, which are not orphans. `roots` are the folders
    that references may lead to, beside the spec's own; none where nobody has looked yet (`settings.project_roots`).
    """

    spec: str
    output: str
    models: ModelKind = "pydantic"
    keep: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()

    @property
    def options(self) -> Options:
        return Options(self.models, os.path.basename(self.output))

    @property
    def spec_name(self) -> str:
        """The spec as headers and diagnostics show it: relative to the output folder's parent.

        It does not depend on the machine, nor on the folder or the manner of the call.
        """
        return relative_posix(self.spec, os.path.dirname(self.output))


class Settings(NamedTuple):
    """A whole `[tool.entitystore]`. `severities` maps a rule's code or name to one of `SEVERITIES`.

    `ref_roots` are the folders that it allows references to lead to, absolute.
    """

    file: str
    packages: tuple[Package, ...]
    severities: Mapping[str, str]
    ref_roots: tuple[str, ...] = ()


class Fault(NamedTuple):
    """One thing wrong with a configuration. `line` is 0 where it is not known."""

    code: str
    message: str
    file: str
    line: int = 0
    column: int = 0
    hint: str = ""


class ConfigError(Exception):
    """The configuration or the call cannot be used. `faults` says why, at least one."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults


def canonical(path: str) -> str:
    """`path` made absolute, links resolved in its folder but not in its last part (that part names the package)."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(folder), name)


def relative_posix(path: str, start: str) -> str:
    """`path` seen from the folder `start`, with forward slashes; absolute where no relative path exists."""
    try:
        relative = os.path.relpath(path, start)
    except ValueError:  # Windows: another drive
        relative = path
    return relative.replace(os.sep, "/")


def is_model_kind(value: object) -> TypeGuard[ModelKind]:
    return value in MODEL_KINDS


def make_package(spec: str, output: str, models: ModelKind = "pydantic", keep: tuple[str, ...] = ()) -> Package:
    """A Package from paths as a person gave them; relative ones start at the working folder."""
    return Package(canonical(spec), canonical(output), models, keep)


def check_packages(packages: tuple[Package, ...], file: str = "") -> None:
    """Raise ConfigError where a folder cannot be a package's name, or holds two packages."""
    faults: list[Fault] = []
    for number, package in enumerate(packages):
        faults += _name_faults(package, file)
        faults += [_overlap(other, package, file) for other in packages[:number] if _overlaps(other, package)]
    if faults:
        raise ConfigError(*faults)


def _overlaps(one: Package, other: Package) -> bool:
    """True if the folders are the same, or one lies in the other, whose orphan it would be."""
    first, second = (os.path.join(os.path.normcase(os.path.realpath(each.output)), "") for each in (one, other))
    return first.startswith(second) or second.startswith(first)


def _name_faults(package: Package, file: str) -> list[Fault]:
    from keyword import iskeyword

    name = package.options.package_name
    if name.isidentifier() and not iskeyword(name):
        return []
    message = f"the output folder is named {name!r}, which cannot be imported as a Python package"
    hint = "name the folder as the package shall be imported, such as shop_store"
    return [Fault("ES506", message, file, hint=hint)]


def _overlap(first: Package, second: Package, file: str) -> Fault:
    message = f"{first.output} and {second.output} are one folder, or one holds the other"
    return Fault("ES507", message, file, hint="give each spec an output folder of its own")
