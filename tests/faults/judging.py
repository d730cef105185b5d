"""One call from its beginning to the verdict on what it told.

Rule: an exception is documented by its exact class. A subclass that nobody has heard of would be caught by the same
`except`, but it could not be found in the documentation.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from entitystore import errors
from entitystore.errors import EntityStoreError, IncompleteBatchError, WriteOutcomeUnknownError
from tests.faults.catalogue import KINDS
from tests.faults.ledger import Claim, Fault, Finding, Ledger, Report, claim_of
from tests.faults.proxy import Record

__all__ = ["Called", "Judge"]

_ALWAYS = frozenset({errors.TransportError, errors.TimeoutError, errors.ServiceError, errors.ThrottledError})
_UNKNOWN = (WriteOutcomeUnknownError, IncompleteBatchError)


@dataclass
class Called:
    """One call that has ended: what it is named, how it ended, and what the proxy knows of it."""

    name: str
    operation: str
    began: float
    seconds: float = 0.0
    error: BaseException | None = None
    record: Record = field(default_factory=Record)


@dataclass
class Judge:
    """The verdicts on the calls of one worker.

    `deadline` is that of a call, in seconds, and `bound` how many it may take; `may_repeat` whether its transport has
    leave to send writes again.
    `strict`: every fault is harmless, so that no call may fail; `certain`: every one says that nothing was applied.
    """

    ledger: Ledger
    report: Report
    bound: float
    deadline: float
    may_repeat: bool
    strict: bool = False
    certain: bool = False

    def found(self, called: Called, fault: Fault, what: str) -> None:
        """Report something wrong."""
        shown = f"{what} ({type(called.error).__name__}: {called.error})" if called.error else what
        kinds = tuple(called.record.faults)
        self.report.found(Finding(fault, called.name, called.operation, kinds, shown))

    def look(self, called: Called, documented: Collection[type[BaseException]], calls: int = 1) -> None:
        """What holds for every call: its time and its exceptions. `calls` of them may follow each other in it."""
        called.seconds = time.monotonic() - called.began
        error = called.error
        self.report.count(called.record, "done" if error is None else _outcome(error), called.seconds)
        if called.seconds > self.bound * calls:
            self.found(called, Fault.LATE, f"took {called.seconds:.2f} s, more than {self.bound * calls:.2f}")
        if error is None or not isinstance(error, Exception):
            return
        allowed = _ALWAYS | frozenset(documented)
        if any(KINDS[kind].malformed for kind in called.record.faults):
            allowed |= {errors.DecodeError}
        if type(error) not in allowed:
            self.found(called, Fault.UNDOCUMENTED, f"raised {type(error).__module__}.{type(error).__qualname__}")
        elif not _survives(error):
            self.found(called, Fault.UNDOCUMENTED, "the error is another one after pickling")
        if self.strict and isinstance(error, errors.TransportError) and not isinstance(error, errors.TimeoutError):
            self.found(called, Fault.WRONG, "an answer that is all right was refused")

    def judge_write(self, called: Called, changes: Mapping[str, str | None], *, recognised: bool = False) -> None:
        """Hold what is said of each write against the engine's count. `recognised`: by a token, when it is repeated."""
        left_open = False
        for key, version in changes.items():
            claim, applied = claim_of(called.error, key), called.record.applied[key]
            if claim is Claim.DONE and not applied:
                self.found(called, Fault.LOST, f"{key} was never written")
            if claim is Claim.NOT_DONE and applied:
                self.found(called, Fault.MISREPORTED, f"{key} was written {applied} times")
            if applied > 1 and not (recognised or self.may_repeat):
                self.found(called, Fault.DOUBLED, f"{key} was written {applied} times")
            left_open |= claim is Claim.UNKNOWN
            self.ledger.wrote(key, version, claim)
        if left_open and isinstance(called.error, EntityStoreError):
            self._look_at_doubt(called)

    def _look_at_doubt(self, called: Called) -> None:
        error = called.error
        is_late = called.seconds > self.deadline or (error is not None and errors.is_timeout(error))
        if self.certain and not is_late:
            self.found(called, Fault.LEFT_OPEN, "every sending was refused")
        if not isinstance(called.error, _UNKNOWN):
            self.found(called, Fault.UNDOCUMENTED, "an error that leaves open what happened is not of its class")

    def judge_refusal(self, called: Called, key: str, stored: set[str | None], why: str) -> None:
        """The service is said to have refused the write because what is stored is one of `stored`'s others."""
        if not self.ledger.rule_out(key, stored):
            self.found(called, Fault.MISREPORTED, f"refused because {why}, which cannot be")

    def judge_read(self, called: Called, key: str, version: str | None) -> None:
        """A read has told this version."""
        possible = self.ledger.possible(key)
        if not self.ledger.saw(key, version):
            self.found(called, Fault.WRONG, f"{key} is said to be {version}, and can only be {possible}")


def _outcome(error: BaseException) -> str:
    maybe = ", maybe applied" if getattr(error, "maybe_applied", False) else ""
    return f"{type(error).__name__}{maybe}"


def _survives(error: Exception) -> bool:
    """Whether pickling keeps the error as it is."""
    copied = pickle.loads(pickle.dumps(error))
    return type(copied) is type(error) and str(copied) == str(error) and copied.__dict__ == error.__dict__
