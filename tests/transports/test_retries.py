"""The retry policy alone: what is sent again, after how long, and what the final error says."""

from __future__ import annotations

import pytest

from entitystore.errors import (
    PermanentError,
    ServiceError,
    TimeoutError,
    TransportError,
    WriteOutcomeUnknownError,
    is_timeout,
)
from entitystore.transports import CallContext
from entitystore.transports.quota import CAPACITY, RetryQuota
from entitystore.transports.retries import (
    READS,
    Attempts,
    RetryPolicy,
    StaleError,
    is_idempotent,
    outcome_unknown,
)
from entitystore.transports.route import UntrustedError

WRITES = [
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactWriteItems",
    "CreateTable",
    "ExecuteStatement",
]


def refusal(code: str, status: int) -> ServiceError:
    return ServiceError(code, "no", status=status, request_id="R1")


def attempts(
    operation: str,
    policy: RetryPolicy | None = None,
    body: bytes = b"{}",
    *,
    context: CallContext | None = None,
    quota: RetryQuota | None = None,
) -> Attempts:
    return Attempts(policy or RetryPolicy(), quota or RetryQuota(), operation, body, None, context, clock=lambda: 0.0)


@pytest.fixture
def no_waits() -> None:
    """Here the waits are what is tested."""


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize(
    "error",
    [
        TransportError("lost", maybe_applied=True),
        TimeoutError("late", maybe_applied=True),
        StaleError("stale", maybe_applied=True),
        refusal("InternalServerError", 500),
        refusal("Http502", 502),
        refusal("Http503", 503),
    ],
)
def test_no_write_that_may_have_been_applied_is_repeated(operation: str, error: ServiceError | TransportError) -> None:
    context = CallContext()
    with pytest.raises(WriteOutcomeUnknownError) as caught:
        attempts(operation, context=context).after(error)
    assert caught.value.maybe_applied
    assert context.maybe_applied
    cause = caught.value.__cause__
    assert cause is error or (isinstance(error, StaleError) and type(cause) is TransportError)
    assert is_timeout(caught.value) is isinstance(error, TimeoutError)
    assert attempts(operation, RetryPolicy(retry_writes=True)).after(error) >= 0
    assert attempts(operation, context=CallContext(may_repeat=True)).after(error) >= 0


@pytest.mark.parametrize("operation", [*WRITES, *sorted(READS)])
@pytest.mark.parametrize(
    "error",
    [
        TransportError("refused"),
        TimeoutError("no connection"),
        refusal("ThrottlingException", 400),
        refusal("ProvisionedThroughputExceededException", 400),
        refusal("RequestLimitExceeded", 400),
        refusal("TransactionInProgressException", 400),
        refusal("ReplicatedWriteConflictException", 400),
        refusal("RequestTimeTooSkewed", 403),
        ServiceError("InvalidSignatureException", "Signature expired: 1 is now earlier than 2", status=400),
        refusal("ServiceUnavailable", 503),
    ],
)
def test_what_was_not_applied_is_always_repeated(operation: str, error: ServiceError | TransportError) -> None:
    assert attempts(operation).after(error) >= 0


@pytest.mark.parametrize("operation", ["GetItem", "PutItem"])
@pytest.mark.parametrize(
    "error",
    [
        refusal("ValidationException", 400),
        refusal("ConditionalCheckFailedException", 400),
        refusal("TransactionCanceledException", 400),
        refusal("AccessDeniedException", 400),
        PermanentError("bad certificate"),
    ],
)
def test_what_will_not_change_is_not_repeated(operation: str, error: ServiceError | TransportError) -> None:
    with pytest.raises(type(error)) as caught:
        attempts(operation, RetryPolicy(retry_writes=True)).after(error)
    assert caught.value is error


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"TransactItems":[],"ClientRequestToken":"x"}', True),
        (b'{"TransactItems":[]}', False),
        (b'{"ClientRequestToken":""}', False),
        (b'{"TransactItems":[{"Put":{"Item":{"ClientRequestToken":{"S":"x"}}}}]}', False),
        (b'{"TransactItems":[{"Put":{"Item":{"a":{"S":"ClientRequestToken"}}}}]}', False),
        (b'"ClientRequestToken"', False),
        (b'{"ClientRequestToken"', False),
    ],
)
def test_a_transaction_is_idempotent_by_its_own_token_alone(body: bytes, expected: bool) -> None:
    assert is_idempotent("TransactWriteItems", body) is expected
    assert not is_idempotent("PutItem", body)


def test_doubt_outlasts_a_later_certain_failure() -> None:
    calls = attempts("PutItem", RetryPolicy(max_attempts=2, retry_writes=True))
    calls.after(TimeoutError("late", maybe_applied=True))
    with pytest.raises(TransportError) as caught:
        calls.after(TransportError("refused"))
    assert caught.value.maybe_applied


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "ConditionalCheckFailedException", "AccessDeniedException", "ValidationException"]
)
def test_doubt_outlasts_every_later_refusal(code: str) -> None:
    """Also a condition that failed: it may have met what the first sending has stored."""
    calls = attempts("PutItem", RetryPolicy(max_attempts=2, retry_writes=True))
    calls.after(TimeoutError("late", maybe_applied=True))
    with pytest.raises(WriteOutcomeUnknownError) as caught:
        calls.after(refusal(code, 400))
    assert (caught.value.maybe_applied, caught.value.code) == (True, code)


def test_a_token_settles_doubt() -> None:
    """The service would have answered a repetition of what was applied with success."""
    calls = attempts("TransactWriteItems", body=b'{"ClientRequestToken":"x"}')
    calls.after(TimeoutError("late", maybe_applied=True))
    with pytest.raises(ServiceError) as caught:
        calls.after(refusal("TransactionCanceledException", 400))
    assert not caught.value.maybe_applied


def test_retries_are_paid_for_out_of_one_budget() -> None:
    quota = RetryQuota()
    for _ in range(CAPACITY // 5):
        attempts("GetItem", quota=quota).after(refusal("InternalServerError", 500))
    with pytest.raises(ServiceError) as caught:
        attempts("GetItem", quota=quota).after(refusal("InternalServerError", 500))
    assert caught.value.retries_denied
    quota.give_back(10)
    calls = attempts("GetItem", quota=quota)
    calls.after(TimeoutError("late"))
    assert quota.left == 0
    calls.succeeded()
    assert quota.left == 10
    quota.give_back(10**6)
    assert quota.left == CAPACITY


def test_an_unsure_refusal_keeps_what_the_service_said() -> None:
    cause = refusal("InternalServerError", 500)
    with pytest.raises(TransportError) as caught:
        attempts("PutItem").after(cause)
    error = caught.value
    assert (error.code, error.service_message, error.request_id) == ("InternalServerError", "no", "R1")
    assert error.__cause__ is cause
    assert "InternalServerError" in str(outcome_unknown("PutItem", cause))


def test_a_read_ends_with_the_services_own_error() -> None:
    calls = attempts("GetItem", RetryPolicy(max_attempts=1))
    with pytest.raises(ServiceError) as caught:
        calls.after(refusal("InternalServerError", 500))
    assert caught.value.code == "InternalServerError"


def test_waits_double_up_to_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.uniform", lambda low, high: high)
    context = CallContext()
    calls = attempts("GetItem", RetryPolicy(max_attempts=9), context=context)
    waits = [calls.after(refusal("ThrottlingException", 400)) for _ in range(8)]
    assert waits == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0]
    assert context.waited == sum(waits)
    with pytest.raises(ServiceError):
        calls.after(refusal("ThrottlingException", 400))


def test_waits_have_full_jitter() -> None:
    waits = [attempts("GetItem").after(TransportError("lost")) for _ in range(400)]
    assert all(0 <= wait <= 0.05 for wait in waits)
    assert min(waits) < 0.01
    assert max(waits) > 0.04


def test_the_first_stale_connection_costs_no_attempt_and_no_wait() -> None:
    calls = attempts("GetItem", RetryPolicy(max_attempts=1))
    assert calls.after(StaleError("stale", maybe_applied=True)) == 0
    with pytest.raises(TransportError):
        calls.after(StaleError("stale", maybe_applied=True))


def test_no_wait_runs_past_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.uniform", lambda low, high: high)
    now = [10.0]
    calls = Attempts(RetryPolicy(), RetryQuota(), "GetItem", b"{}", 11.0, clock=lambda: now[0])
    assert calls.after(TransportError("lost")) == 0.05
    now[0] = 10.95
    with pytest.raises(TransportError):
        calls.after(TransportError("lost"))


@pytest.mark.parametrize("options", [{"max_attempts": 0}, {"base": -1.0}, {"cap": -1.0}])
def test_policies_that_make_no_sense(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must be|negative"):
        RetryPolicy(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [202, 204, 302, 408])
def test_what_the_service_never_answers_leaves_a_write_open(status: int) -> None:
    with pytest.raises(WriteOutcomeUnknownError):
        attempts("PutItem").after(refusal(f"Http{status}", status))


@pytest.mark.parametrize("status", [408, 429])
def test_a_read_is_tried_again_after_what_will_pass(status: int) -> None:
    assert attempts("GetItem").after(refusal(f"Http{status}", status)) >= 0


@pytest.mark.parametrize(
    ("code", "is_settled"),
    [
        ("TransactionCanceledException", True),
        ("ValidationException", False),
        ("ExpiredTokenException", False),
        ("Http404", False),
    ],
)
def test_only_an_evaluated_transaction_settles_its_earlier_sendings(code: str, is_settled: bool) -> None:
    calls = attempts("TransactWriteItems", body=b'{"ClientRequestToken":"t"}')
    calls.after(TransportError("lost", maybe_applied=True))
    with pytest.raises(ServiceError if is_settled else WriteOutcomeUnknownError) as caught:
        calls.after(refusal(code, 400))
    assert caught.value.maybe_applied is not is_settled


def test_what_surfaces_is_documented() -> None:
    policy = RetryPolicy(max_attempts=1)
    for error, kind in [(StaleError("gone"), TransportError), (UntrustedError("bad"), PermanentError)]:
        calls = attempts("GetItem", policy)
        calls.after(StaleError("the first one is free"))
        with pytest.raises(kind) as caught:
            calls.after(error)
        assert type(caught.value) is kind


def test_a_success_says_that_an_earlier_sending_may_have_been_applied() -> None:
    for operation, is_unsure in [("BatchWriteItem", True), ("GetItem", False)]:
        context = CallContext(may_repeat=True)
        calls = attempts(operation, context=context)
        calls.after(TransportError("lost", maybe_applied=True))
        calls.succeeded()
        assert context.maybe_applied is is_unsure
