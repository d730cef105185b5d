"""How long the generator takes: `make bench-generate`.

    documents of 5, 100 and 1000 entities   generate; generate after a change to one entity; check
    the same closure                        datamodel-code-generator alone, as it is called by default, and with its own
                                            formatter, which does less
    a large public document                 the same, with six entities among a thousand schemas; beside it the
                                            same entities alone, and reading the document alone
    documents of many and of large entities the most memory that `generate` has at once: `--memory` measures it alone

Rules of this file:
- Every figure is a process of its own, started by its command as a person starts it, byte code of all code
  warm; commands take turns, so that a busy minute of the machine falls on all alike. Best and median of the rounds;
  what takes long (1000 entities) is run once.
- Processor time (user and system, all children) stands beside wall time: it hardly knows of other processes.
- Memory is the most that the process had resident, once: it does not depend on what else the machine does.
- A cold run keeps and finds nothing in the generator's cache; the two runs after a change have what the run before it
  kept.
- What is measured is checked: exit codes, that the change changed the entity's module and no other entity's, and that
  `check` found nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from bench.generate.documents import (
    entity_document,
    entity_name,
    large_document,
    more_properties,
    other_keys,
    public_document,
    unusual_name,
)

__all__ = ["main"]

FOLDER = Path(__file__).parent
MADE = FOLDER / ".made"
RESULTS = FOLDER / "results.json"
SIZES = (5, 100, 1000)
PUBLIC_SCHEMAS, PUBLIC_ENTITIES = 1000, 6
LARGE_ENTITIES = 300
ENTITIES_ALONE = "generate for the same entities in a document of their own"
LARGE = f"{LARGE_ENTITIES} large entities"
READING = "reading it with positions, alone"
UNUSUAL = "generate, one name that d.-c.-g. is asked for"
TOOLS = ("entitystore-dynamodb", "datamodel-code-generator", "black", "jinja2", "pyyaml", "pydantic")

ENTITYSTORE = Path(sys.executable).with_name("entitystore")
CODEGEN = Path(sys.executable).with_name("datamodel-codegen")


class Sample(NamedTuple):
    """Seconds of one process: by the clock, and of processors. And the most megabytes that it had resident."""

    wall: float
    cpu: float
    megabytes: float


class Case(NamedTuple):
    """One thing to measure. `before` puts its files in place, outside of what is measured."""

    document: str
    name: str
    command: Sequence[str]
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    cache: str = "off"
    is_long: bool = False


def main() -> None:
    """Measure and write `results.json`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often each command is run")
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES), help="entities of the documents")
    parser.add_argument("--memory", action="store_true", help="measure memory alone, and keep the other figures")
    arguments = parser.parse_args()
    shutil.rmtree(MADE, ignore_errors=True)
    MADE.mkdir()
    if arguments.memory:
        _write(json.loads(RESULTS.read_text(encoding="utf-8")) | {"memory": _memory(arguments.sizes)})
        return
    load = os.getloadavg()[0]
    cases = [case._replace(is_long=size >= 500) for size in arguments.sizes for case in _entity_cases(size)]
    cases += _public_cases()
    samples = _measured(cases, arguments.rounds)
    _write(_results(cases, samples, arguments.rounds, load) | {"memory": _memory(arguments.sizes)})


def _write(results: dict[str, object]) -> None:
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(f"{RESULTS} written")


# ------------------------------------------------------------------------------------------------- the cases


def _entity_cases(size: int) -> list[Case]:
    label = f"{size} entities"
    document = MADE / f"entities_{size}.yaml"
    document.write_text(entity_document(size), encoding="utf-8")
    return [
        *_cases(label, document),
        _unusual_case(label, document),
        _changed_case(label, "generate, one entity changed (a property more)", document, more_properties),
        _changed_case(label, "generate, one entity changed (another index key)", document, other_keys),
    ]


def _unusual_case(label: str, document: Path) -> Case:
    """Generate from a document with a name that datamodel-code-generator is asked for, as it once was for all."""
    spec, package = MADE / f"{document.stem}_unusual.yaml", MADE / f"{document.stem}_unusual_store"
    spec.write_text(unusual_name(document.read_text(encoding="utf-8")), encoding="utf-8")
    command = (str(ENTITYSTORE), "generate", str(spec), "-o", str(package))
    return Case(label, UNUSUAL, command, lambda: shutil.rmtree(package, ignore_errors=True))


def _changed_case(label: str, name: str, document: Path, change: Callable[[str], str]) -> Case:
    """Generate again after a change to the document, which may reach one entity's store module alone."""
    stem = f"{document.stem}_{change.__name__}"
    spec, package, cache = MADE / f"{stem}.yaml", MADE / f"{stem}_store", str(MADE / f"{stem}_cache")
    command = (str(ENTITYSTORE), "generate", str(spec), "-o", str(package))
    text = document.read_text(encoding="utf-8")
    stores: dict[str, str] = {}

    def before() -> None:
        shutil.rmtree(cache, ignore_errors=True)
        spec.write_text(text, encoding="utf-8")
        _run(command, cache)
        stores.update(_stores(package))
        spec.write_text(change(text), encoding="utf-8")

    def after() -> None:
        found = _stores(package)
        different = [name for name in found if found[name] != stores[name]]
        if different != [f"{entity_name(0).lower()}_store.py"]:
            raise RuntimeError(f"the change of one entity changed {different}")

    return Case(label, name, command, before, after, cache)


def _stores(package: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(package.glob("*_store.py"))}


def _public_cases() -> list[Case]:
    document = MADE / "public.json"
    document.write_text(public_document(PUBLIC_SCHEMAS, PUBLIC_ENTITIES), encoding="utf-8")
    megabytes = document.stat().st_size / 1e6
    label = f"public document, {megabytes:.0f} MB, {PUBLIC_SCHEMAS} schemas, {PUBLIC_ENTITIES} entities"
    alone = MADE / "public_entities.yaml"
    alone.write_text(entity_document(PUBLIC_ENTITIES), encoding="utf-8")
    package = MADE / "public_entities_store"
    generate = (str(ENTITYSTORE), "generate", str(alone), "-o", str(package))
    own = (
        "import sys; from pathlib import Path; from entitystore_generator.diagnostics import Diagnostics;"
        "from entitystore_generator.spec.documents import Library;"
        "assert Library(Path(sys.argv[1]), 'public.json', Diagnostics()).first()"
    )
    plain = "import json, sys; json.load(open(sys.argv[1], encoding='utf-8'))"
    return [
        *_cases(label, document),
        Case(label, ENTITIES_ALONE, generate, lambda: shutil.rmtree(package, ignore_errors=True)),
        Case(label, READING, (sys.executable, "-c", own, str(document))),
        Case(label, "Python's json.load of it, alone", (sys.executable, "-c", plain, str(document))),
    ]


def _cases(label: str, document: Path) -> list[Case]:
    """`generate`, `check`, and datamodel-code-generator on what the entities reach, handed over as JSON."""
    closure, package = document.with_suffix(".closure.json"), MADE / f"{document.stem}_store"
    closure.write_text(_closure(document), encoding="utf-8")
    models = str(MADE / f"{document.stem}_models.py")
    codegen = (
        *(str(CODEGEN), "--disable-warnings", "--input", str(closure), "--input-file-type", "openapi"),
        *("--output", models, "--output-model-type", "pydantic_v2.BaseModel"),
    )
    arguments = (str(document), "-o", str(package))

    def without_package() -> None:
        shutil.rmtree(package, ignore_errors=True)

    return [
        Case(label, "generate", (str(ENTITYSTORE), "generate", *arguments), without_package),
        Case(label, "check, nothing changed", (str(ENTITYSTORE), "check", *arguments)),
        Case(label, "datamodel-code-generator, black and isort", (*codegen, "--formatters", "black", "isort")),
        Case(label, "datamodel-code-generator, built-in formatter", (*codegen, "--formatters", "builtin")),
    ]


def _closure(document: Path) -> str:
    from entitystore_generator.diagnostics import Diagnostics
    from entitystore_generator.spec.bundle import closure_text
    from entitystore_generator.spec.load import load_spec

    diagnostics = Diagnostics()
    loaded = load_spec(document, document.name, diagnostics)
    if loaded.spec is None:
        raise RuntimeError(f"{document.name} is not valid: {list(diagnostics)[:3]}")
    return closure_text(loaded.spec)


# ------------------------------------------------------------------------------------------------ measuring


def _measured(cases: Sequence[Case], rounds: int) -> dict[Case, list[Sample]]:
    samples: dict[Case, list[Sample]] = {case: [] for case in cases}
    for number in range(rounds + 1):
        for case in cases:
            if case.is_long and number != 1:
                continue
            case.before()
            sample = _run(case.command, case.cache)
            case.after()
            if number:  # the first round warms byte code and the page cache
                samples[case].append(sample)
            print(f"{number}/{rounds} {case.document}: {case.name}: {sample.wall:.3f} s", flush=True)
    return samples


def _run(command: Sequence[str], cache: str) -> Sample:
    started = time.perf_counter()
    environment = os.environ | {"ENTITYSTORE_CACHE": cache}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installation has byte code for all
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {errors.decode(errors='replace')[-500:]}")
    # Of `ru_maxrss`, Linux begins with the size of the process that started this one: a small one, here.
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3))


def _memory(sizes: Sequence[int]) -> list[dict[str, object]]:
    """The peaks of `generate` for a new package, by document."""
    documents = {f"{size} entities": entity_document(size) for size in sizes}
    documents[LARGE] = large_document(LARGE_ENTITIES)
    return [{"document": label, "megabytes": round(_peak(text))} for label, text in documents.items()]


def _peak(document: str) -> float:
    spec, package = MADE / "memory.yaml", MADE / "memory_store"
    spec.write_text(document, encoding="utf-8")
    shutil.rmtree(package, ignore_errors=True)
    return _run((str(ENTITYSTORE), "generate", str(spec), "-o", str(package)), "off").megabytes


def _results(cases: Sequence[Case], samples: dict[Case, list[Sample]], rounds: int, load: float) -> dict[str, object]:
    return {
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "system": platform.system(),
            "python": platform.python_version(),
            "load_before": round(load, 2),
        },
        "versions": {name: version(name) for name in TOOLS},
        "rounds": rounds,
        "cases": [_record(case, samples[case]) for case in cases],
    }


def _record(case: Case, samples: list[Sample]) -> dict[str, object]:
    walls, cpus = [each.wall for each in samples], [each.cpu for each in samples]
    return {
        "document": case.document,
        "name": case.name,
        "wall": {"best": round(min(walls), 4), "median": round(statistics.median(walls), 4)},
        "cpu": {"best": round(min(cpus), 4), "median": round(statistics.median(cpus), 4)},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    main()
