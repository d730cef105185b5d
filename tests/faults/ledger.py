"""What a worker knows of its items, and what is wrong with what it is told.

Rules of this file:
- A worker owns its keys: nobody else writes them. So each key has a set of possible values: one after a write that
  succeeded or a read, two after a write whose outcome is unknown.
- A value is named by its version, which no two writes share; None is no item.
- What the engine has applied is the proxy's count. A claim is judged by it, not by later reads alone.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from entitystore.errors import IncompleteBatchError
from tests.faults.batches import identity
from tests.faults.proxy import Record

__all__ = ["Claim", "Fault", "Finding", "Ledger", "Report", "claim_of"]


class Fault(StrEnum):
    """What can be wrong with a call, from the worst on."""

    LOST = "lost"
    """A write was called done, and the engine never applied it; or a stream left an item out."""
    DOUBLED = "doubled"
    """A write was applied more than once without leave to repeat it; or a stream gave an item twice."""
    MISREPORTED = "misreported"
    """A write was called not applied, and it was; or it was refused for what its own earlier sending had stored."""
    WRONG = "wrong answer"
    """A read told what cannot be."""
    LEFT_OPEN = "left open"
    """An error left open whether a write was applied, although every answer had said that it was not."""
    UNDOCUMENTED = "undocumented error"
    """An exception that is not documented for the operation, or one that does not survive pickling."""
    LATE = "late"
    """The call took longer than its deadline allows."""


class Claim(StrEnum):
    """What a call says of one of its writes."""

    DONE = "done"
    NOT_DONE = "not applied"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong."""

    fault: Fault
    call: str
    operation: str
    kinds: tuple[str, ...]
    what: str

    def __str__(self) -> str:
        return (
            f"{self.fault.value}: {self.operation} {self.call}: {self.what}; faults: {', '.join(self.kinds) or 'none'}"
        )


@dataclass
class Report:
    """What was tried and found; shared between workers.

    `outcomes` counts by kind of the first fault of a call what the call came to.
    """

    calls: int = 0
    sendings: int = 0
    applied: int = 0
    findings: list[Finding] = field(default_factory=list)
    by_kind: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    cancelled: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def faults(self) -> int:
        """How many sendings were spoiled."""
        return sum(self.by_kind.values())

    def found(self, finding: Finding) -> None:
        with self._lock:
            self.findings.append(finding)

    def count(self, record: Record, outcome: str, seconds: float) -> None:
        """Add one call that has ended."""
        with self._lock:
            self.calls += 1
            self.sendings += record.sendings
            self.applied += sum(record.applied.values())
            self.by_kind.update(record.faults)
            self.errors[outcome] += 1
            self.slowest = max(self.slowest, seconds)
            if record.faults:
                self.outcomes[record.faults[0], outcome] += 1

    def __str__(self) -> str:
        kinds = len(self.by_kind)
        wrong = Counter(finding.fault.value for finding in self.findings)
        counted = ", ".join(f"{wrong[fault.value]} {fault.value}" for fault in Fault)
        return (
            f"{self.faults:,} faults of {kinds} kinds in {self.sendings:,} sendings of {self.calls:,} calls "
            f"({self.cancelled:,} of them cancelled, the longest {self.slowest:.2f} s): {counted}"
        )


def claim_of(error: BaseException | None, key: str) -> Claim:
    """What the end of a call says of its write under this key."""
    if error is None:
        return Claim.DONE
    if isinstance(error, IncompleteBatchError):
        if key not in {identity(each) for each in error.missing}:
            return Claim.DONE
        return Claim.UNKNOWN if error.maybe_applied else Claim.NOT_DONE
    unknown = getattr(error, "maybe_applied", True)  # an interruption says nothing
    return Claim.UNKNOWN if unknown else Claim.NOT_DONE


class Ledger:
    """The possible values of a worker's keys."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._possible: dict[str, set[str | None]] = {key: {None} for key in keys}

    def possible(self, key: str) -> set[str | None]:
        """The versions of which one is stored."""
        return self._possible[key]

    def is_known(self, key: str) -> bool:
        """Whether there is only one possible value."""
        return len(self._possible[key]) == 1

    def wrote(self, key: str, version: str | None, claim: Claim) -> None:
        """Note a write, by what was said of it."""
        if claim is Claim.DONE:
            self._possible[key] = {version}
        elif claim is Claim.UNKNOWN:
            self._possible[key].add(version)

    def saw(self, key: str, version: str | None) -> bool:
        """Note what was read; False if that cannot be."""
        fits = version in self._possible[key]
        if fits:
            self._possible[key] = {version}
        return fits

    def rule_out(self, key: str, versions: set[str | None]) -> bool:
        """Note that none of these is stored; False if that cannot be."""
        left = self._possible[key] - versions
        if left:
            self._possible[key] = left
        return bool(left)
