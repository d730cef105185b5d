"""The hierarchy of errors, what a refusal becomes, and the helpers that see through `raise … from`."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable

import pydantic
import pytest

from entitystore import errors
from entitystore.errors import ServiceError, ThrottledError, ThrottlingReason, translate
from entitystore.transports.retries import StaleError, outcome_unknown

KINDS: list[tuple[Callable[[BaseException], bool], errors.EntityStoreError]] = [
    (errors.is_not_found, errors.NotFoundError("x", found_type="Other")),
    (errors.is_already_exists, errors.AlreadyExistsError("x")),
    (errors.is_validation_error, errors.ValidationError("field", "reason")),
    (errors.is_condition_failed, errors.ConditionFailedError("x")),
    (errors.is_no_index_map, errors.NoIndexMapError("x")),
    (errors.is_transaction_canceled, errors.TransactionCanceledError("x")),
    (errors.is_throttled, errors.ThrottledError("x")),
    (errors.is_decode_error, errors.DecodeError("Order", "reason", {})),
    (errors.is_transport_error, errors.TransportError("x")),
    (errors.is_timeout, errors.TimeoutError("x")),
    (errors.is_write_outcome_unknown, errors.WriteOutcomeUnknownError("x")),
]


_TRANSPORT = (errors.TimeoutError, errors.WriteOutcomeUnknownError)


def wrapped(error: Exception, levels: int) -> BaseException:
    """`error`, behind so many `raise … from`."""
    for _ in range(levels):
        try:
            raise RuntimeError("wrapped") from error
        except RuntimeError as outer:
            error = outer
    return error


@pytest.mark.parametrize("levels", [0, 1, 3])
@pytest.mark.parametrize(("helper", "error"), KINDS, ids=lambda value: type(value).__name__)
def test_helpers_see_through_causes(
    helper: Callable[[BaseException], bool], error: errors.EntityStoreError, levels: int
) -> None:
    assert helper(wrapped(error, levels))
    matching = {other for other, _ in KINDS if other(wrapped(error, levels))}
    also = {errors.is_transport_error} if type(error) in _TRANSPORT else set()
    assert matching == {helper} | also


def test_what_was_merely_being_handled_is_no_cause() -> None:
    """`__context__` is not followed: an error in an `except` block is another error."""
    outer = RuntimeError("x")
    outer.__context__ = errors.NotFoundError("x")
    assert not errors.is_not_found(outer)


def test_a_circle_of_causes_ends() -> None:
    first, second = RuntimeError("1"), RuntimeError("2")
    first.__cause__, second.__cause__ = second, first
    assert not errors.is_not_found(first)


@pytest.mark.parametrize("code", sorted(errors.THROTTLING_CODES))
def test_throttling_keeps_what_the_service_said(code: str) -> None:
    error = translate(ServiceError(code, "slow down", status=400, request_id="R1"))
    assert isinstance(error, errors.ThrottledError)
    assert (error.code, error.service_message, error.request_id) == (code, "slow down", "R1")
    assert isinstance(error.__cause__, ServiceError)


@pytest.mark.parametrize(
    ("body", "item"),
    [
        (b'{"Item": {"PK": {"S": "a"}}}', {"PK": {"S": "a"}}),
        (b"{}", None),
        (b'{"Item": 1}', None),
        (b"[]", None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_a_failed_condition_carries_the_old_item_and_does_not_show_it(body: bytes, item: object) -> None:
    cause = ServiceError("ConditionalCheckFailedException", "no", status=400, request_id="R2", body=body)
    error = translate(cause)
    assert isinstance(error, errors.ConditionFailedError)
    assert error.item == item
    assert error.request_id == "R2"
    assert "PK" not in str(error)


def test_other_refusals_stay_as_they_are() -> None:
    cause = ServiceError("ResourceNotFoundException", "no table", status=400)
    assert translate(cause) is cause


def test_all_errors_have_one_root_and_what_they_carry() -> None:
    for _, error in KINDS:
        assert isinstance(error, errors.EntityStoreError)
    invalid = errors.ValidationError("address.street", "is empty")
    assert (str(invalid), invalid.field, invalid.reason) == ("address.street: is empty", "address.street", "is empty")
    secret = {"PK": {"S": "secret"}}
    broken = errors.DecodeError("Order", "no total", secret)
    assert broken.item is secret
    assert "secret" not in str(broken)
    assert errors.IncompleteBatchError("x", [secret]).missing == (secret,)
    assert issubclass(errors.NoIndexMapError, errors.NotRegisteredError)


def test_one_except_catches_our_validation_error_and_pydantics() -> None:
    class Model(pydantic.BaseModel):
        number: int

        @pydantic.field_validator("number")
        @classmethod
        def check(cls, number: int) -> int:
            if number < 0:
                raise errors.ValidationError("number", "is negative")
            return number

    with pytest.raises(ValueError, match="field: reason"):
        raise errors.ValidationError("field", "reason")
    with pytest.raises(pydantic.ValidationError, match="number: is negative") as caught:  # as of any ValueError
        Model(number=-1)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("code", "name"),
    [("ThrottlingException", "throttlingReasons"), ("ProvisionedThroughputExceededException", "ThrottlingReasons")],
)
def test_throttling_says_why(code: str, name: str) -> None:
    resource = "arn:aws:dynamodb:eu-west-1:1:table/shop"
    reason = "TableWriteKeyRangeThroughputExceeded"
    body = json.dumps({"__type": code, name: [{"reason": reason, "resource": resource}]}).encode()
    error = translate(ServiceError(code, "slow down", status=400, body=body))
    assert isinstance(error, ThrottledError)
    assert error.reasons == (ThrottlingReason(reason, resource),)
    assert error.hot_key
    assert reason in str(error)
    odd = translate(ServiceError(code, "slow down", status=400, body=b'{"throttlingReasons": [7, {"reason": null}]}'))
    assert isinstance(odd, ThrottledError)
    assert not odd.hot_key


SERVICE = ServiceError("Oops", "said", status=500, request_id="R1", body=b'{"Item":{}}')
PICKLED: list[errors.EntityStoreError] = [
    *(error for _, error in KINDS),
    SERVICE,
    outcome_unknown("PutItem", errors.TimeoutError("late", maybe_applied=True)),
    errors.with_service_details(errors.ConditionFailedError("no", item={"PK": {"S": "1"}}), SERVICE),
    errors.IncompleteBatchError("left", [{"PK": {"S": "1"}}]),
    errors.ThrottledError("slow", reasons=[ThrottlingReason("KeyRange", "arn")]),
    errors.TransactionCanceledError("no", [errors.CancellationReason(0, "None", None, "key", None)]),
    StaleError("gone", maybe_applied=True),
]


@pytest.mark.parametrize("error", PICKLED, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("copied", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_errors_are_pickled_and_copied_with_their_fields(
    copied: Callable[[errors.EntityStoreError], errors.EntityStoreError], error: errors.EntityStoreError
) -> None:
    again = copied(error)
    assert type(again) is type(error)
    assert (again.args, str(again)) == (error.args, str(error))
    fields = {name: value for name, value in vars(error).items() if name != "__notes__"}
    assert {name: value for name, value in vars(again).items() if name in fields} == fields
    assert errors.is_timeout(again) is errors.is_timeout(error)


@pytest.mark.parametrize("copied", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_an_error_among_its_own_causes_is_pickled_too(
    copied: Callable[[errors.EntityStoreError], errors.EntityStoreError],
) -> None:
    itself, one, other = errors.ServiceError("A", "a", status=400), errors.TimeoutError("b"), errors.TransportError("c")
    itself.__cause__ = itself
    one.__cause__, other.__cause__ = other, one
    assert copied(itself).code == "A"
    again = copied(other)
    assert errors.is_timeout(again)
    assert type(again) is errors.TransportError
