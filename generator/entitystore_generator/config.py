"""What a user asks for.

Rules of this file:
- Standard library only, and light: the fast path of `check` imports it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

ModelKind: TypeAlias = Literal["pydantic", "dataclass", "msgspec"]


@dataclass(frozen=True, slots=True)
class Options:
    """What shapes the output. `package_name` is the import name, which is the output folder's name."""

    models: ModelKind = "pydantic"
    package_name: str = ""
