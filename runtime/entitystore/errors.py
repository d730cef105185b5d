"""Everything that can go wrong, as one hierarchy.

    EntityStoreError
    ├── NotFoundError            no such item, or one of another entity's type lies under the key
    ├── AlreadyExistsError       create() found an item
    ├── ValidationError          a value breaks the schema or cannot be a key; nothing was sent (a ValueError, too)
    ├── ConditionFailedError     the service evaluated the condition to false
    ├── NotRegisteredError       nothing is registered under a name or for a class
    │   └── NoIndexMapError      … key templates, that is
    ├── TransactionCanceledError one reason per operation
    ├── ThrottledError           capacity exceeded, and still so after the retries
    ├── DecodeError              a stored item is not what the schema says
    ├── IncompleteBatchError     a batch deadline passed with keys left over
    ├── TransportError           the answer did not arrive, or not whole
    │   ├── TimeoutError         … in time
    │   ├── PermanentError       … and never will: a certificate that does not verify, a proxy that refuses
    │   └── WriteOutcomeUnknownError   a write that may or may not have been applied
    └── ServiceError             any other refusal by the service, as it came

Rules of this file:
- A transport raises TransportError, TimeoutError and ServiceError, nothing else.
  The drivers translate a ServiceError with `translate`, so that users see the names above.
- No message holds a credential or an item's content. Items hang on attributes, for whoever asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeVar

from msgspec import Struct

Item: TypeAlias = Mapping[str, Mapping[str, object]]
"""An item as DynamoDB JSON: attribute name -> {type: value}."""


class EntityStoreError(Exception):
    """The root of all errors of this library.

    `code`, `service_message` and `request_id` say what the service said, where it said anything.
    `maybe_applied` is True where a write may have been applied all the same, by any of its sendings; `retries_denied`
    where the transport had attempts left, but no budget for retries.
    """

    code: str | None = None
    service_message: str | None = None
    request_id: str | None = None
    maybe_applied: bool = False
    retries_denied: bool = False

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled and copied by its fields: what a constructor takes is no more than a part of them.

        Of its causes those of this library are kept, so that `is_timeout` sees through. They are state, not arguments,
        since an error may be among its own causes.
        """
        cause = self.__cause__ if isinstance(self.__cause__, EntityStoreError) else None
        return _blank, (type(self), self.args), (dict(self.__dict__), cause)

    def __setstate__(self, state: tuple[dict[str, object], EntityStoreError | None] | None) -> None:  # type: ignore[override]
        """Take up the fields and the cause of the error that was pickled."""
        if state is not None:
            fields, self.__cause__ = state
            self.__dict__.update(fields)


def _blank(kind: type[EntityStoreError], args: tuple[object, ...]) -> EntityStoreError:
    """An error that has its message, and its class's values for all else."""
    return kind.__new__(kind, *args)


class NotFoundError(EntityStoreError):
    """No item of this entity lies under the key.

    `found_type` names the other entity's type where an item of that type lies there.
    """

    def __init__(self, message: str, *, found_type: str | None = None) -> None:
        super().__init__(message)
        self.found_type = found_type


class AlreadyExistsError(EntityStoreError):
    """`create` found an item under the key."""


class ValidationError(EntityStoreError, ValueError):
    """A value may not be stored or looked up. Raised before anything is sent.

    A ValueError, as pydantic's is, so that one `except ValueError` catches both: pydantic's is raised where a class of
    its own is made or one of its properties is set, this one where an entity is written, or looked up by a key.

    `field` is the property as Python spells it (`address.street` when nested); `reason` the broken rule.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class ConditionFailedError(EntityStoreError):
    """The condition was false. `item` is the stored item where the call asked for it, else None."""

    def __init__(self, message: str, *, item: Item | None = None) -> None:
        super().__init__(message)
        self.item = item


class NotRegisteredError(EntityStoreError):
    """Nothing is registered under this name. The message names those that are near."""


class NoIndexMapError(NotRegisteredError):
    """No key templates are registered for this class."""


class CancellationReason(Struct, frozen=True):
    """Why one operation of a transaction did not happen.

    `code` is DynamoDB's (`None` where this operation was not the cause); `position` counts from 0 in the
    order of the call; `entity` is what the caller gave for it (an entity or a key).
    """

    position: int
    code: str
    message: str | None
    entity: object
    item: Item | None


class TransactionCanceledError(EntityStoreError):
    """No operation of the transaction was applied. `reasons` has one entry per operation."""

    def __init__(self, message: str, reasons: Sequence[CancellationReason] = ()) -> None:
        super().__init__(message)
        self.reasons = tuple(reasons)


class ThrottlingReason(Struct, frozen=True):
    """Why the service throttled: `reason` as it says (`IndexWriteKeyRangeThroughputExceeded`), `resource` an ARN."""

    reason: str
    resource: str


class ThrottledError(EntityStoreError):
    """The service refused for lack of capacity, and still did after all retries. `reasons` are its own."""

    def __init__(self, message: str, *, reasons: Sequence[ThrottlingReason] = ()) -> None:
        super().__init__(message)
        self.reasons = tuple(reasons)

    @property
    def hot_key(self) -> bool:
        """Whether single partition keys were asked for too much, which more capacity does not change."""
        return any("KeyRange" in each.reason for each in self.reasons)


class DecodeError(EntityStoreError):
    """A stored item does not fit the schema. `item` is the raw item; `reason` where and why."""

    def __init__(self, entity: str, reason: str, item: Item) -> None:
        super().__init__(f"a stored {entity} cannot be decoded: {reason}")
        self.entity = entity
        self.reason = reason
        self.item = item


class IncompleteBatchError(EntityStoreError):
    """The deadline passed before the service took or gave everything. `missing` are the keys left over."""

    def __init__(self, message: str, missing: Sequence[Item]) -> None:
        super().__init__(message)
        self.missing = tuple(missing)


class TransportError(EntityStoreError):
    """No usable answer came."""

    def __init__(self, message: str, *, maybe_applied: bool = False) -> None:
        super().__init__(message)
        self.maybe_applied = maybe_applied


class TimeoutError(TransportError):
    """No answer came in time."""


class PermanentError(TransportError):
    """No repetition changes it: the certificate does not verify, the proxy refuses, the transport is closed."""


class WriteOutcomeUnknownError(TransportError):
    """A write may or may not have been applied: an answer was lost, or the service could not say.

    It is raised from what happened last (`__cause__`), which alone does not tell: a condition that failed may have
    met what an earlier sending of the same write had stored. Read the item to find out.
    """

    def __init__(self, message: str, *, maybe_applied: bool = True) -> None:
        super().__init__(message, maybe_applied=maybe_applied)


class ServiceError(EntityStoreError):
    """The service refused, with its own code (without a namespace), message and request id.

    `status` is the HTTP status; `body` the JSON answer, which holds `CancellationReasons` or the old `Item`.
    `is_renewable`: the credentials have expired, and there may be others by now.
    """

    is_renewable: bool = False

    def __init__(
        self, code: str, message: str, *, status: int, request_id: str | None = None, body: bytes = b"{}"
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.service_message = message
        self.request_id = request_id
        self.status = status
        self.body = body


THROTTLING_CODES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "ThrottlingException",
        "Throttling",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestThrottled",
        "RequestThrottledException",
    }
)
"""The codes that mean: not applied, come back later."""

E = TypeVar("E", bound=EntityStoreError)


def with_service_details(error: E, cause: EntityStoreError) -> E:
    """Copy the service's code, message and request id onto `error`, and chain it."""
    error.code = cause.code
    error.service_message = cause.service_message
    error.request_id = cause.request_id
    error.maybe_applied = cause.maybe_applied
    error.__cause__ = cause
    return error


def naming_table(error: ServiceError, table_name: str) -> ServiceError:
    """The refusal itself, whose message names the table if there is none."""
    if error.code == "ResourceNotFoundException" and not error.maybe_applied:
        error.args = (
            f"{error.code}: there is no table {table_name!r} in this account and region, or it is not ready yet "
            f"({error.service_message})",
        )
    return error


def translate(cause: ServiceError) -> EntityStoreError:
    """The error a user should see for a refusal that has one meaning whatever was called."""
    if cause.code == "ConditionalCheckFailedException":
        return with_service_details(
            ConditionFailedError("the condition was not met", item=_old_item(cause.body)), cause
        )
    if cause.code in THROTTLING_CODES:
        reasons = _throttling_reasons(cause.body)
        why = f" ({', '.join(dict.fromkeys(each.reason for each in reasons))})" if reasons else ""
        message = f"the service is throttling this table{why}"
        return with_service_details(ThrottledError(message, reasons=reasons), cause)
    return cause


def _throttling_reasons(body: bytes) -> list[ThrottlingReason]:
    """The service spells the list in two ways, by the kind of the exception."""
    answer = _json_object(body)
    listed = answer.get("ThrottlingReasons") or answer.get("throttlingReasons")
    found = []
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict):
            found.append(ThrottlingReason(str(each.get("reason", "")), str(each.get("resource", ""))))
    return found


def _json_object(body: bytes) -> dict[str, object]:
    import msgspec

    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except msgspec.DecodeError:
        return {}


def _old_item(body: bytes) -> Item | None:
    item = _json_object(body).get("Item")
    return item if isinstance(item, dict) else None


def _is(error: BaseException | None, kind: type[BaseException]) -> bool:
    """True if `error`, or anything it was raised from, is a `kind`."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, kind):
            return True
        seen.add(id(error))
        error = error.__cause__
    return False


def is_not_found(error: BaseException) -> bool:
    """True for NotFoundError, also behind `raise … from`."""
    return _is(error, NotFoundError)


def is_already_exists(error: BaseException) -> bool:
    """True for AlreadyExistsError, also behind `raise … from`."""
    return _is(error, AlreadyExistsError)


def is_validation_error(error: BaseException) -> bool:
    """True for ValidationError, also behind `raise … from`."""
    return _is(error, ValidationError)


def is_condition_failed(error: BaseException) -> bool:
    """True for ConditionFailedError, also behind `raise … from`."""
    return _is(error, ConditionFailedError)


def is_no_index_map(error: BaseException) -> bool:
    """True for NoIndexMapError, also behind `raise … from`."""
    return _is(error, NoIndexMapError)


def is_transaction_canceled(error: BaseException) -> bool:
    """True for TransactionCanceledError, also behind `raise … from`."""
    return _is(error, TransactionCanceledError)


def is_throttled(error: BaseException) -> bool:
    """True for ThrottledError, also behind `raise … from`."""
    return _is(error, ThrottledError)


def is_decode_error(error: BaseException) -> bool:
    """True for DecodeError, also behind `raise … from`."""
    return _is(error, DecodeError)


def is_transport_error(error: BaseException) -> bool:
    """True for TransportError and its TimeoutError, also behind `raise … from`."""
    return _is(error, TransportError)


def is_permanent(error: BaseException) -> bool:
    """True for PermanentError, also behind `raise … from`."""
    return _is(error, PermanentError)


def is_write_outcome_unknown(error: BaseException) -> bool:
    """True for WriteOutcomeUnknownError, also behind `raise … from`."""
    return _is(error, WriteOutcomeUnknownError)


def is_timeout(error: BaseException) -> bool:
    """True for TimeoutError, also behind `raise … from`."""
    return _is(error, TimeoutError)
