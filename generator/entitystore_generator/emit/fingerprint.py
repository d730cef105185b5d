"""Which generator is at work: its version, those of the tools it writes with, and a hash of its own code.

Rules of this file:
- Standard library only, and light: the fast path of `check` imports it.
- `importlib.metadata` costs 30 ms to import; the names of `*.dist-info` folders say as much.
- The hash covers the templates and whatever else shapes output, so that a change to the generator's source is
  noticed in a checkout, where the version stays the same. It is the same for a checkout and the wheel built from it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from .hashing import Digest, pick_sha256

DISTRIBUTION = "entitystore-dynamodb"
TOOLS = (DISTRIBUTION, "black", "datamodel-code-generator", "jinja2")
UNKNOWN = "unknown"

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Of the generator's own code, what decides how it is called and what it says, but not what it writes; whole folders
# are named without an end.
_SHAPES_NOTHING = frozenset(
    {
        "__main__.py",
        "advice",
        "arguments.py",
        "call.py",
        "checks/rules.py",
        "cli.py",
        "commands.py",
        "compiling.py",
        "config.py",
        "design",
        "emit/compare.py",
        "emit/diffs.py",
        "emit/findings.py",
        "emit/fingerprint.py",
        "emit/hashing.py",
        "emit/manifest.py",
        "emit/output.py",
        "emit/rules.py",
        "explain.py",
        "interrupts.py",
        "lint.py",
        "outcome.py",
        "progress.py",
        "proofs/rules.py",
        "report.py",
        "rules.py",
        "settings.py",
        "spec/document_rules.py",
        "spec/extension_rules.py",
        "spec/rules.py",
        "toml_lines.py",
        "work.py",
    }
)


@cache
def fingerprint() -> Mapping[str, str]:
    """Distribution name -> version for each of `TOOLS`, and `generator-hash`. A version not found is `unknown`."""
    versions = installed_versions(TOOLS)
    return {**versions, "generator-hash": generator_hash()}


def installed_versions(names: tuple[str, ...]) -> dict[str, str]:
    """The versions of installed distributions, by their `dist-info` folders on `sys.path`; the first found counts."""
    missing = {_normal(name): name for name in names}
    found = dict.fromkeys(names, UNKNOWN)
    for folder in sys.path:
        for name, version in _distributions(folder or os.curdir):
            wanted = missing.pop(name, None)
            if wanted is not None:
                found[wanted] = version
        if not missing:
            break
    return found


def _distributions(folder: str) -> Iterator[tuple[str, str]]:
    try:
        entries = os.listdir(folder)
    except OSError:  # a zip file, or a path that does not exist
        return
    for entry in sorted(entries):
        if entry.endswith(".dist-info"):
            name, _, version = entry[: -len(".dist-info")].partition("-")
            yield _normal(name), version


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def templates_folder() -> str:
    """The Jinja templates: inside the package when installed from a wheel, beside it in a checkout."""
    inside = os.path.join(_ROOT, "templates")
    if os.path.isdir(inside):
        return inside
    return os.path.join(os.path.dirname(os.path.dirname(_ROOT)), "templates")


def generator_hash() -> str:
    """sha256 over the templates and the modules that shape output, with their names."""
    sources = dict(_sources(_ROOT, "", ".py"))
    sources.update(_sources(templates_folder(), "templates/", ""))
    digest = _digest_of(sources, pick_sha256(len(sources)))
    return digest.hexdigest()


def _digest_of(sources: Mapping[str, str], sha256: Callable[[bytes], Digest]) -> Digest:
    whole = sha256(b"")
    for name in sorted(sources):
        with open(sources[name], "rb") as stream:
            data = stream.read().replace(b"\r\n", b"\n")
        whole.update(f"{name}\0{len(data)}\0".encode())
        whole.update(data)
    return whole


def _sources(folder: str, prefix: str, suffix: str) -> Iterator[tuple[str, str]]:
    """(name with forward slashes, path) of the files below `folder` that can shape output."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        name = prefix + entry.name
        if entry.is_dir():
            if entry.name not in ("__pycache__", "templates") and name not in _SHAPES_NOTHING:
                yield from _sources(entry.path, f"{name}/", suffix)
        elif entry.name.endswith(suffix) and name not in _SHAPES_NOTHING:
            yield name, entry.path
