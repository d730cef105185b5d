"""Prints what every golden document gives, as JSON: run in a process of its own by `test_output`."""

from __future__ import annotations

import json

from tests.golden.cases import good_cases
from tests.golden.test_output import compiled

if __name__ == "__main__":
    print(json.dumps({case.name: dict(compiled(case).files) for case in good_cases()}))
