"""`python -m bench.report`: docs/benchmarks.md and its charts, from results.json and nothing else.

Rules of this file:
- Every number in the document is computed here from the samples; the words around them claim nothing that a next run
  could make false.
- The same JSON gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from bench import charts, prose

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
KINDS = ("msgspec", "dataclass", "pydantic")
OURS = tuple(f"entitystore ({kind})" for kind in KINDS)


class Figure(NamedTuple):
    """One library's samples of one case: best, median, and the distance between the quartiles over the median."""

    best: float
    median: float
    spread: float


class Case(NamedTuple):
    """How a case is shown: its heading, the unit, microseconds per unit, and whether CPU or wall time is compared."""

    key: str
    title: str
    unit: str
    scale: float
    measure: str = "cpu"


CASES = (
    Case("encode", "Encode: entity to the bytes of PutItem", "µs", 1),
    Case("decode", "Decode: bytes of GetItem to entity", "µs", 1),
    Case("decode_dict", "Decode to a dict of native values only, for the peers that stop there", "µs", 1),
    Case("get_http", "GetItem over HTTP", "µs", 1),
    Case("get_tls", "GetItem over TLS", "µs", 1),
    Case("put_http", "PutItem over HTTP", "µs", 1),
    Case("put_tls", "PutItem over TLS", "µs", 1),
    Case("page", "Query page of 1 MB, 961 items of one type", "ms", 1e3),
    Case("page_mixed", "Query page of 1 MB, three types mixed", "ms", 1e3),
    Case("batch_get", "BatchGetItem of 100 items", "ms", 1e3),
    Case("concurrent_async", "50 concurrent gets in asyncio, each", "µs", 1),
    Case("concurrent_uvloop", "50 concurrent gets on uvloop, each", "µs", 1),
    Case("concurrent_threads", "50 concurrent gets in threads, each", "µs", 1),
    Case("stream", "Stream of 100,905 items", "s", 1e6),
    Case("start", "Process start to the first GetItem over TLS", "ms", 1e3),
    Case("start_hashed", "Process start to the first GetItem, hashed authorities", "ms", 1e3),
    Case("import", "Import", "ms", 1e3, "wall"),
    Case("engine", "PutItem and GetItem on a real engine (dynoxide), both", "µs", 1),
)


class Goal(NamedTuple):
    """A goal: how many times cheaper than the best peer, and than boto3 where that was asked for."""

    case: str
    over_best: float
    over_boto3: float | None = None


GOALS = (
    Goal("encode", 4),
    Goal("decode", 3.5),
    Goal("get_http", 4, 12),
    Goal("get_tls", 3.5),
    Goal("concurrent_async", 5),
    Goal("page", 4, 15),
    Goal("start", 2),
    Goal("start_hashed", 2),
)


class Results:
    """results.json, with what is derived of it."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        self.machine: dict[str, Any] = raw["machine"]

    def figures(self, key: str, measure: str = "cpu") -> dict[str, Figure]:
        """The figures of a case by library, in microseconds."""
        found = self.raw["cases"].get(key, {})
        return {name: figure_of(series[measure]) for name, series in found.items() if series[measure]}

    def best_peer(self, case: Case) -> tuple[str, Figure] | None:
        """The fastest library that is not ours; for decoding also those that stop at a dict, which flatters them."""
        peers = self.peers(case.key, case.measure)
        if case.key == "decode":
            peers |= {f"{name}, to a dict": each for name, each in self.peers("decode_dict", case.measure).items()}
        return min(peers.items(), key=lambda item: item[1].median) if peers else None

    def peers(self, key: str, measure: str) -> dict[str, Figure]:
        """The figures of the others."""
        return {n: f for n, f in self.figures(key, measure).items() if n not in OURS and n != "python"}

    def faults(self, key: str) -> dict[str, str]:
        """Why a library has no figure."""
        found: dict[str, str] = self.raw["faults"].get(key, {})
        return {name: why for name, why in found.items() if why != "-"}


def figure_of(samples: list[float]) -> Figure:
    """Best, median and spread of some samples."""
    median = statistics.median(samples)
    if len(samples) < 3:
        return Figure(min(samples), median, 0.0)
    low, _, high = statistics.quantiles(samples, n=4)
    return Figure(min(samples), median, (high - low) / median)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    columns = list(head)
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def show(value: float) -> str:
    return charts.figure(value)


def goals(results: Results) -> str:
    """The goals, what is reached and by which model kind."""
    rows = []
    for goal in GOALS:
        case = next(each for each in CASES if each.key == goal.case)
        peer = results.best_peer(case)
        if peer is None:
            continue
        rows.append(goal_row(results, case, f"≥ {goal.over_best:g}x the best peer", peer, goal.over_best))
        boto3 = results.figures(case.key, case.measure).get("boto3")
        if goal.over_boto3 is not None and boto3 is not None:
            rows.append(goal_row(results, case, f"≥ {goal.over_boto3:g}x boto3", ("boto3", boto3), goal.over_boto3))
    return table(["case", "goal", "measured against", *KINDS, "reached"], rows)


def goal_row(results: Results, case: Case, goal: str, peer: tuple[str, Figure], wanted: float) -> list[str]:
    ours = results.figures(case.key, case.measure)
    name, other = peer
    ratios = [other.median / ours[each].median if each in ours else 0.0 for each in OURS]
    best = [other.best / ours[each].best if each in ours else 0.0 for each in OURS]
    shown = [f"{ratio:.1f}x ({top:.1f}x)" if ratio else "-" for ratio, top in zip(ratios, best, strict=True)]
    met = [kind for kind, ratio in zip(KINDS, ratios, strict=True) if ratio >= wanted]
    reached = "yes" if len(met) == len(KINDS) else ", ".join(met) or "no"
    measured = f"{name}: {show(other.median / case.scale)} {case.unit}"
    return [case.title, goal, measured, *shown, reached]


def case_section(results: Results, case: Case) -> str:
    """A case: its chart, its table, and who is missing and why."""
    figures = results.figures(case.key, case.measure)
    if not figures:
        return ""
    peer = results.best_peer(case)
    rows = []
    wall = results.figures(case.key, "wall")
    for name, each in sorted(figures.items(), key=lambda item: item[1].median):
        ratio = f"{each.median / peer[1].median:.2f}" if peer else "-"
        cells = [name, show(each.best / case.scale), show(each.median / case.scale), f"{each.spread:.0%}"]
        if case.measure == "cpu":
            cells.append(show(wall[name].median / case.scale))
        if case.key == "stream":
            series = results.raw["cases"]["stream"][name]
            cells += [f"{min(series['peak']) / 2**20:.0f}", f"{min(series['resident']) / 2**20:.0f}"]
        rows.append([*cells, ratio])
    timed = "CPU" if case.measure == "cpu" else "wall"
    head = ["", f"best, {case.unit} of {timed}", "median", "spread", *(["wall, median"] if timed == "CPU" else [])]
    if case.key == "stream":
        head += ["peak above the start, MiB", "peak, MiB"]
    missing = results.faults(case.key)
    notes = "".join(f"\n- {name}: {why}" for name, why in sorted(missing.items()))
    return (
        f"### {case.title}\n\n![{case.title}](benchmarks/{case.key}.svg)\n\n"
        + table([*head, "of the best peer"], rows)
        + (f"\n\nNot measured:\n{notes}" if notes else "")
        + "\n"
    )


def growth(results: Results, prefix: str) -> dict[str, list[tuple[float, float]]]:
    """Points of the growth with something: library -> (how much, median microseconds)."""
    found: dict[str, list[tuple[float, float]]] = {}
    for key, series in results.raw["cases"].items():
        head, colon, amount = key.partition(":")
        if colon and head == prefix:
            for name, each in series.items():
                if each["cpu"]:
                    found.setdefault(name, []).append((float(amount), statistics.median(each["cpu"])))
    return {name: sorted(points) for name, points in sorted(found.items())}


GROWTH = (
    ("size", "GetItem by size of the item", "bytes of the item"),
    ("attributes", "Decode by number of attributes", "attributes of the item"),
    ("page", "Query by items on the page", "items on the page"),
    ("width", "Gets in asyncio by how many are under way", "gets under way at once"),
)


def growth_section(results: Results, prefix: str, title: str, across: str) -> str:
    series = growth(results, prefix)
    if not series:
        return ""
    amounts = sorted({x for points in series.values() for x, _ in points})
    rows = []
    for name, points in series.items():
        values = dict(points)
        rows.append([name, *(show(values[x]) if x in values else "-" for x in amounts)])
    head = [across, *(f"{x:,g}" for x in amounts)]
    return f"### {title}\n\n![{title}](benchmarks/growth-{prefix}.svg)\n\nµs of CPU, median.\n\n{table(head, rows)}\n"


def write_charts(results: Results, folder: Path) -> None:
    """All charts, and none from a former run."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    for case in CASES:
        figures = results.figures(case.key, case.measure)
        if figures:
            values = {n: (f.median / case.scale, f.best / case.scale) for n, f in figures.items()}
            (folder / f"{case.key}.svg").write_text(charts.bars(case.title, case.unit, values))
    for prefix, title, across in GROWTH:
        series = growth(results, prefix)
        if series:
            chart = charts.lines(f"{title} (µs of CPU, both axes logarithmic)", across, "µs", series)
            (folder / f"growth-{prefix}.svg").write_text(chart)


def machine(results: Results) -> str:
    """The machine and the versions."""
    about = results.machine
    load = f"{about['load_before'][0]} before, {about['load_after'][0]} after"
    rows = [
        ["date", about["date"]],
        ["processor", f"{about['processor']}, {about['cores']} cores"],
        ["cores", f"clients on {about['pinned']['client']}, server on {about['pinned']['server']}"],
        ["system", about["system"]],
        ["Python", f"{about['implementation']} {about['python']}, {about['openssl']}"],
        ["load average", load],
        *([name, version] for name, version in sorted(about["versions"].items())),
    ]
    missing = "".join(f"\n- {name}: {why}" for name, why in sorted(results.raw["missing"].items()))
    return table(["", ""], rows) + (f"\n\nNot run:\n{missing}" if missing else "")


def document(results: Results) -> str:
    """The text of docs/benchmarks.md."""
    parts = [
        prose.OPENING,
        "## Goals\n",
        prose.GOALS,
        goals(results),
        "\n## Cases\n",
        *(section for case in CASES if (section := case_section(results, case))),
        "## How cost grows\n",
        *(section for each in GROWTH if (section := growth_section(results, *each))),
        "## The machine and the versions\n",
        machine(results),
        prose.METHOD,
    ]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.report", description=__doc__.partition("\n")[0])
    parser.add_argument("results", type=Path, nargs="?", default=HERE / "results.json")
    options = parser.parse_args()
    results = Results(json.loads(options.results.read_text()))
    write_charts(results, DOCS / "benchmarks")
    (DOCS / "benchmarks.md").write_text(document(results))


if __name__ == "__main__":
    main()
