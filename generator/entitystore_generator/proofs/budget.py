"""How much work a proof may be: counted in steps, never in time, so that every machine has the same answer.

Rules of this file:
- A step is one look at a pair of ranges of characters; about a million take a second.
- A question has a budget of its own, and a package one for all its questions. What is asked beyond is not decided,
  and whoever asks takes that for the unsafe answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

__all__ = ["Budget", "Steps", "TooManySteps"]

T = TypeVar("T")

QUESTION_STEPS = 200_000
LEAST_STEPS = 4_000
"""A question has a sixteenth of what is left, so that a few hard ones leave enough for many that are not."""
PACKAGE_STEPS = 2_000_000
ENTITY_STEPS = 10_000
"""What each entity adds to the package's budget: a table of a thousand entities has more to ask than one of ten."""


class TooManySteps(Exception):
    """A question needs more steps than it has."""


class Steps:
    """The steps of one question."""

    __slots__ = ("left", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.left = limit

    @property
    def used(self) -> int:
        return self.limit - max(self.left, 0)

    def take(self, count: int = 1) -> None:
        """Count some; TooManySteps if there are none left."""
        self.left -= count
        if self.left < 0:
            raise TooManySteps

    def give(self, count: int) -> None:
        """Allow some more."""
        self.limit += count
        self.left += count


class Budget:
    """The steps of all questions about one package."""

    def __init__(self, entities: int) -> None:
        self.left = PACKAGE_STEPS + ENTITY_STEPS * entities
        self._search = QUESTION_STEPS

    def ask(self, question: Callable[[Steps], T], size: int = 0) -> T | None:
        """The answer of `question`, None where it is not decided. `size` counts the states that it is about.

        A question that looks at every state a few times is always within its budget.
        """
        return self._ask(question, QUESTION_STEPS, 8 * size)

    def search(self, question: Callable[[Steps], T | None]) -> T | None:
        """As `ask`, where None is an answer as well, of which nothing but the words of a finding depend.

        Where many searches find nothing, the next ones are shorter.
        """
        found = self._ask(question, self._search, 0)
        self._search = self._search // 2 if found is None else min(self._search * 2, QUESTION_STEPS)
        self._search = max(self._search, LEAST_STEPS)
        return found

    def _ask(self, question: Callable[[Steps], T], most: int, more: int) -> T | None:
        limit = min(most, max(self.left // 16, LEAST_STEPS))
        steps = Steps(min(self.left, limit + more))
        try:
            return question(steps)
        except TooManySteps:
            return None
        finally:
            self.left -= steps.used
