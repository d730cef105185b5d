"""`entitystore explain`: what a code means, why it matters, and how to mend it; or what a document's design is."""

from __future__ import annotations

import os
from collections.abc import Sequence

from .call import Call
from .commands import report_config_error
from .config import ConfigError, Fault
from .rules import Rule, all_rules, find_rule


def explain(call: Call) -> int:
    """Print one rule, the list of all, or a document's design; gives the exit code."""
    if call.topic is None:
        return _print(call, all_rules(), listing=True)
    rule = find_rule(call.topic)
    if rule is None and _is_path(call.topic):
        from .design.command import explain_design

        return explain_design(call, call.topic)
    if rule is None:
        return report_config_error(ConfigError(_unknown(call.topic)), call)
    return _print(call, (rule,), listing=False)


def _is_path(topic: str) -> bool:
    """Whether a document is meant, though it may not be there: rules have no full stop and no slash."""
    return os.path.isfile(topic) or "." in topic or "/" in topic or os.sep in topic


def _unknown(topic: str) -> Fault:
    from difflib import get_close_matches

    words = [word for rule in all_rules() for word in (rule.code, rule.name)]
    near = get_close_matches(topic.upper(), words, n=1) or get_close_matches(topic.lower(), words, n=1)
    hint = f"did you mean {near[0]}?" if near else "entitystore explain lists all rules"
    return Fault("ES511", f"there is no rule {topic!r}", "", hint=hint)


def _print(call: Call, rules: Sequence[Rule], *, listing: bool) -> int:
    if call.format == "json":
        _print_json(rules)
    elif listing:
        print("\n".join(f"{rule.code}  {rule.severity:<7}  {rule.summary}" for rule in rules))
    else:
        print("\n\n".join(map(text_of, rules)))
    return 0


def _print_json(rules: Sequence[Rule]) -> None:
    import json
    from dataclasses import asdict

    print(json.dumps({"version": 1, "command": "explain", "rules": list(map(asdict, rules))}, indent=2))


def text_of(rule: Rule) -> str:
    """A rule as a page of text, at most 80 columns wide but for its examples."""
    from textwrap import fill, indent

    parts = [
        f"{rule.code} {rule.name} ({rule.severity})",
        fill(rule.summary[:1].upper() + rule.summary[1:] + ".", 80),
        fill(rule.why, 80),
    ]
    for title, example in (("Wrong", rule.bad_example), ("Right", rule.good_example)):
        if example:
            parts.append(f"{title}:\n\n{indent(example.rstrip(), '    ')}")
    return "\n\n".join(parts)
