"""`make bench`: measure every library in one run and write results.json.

Rules of this file:
- Each library has a process of its own on one core; the server has the other. One sample at a time is taken, in turns:
  every round goes over all libraries before the next round, so that what the machine does hits all alike.
- A case is checked for its result before it is timed; one that fails is reported with its error, and the rest goes on.
- Counts are chosen so that a sample takes about SAMPLE seconds of CPU, by a first round that is thrown away.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypedDict

from bench import data, machine, servers, wide

HERE = Path(__file__).parent
BASE = str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")
"""The interpreter without an environment, for what is measured with one library alone."""
MODEL_KINDS = ("msgspec", "dataclass", "pydantic")
SUBJECTS = {f"entitystore ({kind})": ("entitystore_", {"BENCH_MODELS": kind}) for kind in MODEL_KINDS} | {
    name: (f"{name}_", dict[str, str]())
    for name in ("boto3", "pynamodb", "aiodynamo", "pydynox", "dynamoxy", "dyntastic", "aioboto3")
}
STARTS = {f"entitystore ({kind})": ("entitystore_", kind) for kind in MODEL_KINDS} | {
    name: (f"{name}_", "")
    for name in ("python", "boto3", "pynamodb", "aiodynamo", "pydynox", "dynamoxy", "dyntastic", "aioboto3")
}
MAIN_CASES = (
    "encode",
    "decode",
    "decode_dict",
    "get_http",
    "get_tls",
    "put_http",
    "put_tls",
    "page",
    "page_mixed",
    "batch_get",
    "concurrent_async",
    "concurrent_uvloop",
    "concurrent_threads",
    "engine",
)
GROWTH_CASES = (
    *(f"size:{each}" for each in data.SIZES),
    *(f"attributes:{each}" for each in wide.COUNTS),
    *(f"page:{each}" for each in data.PAGES),
    *(f"width:{each}" for each in data.CONCURRENCY),
)


class Series(TypedDict):
    """One library's samples of one case: microseconds per operation."""

    count: int
    cpu: list[float]
    wall: list[float]


class Worker:
    """The process of one library."""

    def __init__(self, module: str, environment: dict[str, str], core: int | None, log: Path) -> None:
        self._log = log.open("w")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.worker", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=environment,
        )
        if core is not None:
            os.sched_setaffinity(self._process.pid, {core})
        assert self._process.stdout is not None
        first = self._process.stdout.readline()
        if not first:
            lines = log.read_text().strip().splitlines() or ["it did not start"]
            raise RuntimeError(lines[-1])
        self.about: dict[str, Any] = json.loads(first)

    def ask(self, case: str, count: int) -> dict[str, Any]:
        """One sample, or an error."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"case": case, "count": count}) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        return json.loads(answer) if answer else {"error": "the process ended"}

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()


def environment_of(canned: servers.Canned, engine: str) -> dict[str, str]:
    """The environment of every measured process: nothing of the user's AWS settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    return kept | {
        "PYTHONPATH": f"{HERE.parent}{os.pathsep}{servers.MADE}",
        "BENCH_PLAIN": canned.plain,
        "BENCH_TLS": canned.tls,
        "BENCH_ENGINE": engine,
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_CA_BUNDLE": str(canned.bundle),
        "SSL_CERT_FILE": str(canned.bundle),
    }


class Run:
    """One run: workers, samples and what could not be measured."""

    def __init__(self, environment: dict[str, str], core: int | None, sample_seconds: float) -> None:
        self.environment = environment
        self.core = core
        self.sample_seconds = sample_seconds
        self.workers: dict[str, Worker] = {}
        self.missing: dict[str, str] = {}
        self.cases: dict[str, dict[str, Series]] = {}
        self.faults: dict[str, dict[str, str]] = {}

    def start(self, only: set[str]) -> None:
        """Start a process for each library that is here."""
        for name, (module, more) in SUBJECTS.items():
            if only and module.rstrip("_") not in only:
                continue
            log = servers.MADE / f"{module}{more.get('BENCH_MODELS', '')}.log"
            try:
                self.workers[name] = Worker(module, self.environment | more, self.core, log)
            except RuntimeError as error:
                self.missing[name] = str(error)

    def measure(self, cases: tuple[str, ...], rounds: int) -> None:
        """Take the samples of these cases, in turns."""
        for case in cases:
            show(case)
            able = [name for name, worker in self.workers.items() if self._prepare(case, name, worker)]
            for turn in range(rounds):
                # Another one goes first each time.
                for name in able[turn % len(able) :] + able[: turn % len(able)]:
                    self._sample(case, name)

    def _prepare(self, case: str, name: str, worker: Worker) -> bool:
        if case not in worker.about["cases"]:
            self._fault(case, name, worker.about["cannot"].get(case, "-"))
            return False
        if case == "engine" and not self.environment["BENCH_ENGINE"]:
            self._fault(case, name, "no engine: `make engines` brings it")
            return False
        count = 1
        for _ in range(2):  # warm, and then once more to know the count
            answer = worker.ask(case, count)
            if "error" in answer:
                self._fault(case, name, answer["error"])
                return False
            count = max(1, min(50_000, int(self.sample_seconds * 1e6 / max(answer["wall"], answer["cpu"], 1.0))))
        self.cases.setdefault(case, {})[name] = {"count": count, "cpu": [], "wall": []}
        return True

    def _sample(self, case: str, name: str) -> None:
        series = self.cases[case][name]
        answer = self.workers[name].ask(case, series["count"])
        if "error" in answer:
            self._fault(case, name, answer["error"])
            return
        series["cpu"].append(answer["cpu"])
        series["wall"].append(answer["wall"])

    def _fault(self, case: str, name: str, reason: str) -> None:
        self.faults.setdefault(case, {})[name] = reason

    def streams(self, rounds: int) -> None:
        """Streams of 100,000 items, each in a process of its own, for its peak memory."""
        show("stream")
        for _ in range(rounds):
            for name, worker in self.workers.items():
                if "stream" not in worker.about["cases"]:
                    self._fault("stream", name, worker.about["cannot"].get("stream", "-"))
                    continue
                self._stream(name)

    def _stream(self, name: str) -> None:
        module, more = SUBJECTS[name]
        done = self._child([sys.executable, "-m", "bench.worker", module, "stream"], more)
        if done.returncode:
            self._fault("stream", name, (done.stderr.strip().splitlines() or ["?"])[-1][:300])
            return
        sample = json.loads(done.stdout)
        series: dict[str, Any] = self.cases.setdefault("stream", {}).setdefault(  # type: ignore[assignment]
            name, {"count": data.STREAM_PAGES * data.PAGE_ITEMS, "cpu": [], "wall": []}
        )
        series["cpu"].append(sample["cpu"])
        series["wall"].append(sample["wall"])
        series.setdefault("peak", []).append(sample["peak"])
        series.setdefault("resident", []).append(sample["peak"] + sample["before"])

    def _child(self, command: list[str], more: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._pinned(command), env=self.environment | more, capture_output=True, text=True, check=False
        )

    def _pinned(self, command: list[str]) -> list[str]:
        return command if self.core is None else ["taskset", "-c", str(self.core), *command]

    def starts(self, rounds: int, case: str = "start") -> None:
        """Whole processes: interpreter, imports, one GetItem over TLS."""
        show(case)
        for turn in range(rounds + 1):
            for name, (module, kind) in STARTS.items():
                if name in self.missing or (name != "python" and name not in self.workers):
                    continue
                self._start(name, [str(HERE / "starts" / f"{module}.py"), data.CUSTOMER, kind], turn, case)

    def _alone(self, name: str, arguments: list[str]) -> tuple[list[str], dict[str, str]]:
        """A command that sees one library and what that requires, and its environment."""
        library = name.partition(" ")[0] + ("-pydantic" if "pydantic" in name else "")
        folders = [HERE.parent / ".bench-venv/own" / library]
        if name.startswith("entitystore"):
            folders += [HERE.parent / "runtime", servers.MADE]
        path = os.pathsep.join(str(folder) for folder in folders)
        # -S: nothing but the standard library and the path above.
        return self._pinned([BASE, "-S", *arguments]), self.environment | {"PYTHONPATH": path}

    def _start(self, name: str, arguments: list[str], turn: int, case: str) -> None:
        if name in self.faults.get(case, {}):
            return
        command, environment = self._alone(name, arguments)
        if case == "start_hashed":
            for variable in ("AWS_CA_BUNDLE", "SSL_CERT_FILE"):
                del environment[variable]
            environment["SSL_CERT_DIR"] = str(servers.MADE / "hashed")
        started = time.perf_counter()
        log = (servers.MADE / "start.log").open("w+")
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        said = log.read().strip().splitlines()
        log.close()
        if process.returncode:
            self._fault(case, name, (said or ["?"])[-1][:300])
        elif turn:  # the first writes the bytecode
            series = self.cases.setdefault(case, {}).setdefault(name, {"count": 1, "cpu": [], "wall": []})
            series["cpu"].append((usage.ru_utime + usage.ru_stime) * 1e6)
            series["wall"].append(wall * 1e6)

    def imports(self, rounds: int) -> None:
        """`import` alone, timed within a new process."""
        show("import")
        modules = {f"entitystore ({kind})": f"orders_{kind}" for kind in MODEL_KINDS} | {
            "boto3": "boto3",
            "pynamodb": "pynamodb.models",
            "aiodynamo": "aiodynamo.client, aiohttp",
            "pydynox": "pydynox",
            "dynamoxy": "dynamoxy",
            "dyntastic": "dyntastic",
            "aioboto3": "aioboto3",
        }
        code = "import time; a = time.perf_counter(); import {0}; print((time.perf_counter() - a) * 1e6)"
        for _ in range(rounds):
            for name, module in modules.items():
                if name not in self.workers:
                    continue
                command, environment = self._alone(name, ["-c", code.format(module)])
                done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
                if done.returncode:
                    self._fault("import", name, (done.stderr.strip().splitlines() or ["?"])[-1][:300])
                    continue
                series = self.cases.setdefault("import", {}).setdefault(name, {"count": 1, "cpu": [], "wall": []})
                series["wall"].append(float(done.stdout))
                series["cpu"].append(float(done.stdout))

    def close(self) -> None:
        """End all processes."""
        for worker in self.workers.values():
            worker.close()


def show(what: str) -> None:
    """Progress, for whoever waits."""
    print(f"bench: {what}", file=sys.stderr, flush=True)


def authorities() -> Path:
    """A list of authorities as real machines have it: botocore's own."""
    import botocore

    return Path(botocore.__file__).with_name("cacert.pem")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--sample", type=float, default=0.15, help="seconds of one sample")
    parser.add_argument("--only", nargs="*", default=[], help="libraries: entitystore boto3 …")
    parser.add_argument("--cases", nargs="*", default=None, help="cases, instead of all")
    parser.add_argument("--output", type=Path, default=HERE / "results.json")
    options = parser.parse_args()
    cores = machine.cores()
    with ExitStack() as stack:
        canned = stack.enter_context(servers.canned(cores.server, authorities()))
        engine = stack.enter_context(servers.engine(cores.server))
        run = Run(environment_of(canned, engine), cores.client, options.sample)
        stack.callback(run.close)
        run.start(set(options.only))
        before = os.getloadavg()
        wanted = options.cases
        run.measure(tuple(each for each in MAIN_CASES if wanted is None or each in wanted), options.rounds)
        run.measure(tuple(each for each in GROWTH_CASES if wanted is None), max(3, options.rounds // 3))
        if wanted is None or "start" in wanted:
            run.starts(options.rounds + 3)
        if wanted is None or "start_hashed" in wanted:
            run.starts(options.rounds, "start_hashed")
        if wanted is None or "import" in wanted:
            run.imports(options.rounds)
        if wanted is None or "stream" in wanted:
            run.streams(max(1, min(2, options.rounds // 3)))
        report = {
            "machine": machine.about(cores, before),
            "missing": run.missing | machine.failed_installs(),
            "cases": run.cases,
            "faults": run.faults,
        }
    options.output.write_text(json.dumps(report, indent=1, sort_keys=True) + "\n")
    show(f"wrote {options.output}")


if __name__ == "__main__":
    main()
