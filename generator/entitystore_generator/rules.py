"""The catalogue of everything the compiler can complain about.

    ES1xx  the document: YAML, OpenAPI, $ref, vendor extensions   spec/rules.py
    ES2xx  entities, keys and templates                           checks/rules.py
    ES30x  what is proved of keys                                 proofs/rules.py
    ES31x  advice, which `lint` gives                             advice/rules.py
    ES4xx  the output folder                                      emit/rules.py
    ES5xx  configuration and the call                             emit/rules.py

Rules of this file:
- Every code is declared once, as a `Rule`, by the package that reports it. `explain` prints it, the reference
  page is made from it, and a test holds that no code is reported without a rule.
- A rule's texts are written for the person who just met the error and has not read the manual.
"""

from __future__ import annotations

from dataclasses import dataclass

from .diagnostics import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of fault, explained.

    `code` is `ES` and three digits; `name` a kebab-case handle that the configuration may use for the code;
    `summary` one sentence without a full stop that states what is wrong; `why` one or more sentences that say what
    would go wrong otherwise. `bad_example` and `good_example` are YAML, TOML or shell as a user writes them, a fault
    and its mend; they may be empty where there is nothing to show (a full disk).
    """

    code: str
    name: str
    severity: Severity
    summary: str
    why: str
    bad_example: str = ""
    good_example: str = ""


def all_rules() -> tuple[Rule, ...]:
    """Every rule, in the order of codes."""
    from .advice.rules import RULES as ADVICE
    from .checks.rules import RULES as CHECKS
    from .emit.rules import RULES as EMIT
    from .proofs.rules import RULES as PROOFS
    from .spec.rules import RULES as SPEC

    return tuple(sorted((*SPEC, *CHECKS, *PROOFS, *ADVICE, *EMIT), key=lambda rule: rule.code))


def find_rule(wanted: str) -> Rule | None:
    """The rule with this code (in any case) or this name; None if there is none."""
    code, name = wanted.strip().upper(), wanted.strip().lower()
    return next((rule for rule in all_rules() if code == rule.code or name == rule.name), None)
