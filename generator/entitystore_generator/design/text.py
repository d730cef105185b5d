"""A design as text: aligned columns, at most 100 wide.

Rules of this file:
- The last column of a table wraps; what is too long for its column goes on a line of its own, and is cut only where it
  is longer than that.
- No colour: the text is pasted into reviews and wikis. Text from the document is data: control characters are escaped.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from entitystore_generator.design.describe import Design, EntityDesign, Proofs
from entitystore_generator.report import visible

__all__ = ["WIDTH", "as_text"]

WIDTH = 100
_MOST = 44  # of a column that others stand behind; a longer cell has a line of its own
_DEEP = " " * 12  # before what is too long for the last column


def as_text(design: Design) -> str:
    """The whole design."""
    blocks = [_table(design), *(_entity(entity) for entity in design.entities), _proofs(design.proofs)]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _table(design: Design) -> list[str]:
    rows = [(each.name or "table", each.partition, each.sort, each.projection) for each in design.indexes]
    return [f"{visible(design.table)}, from {visible(design.spec)}", *_columns(rows)]


def _entity(entity: EntityDesign) -> list[str]:
    title = visible(entity.type_name)
    lines = [title, "=" * len(title), *_columns(_key_rows(entity), ("key", "template", "example")), ""]
    lines += _columns(_query_rows(entity), ("finder", "index", "query"))
    for guard in entity.guards:
        where = ", ".join(guard.templates)
        sentence = (
            f"{guard.component} may not contain {guard.character!r}: two different keys would be one text in {where}"
        )
        lines += ["", *_wrapped(sentence)] if guard is entity.guards[0] else _wrapped(sentence)
    return lines


def _key_rows(entity: EntityDesign) -> Iterator[tuple[str, str, str]]:
    for key in entity.keys:
        name = key.logical if key.logical == key.attribute else f"{key.logical} ({key.attribute})"
        yield name, key.template + (f"   {_when(key.when)}" if key.when else ""), key.example


def _when(condition: str) -> str:
    return condition if condition == "otherwise" else f"when {condition}"


def _query_rows(entity: EntityDesign) -> Iterator[tuple[str, str, str]]:
    for query in entity.queries:
        yield query.call, query.index or "table", query.condition
        if query.filter:
            yield "", "", f"filter {query.filter}, for others may lie there"
        if query.exact:
            yield "", "", f"less what only begins alike: {' AND '.join(query.exact)}"
        if query.lacking:
            yield "", "", f"then the table, by key: the index lacks {', '.join(query.lacking)}"


def _proofs(proofs: Proofs) -> list[str]:
    lines = ["Proved", "======"]
    lines += [
        f"  {proofs.templates_read_in_one_way} of {proofs.templates} key templates are read in one way only",
        f"  {proofs.pairs_disjoint} of {proofs.pairs} pairs of entities can have no key in common",
        f"  {proofs.queries_of_one_entity} of {proofs.queries} queries read one entity alone, without a filter",
    ]
    for pair in proofs.sharing:
        lines += _wrapped(f"{pair} may share keys, as the document says: their writes look at the type first")
    lines += ["", "Not proved", "=========="]
    lines += [line for fault in (*proofs.faults, *proofs.undecided) for line in _wrapped(fault)] or ["  nothing"]
    return lines


def _wrapped(sentence: str) -> list[str]:
    return textwrap.wrap(visible(sentence), WIDTH, initial_indent="  ", subsequent_indent="    ")


def _columns(rows: Iterable[Sequence[str]], headings: Sequence[str] = ()) -> list[str]:
    """Rows under headings, indented by two."""
    shown = [[visible(cell) for cell in row] for row in rows]
    table = [list(headings), *shown] if headings else shown
    columns = list(zip(*table, strict=True))[:-1]
    widths = [max((len(cell) for cell in column if len(cell) <= _MOST), default=0) for column in columns]
    return [line for row in table for line in _row(row, widths)]


def _row(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    line = "  "
    for cell, width in zip(row, widths, strict=False):
        line += f"{cell:<{width}}  "
        if len(cell) > width:
            yield line.rstrip()
            line = " " * (2 + sum(widths[: row.index(cell) + 1]) + 2 * (row.index(cell) + 1))
    pieces = _pieces(row[-1], WIDTH - len(line))
    if any(len(word) > WIDTH - len(line) for word in row[-1].split()):
        yield from [line.rstrip()] if line.strip() else []
        line, pieces = _DEEP, _pieces(row[-1], WIDTH - len(_DEEP))
    for number, piece in enumerate(pieces):
        yield f"{line if number == 0 else ' ' * len(line)}{piece}".rstrip()


def _pieces(text: str, width: int) -> list[str]:
    """The text in lines of this width; conditions are parted before AND."""
    parts = text.split(" AND ") if len(text) > width else [text]
    joined = [parts[0], *(f"AND {part}" for part in parts[1:])]
    return [piece for part in joined for piece in textwrap.wrap(part, width, break_on_hyphens=False) or [""]]
