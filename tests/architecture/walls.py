"""What runtime and generated code may not do, as functions from a syntax tree to findings.

- `imports` lists what a module imports, wherever in the file that stands. The tests compare it with
  what the module's folder may import.
- `reflection` finds look-ups by name, code made from text, introspection, and templates expanded at
  run time. It finds the name and not only the call: `look = getattr` is a finding, too.

Rule: nothing here knows a file's name. Which file may do what, and why, is said in test_walls.py.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

BUILTINS = frozenset(
    {
        "__import__",
        "compile",
        "delattr",
        "dir",
        "eval",
        "exec",
        "getattr",
        "globals",
        "hasattr",
        "locals",
        "setattr",
        "vars",
    }
)
MODULES = frozenset({"ast", "importlib", "inspect", "pkgutil", "runpy"})
ATTRIBUTES = frozenset(
    {
        "__annotations__",
        "__dataclass_fields__",
        "__delattr__",
        "__dict__",
        "__getattribute__",
        "__setattr__",
        "__struct_fields__",
        "format",
        "format_map",
        "model_fields",
    }
)
# Introspection and expansion that libraries offer, by the module that offers it.
MEMBERS = frozenset(
    {
        ("builtins", "getattr"),
        ("builtins", "setattr"),
        ("builtins", "eval"),
        ("builtins", "exec"),
        ("dataclasses", "asdict"),
        ("dataclasses", "fields"),
        ("msgspec", "inspect"),
        ("msgspec.structs", "asdict"),
        ("msgspec.structs", "fields"),
        ("operator", "attrgetter"),
        ("operator", "methodcaller"),
        ("string", "Formatter"),
        ("string", "Template"),
        ("typing", "get_type_hints"),
    }
)
MATCHERS = frozenset({"re.compile", "re.fullmatch", "re.match", "re.search", "re.split"})
EXPANSIONS = frozenset({"expand", "findall", "finditer", "sub", "subn"})


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`what` names what is forbidden; `owner` the top-level function or class it stands in, or ""."""

    line: int
    what: str
    owner: str = ""


def imports(tree: ast.Module) -> set[str]:
    """Names of all modules imported in a file, also inside functions; relative imports are left out."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(str(node.module))
    return found


def top(module: str) -> str:
    """`botocore` for `botocore.auth`."""
    return module.partition(".")[0]


def reflection(tree: ast.Module) -> list[Finding]:
    """Every use of reflection in a file, in the order of lines."""
    matches_text = "re" in imports(tree)
    found: set[Finding] = set()
    for statement in tree.body:
        owner = getattr(statement, "name", "")
        for node in ast.walk(statement):
            for what in (*_forbidden(node), *(_matching(node) if matches_text else ())):
                found.add(Finding(getattr(node, "lineno", 0), what, owner))
    return sorted(found)


def _forbidden(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and node.id in BUILTINS:
        yield node.id
    elif isinstance(node, ast.Attribute):
        if node.attr in ATTRIBUTES:
            yield f".{node.attr}"
        if (ast.unparse(node.value), node.attr) in MEMBERS:
            yield ast.unparse(node)
    elif isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if top(alias.name) in MODULES)
    elif isinstance(node, ast.ImportFrom) and node.level == 0:
        module = str(node.module)
        if top(module) in MODULES:
            yield module
        yield from (f"{module}.{a.name}" for a in node.names if (module, a.name) in MEMBERS)


def _matching(node: ast.AST) -> Iterator[str]:
    """Uses of `re`, but for a fixed pattern that a value is matched with (a schema's `pattern`)."""
    if isinstance(node, ast.ImportFrom) and node.module == "re":
        yield "from re import"
    elif isinstance(node, ast.Attribute) and node.attr in EXPANSIONS:
        yield f"re: .{node.attr}"
    elif isinstance(node, ast.Call) and ast.unparse(node.func) in MATCHERS and not _is_fixed(node):
        yield "re: a pattern that is not fixed"


def _is_fixed(call: ast.Call) -> bool:
    """True where the pattern is a literal: `re.compile("^[a-z]+$", re.ASCII)`."""
    return bool(call.args) and isinstance(call.args[0], ast.Constant)
