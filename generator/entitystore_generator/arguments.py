"""The command line's arguments, parsed.

Rules of this file:
- Options that `call.quick_call` knows have to mean the same here.
- A wrong call is a `ConfigError` like a wrong configuration, so that it is reported in the format asked for.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import pairwise
from typing import NoReturn

from .call import FORMATS, Call, CallError
from .config import MODEL_KINDS, Fault

_EPILOG = """\
Without SPEC and -o, the packages of [tool.entitystore] in the nearest pyproject.toml are meant.
Exit codes: 0 fine, 1 stale or findings, 2 the call or the spec is wrong."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise argparse.ArgumentError(None, message)


class _Version(argparse.Action):
    """Prints the version. The version is looked up only here, since that reads folders."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from .emit.fingerprint import DISTRIBUTION, installed_versions

        print(f"entitystore {installed_versions((DISTRIBUTION,))[DISTRIBUTION]}")
        parser.exit()


def parse(argv: Sequence[str]) -> Call:
    """Parse the arguments. Raises CallError; `--help` and `--version` raise SystemExit(0)."""
    try:
        found = _parser().parse_args(argv)
        return _call(found)
    except argparse.ArgumentError as error:
        hint = "see entitystore --help"
        raise CallError(Fault("ES500", str(error), "", hint=hint), _wanted_format(argv)) from error


def _call(found: argparse.Namespace) -> Call:
    values = {key: value for key, value in vars(found).items() if key in Call._fields}
    call = Call(**{**values, "keep": tuple(values.get("keep") or ())})
    if "" in (call.spec, call.output, call.config):
        raise argparse.ArgumentError(None, "a path is empty")
    if call.command in ("lint", "explain"):
        return call
    if (call.spec is None) != (call.output is None):
        missing = "-o DIR" if call.output is None else "SPEC"
        raise argparse.ArgumentError(None, f"SPEC and -o DIR go together; {missing} is missing")
    if call.spec is None and (call.models or call.keep):
        message = "--models and --keep go with SPEC and -o DIR; else the configuration says them"
        raise argparse.ArgumentError(None, message)
    if call.spec is not None and call.config is not None:
        raise argparse.ArgumentError(None, "--config is of no use with SPEC and -o DIR")
    return call


def _wanted_format(argv: Sequence[str]) -> str:
    for name in FORMATS:
        if f"--format={name}" in argv or ("--format", name) in pairwise(argv):
            return name
    return "text"


def _parser() -> _Parser:
    parser = _Parser(
        prog="entitystore",
        description="Compile an OpenAPI document into a typed DynamoDB store package.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_generate(commands)
    _add_comparing(commands, "check", "exit 1 and a diff if what is committed is not up to date")
    _add_comparing(commands, "diff", "show what generate would change")
    _add_lint(commands)
    _add_explain(commands)
    return parser


_Commands = argparse._SubParsersAction  # argparse has no public name for it


def _add(commands: _Commands[_Parser], name: str, help_text: str) -> _Parser:
    parser = commands.add_parser(
        name,
        help=help_text,
        description=help_text[0].upper() + help_text[1:] + ".",
        allow_abbrev=False,
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="for people, programs or GitHub")
    return parser


def _add_packages(parser: _Parser) -> None:
    parser.add_argument("spec", nargs="?", metavar="SPEC", help="the OpenAPI document")
    parser.add_argument("-o", "--output", metavar="DIR", help="the package's folder")
    parser.add_argument("--models", choices=MODEL_KINDS, help="kind of classes (pydantic)")
    parser.add_argument(
        "--keep",
        action="append",
        metavar="FILE",
        help="a module of your own in DIR that is no orphan; may be repeated",
    )
    parser.add_argument("--config", metavar="FILE", help="the pyproject.toml to read")


def _add_generate(commands: _Commands[_Parser]) -> None:
    parser = _add(commands, "generate", "write the package, where it changed")
    _add_packages(parser)
    parser.add_argument(
        "--overwrite-edited",
        action="store_true",
        help="also replace generated files that were edited by hand",
    )


def _add_comparing(commands: _Commands[_Parser], name: str, help_text: str) -> None:
    _add_packages(_add(commands, name, help_text))


def _add_lint(commands: _Commands[_Parser]) -> None:
    parser = _add(commands, "lint", "report what is wrong or doubtful in a document")
    parser.add_argument("spec", nargs="?", metavar="SPEC", help="the OpenAPI document")
    parser.add_argument("--config", metavar="FILE", help="the pyproject.toml to read")
    parser.add_argument(
        "--fail-on",
        choices=("error", "warning", "never"),
        default="warning",
        help="findings that end with another exit code than 0: 2 for errors, 1 for warnings",
    )


def _add_explain(commands: _Commands[_Parser]) -> None:
    parser = _add(commands, "explain", "say what a code such as ES402 means, or show the design of a document")
    parser.add_argument("topic", nargs="?", metavar="CODE|SPEC", help="a code, a rule's name, or an OpenAPI document")
