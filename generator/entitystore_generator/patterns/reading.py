"""A pattern's text, read from left to right, and what is said of a fault in it."""

from __future__ import annotations

from typing import NoReturn

from msgspec import Struct

__all__ = ["Fault", "Reader", "Wrong"]


class Fault(Struct, frozen=True):
    """What is wrong with a pattern, and where: `length` characters from the character `start` on."""

    message: str
    hint: str
    start: int
    length: int


class Wrong(Exception):
    """Ends the reading of a pattern; it never leaves this package."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class Reader:
    """The text, and the place up to which it is read."""

    __slots__ = ("_repairs", "place", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self._repairs: list[tuple[int, int, str]] = []

    @property
    def repaired(self) -> str:
        """The text, with what the flag u would refuse in the spelling that it admits."""
        pieces, place = [], 0
        for start, end, instead in sorted(self._repairs):
            pieces += [self.text[place:start], instead]
            place = end
        return "".join([*pieces, self.text[place:]])

    def repair(self, start: int, end: int, instead: str) -> None:
        """What stands from `start` to `end` means the same as this, which the flag u admits."""
        self._repairs.append((start, end, instead))

    @property
    def at_end(self) -> bool:
        """True where nothing is left."""
        return self.place >= len(self.text)

    def ahead(self, count: int = 1) -> str:
        """The next characters, which stay unread; fewer at the end."""
        return self.text[self.place : self.place + count]

    def starts(self, text: str) -> bool:
        """Whether this comes next."""
        return self.text.startswith(text, self.place)

    def take(self, count: int = 1) -> str:
        """The next characters."""
        taken = self.ahead(count)
        self.place += count
        return taken

    def accept(self, text: str) -> bool:
        """Whether this came next; it is then read."""
        found = self.starts(text)
        if found:
            self.place += len(text)
        return found

    def refuse(self, message: str, hint: str, start: int, end: int | None = None) -> NoReturn:
        """There is a fault from `start` to `end`, or to what is read."""
        last = min(self.place if end is None else end, len(self.text))
        raise Wrong(Fault(message, hint, min(start, len(self.text)), max(last - start, 0)))
