"""`make bench`, first part: the environments. Run by the interpreter that is to be measured.

Rules of this file:
- One environment holds all libraries, for everything but starts and imports: `.bench-venv`.
- Starts and imports are measured with a library and its own requirements alone, each in a folder of its own, since
  some libraries import what happens to be there: `.bench-venv/own/<library>`.
- A library that cannot be installed is listed in bench/.not-installed, with the rest going on.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / ".bench-venv"
PEERS = {
    "boto3": ["boto3"],
    "pynamodb": ["pynamodb"],
    "aiodynamo": ["aiodynamo[aiohttp]"],
    "pydynox": ["pydynox"],
    "dynamoxy": ["dynamoxy"],
    "dyntastic": ["dyntastic"],
    "aioboto3": ["aioboto3"],
}
# EntityStore itself comes from the checkout, so its folders hold what it requires.
OWN = PEERS | {"entitystore": ["boto3", "msgspec"], "entitystore-pydantic": ["boto3", "msgspec", "pydantic"]}


def pip(*arguments: str) -> bool:
    """Run the environment's pip; False where it failed."""
    command = [str(ENVIRONMENT / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return subprocess.run([*command, *arguments], check=False).returncode == 0


def main() -> int:
    if not (ENVIRONMENT / "bin/python").exists():
        venv.create(ENVIRONMENT, with_pip=True)
    print(f"bench: installing into {ENVIRONMENT.name} ({sys.version.split()[0]})", file=sys.stderr)
    if not pip("--editable", f"{ROOT}[generator,pydantic]"):
        return 1
    pip("uvloop")  # without it, its case says so
    missing = {name for name, wanted in PEERS.items() if not pip(*wanted)}
    for name, wanted in OWN.items():
        folder = ENVIRONMENT / "own" / name
        if not folder.exists() and not pip("--target", str(folder), *wanted):
            missing.add(name)
    (Path(__file__).parent / ".not-installed").write_text("".join(f"{name}\n" for name in sorted(missing)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
