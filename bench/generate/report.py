"""`docs/benchmarks-generate.md` from `results.json`, which `run` has written.

Rules of this file:
- Every figure comes from the JSON; goals are stated beside what was measured, met or not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.generate.run import ENTITIES_ALONE, LARGE, READING

__all__ = ["main", "report"]

RESULTS = Path(__file__).parent / "results.json"
REPORT = Path(__file__).parents[2] / "docs/benchmarks-generate.md"

LARGE_GOAL = 485  # MB: half of what it was

_TEXT = """\
# How long generating takes

Written by `make bench-generate` from `bench/generate/results.json`.

{machine}

## Against the goals

{goals}

## All figures

Seconds, best / median of {rounds} rounds. *Wall* is by the clock, from the start of the process to its end; *processor*
is user and system time of that process. Documents of 1000 entities are measured once.

{tables}

## Memory

The most that `entitystore generate` has resident at once, in MB, for a package that is not there yet. A large entity
has 53 properties and four objects, each with an object in it.

{memory}

## Method

- Each figure is a process of its own, started by its command as a person starts it; the commands take turns, and a
  first round is thrown away, so that byte code and files are warm for all.
- The documents are made by `bench/generate/documents.py`. Each entity has twelve properties (formats, bounds, patterns,
  a set, a default), a table key and two indexes, an object and an enum. *One entity changed* adds a
  property to the first entity, or gives it another index key, after a complete run; the run checks that no other
  entity's module differs. Nothing is kept between these runs but what was generated.
- `entitystore generate` asks datamodel-code-generator for names only where its choice is not certain (a property called
  `_etag`, two objects in place under one name). The documents have no such name, as most have none; *one name that
  d.-c.-g. is asked for* is the same document with one. What it chose is then kept in the user's cache
  (`ENTITYSTORE_CACHE`) and serves again where the schemas' properties are the same; this run has no cache.
- *datamodel-code-generator* gets what the entities reach, as JSON, and writes pydantic models: with black and isort,
  its default, which the goals mean, and with its built-in formatter, which does less than black. It
  writes entity classes alone; `entitystore generate` writes these and keys, codecs and stores, ten times as many lines.
- The public document is of the size of the largest public ones (GitHub's, Stripe's), made by the script, so that no
  one's document has to be fetched. Python's `json.load` keeps no positions, which errors need.

Weaknesses: one machine; other processes may run on it, as the load before the run tells (the processor times and the
ratios hold better than the wall times); the documents are even, where real ones have a few large schemas.
"""


def main() -> None:
    """Write the report."""
    REPORT.write_text(report(json.loads(RESULTS.read_text(encoding="utf-8"))), encoding="utf-8")
    print(f"{REPORT} written")


def report(results: dict[str, Any]) -> str:
    """The report's text."""
    return _TEXT.format(
        machine=_machine(results),
        goals="\n".join(_goals(results)),
        rounds=results["rounds"],
        tables="\n\n".join(_tables(results)),
        memory="\n".join(_memory(results)),
    )


def _machine(results: dict[str, Any]) -> str:
    machine = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, Python {machine['python']}; "
        f"load before the run {machine['load_before']}.\n{versions}."
    )


def _goals(results: dict[str, Any]) -> Iterator[str]:
    found = {(case["document"], case["name"]): case for case in results["cases"]}
    yield "| goal | measured (best, processor) | met |"
    yield "|---|---|---|"
    for document in dict.fromkeys(case["document"] for case in results["cases"]):
        if (document, ENTITIES_ALONE) in found:
            continue
        own = found[document, "generate"]["cpu"]["best"]
        for formatter in ("black and isort", "built-in formatter"):
            other = found[document, f"datamodel-code-generator, {formatter}"]["cpu"]["best"]
            measured = f"{own:.2f} s / {other:.2f} s = {own / other:.2f}"
            yield f"| {document}: generate <= 1.3 x d.-c.-g. with {formatter} | {measured} | {_met(own / other, 1.3)} |"
    for size, name, bound in (
        (100, "generate, one entity changed (another index key)", 1.0),
        (100, "generate, one entity changed (a property more)", 1.0),
        (5, "check, nothing changed", 0.05),
        (1000, "check, nothing changed", 0.1),
    ):
        case = found.get((f"{size} entities", name))
        if case is not None:
            best = case["cpu"]["best"]
            yield f"| {size} entities: {name} <= {bound} s | {best:.3f} s | {_met(best, bound)} |"
    for document in (document for document, name in found if name == ENTITIES_ALONE):
        whole, reading, alone = (found[document, name]["cpu"]["best"] for name in ("generate", READING, ENTITIES_ALONE))
        measured = f"{whole:.2f} s - {reading:.2f} s = {whole - reading:.2f} s; {alone:.2f} s"
        goal = "generate, less reading it <= 1.3 x the same entities alone"
        yield f"| {document}: {goal} | {measured} | {_met(whole - reading, 1.3 * alone)} |"


def _memory(results: dict[str, Any]) -> Iterator[str]:
    yield "| document | MB | goal |"
    yield "|---|---|---|"
    for case in results["memory"]:
        goal = f"<= {LARGE_GOAL}: {_met(case['megabytes'], LARGE_GOAL)}" if case["document"] == LARGE else ""
        yield f"| {case['document']} | {case['megabytes']} | {goal} |"


def _met(value: float, bound: float) -> str:
    return "yes" if value <= bound else "no"


def _tables(results: dict[str, Any]) -> Iterator[str]:
    for document in dict.fromkeys(case["document"] for case in results["cases"]):
        lines = [f"### {document}", "", "| what | wall | processor |", "|---|---|---|"]
        for case in results["cases"]:
            if case["document"] == document:
                lines.append(f"| {case['name']} | {_pair(case['wall'])} | {_pair(case['cpu'])} |")
        yield "\n".join(lines)


def _pair(figures: dict[str, float]) -> str:
    return f"{figures['best']:.3f} / {figures['median']:.3f}"


if __name__ == "__main__":
    main()
