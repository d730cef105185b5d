"""What a boto3 client's answers and exceptions mean.

Rules of this file:
- The client has done its own retries. What became of the earlier attempts of a call it does not say, so that a refusal
  of a write after a retry leaves open whether it was applied.
- Nothing foreign gets out: whatever the client, or what hooks into it, raises becomes an error of this library.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from entitystore import errors
from entitystore.errors import ServiceError, TransportError
from entitystore.transports import CallContext
from entitystore.transports.retries import EVALUATED_CODE, READS, TRANSACTIONS, certainly_not_applied, outcome_unknown
from entitystore.transports.secrets import without_secrets

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError

_JSON = "application/x-amz-json-1."
_CRC32_OF_NOTHING = str(zlib.crc32(b"{}"))


def refuse_foreign(answer: Mapping[str, Any]) -> None:
    """Raise TransportError for a success that was not DynamoDB's, as far as the client lets it be seen.

    The client passes over whatever it does not know, and over a body that is no JSON at all, so that a login page
    comes as an answer without members. DynamoDB's own is `{}` then. Any status below 300 is a success to the client, an
    interim one included that is none of those which it passes over.
    """
    if "ResponseMetadata" not in answer:
        return
    if answer["ResponseMetadata"].get("HTTPStatusCode", 200) != 200:
        raise TransportError("the answer is not DynamoDB's: its status is another one than 200")
    if len(answer) > 1:
        return
    headers = {name.lower(): value for name, value in answer["ResponseMetadata"].get("HTTPHeaders", {}).items()}
    length, crc32 = headers.get("content-length", "2"), headers.get("x-amz-crc32", _CRC32_OF_NOTHING)
    kind = headers.get("content-type", _JSON)
    if kind == "application/cbor":  # which a client may learn to speak
        return
    if length != "2" or crc32 != _CRC32_OF_NOTHING or not kind.startswith(_JSON):
        raise TransportError("the answer is not DynamoDB's (is something on the way, which answers by itself?)")


def service_error(error: ClientError) -> ServiceError:
    """The refusal that a client has raised, with the old item or the reasons in its body."""
    answer: Mapping[str, Any] = error.response
    said = answer.get("Error", {})
    meta = answer.get("ResponseMetadata", {})
    code, message = str(said.get("Code", "Unknown")), without_secrets(str(said.get("Message", "")))
    body = {name: answer[name] for name in answer if name not in ("Error", "ResponseMetadata")}
    body |= {"__type": code, "message": message}
    return ServiceError(
        code,
        message,
        status=int(meta.get("HTTPStatusCode", 400)),
        request_id=meta.get("RequestId"),
        body=msgspec.json.encode(body),
    )


def note(context: CallContext, body: bytes, answer: Mapping[str, Any]) -> None:
    """What the client says of its attempts."""
    meta = answer.get("ResponseMetadata", {})
    sendings = 1 + int(meta.get("RetryAttempts", 0))
    context.attempts += sendings
    context.bytes_sent += sendings * len(body)
    context.request_id = meta.get("RequestId")


def refusal(operation: str, error: ClientError, context: CallContext | None) -> ServiceError | TransportError:
    """The error for a call that the service refused in the end, perhaps after earlier attempts of the client.

    The client does not say what became of those. A transaction is sent with a token by every client, so that one that
    was evaluated and cancelled was not applied by any of them.
    """
    refusal = service_error(error)
    if refusal.service_message == error.response.get("Error", {}).get("Message"):
        refusal.__cause__ = error  # else its text would show what was left out
    if operation in READS or (operation in TRANSACTIONS and refusal.code == EVALUATED_CODE):
        return refusal
    repeated = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)
    if certainly_not_applied(refusal) and not repeated:
        return refusal
    if context is not None:
        context.maybe_applied = True
    return outcome_unknown(operation, refusal)


def lost(operation: str, error: BotoCoreError, context: CallContext | None) -> ServiceError | TransportError:
    """The error for a call that was not answered in the end."""
    fault = client_fault(operation, error)
    fault.__cause__ = error
    if not fault.maybe_applied:
        return fault
    if context is not None:
        context.maybe_applied = True
    return outcome_unknown(operation, fault)


def broken(operation: str, error: Exception, context: CallContext | None) -> TransportError:
    """The error for an answer that is none, whatever the client or what hooks into it made of it."""
    fault = error if isinstance(error, TransportError) else TransportError(f"the client failed: {type(error).__name__}")
    if fault is not error:
        fault.__cause__ = error
    if operation in READS:
        return fault
    fault.maybe_applied = True
    if context is not None:
        context.maybe_applied = True
    return outcome_unknown(operation, fault)


def client_fault(operation: str, error: BotoCoreError) -> ServiceError | TransportError:
    """The error for a call to which the service gave no answer."""
    from botocore import exceptions as boto

    if isinstance(error, boto.ParamValidationError):
        # Its own text holds the values, which are an item's.
        return ServiceError("ValidationException", f"the client refused the parameters of {operation}", status=400)
    # The client may have sent the call several times before it gave up, the first time with success. What
    # the last attempt died of does not tell.
    connection_fault = isinstance(error, (boto.HTTPClientError, boto.ConnectionError))
    maybe_applied = connection_fault and operation not in READS
    if isinstance(error, (boto.ConnectTimeoutError, boto.ReadTimeoutError)):
        return errors.TimeoutError(str(error), maybe_applied=maybe_applied)
    return TransportError(str(error), maybe_applied=maybe_applied)
