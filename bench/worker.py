"""One subject in one process: `python -m bench.worker SUBJECT` serves its cases, `… SUBJECT stream` runs one stream.

The stream alone in a process, since its peak memory is what is asked for: it prints that in bytes, less what the
process had before the first page.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

from bench import measure


def peak() -> int:
    """The most memory that this process has had resident since it began its program, in bytes.

    Not `ru_maxrss`, which begins with the size of the process that started this one.
    """
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    raise RuntimeError("/proc/self/status has no VmHWM")


def main() -> None:
    subject: Any = importlib.import_module(f"bench.subjects.{sys.argv[1]}")
    if sys.argv[2:] == ["stream"]:
        run = subject.cases()["stream"]()
        before = peak()
        sample = measure.timed(run, 1)
        print(json.dumps(sample | {"peak": peak() - before, "before": before}))
        return
    measure.serve(subject.cases(), {"cannot": subject.CANNOT})


if __name__ == "__main__":
    main()
