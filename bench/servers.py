"""What the clients talk to: the canned-response server, its certificates, and a real engine.

Rules of this file:
- Everything listens on 127.0.0.1 and ends with this process: the servers watch their standard input or are ended here.
- The bundle of authorities is a real one with ours added, because reading it is part of every start.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import data

HERE = Path(__file__).parent
MADE = HERE / ".generated"
AUTHORITY = "/C=US/O=Amazon/OU=EntityStore bench, not Amazon/CN=Amazon Root CA 1"
"""Named as the authority of DynamoDB's own endpoints is, since EntityStore reads those of that name first."""
DYNOXIDE = HERE.parent / ".engines/node_modules/@dynoxide"


@dataclass(frozen=True)
class Canned:
    """A running canned-response server."""

    plain: str
    tls: str
    bundle: Path


def build() -> Path:
    """Compile the server; CalledProcessError where there is no C compiler or no OpenSSL to compile against."""
    target = MADE / "server"
    source = HERE / "server.c"
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        MADE.mkdir(exist_ok=True)
        compiler = os.environ.get("CC", "cc")
        libraries = ["-lssl", "-lcrypto", "-lz"]
        subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-o", str(target), str(source), *libraries], check=True)
    return target


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=MADE)


def certify(authorities: Path) -> None:
    """Make an authority, a certificate for localhost, and the bundle of a machine's authorities with ours."""
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    _openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", AUTHORITY)
    _openssl("req", *curve, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (MADE / "extensions").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
    signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30", "-extfile", "extensions"]
    _openssl("x509", "-req", "-in", "server.csr", *signing, "-out", "server.pem")
    (MADE / "bundle.pem").write_bytes(authorities.read_bytes() + b"\n" + (MADE / "ca.pem").read_bytes())
    _hash(MADE / "bundle.pem", MADE / "hashed")


def _hash(bundle: Path, folder: Path) -> None:
    """The same authorities as a directory that OpenSSL looks into by a hash of the name, as Debian has it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    end = "-----END CERTIFICATE-----"
    for number, part in enumerate(bundle.read_text(encoding="utf-8").split(end)[:-1]):
        certificate = part[part.index("-----BEGIN") :] + end
        (folder / f"{number:04d}.pem").write_text(certificate + "\n")
    _openssl("rehash", str(folder))


@contextmanager
def canned(core: int | None, authorities: Path) -> Iterator[Canned]:
    """The canned-response server, on a core of its own if there is one to spare."""
    server = build()
    certify(authorities)
    data.write_bodies(MADE / "bodies")
    command = [str(server), str(MADE / "bodies"), str(MADE / "server.pem"), str(MADE / "server.key")]
    process = subprocess.Popen(
        [*command, str(data.STREAM_PAGES)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        if core is not None:
            os.sched_setaffinity(process.pid, {core})
        plain, tls = process.stdout.readline().split()
        yield Canned(f"http://127.0.0.1:{plain}", f"https://localhost:{tls}", MADE / "bundle.pem")
    finally:
        process.stdin.close()
        process.wait(10)


@contextmanager
def engine(core: int | None) -> Iterator[str]:
    """dynoxide in memory; an empty address where `make engines` has not brought it."""
    found = sorted(path for path in DYNOXIDE.glob("*/dynoxide") if path.is_file()) if DYNOXIDE.exists() else []
    program = str(found[0]) if found else shutil.which("dynoxide")
    if program is None:
        yield ""
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "serve", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        if core is not None:
            os.sched_setaffinity(process.pid, {core})
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("dynoxide did not start")
