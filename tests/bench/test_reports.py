"""What is published of the benchmarks is what the results say: whoever changes one writes the other anew."""

from __future__ import annotations

import json

from bench import readme, report
from bench.generate import report as generate_report

AGAIN = "`make bench-report` writes it anew"


def test_the_pages_are_of_these_results() -> None:
    results = report.Results(json.loads((report.HERE / "results.json").read_text(encoding="utf-8")))
    assert (report.DOCS / "benchmarks.md").read_text(encoding="utf-8") == report.document(results), AGAIN
    generated = json.loads(generate_report.RESULTS.read_text(encoding="utf-8"))
    assert generate_report.REPORT.read_text(encoding="utf-8") == generate_report.report(generated), AGAIN


def test_the_readme_is_of_these_results() -> None:
    text = readme.README.read_text(encoding="utf-8")
    assert readme.BEGIN in text
    assert text == readme.with_figures(text), AGAIN


def test_nothing_else_of_the_readme_is_touched() -> None:
    text = f"before\n{readme.BEGIN}\nold\n{readme.END}\nafter\n"
    found = readme.with_figures(text)
    assert found.startswith("before\n")
    assert found.endswith("\nafter\n")
    assert "old" not in found
