"""A small fuzzer that is led by coverage: it keeps the inputs that reach lines which none before has reached.

    make fuzz SECONDS_EACH=600 SEED=7          # each target for so long; new inputs go to tests/fuzz/corpora
    python -m tests.fuzz.fuzzer heads --seconds 60 --prune

Rules of this file:
- All follows from the seed. A finding is written beside the corpus, named by its hash, and CI replays it ever after.
- Lines are seen by `sys.settrace`, and only in the files of the runtime and of the generated package.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from tests.fuzz.targets import TARGETS, Target

__all__ = ["CORPORA", "corpus", "fuzz", "mutated", "replay", "words"]

CORPORA = Path(__file__).parent / "corpora"
_CHECKOUT = Path(__file__).parents[2]
_TRACED = (str(_CHECKOUT / "runtime/entitystore"), str(_CHECKOUT / "examples/shop/shop_store"))
_LONGEST = 4096
T = TypeVar("T")

_WORDS: dict[str, bytes] = {
    "conditions": b"AND OR NOT ( ) , = <> < <= BETWEEN IN size( contains( attribute_exists( :a :b #n note . [0] -1 \t",
    "cursors": b"W1 eyJ LCI fQ IiwiUEsi AAAA ____ ---- = == \xff W10 e30",
    "heads": (
        b"HTTP/1.1 HTTP/1.0 100 101 200 204 304 Content-Length: Transfer-Encoding: chunked Connection: close"
        b" x-amz-crc32: Content-Encoding: gzip \\r\\n \\r\\n\\r\\n 0\\r\\n\\r\\n a\\r\\n 5;x=y\\r\\n"
        b" {} : , +1 -1 00 1e3 \xb2"
    ),
    "items": (
        b'{"S": {"N": {"B": {"M": {"L":[ {"SS":[ {"BOOL":true} {"NULL":true} null true 0 1E400 -0 " \\'
        b' \\u0000 { } [ ] , : "PK" "SK" "EntityType" "Order" "note" "lines" "createdAt"'
        b" \xc3\xa9 \xed\xa0\x80 \\ud800 1e-200 NaN"
    ),
}
"""What is put into an input; a blank stands between two of them."""


def words(name: str) -> list[bytes]:
    """What is put into a target's inputs."""
    return [b" ", *(word.replace(b"\\r", b"\r").replace(b"\\n", b"\n") for word in _WORDS[name].split())]


def corpus(name: str) -> list[bytes]:
    """The inputs that are kept for a target, in the order of their names."""
    return [path.read_bytes() for path in sorted((CORPORA / name).iterdir())]


def replay(target: Target, data: bytes) -> BaseException | None:
    """What is wrong with an input; None if nothing is."""
    try:
        target(data)
    except Exception as error:
        return error
    return None


def mutated(chance: random.Random, inputs: list[bytes], inserted: list[bytes]) -> bytes:
    """An input that is like one of these, or like two of them."""
    data = bytearray(chance.choice(inputs))
    for _ in range(chance.choice([1, 1, 2, 4, 8])):
        place = chance.randrange(len(data) + 1)
        end = min(len(data), place + chance.choice([0, 1, 1, 2, 8, 64]))
        action = chance.randrange(5)
        if action == 0:
            data[place:end] = chance.choice(inserted)
        elif action == 1:
            data[place:place] = chance.choice(inserted)
        elif action == 2:
            del data[place:end]
        elif action == 3 and place < len(data):
            data[place] ^= 1 << chance.randrange(8)
        else:
            other = chance.choice(inputs)
            start = chance.randrange(len(other) + 1)
            data[place:end] = other[start : start + chance.choice([1, 4, 16, 64])]
    return bytes(data[:_LONGEST])


class _Lines:
    """The lines of the runtime that were reached."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, int]] = set()

    def run(self, run: Callable[[], T]) -> tuple[bool, T]:
        """Whether this reaches a line that was not reached before, and what it returns."""
        before = len(self.seen)
        sys.settrace(self._enter)
        try:
            result = run()
        finally:
            sys.settrace(None)
        return len(self.seen) > before, result

    def _enter(self, frame: FrameType, event: str, argument: Any) -> Any:
        return self._line if frame.f_code.co_filename.startswith(_TRACED) else None

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:
        self.seen.add((frame.f_code.co_filename, frame.f_lineno))
        return self._line


def fuzz(name: str, seed: int, seconds: float) -> Iterator[tuple[bytes, BaseException | None]]:
    """Inputs that reach something new, and those that are wrong, with what is wrong; for so many seconds."""
    target, inserted = TARGETS[name], words(name)
    chance, lines, inputs = random.Random(f"{seed}/{name}"), _Lines(), corpus(name)
    for data in inputs:
        lines.run(partial(replay, target, data))
    until = time.monotonic() + seconds
    known: set[str] = set()
    while time.monotonic() < until:
        data = mutated(chance, inputs, inserted)
        is_new, error = lines.run(partial(replay, target, data))
        if error is not None and (text := f"{type(error).__name__}: {error}"[:80]) not in known:
            known.add(text)
            yield data, error
        elif is_new and error is None:
            inputs.append(data)
            yield data, None


def prune(name: str) -> None:
    """Keep only the inputs that reach something, smallest first."""
    lines = _Lines()
    for path in sorted((CORPORA / name).iterdir(), key=lambda each: (each.stat().st_size, each.name)):
        data = path.read_bytes()
        if not lines.run(partial(replay, TARGETS[name], data))[0]:
            path.unlink()


def main() -> int:
    """The command; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description="fuzz what reads bytes of anybody")
    parser.add_argument("targets", nargs="*", default=[*TARGETS])
    parser.add_argument("--seconds", type=float, default=30.0, help="for each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--prune", action="store_true", help="then keep only the inputs that reach something")
    given = parser.parse_args()
    wrong = 0
    for name in given.targets:
        for data, error in fuzz(name, given.seed, given.seconds):
            path = CORPORA / name / hashlib.sha256(data).hexdigest()[:16]
            path.write_bytes(data)
            wrong += error is not None
            print(f"{name}: {path.name}", "reaches something new" if error is None else f"{error!r}: {data[:200]!r}")
        if given.prune and not wrong:
            prune(name)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
