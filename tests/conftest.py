"""Fixtures that every test may use, and the summary line about the engines.

    engine          each engine in turn (parameterized); a missing one skips, or fails in CI
    endpoint_url    where that engine listens
    dynamodb        a boto3 client on that engine
    local_engine    ministack alone, for tests that need some engine and not all
    table_name      a name that no other test uses
    update_golden   True where golden cases are to be written instead of compared

Rule: engines belong to the session (`RunningEngines` in the stash), never to a test or a module.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.engines import (
    ENGINE_KINDS,
    MINISTACK,
    Absent,
    Engine,
    EngineKind,
    RunningEngines,
    absence_is_failure,
    in_ci,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REGION = "eu-west-1"
_ENGINES = pytest.StashKey[RunningEngines]()
_FROM_WORKERS = pytest.StashKey[dict[str, str]]()
_names = itertools.count(1)

# No test may meet the person's own credentials, profile or endpoint; set before anything imports
# botocore.
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "not-a-secret",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "ENTITYSTORE_CACHE": "off",  # nor the person's cache
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
_FORBIDDEN = (
    "AWS_CA_BUNDLE",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_PROFILE",
    "AWS_SESSION_TOKEN",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the golden cases give now as what is expected (never in CI); see the diff",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_ENGINES] = RunningEngines()
    config.stash[_FROM_WORKERS] = {}
    if config.getoption("--update-golden") and in_ci():
        raise pytest.UsageError("--update-golden is refused in CI: a person must read the diff")
    # No deadline and no "too slow": a busy machine is no fault of an example. In CI the same examples every time.
    patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("local", patient)
    settings.register_profile("ci", patient, derandomize=True, print_blob=True)
    settings.load_profile("ci" if in_ci() else "local")
    os.environ.update(_ENVIRONMENT)
    for name in _FORBIDDEN:
        os.environ.pop(name, None)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the engines: also after a failure, an error in collection, or Ctrl-C."""
    config.stash[_ENGINES].close()


@pytest.fixture(scope="session", params=ENGINE_KINDS, ids=[kind.name for kind in ENGINE_KINDS])
def engine(request: pytest.FixtureRequest) -> Engine:
    kind: EngineKind = request.param
    try:
        return request.config.stash[_ENGINES].get(kind)
    except Absent as absent:
        if kind.required_in_ci and absence_is_failure():
            pytest.fail(f"{kind.name} is required here: {absent}", pytrace=False)
        pytest.skip(f"{kind.name}: {absent}")


@pytest.fixture(scope="session")
def local_engine(request: pytest.FixtureRequest) -> Engine:
    return request.config.stash[_ENGINES].get(MINISTACK)


@pytest.fixture(scope="session")
def endpoint_url(engine: Engine) -> str:
    return engine.endpoint_url


@pytest.fixture(scope="session")
def dynamodb(engine: Engine) -> Iterator[DynamoDBClient]:
    import boto3

    client = boto3.client("dynamodb", endpoint_url=engine.endpoint_url, region_name=REGION)
    yield client
    client.close()


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def table_name() -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return f"test-{worker}-{next(_names)}"


# --- what ran and what did not ---


def _outcomes(engines: RunningEngines) -> dict[str, str]:
    """Engine name -> "" where it ran, else why it did not."""
    return {**dict.fromkeys(engines.running, ""), **engines.absent}


def pytest_sessionfinish(session: pytest.Session) -> None:
    output: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["engines"] = _outcomes(session.config.stash[_ENGINES])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    """xdist's hook in the controller: a worker ended and hands over what it said."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    output: dict[str, dict[str, str]] = getattr(node, "workeroutput", {})
    config.stash[_FROM_WORKERS] |= output.get("engines", {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    outcomes = _outcomes(config.stash[_ENGINES]) | config.stash[_FROM_WORKERS]
    if not outcomes:
        return
    ran = [name for name, reason in sorted(outcomes.items()) if not reason]
    terminalreporter.write_line(f"engines that ran: {', '.join(ran) or 'none'}")
    for name, reason in sorted(outcomes.items()):
        if reason:
            terminalreporter.write_line(f"engine skipped:   {name} ({reason})")
