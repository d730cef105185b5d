"""Some seconds of faults for each transport. `make soak` makes hours of it.

    blocking, asyncio   nothing lost, doubled, misreported; no wrong answer, no undocumented error, no call too late
    boto3               the same but for the kinds that botocore hides (see `runs.HIDDEN`)
    plain boto3         the control: the same operations without this library are caught misreporting

Rule: a run is seeded. What a fault does is a fact by construction; when it meets a call is up to the machine.
"""

from __future__ import annotations

import pytest

from entitystore.errors import ServiceError
from tests.faults.catalogue import KINDS
from tests.faults.control import control
from tests.faults.kinds import Applies
from tests.faults.ledger import Claim, Fault, Ledger, Report
from tests.faults.runs import HIDDEN, Settings, run

SEED = 1


def _assert_clean(report: Report) -> None:
    assert not report.findings, "\n".join([*map(str, report.findings[:20]), str(report)])


@pytest.mark.parametrize("name", ["blocking", "asyncio", "uvloop"])
def test_mixed_faults(engine_url: str, name: str) -> None:
    if name == "uvloop":
        pytest.importorskip("uvloop", reason="uvloop is not installed")
    report = run(engine_url, name, Settings(seed=SEED), faults=250)
    _assert_clean(report)
    assert report.faults >= 250
    assert len(report.by_kind) > 60
    assert report.applied > 100


def test_mixed_faults_over_boto3(engine_url: str) -> None:
    kinds = tuple(kind for kind in KINDS.values() if kind.name not in HIDDEN and not kind.slow)
    _assert_clean(run(engine_url, "boto3", Settings(seed=SEED, kinds=kinds, slack=60.0), faults=120))


@pytest.mark.parametrize("name", ["blocking", "asyncio"])
def test_harmless_faults_fail_no_call(engine_url: str, name: str) -> None:
    kinds = tuple(kind for kind in KINDS.values() if kind.harmless)
    settings = Settings(SEED, kinds, rate=0.9, workers=8, steps=10, silence=1.0, deadline=20.0, cancelled=0.0)
    _assert_clean(run(engine_url, name, settings, faults=60))


@pytest.mark.parametrize("name", ["blocking", "asyncio"])
def test_refusals_leave_nothing_open(engine_url: str, name: str) -> None:
    kinds = tuple(kind for kind in KINDS.values() if kind.certain)
    report = run(engine_url, name, Settings(SEED, kinds, workers=8, steps=10, silence=5.0, cancelled=0.0), faults=60)
    _assert_clean(report)


def test_the_control_is_caught(engine_url: str) -> None:
    kinds = tuple(kind for kind in KINDS.values() if not kind.slow)
    report = control(engine_url, Settings(SEED, kinds), faults=80)
    found = {finding.fault for finding in report.findings}
    assert found >= {Fault.MISREPORTED, Fault.DOUBLED, Fault.LOST}


@pytest.mark.parametrize(
    ("broken", "instead"),
    [
        ("retries.certainly_not_applied", lambda error: True),
        ("retries.Attempts._is_settled_by", lambda self, error: True),
        ("core.service_error", lambda response: ServiceError("X", "x", status=400)),
    ],
    ids=["writes are repeated", "the last answer settles all", "every refusal is the service's"],
)
def test_a_broken_transport_is_caught(
    engine_url: str, monkeypatch: pytest.MonkeyPatch, broken: str, instead: object
) -> None:
    monkeypatch.setattr(f"entitystore.transports.{broken}", instead)
    kinds = tuple(kind for kind in KINDS.values() if not kind.slow)
    assert run(engine_url, "blocking", Settings(seed=SEED, kinds=kinds), faults=80).findings


def test_there_are_kinds_of_all_sorts() -> None:
    assert len(KINDS) >= 48
    assert {kind.applies for kind in KINDS.values()} == set(Applies)


def test_a_ledger_knows_what_can_be() -> None:
    ledger = Ledger(["k"])
    ledger.wrote("k", "1", Claim.UNKNOWN)
    assert ledger.possible("k") == {None, "1"}
    assert not ledger.saw("k", "2")
    assert ledger.saw("k", "1")
    ledger.wrote("k", "2", Claim.NOT_DONE)
    assert ledger.possible("k") == {"1"}
    assert not ledger.rule_out("k", {"1"})
    ledger.wrote("k", None, Claim.DONE)
    assert ledger.possible("k") == {None}
