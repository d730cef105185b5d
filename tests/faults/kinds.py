"""What a kind of fault is: what the engine does with the request, and what the client then sees. See `catalogue`.

Rules of this file:
- `applies` says by construction whether the engine has the request when the client sees the fault: the proxy asks the
  engine, or does not, before it does the steps of a kind.
- A kind never lies in the service's name: what has the form of DynamoDB's answer is true.
- Times are in units of the client's `read_timeout`, so that a slow machine only makes a run slower.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TypeAlias

from tests.faults.answers import Answer

__all__ = ["Applies", "Do", "Kind", "Reads", "Step", "Steps", "Wait"]


class Applies(StrEnum):
    """What of the request the engine has applied before the client sees the fault."""

    NEVER = "before"
    FIRST = "after"
    LATE = "when the client has gone"
    HALF = "half of the batch"


class Reads(Enum):
    """How much of the request is taken from the connection."""

    ALL = "all"
    HEAD = "the head"


class Do(Enum):
    """What happens to the connection."""

    RESET = "reset"
    CLOSE = "close"
    HANG = "hang"
    """Until the client has gone."""
    RESET_NEXT = "reset when the next request arrives, unread"


@dataclass(frozen=True)
class Wait:
    """A pause, in units of the client's `read_timeout`."""

    silences: float


Step: TypeAlias = bytes | Wait | Do
Steps: TypeAlias = Callable[[str, bytes, Answer], Sequence[Step]]
"""From the operation, the request's body and the engine's answer, which is `{}` where it was not asked."""


@dataclass(frozen=True)
class Kind:
    """One kind of fault.

    `operations` that it can meet, all if there are none. `harmless`: the client has to take the answer as if nothing
    were. `certain`: the answer says that nothing was applied, so an error may not leave it open. `slow` kinds take the
    client's `read_timeout` or more, and are dealt out less often. `malformed`: the answer holds an item that is none.
    """

    name: str
    applies: Applies
    steps: Steps
    operations: tuple[str, ...] = ()
    reads: Reads = Reads.ALL
    harmless: bool = False
    certain: bool = False
    slow: bool = False
    malformed: bool = False
