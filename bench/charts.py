"""Charts as SVG text, from numbers: bars and lines, both on logarithmic axes.

Rules of this file:
- No library, no script in the picture, no colour that only works on white: it is shown on light and on dark pages.
- The same numbers give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

OURS = "#0a7f5a"
COLOURS = ("#0a7f5a", "#c2571a", "#3b6fb6", "#9a4c95", "#b08900", "#5f6b73", "#b3261e", "#2b8c9e", "#7a5230", "#444444")
WIDTH = 760
FRAME = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
    'font-family="system-ui, sans-serif" font-size="12">\n'
    '<rect width="{width}" height="{height}" fill="#ffffff"/>\n{body}\n</svg>\n'
)


def text(x: float, y: float, what: str, anchor: str = "start", more: str = "") -> str:
    """One line of text."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#1f2328"{more}>{escape(what)}</text>'


def figure(value: float) -> str:
    """A number with three digits that count."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(digits, 3)}f}"


def bars(title: str, unit: str, values: Mapping[str, tuple[float, float]]) -> str:
    """Horizontal bars, shortest first; each value is (median, best), and the best is marked on the bar."""
    rows = sorted(values.items(), key=lambda row: row[1][0])
    left, right, top, step = 170, 90, 44, 24
    least = min(best for _, best in values.values()) / 2
    span = math.log10(max(median for median, _ in values.values()) / least) or 1
    scale = (WIDTH - left - right) / span
    body = [text(12, 22, f"{title} ({unit}, logarithmic, shorter is better)", more=' font-weight="bold"')]
    for place, (name, (median, best)) in enumerate(rows):
        y = top + place * step
        width = math.log10(median / least) * scale
        colour = OURS if name.startswith("entitystore") else "#9aa4ad"
        body.append(text(left - 8, y + 13, name, "end"))
        body.append(f'<rect x="{left}" y="{y}" width="{width:.1f}" height="17" fill="{colour}"/>')
        mark = left + math.log10(best / least) * scale
        body.append(f'<path d="M{mark:.1f} {y}v17" stroke="#1f2328" stroke-width="1.5"/>')
        body.append(text(left + width + 6, y + 13, figure(median)))
    return FRAME.format(width=WIDTH, height=top + len(rows) * step + 12, body="\n".join(body))


def _ticks(least: float, most: float) -> list[float]:
    return [10.0**each for each in range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)]


def lines(title: str, across: str, up: str, series: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Lines through points, both axes logarithmic; the legend stands to the right, in the order of the last points."""
    points = [point for line in series.values() for point in line]
    height, left, right, top, bottom = 380, 64, 170, 44, 46
    low_x, high_x = min(x for x, _ in points), max(x for x, _ in points)
    ticks = _ticks(min(y for _, y in points), max(y for _, y in points))
    low_y, high_y = ticks[0], ticks[-1]

    def to_x(value: float) -> float:
        return left + math.log(value / low_x) / (math.log(high_x / low_x) or 1) * (WIDTH - left - right)

    def to_y(value: float) -> float:
        return height - bottom - math.log(value / low_y) / (math.log(high_y / low_y) or 1) * (height - top - bottom)

    body = [text(12, 22, title, more=' font-weight="bold"')]
    for tick in ticks:
        body.append(f'<path d="M{left} {to_y(tick):.1f}H{WIDTH - right}" stroke="#d0d7de"/>')
        body.append(text(left - 6, to_y(tick) + 4, f"{tick:,g}", "end"))
    labelled = -45.0
    for value in sorted({x for x, _ in points}):
        body.append(f'<path d="M{to_x(value):.1f} {top}V{height - bottom}" stroke="#eaeef2"/>')
        if to_x(value) - labelled > 45:  # labels do not overlap
            labelled = to_x(value)
            body.append(text(labelled, height - bottom + 16, f"{value:,g}", "middle"))
    body.append(text((left + WIDTH - right) / 2, height - 10, across, "middle"))
    body.append(text(left - 6, top - 8, up, "end"))
    order = sorted(series, key=lambda name: -series[name][-1][1])
    for place, name in enumerate(order):
        colour = COLOURS[list(series).index(name) % len(COLOURS)]
        path = " ".join(f"{to_x(x):.1f},{to_y(y):.1f}" for x, y in series[name])
        width = 2.5 if name.startswith("entitystore") else 1.5
        body.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>')
        for x, y in series[name]:
            body.append(f'<circle cx="{to_x(x):.1f}" cy="{to_y(y):.1f}" r="2.5" fill="{colour}"/>')
        y = top + 14 + place * 18
        body.append(f'<path d="M{WIDTH - right + 10} {y - 4}h18" stroke="{colour}" stroke-width="3"/>')
        body.append(text(WIDTH - right + 34, y, name))
    return FRAME.format(width=WIDTH, height=height, body="\n".join(body))
