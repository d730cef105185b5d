"""What a command line asks for, and a reader for the common ones.

Rules of this file:
- Standard library only, and light: the fast path of `check` imports it.
- `quick_call` reads plain calls without argparse, whose import and set-up cost 12 ms, a third of a check. It takes only
  what it is sure of; `arguments.py` reads all else and is the one that explains a wrong call. A test holds that
  both read the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .config import ConfigError, Fault, ModelKind, is_model_kind

FORMATS = ("text", "json", "github")


class Call(NamedTuple):
    """What the user asks for. `spec` and `output` are both None where the configuration is meant."""

    command: str
    format: str = "text"
    spec: str | None = None
    output: str | None = None
    models: ModelKind | None = None
    keep: tuple[str, ...] = ()
    config: str | None = None
    overwrite_edited: bool = False
    topic: str | None = None
    fail_on: str = "warning"


class CallError(ConfigError):
    """The call is wrong. `format` is the output format that it asks for, as far as one can tell."""

    def __init__(self, fault: Fault, format: str) -> None:
        super().__init__(fault)
        self.format = format


def quick_call(argv: Sequence[str]) -> Call | None:
    """The call, where it is a plain `generate`, `check` or `diff`; None where argparse has to look at it."""
    if not argv or argv[0] not in ("generate", "check", "diff"):
        return None
    call, words = Call(argv[0]), iter(argv[1:])
    for word in words:
        if word in ("-o", "--output", "--format", "--models"):
            changed = _with_option(call, word, next(words, ""))
        else:
            changed = None if not word or word.startswith("-") or call.spec else call._replace(spec=word)
        if changed is None:
            return None
        call = changed
    together = (call.spec is None) == (call.output is None)
    return call if together and (call.spec or not call.models) else None


def _with_option(call: Call, name: str, value: str) -> Call | None:
    if not value or value.startswith("-"):
        return None
    if name == "--format":
        return call._replace(format=value) if value in FORMATS else None
    if name == "--models":
        return call._replace(models=value) if is_model_kind(value) else None
    return call._replace(output=value)
