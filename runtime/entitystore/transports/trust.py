"""Which authorities an endpoint's certificate is verified against, and how little of them is read at first.

OpenSSL 3 takes 0.15 ms to decode a certificate, so a bundle of 140 costs a process 20 ms before its first call.
Amazon's endpoints are certified by Amazon Trust Services, whose roots are a handful of those
(https://www.amazontrust.com/repository/).

Rules of this file:
- Chain and host name are always verified, and nothing is ever trusted that the caller's or the system's authorities
  do not hold. A first context may know fewer of them, never others: the certificates of a large bundle that carry the
  name of one of Amazon's roots, or those that OpenSSL finds in a directory by the hash of their name.
- A certificate that a first context does not verify is tried once more against the whole (`whole_context`), by whoever
  connects. So other authorities, private ones too, cost a second handshake, once in a process.
- A bundle that is small, is not made of plain certificates alone, or has none of Amazon's, is read whole at once, and
  so is one that cannot be read: its error is then OpenSSL's. What is left unread is checked for its length alone.
- In all else a context is as `ssl.create_default_context` makes it.
"""

from __future__ import annotations

import os
import ssl
import sys
from binascii import Error, a2b_base64

from entitystore.errors import PermanentError

LARGE = 32 * 1024
"""Bytes of a bundle of some twenty certificates: below, choosing saves little."""

AMAZON_NAME = b"Amazon Root CA "
"""What the common names of Amazon's roots, 1 to 4, begin with. Older chains that lead past them, to Starfield's roots
by which they are cross-signed, end at them where they are known."""

_BEGIN = b"-----BEGIN "
_LABEL = b"CERTIFICATE-----"
_END = b"-----END CERTIFICATE-----"


def first_context(ca_bundle: str | None) -> tuple[ssl.SSLContext, bool]:
    """A context to try first, and whether it knows all authorities there are. May block; TransportError.

    `ca_bundle` is a file or a directory; None stands for the system's store.
    """
    folder = hashed_authorities() if ca_bundle is None else None
    if folder is not None:
        return ssl.create_default_context(capath=folder), False
    few = _few_of_file(ca_bundle or _system_bundle())
    if few:
        try:
            return ssl.create_default_context(cadata=few), False
        except ssl.SSLError:  # one of them is no certificate: let the whole say so
            pass
    return whole_context(ca_bundle), True


def whole_context(ca_bundle: str | None) -> ssl.SSLContext:
    """A context that knows every authority of a file or directory, or of the system's store. TransportError."""
    try:
        if ca_bundle is None:
            context = ssl.create_default_context()
            _complete_certificates(context)
            return context
        if os.path.isdir(ca_bundle):
            return ssl.create_default_context(capath=ca_bundle)
        return ssl.create_default_context(cafile=ca_bundle)
    except OSError as error:
        raise PermanentError(
            f"the CA bundle {ca_bundle!r} cannot be read ({error}); it comes from ca_bundle=, AWS_CA_BUNDLE "
            "or the AWS configuration file"
        ) from error


def load_client_certificate(context: ssl.SSLContext, given: str | tuple[str, str]) -> None:
    """Have the context show a certificate to who asks for one: a PEM file, or one each for it and its key."""
    certificate, key = (given, None) if isinstance(given, str) else given
    try:
        # A key behind a password would be asked for at the terminal.
        context.load_cert_chain(certificate, key, password=_no_password)
    except (OSError, ValueError) as error:
        raise PermanentError(f"the client certificate {certificate!r} cannot be used: {error}") from error


def _no_password() -> str:
    raise ValueError("its key is behind a password; give one without, which only this process may read")


def hashed_authorities() -> str | None:
    """The system's directory of authorities, if OpenSSL can look into it by the hash of a name (Debian, SUSE, Alpine).

    Whoever names a bundle in SSL_CERT_FILE gets that.
    """
    folder = ssl.get_default_verify_paths().capath
    if folder is None or os.environ.get("SSL_CERT_FILE"):
        return None
    return folder if any(name.endswith(".0") for name in os.listdir(folder)) else None


def _system_bundle() -> str | None:
    """The file that OpenSSL reads by default. Windows keeps authorities elsewhere, too."""
    if sys.platform == "win32":
        return None
    return ssl.get_default_verify_paths().cafile


def _few_of_file(path: str | None) -> bytes:
    if path is None:
        return b""
    try:
        if os.path.getsize(path) < LARGE:  # a pipe, too, which can be read but once
            return b""
        with open(path, "rb") as file:
            return amazons_of(file.read())
    except OSError:  # a directory, or what `whole_context` will complain of
        return b""


def amazons_of(bundle: bytes) -> bytes:
    """The DER of a PEM bundle's certificates that carry the name of Amazon's roots, one after the other.

    Nothing where there are none, or where the bundle holds anything but whole certificates.
    """
    found = []
    for block in bundle.split(_BEGIN)[1:]:
        certificate = _der_of(block)
        if certificate is None:
            return b""
        if AMAZON_NAME in certificate:
            found.append(certificate)
    return b"".join(found)


def _der_of(block: bytes) -> bytes | None:
    """The certificate of a PEM block whose text starts behind `-----BEGIN `; None if it is not a whole one."""
    text, end, _ = block.partition(_END)
    if not end or not text.startswith(_LABEL):
        return None
    try:
        der = a2b_base64(text[len(_LABEL) :])
    except Error:
        return None
    # A sequence whose length takes two bytes (X.690, 8.1.3.5), as that of every certificate.
    whole = der[:2] == b"\x30\x82" and int.from_bytes(der[2:4]) + 4 == len(der)
    return der if whole else None


def _complete_certificates(context: ssl.SSLContext) -> None:
    """Use the certificates that botocore brings where the system has none (python.org's macOS builds)."""
    paths = ssl.get_default_verify_paths()
    if paths.cafile or (paths.capath and os.listdir(paths.capath)) or context.get_ca_certs():
        return
    from importlib.util import find_spec

    spec = find_spec("botocore")
    if spec is not None and spec.origin is not None:
        context.load_verify_locations(os.path.join(os.path.dirname(spec.origin), "cacert.pem"))
