"""Writes the figures of a soak into docs/reliability.md.

make soak FAULTS=50000 SOAK_ARGS='--control 1000 --json soak.json'
python -m tests.faults.report soak.json
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tests.faults.catalogue import KINDS
from tests.faults.ledger import Fault
from tests.faults.runs import HIDDEN
from tests.faults.soak import HIDING

__all__ = ["table"]

PAGE = Path(__file__).parents[2] / "docs/reliability.md"
BEGIN, END = "<!-- faults -->\n", "<!-- /faults -->\n"
_NAMES = {
    "blocking": "HttpTransport, 16 threads",
    "asyncio": "AsyncHttpTransport, 16 tasks",
    "uvloop": "the same on uvloop",
    "boto3": "Boto3Transport, 16 threads, all but †",
    HIDING: "Boto3Transport, † alone",
    "plain boto3": "boto3 alone, standard mode (the control)",
}


def table(results: dict[str, Any]) -> str:
    """Two tables: the sums of each transport, and the faults by kind."""
    found = [fault.value for fault in Fault]
    lines = [
        f"| | faults | calls | {' | '.join(found)} | longest call |",
        "|---|" + "---:|" * (len(found) + 3),
    ]
    shown = [name for name in _NAMES if name in results]
    for name in shown:
        result = results[name]
        wrong = " | ".join(str(result["wrong"].get(each, 0)) for each in found)
        longest = f"{result['slowest']} s" if "slowest" in result else ""
        lines.append(f"| {_NAMES[name]} | {result['faults']:,} | {result['calls']:,} | {wrong} | {longest} |")
    lines += [
        "",
        "What each process held after each round, in the second quarter of its rounds and in the last one:",
        "",
    ]
    lines += [f"- {_NAMES[name]}: {'; '.join(results[name]['flat'])}" for name in shown if results[name].get("flat")]
    return "\n".join([*lines, "", *_by_kind(results)]) + "\n"


def _by_kind(results: dict[str, Any]) -> list[str]:
    """The faults that each transport met; those that botocore hides beside the others."""
    shown = [name for name in ("blocking", "asyncio", "uvloop", "boto3") if name in results]
    hiding = results.get(HIDING, {"by_kind": {}})["by_kind"]
    lines = [f"| what the client meets | engine asked | {' | '.join(shown)} |", "|---|---|" + "---:|" * len(shown)]
    for kind in KINDS.values():
        met = [results[name]["by_kind"].get(kind.name, 0) for name in shown]
        if "boto3" in shown:
            met[-1] += hiding.get(kind.name, 0)
        counts = [f"{each:,}" for each in met]
        mark = " †" if kind.name in HIDDEN else ""
        name = kind.name.removesuffix(", before").removesuffix(", after")
        lines.append(f"| {name}{mark} | {kind.applies.value} | {' | '.join(counts)} |")
    return lines


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="write the figures of soaks into docs/reliability.md")
    parser.add_argument("results", type=Path, nargs="+")
    results: dict[str, Any] = {}
    for path in parser.parse_args().results:
        results |= json.loads(path.read_text())
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table(results)}\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
