"""`make soak`: faults for minutes to hours, on each transport, one kind at a time or mixed.

    make soak FAULTS=50000 SEED=3
    make soak SOAK_SECONDS=3600 SOAK_ARGS='--transports asyncio'
    python -m tests.faults.soak --kind 'reset after' --transports blocking --faults 500

Rules of this file:
- Without `--mixed`, the first fifth of a run's faults is dealt out one kind at a time, and the rest is mixed.
- The exit code is 1 if anything was wrong, or if something grew. What is wrong for faults that botocore hides is told.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.engines import DYNOXIDE
from tests.faults.catalogue import KINDS
from tests.faults.control import control
from tests.faults.flatness import Sample, growth, sample
from tests.faults.ledger import Report
from tests.faults.runs import HIDDEN, RUNS, Settings, run

__all__ = ["main"]

HIDING = "boto3, hidden"


class Soak:
    """The run of one transport."""

    def __init__(self, url: str, name: str, settings: Settings, most: int) -> None:
        """Of the findings of each run, `most` are shown, at once."""
        self.name = name
        self._most = most
        self._shown = 0
        self.reports: list[Report] = []
        self.samples: list[Sample] = []
        self._url = url
        self._settings = settings
        self._told = self._began = time.monotonic()

    @property
    def faults(self) -> int:
        return sum(report.faults for report in self.reports)

    def one_at_a_time(self, faults: int, seconds: float) -> None:
        """So many faults of each kind in turn, and nothing else."""
        for kind in self._settings.kinds:
            settings = replace(self._settings, kinds=(kind,), workers=8, steps=20)
            self._run(settings, faults // len(self._settings.kinds) + 1, seconds / len(self._settings.kinds))

    def mixed(self, faults: int, seconds: float) -> None:
        """All kinds at once. What the process holds is compared within this part, in which all rounds are alike."""
        self.samples.clear()
        self._run(self._settings, faults, seconds)

    def _run(self, settings: Settings, faults: int, seconds: float) -> None:
        self._shown = 0
        self.reports.append(run(self._url, self.name, settings, faults=faults, seconds=seconds, after=self._after))

    def _after(self, number: int, report: Report) -> None:
        self.samples.append(sample())
        for finding in report.findings[self._shown : self._most]:
            print(finding, flush=True)
        self._shown = len(report.findings)
        if time.monotonic() - self._told > 20:
            self._told = time.monotonic()
            print(f"{self.name}: {self.faults + report.faults:,} faults; {report}", flush=True)

    def result(self) -> dict[str, object]:
        """The figures, for the table in docs/reliability.md."""
        by_kind: Counter[str] = Counter()
        wrong: Counter[str] = Counter()
        sums: Counter[str] = Counter()
        for report in self.reports:
            by_kind.update(report.by_kind)
            wrong.update(finding.fault.value for finding in report.findings)
            sums.update(calls=report.calls, sendings=report.sendings, cancelled=report.cancelled)
        wrong_kinds: Counter[str] = Counter()
        for report in self.reports:
            wrong_kinds.update((finding.kinds or ("of an earlier call",))[-1] for finding in report.findings)
        return {
            **sums,
            "by_kind": dict(by_kind),
            "faults": self.faults,
            "flat": [str(each) for each in growth(self.samples)],
            "seconds": round(time.monotonic() - self._began),
            "slowest": round(max(report.slowest for report in self.reports), 2),
            "wrong": dict(wrong),
            "wrong_by_kind": dict(wrong_kinds),
        }

    def tell(self) -> bool:
        """Print what came of it; whether all is well."""
        findings = [finding for report in self.reports for finding in report.findings]
        for report in self.reports[-1:]:
            print(f"{self.name}, mixed: {report}")
        seconds = time.monotonic() - self._began
        print(f"{self.name}: {self.faults:,} faults in {seconds:.0f} s, {len(findings)} findings")
        grown = growth(self.samples)
        print("; ".join(map(str, grown)) or "too few rounds to tell what grows")
        return not findings and all(each.is_flat for each in grown)


def _parts(name: str, settings: Settings) -> Iterator[tuple[str, Settings]]:
    """The runs of a transport, by the names of their figures: what botocore hides has one of its own."""
    if name != "boto3":
        yield name, settings
        return
    kinds = [kind for kind in settings.kinds if kind.name not in HIDDEN]
    hidden = [kind for kind in settings.kinds if kind.name in HIDDEN]
    for shown, some in (name, kinds), (HIDING, hidden):
        if some:
            yield shown, replace(settings, kinds=tuple(some), slack=600.0)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="faults for minutes to hours")
    parser.add_argument("--faults", type=int, default=10_000, help="of each transport")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="at most, of each transport")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--transports", default="blocking,asyncio,uvloop,boto3")
    parser.add_argument("--kind", help="this kind alone")
    parser.add_argument("--mixed", action="store_true", help="nothing one kind at a time")
    parser.add_argument("--control", type=int, default=0, help="faults for plain boto3, which has to be caught")
    parser.add_argument("--findings", type=int, default=50, help="how many are shown")
    parser.add_argument("--json", type=Path, help="where the figures go, beside those of other transports")
    given = parser.parse_args()
    kinds = (KINDS[given.kind],) if given.kind else tuple(KINDS.values())
    settings = Settings(seed=given.seed, kinds=kinds)
    results: dict[str, object] = json.loads(given.json.read_text()) if given.json and given.json.exists() else {}
    is_well = True
    with DYNOXIDE.start() as url:
        for name in given.transports.split(","):
            assert name in RUNS, name
            for shown, own in _parts(name, settings):
                soak = Soak(url, name, own, given.findings)
                first = 0.0 if given.mixed or given.kind else 0.2
                if first:
                    soak.one_at_a_time(int(given.faults * first), given.seconds * first)
                soak.mixed(int(given.faults * (1 - first)), given.seconds * (1 - first))
                is_well = (soak.tell() or shown == HIDING) and is_well
                results[shown] = soak.result()
        if given.control:
            report = control(url, settings, faults=given.control)
            print(f"the control, plain boto3: {report}")
            wrong = Counter(finding.fault.value for finding in report.findings)
            results["plain boto3"] = {"faults": report.faults, "calls": report.calls, "wrong": dict(wrong)}
    if given.json:
        given.json.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
