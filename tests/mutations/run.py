"""What becomes of mutated documents: `make mutations MUTATIONS=20000 SEED=7`.

    exit code 70, a traceback, ES410     a fault of the compiler, told with what tries it again
    files where the run failed           the same
    a package that `check` refuses       the same
    a document that takes long           the same

Rules of this file:
- Every document has a seed of its own, by which it is tried again while the golden documents are as they were:
  `python -m tests.mutations.run --only 4711`. Those with a fault are kept in a folder for that reason.
- In one process, since a start takes longer than most documents. Names are asked of datamodel-code-generator as ever.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from entitystore_generator import cli
from tests.mutations.documents import mutated

__all__ = ["fault_of", "main"]

_KINDS = ("pydantic", "dataclass", "msgspec")
_LONG = 20.0  # seconds of processor time


def main() -> None:
    """Try mutations and print what is wrong; exit code 1 if anything is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1, help="of the first document; the next ones follow")
    parser.add_argument("--only", type=int, help="print this document and what is said of it")
    arguments = parser.parse_args()
    if arguments.only is not None:
        print(mutated(Random(arguments.only)))
        print(fault_of(arguments.only, Counter()) or "no fault")
        return
    ends: Counter[str] = Counter()
    faults = list(_faults(range(arguments.seed, arguments.seed + arguments.count), ends))
    print(f"{arguments.count} documents, {len(faults)} faults; " + ", ".join(f"{n} {end}" for end, n in ends.items()))
    sys.exit(bool(faults))


def _faults(seeds: range, ends: Counter[str]) -> Iterator[int]:
    kept = Path(tempfile.gettempdir(), "mutations")
    for seed in seeds:
        fault = fault_of(seed, ends)
        if fault:
            kept.mkdir(exist_ok=True)
            document = kept / f"{seed}.yaml"
            document.write_bytes(mutated(Random(seed)).encode("utf-8", "surrogatepass"))
            print(f"{document}: {fault}", flush=True)
            yield seed


def fault_of(seed: int, ends: Counter[str]) -> str:
    """What is wrong with what becomes of the document of this seed; "" if nothing. `ends` counts exit codes."""
    random = Random(seed)
    text = mutated(random)
    with tempfile.TemporaryDirectory() as folder:
        spec, package = Path(folder, "openapi.yaml"), Path(folder, "made_store")
        spec.write_bytes(text.encode("utf-8", "surrogatepass"))
        command = random.choice(("generate", "generate", "generate", "lint", "explain"))
        if command != "generate":
            code, said, seconds = _call(command, str(spec))
            ends[f"{command} {code}"] += 1
            return _wrong(code, said, seconds, (0, 1, 2))
        call = (str(spec), "-o", str(package), "--models", random.choice(_KINDS))
        code, said, seconds = _call("generate", *call)
        ends[f"generate {code}"] += 1
        return _wrong(code, said, seconds, (0, 2)) or _wrong_folder(code, package, call)


def _wrong(code: int, said: str, seconds: float, codes: tuple[int, ...]) -> str:
    if code not in codes or "Traceback" in said or "ES410" in said:
        return f"exit code {code}: {said[-300:]}"
    if code == 2 and "error" not in said:
        return f"exit code 2 without an error: {said[-300:]}"
    return f"{seconds:.0f} s" if seconds > _LONG else ""


def _wrong_folder(code: int, package: Path, call: tuple[str, ...]) -> str:
    if code:
        return "files in spite of errors" if package.exists() else ""
    checked, said, _ = _call("check", *call)
    return f"check of the new package: {checked}: {said[-300:]}" if checked else ""


def _call(*command: str) -> tuple[int, str, float]:
    """Exit code, all that is said, and seconds of processor time."""
    said = io.StringIO()
    started = time.process_time()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = cli.main(command)
    return code, said.getvalue(), time.process_time() - started


if __name__ == "__main__":
    main()
