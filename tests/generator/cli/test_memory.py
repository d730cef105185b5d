"""How much memory `generate` takes: of each entity its text, and little else at the same time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.generate.documents import large_document

FEW, MANY = 2, 26
KILOBYTES_AN_ENTITY = 800
"""Two thirds of it are needed: the entity as it was read, and its text of 80 KB. Keeping black's trees, or compiling a
module of all entities at once, takes 3,000 and more."""

_PEAK = """
import sys
from entitystore_generator.cli import main
code = main(sys.argv[1:])
with open("/proc/self/status", encoding="ascii") as status:
    print("peak", next(line.split()[1] for line in status if line.startswith("VmHWM:")))
sys.exit(code)
"""


def peak(folder: Path, entities: int, models: str) -> int:
    """The most kilobytes that a process had at once which generated a package of so many large entities."""
    spec = folder / f"large_{entities}.yaml"
    spec.write_text(large_document(entities), encoding="utf-8")
    command = (sys.executable, "-c", _PEAK, "generate", str(spec), "-o", str(folder / f"store_{entities}"))
    done = subprocess.run((*command, "--models", models), capture_output=True, text=True, check=True)
    return int(done.stdout.rpartition("peak ")[2])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells a process its own peak")
def test_memory_grows_by_little_more_than_the_text(tmp_path: Path) -> None:
    few, many = (peak(tmp_path, entities, "pydantic") for entities in (FEW, MANY))
    assert (many - few) / (MANY - FEW) < KILOBYTES_AN_ENTITY
