"""`.entitystore.json`: from what, by what and as what a package was generated.

    {
      "format": 1,
      "generated-by": {"black": "26.10.1", …, "generator-hash": "…"},
      "options": {"models": "pydantic", "package": "shop_store", "spec": "openapi.yaml"},
      "inputs": {"../openapi.yaml": "<sha256>", …}, "outputs": {"__init__.py": "<sha256>", …}
    }

Rules of this file:
- Standard library only, and light: the fast path of `check` imports it.
- Sorted. No time, no absolute path. Versions stand here and nowhere else in a package, so that an upgrade that changes
  no code touches one file.
- All hashes are one line. git sets two branches in conflict where they change a line or its neighbours, and some file
  changes with every input. So branches that change the inputs conflict here, always and in no other line: what git has
  merged is never taken for what was generated.
- A manifest that is not exactly of this shape (git's conflict marks, a later format, a path that leads out of the
  folder) is as good as none: the package is then generated anew. What it says decides which files may be deleted, so
  nothing in it is believed half.
- Paths are POSIX: inputs from the output folder, outputs inside it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from ..config import Package, relative_posix
from .fingerprint import fingerprint
from .hashing import Digest, hash_file, hash_text, pick_sha256, read_regular

MANIFEST_NAME = ".entitystore.json"
FORMAT = 1
STAGING_PREFIX = ".entitystore-staging-"

Hashes = Mapping[str, str]


class Manifest(NamedTuple):
    """What the manifest says. `tools` are the versions; the hashes are of texts with LF."""

    tools: Hashes
    inputs: Hashes
    options: Hashes
    outputs: Hashes

    def text(self) -> str:
        """The file's text; the same values give the same text."""
        head = {"format": FORMAT, "generated-by": dict(self.tools), "options": dict(self.options)}
        hashes = {"inputs": dict(self.inputs), "outputs": dict(self.outputs)}
        start = json.dumps(head, indent=2, sort_keys=True).removesuffix("\n}")
        return f"{start},\n  {json.dumps(hashes, sort_keys=True)[1:-1]}\n}}\n"


def options_of(package: Package) -> dict[str, str]:
    """The options of a call, as a manifest records them."""
    models, name = package.options
    return {"models": models, "package": name, "spec": package.spec_name}


def input_name(package: Package, path: str) -> str:
    """An input's path as a manifest records it: from the output folder, links resolved on both sides."""
    return relative_posix(os.path.realpath(path), os.path.realpath(package.output))


def build(package: Package, inputs: Iterable[str], files: Mapping[str, str]) -> Manifest:
    """The manifest of what was compiled just now. Raises OSError where an input has vanished meanwhile."""
    sha256 = pick_sha256(1)
    hashes: dict[str, str] = {}
    for path in inputs:
        found = hash_file(path, sha256)
        if found is None:
            raise FileNotFoundError(2, "the input vanished while it was being compiled", path)
        hashes[input_name(package, path)] = found
    outputs = {path: hash_text(text) for path, text in files.items()}
    return Manifest(fingerprint(), hashes, options_of(package), outputs)


def read(folder: str) -> Manifest | None:
    """The manifest of an output folder; None where there is none that can be believed."""
    data = read_regular(os.path.join(folder, MANIFEST_NAME))
    return parse(data) if data is not None else None


def parse(data: bytes) -> Manifest | None:
    """A manifest from its bytes; None where it is not exactly of this format."""
    try:
        content = json.loads(data, object_pairs_hook=_without_repetition)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        return None
    tools, inputs, options, outputs = (
        _text_map(content.get(key)) for key in ("generated-by", "inputs", "options", "outputs")
    )
    if tools is None or inputs is None or options is None or outputs is None:
        return None
    return Manifest(tools, inputs, options, outputs) if all(map(is_inside, outputs)) else None


def _without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a key is repeated: a merge that went wrong")
    return table


def _text_map(part: object) -> dict[str, str] | None:
    if isinstance(part, dict) and all(isinstance(value, str) for value in part.values()):
        return part
    return None


def is_inside(path: str) -> bool:
    """True for a relative POSIX path that cannot lead out of its folder and is not the manifest's own."""
    if path == MANIFEST_NAME or "\\" in path or ":" in path or "\0" in path:
        return False
    *folders, name = path.split("/")
    return name not in ("", ".", "..") and not any(folder == "" or folder.startswith(".") for folder in folders)


def is_current(package: Package) -> bool:
    """True if generating would change nothing, as far as hashes can tell; the fast path.

    False means: not known, compile and compare.
    """
    manifest = read(package.output)
    if manifest is None or not manifest.inputs or manifest.options != options_of(package):
        return False
    sha256 = pick_sha256(len(manifest.inputs) + len(manifest.outputs))
    return (
        manifest.tools == fingerprint()
        and _all_in_place(package, manifest)
        and _all_match(os.path.realpath(package.output), manifest.inputs, sha256)
        and _all_match(package.output, manifest.outputs, sha256)
    )


def _all_in_place(package: Package, manifest: Manifest) -> bool:
    """True if every output is a file of its own, not a link, and no other Python file is there."""
    found = scan(package.output)
    regular = {path for path, is_link in found.items() if not is_link}
    return regular.issuperset(manifest.outputs) and not strangers(found, manifest.outputs, package.keep)


def _all_match(folder: str, hashes: Hashes, sha256: Callable[[bytes], Digest]) -> bool:
    return all(hash_file(os.path.join(folder, path), sha256) == expected for path, expected in hashes.items())


def strangers(found: Iterable[str], known: Iterable[str], keep: Iterable[str]) -> list[str]:
    """Of the files found, the Python files that are neither known nor kept."""
    expected = {*known, *keep}
    return [path for path in found if path.endswith((".py", ".pyi")) and path not in expected]


def scan(folder: str) -> dict[str, bool]:
    """The files below a folder, as POSIX path -> is it a symbolic link; sorted by folder.

    Without byte code and hidden folders (git's, caches, staging). A link to a folder counts as a file: it is not
    followed.
    """
    found: dict[str, bool] = {}
    _scan_into(found, folder, "")
    return found


def _scan_into(found: dict[str, bool], folder: str, prefix: str) -> None:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if not entry.is_dir(follow_symlinks=False):
            found[prefix + entry.name] = entry.is_symlink()
        elif entry.name != "__pycache__" and not entry.name.startswith("."):
            _scan_into(found, entry.path, f"{prefix}{entry.name}/")
