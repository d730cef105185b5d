"""`python -m bench.readme`: the figures in README.md, from the results of both benchmarks.

They stand between two comments; nothing else of the file is touched.

Rules of this file:
- Medians of calls, as in docs/benchmarks.md; best processor times of the generator, as in docs/benchmarks-generate.md.
- The same results give the same bytes.
"""

from __future__ import annotations

import json
import re
from typing import Any

from bench.report import CASES, HERE, KINDS, OURS, Case, Results, show, table

README = HERE.parent / "README.md"
GENERATED = HERE / "generate" / "results.json"
BEGIN, END = "<!-- speed -->", "<!-- /speed -->"

ROWS = {
    "encode": "entity to PutItem bytes",
    "decode": "GetItem bytes to entity",
    "get_http": "GetItem, HTTP",
    "get_tls": "GetItem, TLS",
    "concurrent_async": "50 gets at once in asyncio, each",
    "page": "1 MB query page to entities",
    "start": "process start to the first GetItem, TLS",
}
"""The cases that are shown, and how they are called."""

OPENING = """\
Client CPU of one call, medians of one run on a shared machine of two cores. `make bench` measures;
[docs/benchmarks.md](docs/benchmarks.md) has every case, library and spread, and says which goals are missed.
"""


def main() -> None:
    """Write the figures into the README."""
    text = README.read_text(encoding="utf-8")
    README.write_text(with_figures(text), encoding="utf-8")


def with_figures(readme: str) -> str:
    """The README's text with the figures of the last runs."""
    calls = Results(json.loads((HERE / "results.json").read_text(encoding="utf-8")))
    generator = json.loads(GENERATED.read_text(encoding="utf-8"))
    block = f"{BEGIN}\n{OPENING}\n{_calls(calls)}\n\n{_generator(generator)}\n{END}"
    return re.sub(f"{BEGIN}.*{END}", lambda _: block, readme, flags=re.DOTALL)


def _calls(results: Results) -> str:
    cases = {case.key: case for case in CASES}
    rows = [row for key, title in ROWS.items() if (row := _row(results, cases[key], title))]
    return table(["", *KINDS, "best peer", "boto3"], rows)


def _row(results: Results, case: Case, title: str) -> list[str]:
    """The medians of a case; nothing where it was not measured."""
    figures = {name: show(figure.median / case.scale) for name, figure in results.figures(case.key).items()}
    peers = results.peers(case.key, case.measure)
    if not peers:
        return []
    best = min(peers, key=lambda name: peers[name].median)
    own = [figures.get(name, "-") for name in OURS]
    return [f"{title}, {case.unit}", *own, f"{figures[best]} ({best})", figures.get("boto3", "-")]


def _generator(results: dict[str, Any]) -> str:
    best = {(case["document"], case["name"]): case["cpu"]["best"] for case in results["cases"]}
    sizes = [document for document, name in best if name == "generate" and re.fullmatch(r"\d+ entities", document)]
    shown = " / ".join(size.removesuffix(" entities") for size in sizes)
    takes = " / ".join(f"{best[size, 'generate']:.2g}" for size in sizes)
    peer = " / ".join(f"{best[size, 'datamodel-code-generator, built-in formatter']:.2g}" for size in sizes)
    check = " / ".join(f"{best[size, 'check, nothing changed'] * 1000:.0f}" for size in sizes)
    return (
        f"For {shown} entities, generating takes {takes} s, where datamodel-code-generator alone takes {peer} s\n"
        f"for classes without stores; a `check` of an unchanged package takes {check} ms\n"
        "([docs/benchmarks-generate.md](docs/benchmarks-generate.md))."
    )


if __name__ == "__main__":
    main()
