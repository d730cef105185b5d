"""Random patterns of ECMA-262 with the u flag, and random texts that have a chance to match them."""

from __future__ import annotations

from random import Random

__all__ = ["random_loose_pattern", "random_pattern", "random_text"]

_TEXT = ["a", "b", "c", "1", "_", "-", " ", "\n", "\u00e9", "\u2028", "\U0001f600", "\u212a", "\ufeff"]
_ATOMS = [
    *("a", "b", "c", "1", "_", "-", " ", "é", "😀", ".", ".", "[^]", "[]"),
    *(r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\n", r"\x61", r"\u0062", r"\u{1F600}", r"\ud83d\ude00", r"\cJ"),
    *("[a-c]", "[^a]", r"[\w-]", r"[^\s1]", "[a😀]", r"[\D_]", r"[\b\-]", "[--a]", r"[^\W\d]", r"[^\n-\u{10ffff}]"),
    *(r"\.", r"\/", r"[\0]", "[&&~~||]", "[--]", r"[[^\]]", r"\}", r"\ud83d"),
]
_EDGES = ["^", "$", r"\b", r"\B"]
_COUNTS = ["*", "+", "?", "{0}", "{1}", "{2}", "{0,2}", "{1,}", "{2,3}", "*?", "+?", "??", "{1,2}?"]


def random_text(random: Random) -> str:
    """Up to eight characters, mostly of a few."""
    few = random.sample(_TEXT, 3)
    return "".join(random.choice(few if random.random() < 0.8 else _TEXT) for _ in range(random.randrange(8)))


def random_pattern(random: Random, *, regular: bool = False) -> str:
    """A pattern that every engine with the u flag reads; if `regular`, of characters, groups, repeats and anchors."""
    maker = _Maker(random, regular)
    inner = maker.alternatives(3)
    return random.choice(("{}", "^{}$", "^(?:{})$", "{}$", "^{}")).format(inner)


class _Maker:
    def __init__(self, random: Random, regular: bool) -> None:
        self._random = random
        self._regular = regular
        self._groups = 0

    def alternatives(self, depth: int) -> str:
        count = 1 if self._random.random() < 0.7 else self._random.randint(2, 3)
        return "|".join(self._sequence(depth) for _ in range(count))

    def _sequence(self, depth: int) -> str:
        return "".join(self._term(depth) for _ in range(self._random.choice((0, 1, 1, 2, 2, 3))))

    def _term(self, depth: int) -> str:
        chance = self._random.random()
        if chance < 0.12:
            return self._random.choice(_EDGES[:2] if self._regular else _EDGES)
        if chance < 0.2 and depth and not self._regular:
            opener = self._random.choice(("(?=", "(?!", "(?!", "(?<=", "(?<!"))
            return f"{opener}{self.alternatives(depth - 1)})"
        atom = self._atom(depth)
        return atom + self._random.choice(_COUNTS) if self._random.random() < 0.35 else atom

    def _atom(self, depth: int) -> str:
        chance = self._random.random()
        if chance < 0.35 and depth:
            return self._group(depth)
        if chance < 0.45 and self._groups and not self._regular:
            return f"(?:\\{self._random.randint(1, self._groups)})"
        return self._random.choice(_ATOMS)

    def _group(self, depth: int) -> str:
        if self._random.random() < 0.5:
            return f"(?:{self.alternatives(depth - 1)})"
        self._groups += 1
        name = f"?<g{self._groups}>" if self._random.random() < 0.3 else ""
        return f"({name}{self.alternatives(depth - 1)})"


_PIECES = [
    *(
        "a",
        "b",
        "1",
        "-",
        "_",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "|",
        "*",
        "+",
        "?",
        "^",
        "$",
        ".",
        ",",
        ":",
        "=",
        "!",
        "<",
    ),
    *("(?:", "(?=", "(?!", "(?<=", "(?<!", "[^", "{1}", "{1,2}", "{,2}", "\\", "\\", r"\d", r"\w", r"\b", r"\1"),
    *(r"\-", r"\_", r"\/", r"\]", r"\u{61}", r"\x61", "a-c", "&&", "😀", "é"),
]


def random_loose_pattern(random: Random) -> str:
    """Pieces of patterns in any order: seldom one that a strict reader admits."""
    return "".join(random.choice(_PIECES) for _ in range(random.randint(1, 7)))
