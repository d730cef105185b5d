"""The walls of DESIGN sections 2 and 4, held over the sources and over every generated package."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.walls import Finding, imports, reflection, top

CHECKOUT = Path(__file__).parents[2]
RUNTIME = CHECKOUT / "runtime" / "entitystore"

# (file, top-level owner, what) -> why it may use what is forbidden elsewhere. An unneeded entry fails.
ALLOWED_REFLECTION: dict[tuple[str, str, str], str] = {
    ("runtime/entitystore/transports/connection.py", "_poller", "hasattr"): (
        "asks, once per connection, whether the platform has poll()"
    ),
    ("runtime/entitystore/transports/http.py", "", "hasattr"): "asks, at import, whether the platform forks",
    ("runtime/entitystore/transports/aio_connection.py", "Connection", "hasattr"): (
        "asks, once per connection, whether the platform has poll()"
    ),
    ("runtime/entitystore/transports/trust.py", "_complete_certificates", "importlib.util"): (
        "finds botocore's list of authorities without importing botocore"
    ),
    ("runtime/entitystore/stored_names.py", "", "msgspec.structs.fields"): (
        "asks what an entity stores when its first condition as text is checked, never to read or write an item"
    ),
    ("runtime/entitystore/whole.py", "is_whole", ".__dict__"): (
        "counts the properties of a pydantic object, which it may lack or have too many of; none is looked up"
    ),
    ("runtime/entitystore/whole.py", "_properties", "dataclasses.fields"): "names what an object lacks or would lose",
    ("runtime/entitystore/whole.py", "_properties", ".__struct_fields__"): "names what an object lacks or would lose",
    ("runtime/entitystore/whole.py", "_properties", ".model_fields"): "names what an object lacks or would lose",
    ("runtime/entitystore/whole.py", "_require_values", ".__dict__"): "names what an object lacks or would lose",
    (
        "runtime/entitystore/schema.py",
        "Model",
        ".model_fields",
    ): "tells what it publishes from what pydantic adds",
    ("runtime/entitystore/errors.py", "EntityStoreError", ".__dict__"): "pickles an error with all its fields",
    ("runtime/entitystore/construct.py", "constructor", ".__dict__"): (
        "finds the descriptors of pydantic's four own attributes, by names that stand there, once for each class"
    ),
}

# Modules that only some files of the runtime may import: top-level module -> file or folder.
WALLED: dict[str, tuple[str, ...]] = {
    "boto3": ("transports",),
    "botocore": ("transports",),
    "http": ("transports",),
    "cryptography": ("cursor_seal.py",),
    "hypercorn": ("_local_server.py",),
    "opentelemetry": ("otel.py",),
    "ministack": ("local.py", "_local_server.py"),
    "select": ("transports",),
    "socket": ("transports", "_local_server.py"),
    "ssl": ("transports",),
    "subprocess": ("local.py",),
    "urllib": ("transports",),
}
NEVER_IN_RUNTIME = {"black", "datamodel_code_generator", "entitystore_generator", "jinja2", "yaml"}
# DESIGN section 4: a generated package imports these and the standard library, itself relatively.
GENERATED_MAY_IMPORT = {"entitystore", "msgspec", "pydantic"}

# What `import entitystore` must not bring (PERFORMANCE: process start to the first call).
EXPENSIVE = {"asyncio", "boto3", "botocore", "jinja2", "pydantic", "ssl", "yaml"}


def _name(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


RUNTIME_FILES = sorted(RUNTIME.rglob("*.py"))
GENERATED_FILES = sorted(
    path for pattern in ("golden/*/expected/**/*.py", "examples/*/*_store/**/*.py") for path in CHECKOUT.glob(pattern)
)


@pytest.mark.parametrize("path", RUNTIME_FILES, ids=_name)
def test_the_runtime_stays_behind_its_walls(path: Path) -> None:
    imported = {top(module) for module in imports(_parse(path))}
    assert not imported & NEVER_IN_RUNTIME
    place = path.relative_to(RUNTIME).parts[0]
    assert [name for name in sorted(imported & set(WALLED)) if place not in WALLED[name]] == []


@pytest.mark.parametrize("path", GENERATED_FILES, ids=_name)
def test_generated_packages_import_little(path: Path) -> None:
    imported = {top(module) for module in imports(_parse(path))}
    assert imported - GENERATED_MAY_IMPORT - sys.stdlib_module_names == set()


@pytest.mark.parametrize("path", RUNTIME_FILES + GENERATED_FILES, ids=_name)
def test_nothing_is_looked_up_by_reflection(path: Path) -> None:
    found = reflection(_parse(path))
    assert [f for f in found if (_name(path), f.owner, f.what) not in ALLOWED_REFLECTION] == []


def test_every_exception_is_needed() -> None:
    found = {
        (file, finding.owner, finding.what)
        for file in {file for file, _, _ in ALLOWED_REFLECTION}
        for finding in reflection(_parse(CHECKOUT / file))
    }
    assert set(ALLOWED_REFLECTION) - found == set()


def test_there_is_something_behind_the_walls() -> None:
    """Empty globs would pass all of the above."""
    assert {"errors.py", "local.py"} <= {path.name for path in RUNTIME_FILES}
    assert {"__init__.py", "models.py", "table.py"} <= {path.name for path in GENERATED_FILES}


def test_importing_the_runtime_is_cheap() -> None:
    """In a process of its own; `-I` so that nothing of this one's environment comes along."""
    code = f"import sys, entitystore; print(sorted({EXPENSIVE} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert (result.stdout, result.stderr) == ("[]\n", "")


# --- the walls themselves: planted samples, each of which has to be found ---

PLANTED = {
    "getattr(entity, name)": "getattr",
    "look = getattr": "getattr",
    "setattr(entity, name, 1)": "setattr",
    "hasattr(entity, 'x')": "hasattr",
    "vars(entity)": "vars",
    "eval('1')": "eval",
    "exec('1')": "exec",
    "__import__('os')": "__import__",
    "import inspect": "inspect",
    "import importlib.util": "importlib.util",
    "from importlib import import_module": "importlib",
    "entity.__dict__": ".__dict__",
    "template.format(id=1)": ".format",
    "template.format_map(fields)": ".format_map",
    "from string import Template": "string.Template",
    "import dataclasses\ndataclasses.fields(entity)": "dataclasses.fields",
    "from typing import get_type_hints": "typing.get_type_hints",
    "import operator\noperator.attrgetter('id')": "operator.attrgetter",
    "import builtins\nbuiltins.getattr(entity, name)": "builtins.getattr",
    "import re\nre.sub('{.*}', '', template)": "re: .sub",
    "import re\nMACRO = re.compile('{.*}')\nMACRO.finditer(template)": "re: .finditer",
    "import re\nre.compile(template)": "re: a pattern that is not fixed",
    "from re import compile": "from re import",
}


@pytest.mark.parametrize(("code", "what"), PLANTED.items(), ids=PLANTED)
def test_planted_reflection_is_found(code: str, what: str) -> None:
    assert what in {finding.what for finding in reflection(ast.parse(code))}


def test_a_finding_says_where() -> None:
    planted = "import json\n\n\ndef decode(item):\n    if item:\n        return getattr(item, 'x')\n"
    assert reflection(ast.parse(planted)) == [Finding(6, "getattr", "decode")]


@pytest.mark.parametrize(
    "code",
    [
        "key = f'USER#{user.id}#{number:08d}'",
        "import re\nPATTERN = re.compile('^[a-z]+$', re.ASCII)\nPATTERN.search(value)",
        "from dataclasses import dataclass, field",
        "value.isoformat()",
        "import re\nre.fullmatch('[a-z]+', host)",
    ],
)
def test_straight_line_code_is_left_alone(code: str) -> None:
    assert reflection(ast.parse(code)) == []


def test_planted_imports_are_found() -> None:
    planted = "def call():\n    import botocore.auth\n    from entitystore_generator.cli import main\n"
    assert imports(ast.parse(planted)) == {"botocore.auth", "entitystore_generator.cli"}
