"""Imports of generated modules: the same whatever a module needs, as far as that can be."""

from __future__ import annotations

import pytest

from entitystore_generator.config import MODEL_KINDS, ModelKind
from entitystore_generator.emit.imports import (
    Imports,
    codecs_prelude,
    models_prelude,
    store_prelude,
    table_prelude,
)


def test_imports_are_sorted_and_grouped() -> None:
    imports = Imports({"uuid": ("UUID",), "": ("re",)})
    assert imports.use("entitystore.merged", "MergedQuery") == "MergedQuery"
    assert imports.use("uuid", "UUID") == "UUID"
    imports.always(".models", "B")
    imports.always(".models", "A")
    assert imports.lines() == [
        "import re",
        "from uuid import UUID",
        "",
        "from entitystore.merged import MergedQuery",
        "",
        "from .models import A, B",
        "",
    ]


@pytest.mark.parametrize("kind", MODEL_KINDS)
def test_what_a_property_needs_changes_no_import(kind: ModelKind) -> None:
    for prelude in (store_prelude(kind), codecs_prelude(kind)):
        imports = Imports(prelude)
        before = imports.lines()
        used = [
            imports.use(*each)
            for each in (
                ("entitystore.wire", "OptionalN"),
                ("entitystore.values", "timestamp_text"),
                ("entitystore.checks", "is_email"),
                (".models", "Status"),
                ("datetime", "datetime"),
                ("decimal", "Decimal"),
                ("uuid", "UUID"),
                ("typing", "Literal"),
            )
        ]
        assert used[:5] == [
            "wire.OptionalN",
            "values.timestamp_text",
            "checks.is_email",
            "models.Status",
            "datetime",
        ]
        assert imports.lines() == before
    for prelude in (models_prelude(kind), table_prelude()):
        imports = Imports(prelude)
        before = imports.lines()
        for module, name in (("datetime", "date"), ("uuid", "UUID"), ("typing", "Any"), ("decimal", "Decimal")):
            imports.use(module, name)
        assert imports.lines() == before


def test_an_import_that_a_property_shadows_goes_by_another_name() -> None:
    imports = Imports(store_prelude("msgspec"), avoid=frozenset({"date", "wire", "values"}))
    assert imports.use("datetime", "date") == "date_"
    assert imports.use("entitystore.wire", "S") == "wire_.S"
    lines = imports.lines()
    assert "from datetime import date, date as date_, datetime" in lines
    assert "from entitystore import bounds, checks, conditions, key_forms, keys, values, wire as wire_" in lines
