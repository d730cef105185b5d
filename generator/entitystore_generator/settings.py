"""Reads the packages to generate from pyproject.toml.

    [tool.entitystore]                  # one package …
    spec = "openapi.yaml"
    output = "src/shop_store"
    models = "pydantic"

    [[tool.entitystore.packages]]       # … or several; `models` above is then their default
    spec = "api/openapi.yaml"
    output = "src/shop_store"
    keep = ["extras.py"]

    [tool.entitystore.lint]
    ES301 = "off"

Beside these `ref-roots` may list the folders that references may lead to, other than the project's own.

Rules of this file:
- Standard library only, and light, as `config.py`.
- Relative paths start at the folder of the pyproject.toml.
- All faults of a file are found in one go.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TypeAlias

from .config import (
    MODEL_KINDS,
    SEVERITIES,
    ConfigError,
    Fault,
    ModelKind,
    Package,
    Settings,
    canonical,
    check_packages,
    is_model_kind,
)

CONFIG_NAME = "pyproject.toml"
_PACKAGE_KEYS = ("spec", "output", "models", "keep")
_TOP_KEYS = (*_PACKAGE_KEYS, "packages", "lint", "ref-roots")

Table: TypeAlias = Mapping[str, object]


def find_settings(start: str) -> Settings:
    """The settings in the nearest pyproject.toml that has a `[tool.entitystore]`, from `start` upwards.

    Raises ConfigError where there is none, or where it is wrong.
    """
    folder = os.path.realpath(start)
    while True:
        settings = _settings_in(os.path.join(folder, CONFIG_NAME))
        if settings is not None:
            return settings
        parent = os.path.dirname(folder)
        if parent == folder:
            raise ConfigError(_no_settings(start))
        folder = parent


def _no_settings(start: str) -> Fault:
    message = f"no {CONFIG_NAME} with a [tool.entitystore] in {os.path.abspath(start)} or above"
    hint = "add one, or name the spec and the folder: entitystore generate SPEC -o DIR"
    return Fault("ES505", message, "", hint=hint)


def project_roots(spec: str) -> tuple[str, ...]:
    """The folders that a document of no configured package may refer to, beside its own.

    That of the nearest pyproject.toml, and the `ref-roots` of the nearest one with a [tool.entitystore], if it is
    without fault.
    """
    folder = os.path.realpath(os.path.dirname(os.path.abspath(spec)))
    roots: list[str] = []
    while True:
        file = os.path.join(folder, CONFIG_NAME)
        if not roots and os.path.isfile(file):
            roots.append(folder)
        try:
            settings = _settings_in(file)
        except ConfigError:
            return tuple(roots)
        parent = os.path.dirname(folder)
        if settings is not None or parent == folder:
            return (*roots, *(settings.ref_roots if settings is not None else ()))
        folder = parent


def _settings_in(file: str) -> Settings | None:
    """The settings of one file; None where the file is absent or has none."""
    try:
        with open(file, "rb") as stream:
            data = stream.read()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(Fault("ES501", f"cannot be read: {error.strerror}", file, hint="make it readable")) from error
    # A cheap test first: most pyproject.toml on the way up are not ours, and tomllib is slow.
    return _parse(file, data) if b"entitystore" in data else None


def read_settings(file: str) -> Settings:
    """The settings of `file`. Raises ConfigError where it has none or is wrong."""
    path = canonical(file)
    if not os.path.isfile(path):
        raise ConfigError(Fault("ES501", "there is no such file", path, hint="check --config"))
    settings = _settings_in(path)
    if settings is None:
        raise ConfigError(Fault("ES505", "there is no [tool.entitystore] in it", path))
    return settings


def _parse(file: str, data: bytes) -> Settings | None:
    import tomllib

    try:
        document = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(_not_toml(file, error)) from error
    tool = document.get("tool")
    table = tool.get("entitystore") if isinstance(tool, dict) else None
    if table is None:
        return None
    return _Reader(file, data.decode("utf-8-sig")).read(table)


def _not_toml(file: str, error: Exception) -> Fault:
    import re

    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", str(error))
    line, column = (int(place[1] or 0), int(place[2] or 0)) if place else (0, 0)
    reason = str(error)[: place.start()] if place else str(error) or "nested too deeply"
    return Fault("ES501", f"not TOML: {reason}", file, line, column)


class _Reader:
    """Turns the table of one file into Settings, and collects what is wrong with it."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._text = text
        self._faults: list[Fault] = []

    def read(self, table: object) -> Settings:
        settings = Settings(self._file, (), {})
        if isinstance(table, dict):
            roots = self._ref_roots(table)
            project = (os.path.dirname(os.path.realpath(self._file)), *roots)
            packages = tuple(package._replace(roots=project) for package in self._packages(table))
            settings = Settings(self._file, packages, self._severities(table), roots)
        else:
            self._fault("ES503", "tool.entitystore has to be a table", "")
        if not self._faults:
            self._checked(settings.packages)
        if self._faults:
            raise ConfigError(*self._faults)
        return settings

    def _checked(self, packages: tuple[Package, ...]) -> None:
        try:
            check_packages(packages, self._file)
        except ConfigError as error:
            self._faults += error.faults

    def _packages(self, table: Table) -> tuple[Package, ...]:
        self._known_keys(table, _TOP_KEYS, "tool.entitystore", 0)
        models = self._models(table, "tool.entitystore", 0, "pydantic")
        if "packages" not in table:
            only = self._package(table, "tool.entitystore", 0, models)
            return (only,) if only else ()
        for key in ("spec", "output", "keep"):
            if key in table:
                message = f"{key} stands beside packages: give it in each package, or drop packages"
                self._fault("ES503", message, "tool.entitystore", 0, key)
        return self._several(table["packages"], models)

    def _several(self, rows: object, models: ModelKind) -> tuple[Package, ...]:
        where = "tool.entitystore.packages"
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            hint = f"write [[{where}]] with two brackets, once per package"
            self._fault("ES503", "packages has to be a list of tables", where, 0, hint=hint)
            return ()
        found = []
        for number, row in enumerate(rows):
            self._known_keys(row, _PACKAGE_KEYS, where, number)
            kind = self._models(row, where, number, models)
            found.append(self._package(row, where, number, kind))
        return tuple(package for package in found if package)

    def _package(self, table: Table, where: str, number: int, models: ModelKind) -> Package | None:
        spec = self._path(table, "spec", where, number)
        output = self._path(table, "output", where, number)
        keep = self._keep(table, where, number)
        return Package(spec, output, models, keep) if spec and output else None

    def _path(self, table: Table, key: str, where: str, number: int) -> str | None:
        if key not in table:
            hint = f'add {key} = "…"; a relative path starts at this file\'s folder'
            self._fault("ES504", f"{where} has no {key}", where, number, hint=hint)
            return None
        value = table[key]
        if not isinstance(value, str) or not value or "\0" in value:
            self._fault("ES503", f"{key} has to be a path, as a string", where, number, key)
            return None
        return canonical(os.path.join(os.path.dirname(self._file), value))

    def _models(self, table: Table, where: str, number: int, default: ModelKind) -> ModelKind:
        value = table.get("models", default)
        if is_model_kind(value):
            return value
        hint = _near(str(value), MODEL_KINDS)
        message = f"models has to be one of {', '.join(MODEL_KINDS)}"
        self._fault("ES503", message, where, number, "models", hint=hint)
        return default

    def _keep(self, table: Table, where: str, number: int) -> tuple[str, ...]:
        value = table.get("keep", [])
        if isinstance(value, list) and all(isinstance(name, str) for name in value):
            return tuple(value)
        self._fault("ES503", "keep has to be a list of file names", where, number, "keep")
        return ()

    def _ref_roots(self, table: Table) -> tuple[str, ...]:
        value = table.get("ref-roots", [])
        if isinstance(value, list) and all(isinstance(each, str) and each and "\0" not in each for each in value):
            return tuple(canonical(os.path.join(os.path.dirname(self._file), each)) for each in value)
        self._fault("ES503", "ref-roots has to be a list of folders, as strings", "tool.entitystore", 0, "ref-roots")
        return ()

    def _severities(self, table: Table) -> Mapping[str, str]:
        where, value = "tool.entitystore.lint", table.get("lint", {})
        if not isinstance(value, dict):
            self._fault("ES503", "lint has to be a table of codes and severities", where)
            return {}
        for code, severity in value.items():
            if severity not in SEVERITIES:
                message = f"{code} has to be one of {', '.join(SEVERITIES)}"
                hint = _near(str(severity), SEVERITIES)
                self._fault("ES503", message, where, 0, code, hint=hint)
        return {str(code): str(severity) for code, severity in value.items()}

    def _known_keys(self, table: Table, known: tuple[str, ...], where: str, number: int) -> None:
        for key in table:
            if key not in known:
                hint = _near(key, known) or f"the keys are {', '.join(known)}"
                self._fault("ES502", f"unknown key {key!r} in {where}", where, number, key, hint)

    def _fault(self, code: str, message: str, where: str, number: int = 0, key: str = "", hint: str = "") -> None:
        from .toml_lines import find_line

        line = find_line(self._text, where, number, key)
        self._faults.append(Fault(code, message, self._file, line, 1 if line else 0, hint))


def _near(word: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches

    matches = get_close_matches(word, known, n=1)
    return f"did you mean {matches[0]}?" if matches else ""
