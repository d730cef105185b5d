"""The command `entitystore`: how it starts, how it ends, and its exit codes.

    0    fine
    1    what is committed is stale, edited, missing or orphaned; or `lint` has findings
    2    the call, the configuration or the spec is wrong, or the folder cannot be written
    70   a fault of the compiler itself
    130  interrupted (143: terminated); every package is either complete or as it was

Rules of this file:
- Nothing heavy is imported before it is known to be needed: a check of an unchanged package takes 30 ms, of which
  Python's own start is 13.
- No input ends in a traceback. One is shown only for the compiler's own faults, and only if ENTITYSTORE_DEBUG=1.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

TYPE_CHECKING = False  # the real one would import `typing` before it is known to be needed
if TYPE_CHECKING:
    from .call import Call

INTERNAL_FAULT = 70
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; `argv` is without the program's name. Gives the exit code and never raises."""
    _never_fail_to_print()
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
        return code
    except SystemExit as stop:  # argparse's --help, or a termination signal
        return stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 2
    except KeyboardInterrupt:
        _say("interrupted; every package is either complete or as it was")
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has seen enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - or the interpreter complains at its end
        return 1
    except Exception as error:
        return _own_fault(error)


def _run(argv: list[str]) -> int:
    from .call import CallError, quick_call
    from .commands import report_config_error, run

    try:
        call = quick_call(argv) or _parsed(argv)
    except CallError as error:
        return report_config_error(error)
    if call.command == "explain":
        from .explain import explain

        return explain(call)
    return run(call)


def _parsed(argv: list[str]) -> Call:
    from .arguments import parse

    return parse(argv)


def _never_fail_to_print() -> None:
    """Names and texts may hold what the terminal's encoding has not."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _own_fault(error: Exception) -> int:
    import traceback

    if os.environ.get("ENTITYSTORE_DEBUG") == "1":
        traceback.print_exception(error)
        return INTERNAL_FAULT
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else "?"
    _say(
        f"internal error: {type(error).__name__} at {place}. This is a fault of the compiler, not of your spec;\n"
        "please report it with the spec and what ENTITYSTORE_DEBUG=1 prints. Nothing was changed."
    )
    return INTERNAL_FAULT


def _say(message: str) -> None:
    from contextlib import suppress

    with suppress(OSError):  # standard error may be closed; the exit code still tells
        print(f"entitystore: {message}", file=sys.stderr)
