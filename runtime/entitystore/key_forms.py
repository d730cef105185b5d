"""Keys that another program wrote in a form of its own, found when an entity is read.

    SK     AT#2031-02-03T04:05:06Z#e1           as it is stored
           AT#2031-02-03T04:05:06.000000Z#e1    as this package writes it, of the properties that the item holds

One that passed would be missed by `find` and `delete`, put back beside itself by `put`, and passed over by conditions
of an index: all of these look for the other text.

Rules of this file:
- Compared is only what has more than one form: a time, a UUID, a number, a boolean, or what a key changes. The text of
  a plain property is the property.
- Compared are the table's key, and the key of the index that was read; an index key that was not read is written anew
  with the next put.
- A page is compared at once: its times and UUIDs become texts in one call.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import convert, to_builtins

from entitystore.values import timestamp_text
from entitystore.wire import Aware, OptionalS, S

__all__ = ["same_key", "time_of", "timestamp_texts", "uuid_of", "uuid_text", "uuid_texts"]


_WITH_FRACTION = len("2031-02-03T04:05:06.000000Z")


def timestamp_texts(times: Sequence[datetime]) -> list[str]:
    """`timestamp_text` of each, which most often is what C makes of them."""
    texts: list[str] = to_builtins(times)
    if {*map(len, texts)} <= {_WITH_FRACTION}:  # an offset other than Z is longer, no fraction is shorter
        return texts
    pairs = zip(texts, times, strict=True)
    return [text if len(text) == _WITH_FRACTION else timestamp_text(time, "time") for text, time in pairs]


def uuid_texts(ids: Sequence[UUID]) -> list[str]:
    """The canonical text of each."""
    texts: list[str] = to_builtins(ids)
    return texts


def uuid_text(value: UUID) -> str:
    """Its canonical text, in a third of the time that `str` takes."""
    text: str = to_builtins(value)
    return text


def time_of(text: str) -> datetime:
    """The time of a key attribute that is the property itself; msgspec's ValidationError for what is none."""
    time: datetime = convert(text, Aware)
    return time


def uuid_of(text: str) -> UUID:
    """The UUID of a key attribute that is the property itself; msgspec's ValidationError for what is none."""
    return convert(text, UUID)


def same_key(attribute: str, stored: OptionalS[str] | S[str], own: str) -> None:
    """ValueError where a stored key is another text than this package's. One that the item lacks is not compared."""
    found = stored.S
    if found != own and found is not None:
        raise ValueError(
            f"its {attribute} is {found!r}, which this package would write as {own!r}, so that look-ups and "
            "conditions miss it; store the item again with that key, and delete this one where it is the table's"
        )
