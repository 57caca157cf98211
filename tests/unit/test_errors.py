"""The error table: nothing is missing from it, and every failure looks on the wire as it should."""

import importlib
import pkgutil
from typing import Any

import msgspec
import pytest
import stripe
from stripe._api_requestor import _APIRequestor

import brim
from brim.api.framework import errors as api
from brim.api.framework.errors import ERROR_TABLE, redact_key, render_error, should_retry
from brim.api.openapi import possible_errors
from brim.api.resources.operations import OPERATIONS
from brim.base import errors
from brim.base.errors import BrimError, DatabaseUnavailableError, OverloadedError
from brim.core.idempotency import rules as idempotency
from brim.core.time import rules as clocks
from brim.core.webhooks import ResendInProgressError
from brim.http import parameter_errors as parameters
from brim.platform import vault
from brim.platform.database import PoolerError
from tests.support.error_examples import EXAMPLES

NEVER_ON_THE_WIRE = (
    "brim.platform.settings",
    "brim.platform.setting_sources",
    "brim.host",
    "brim.cli",
    "brim.testing",
    "brim.platform.migrate",
    "brim.platform.roles",
    "brim.core.accounts.access",
    "brim.core.erasure",
    "brim.core.access.service",
    "brim.core.operators.rules",
    "brim.core.operators.sign_in_rules",
    "brim.core.operators.one_time_codes",
    "brim.core.operators.openid_rules",
    "brim.core.operators.openid",
    "brim.core.triggers.rules",
    "brim.core.encryption",
    "brim.platform.kms",
    "brim.platform.sftp",
    "brim.core.rails.sepa.creditors",
    "brim.core.rails.sepa.writer",
    "brim.core.direct_debits.sftp_exchange",
    "brim.core.direct_debits.sftp_sending",
    "brim.platform.telemetry.tracing",
    "brim.web",
    "brim.core.access.owner_keys",
    "brim.core.imports.rules",
    "brim.core.portability",
    "brim.core.account_closing.service",
    "brim.core.notification_channels",
    "brim.core.notifications",
    "brim.platform.sealing",
    "brim.core.direct_debits.disputing",
    "brim.core.direct_debits.credits",
)
"""Rooms and modules whose failures are read by whoever starts the service, types a command or looks at a page."""

NEVER_RAISED_OR_COMMAND_LINE = {
    "ParameterError",
    "KeptRefusalError",
    "InvalidPermissionError",
    "NotARehearsalError",
} | {
    "ManifestError",  # the command line's
    "ReportTooLongError",  # fails a run, whose `error` has its sentence
}
NOT_OFFERED = {
    "PlatformNameError",
    "HoldConflictError",
    "UnexpectedBankAmountError",
    "ConfirmedOtherwiseError",
    "PostedBeforeError",
    "AcknowledgementError",
    "CompareError",
    "ListMissingError",
    "NotConfirmedError",
    "TakenBackError",
    "NoCollectionError",
    "PrenoteQueuedError",
    "PrenoteNotConfirmedError",
    "ChangeNotifiedError",
    "UnclearReturnError",
    "UnreadBankError",
    "ReadOtherwiseError",
    "CapError",
}
"""Of holds, of bank files and of the worker, which no operation reaches, and what others share."""


_TYPES = {idempotency.IdempotencyMismatchError: "idempotency_error"} | dict.fromkeys(
    (DatabaseUnavailableError, PoolerError, api.InternalError, vault.NoEncryptionKeyError, vault.SecretUnreadableError),
    "api_error",
)


def _rendered(error: BrimError) -> tuple[int, dict[str, Any]]:
    status, body = render_error(error)
    envelope = msgspec.json.decode(body)
    assert list(envelope) == ["error"]
    return status, envelope["error"]


def _all_subclasses(base: type[BrimError]) -> set[type[BrimError]]:
    direct = set(base.__subclasses__())
    return direct.union(*map(_all_subclasses, direct))


def test_every_failure_that_can_reach_the_wire_has_its_row() -> None:
    for module in pkgutil.walk_packages(brim.__path__, "brim."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    reachable = {
        error
        for error in _all_subclasses(BrimError)
        if error.__module__.startswith("brim.")
        and not error.__module__.startswith(NEVER_ON_THE_WIRE)
        and error.__name__ not in NEVER_RAISED_OR_COMMAND_LINE | NOT_OFFERED
    }
    assert reachable == set(ERROR_TABLE)


def test_every_row_has_its_example_below_and_every_example_its_row() -> None:
    assert {type(error) for error, *_ in EXAMPLES} == set(ERROR_TABLE)


@pytest.mark.parametrize(("error", "status", "code", "param", "message"), EXAMPLES)
def test_a_failure_has_its_exact_place_and_sentence(
    error: BrimError, status: int, code: str | None, param: str | None, message: str
) -> None:
    rendered_status, detail = _rendered(error)
    assert rendered_status == status
    assert detail["message"] == message
    assert (detail.get("code"), detail.get("param")) == (code, param)
    assert detail["type"] == _TYPES.get(type(error), "invalid_request_error")


@pytest.mark.parametrize("error", [error for error, *_ in EXAMPLES])
def test_keys_stand_in_order_and_none_is_null(error: BrimError) -> None:
    _, detail = _rendered(error)
    assert list(detail) == sorted(detail)
    assert None not in detail.values()


@pytest.mark.parametrize("error", [error for error, *_ in EXAMPLES])
def test_a_documentation_link_stands_beside_every_code_but_that_of_deep_expansion(error: BrimError) -> None:
    _, detail = _rendered(error)
    code = detail.get("code")
    if code is None or code == "property_expansion_max_depth":
        assert "doc_url" not in detail
    else:
        assert detail["doc_url"] == f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"


def test_the_body_is_the_compact_form_of_the_documented_envelope() -> None:
    assert render_error(parameters.MissingParameterError("amount")) == (
        400,
        (
            b'{"error":{"code":"parameter_missing",'
            b'"doc_url":"https://stripe.com/docs/error-codes/parameter-missing",'
            b'"message":"Missing required param: amount.","param":"amount","type":"invalid_request_error"}}'
        ),
    )


def test_only_passing_troubles_ask_for_a_retry() -> None:
    asking = {type(error) for error, *_ in EXAMPLES if should_retry(error)}
    assert asking == {
        api.RateLimitedError,
        OverloadedError,
        DatabaseUnavailableError,
        clocks.ClockAdvancingError,
        ResendInProgressError,
    }


def test_a_failure_without_a_row_is_answered_as_a_bug() -> None:
    class StrayError(BrimError):
        pass

    status, detail = _rendered(StrayError("What?"))
    del StrayError
    assert (status, detail["type"]) == (500, "api_error")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (parameters.MissingParameterError("amount"), stripe.InvalidRequestError),
        (errors.ResourceMissingError("topup", "x", param="topup", in_path=True), stripe.InvalidRequestError),
        (idempotency.IdempotencyMismatchError("k"), stripe.IdempotencyError),
        (api.MissingApiKeyError(), stripe.AuthenticationError),
        (api.PublishableKeyError(), stripe.AuthenticationError),
        (api.PermissionMissingError("rk_test_a...b", "acct_x", "topups", "read"), stripe.PermissionError),
        (api.AccountUnreachableError("k", "a"), stripe.PermissionError),
        (OverloadedError(), stripe.RateLimitError),
        (DatabaseUnavailableError(), stripe.APIError),
        (api.InternalError("req_x"), stripe.APIError),
    ],
)
def test_the_official_sdk_raises_the_exception_that_people_catch(
    error: BrimError, expected: type[stripe.StripeError]
) -> None:
    status, body = render_error(error)
    with pytest.raises(expected) as caught:
        _APIRequestor().handle_error_response(body.decode(), status, msgspec.json.decode(body), {}, "V1")
    assert type(caught.value) is expected
    assert caught.value.user_message == error.message


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("sk_test_abcdefghijklmnopwxyz", "sk_test_abc*************wxyz"),
        ("sk_test_abc1234567890wxyz", "sk_test_abc**********wxyz"),
        ("hunter2", "*******"),
        ("sk_test_12345678", "****************"),
        ("x" * 30_000, "x" * 11 + "*" * 100 + "x" * 4),
        ("", ""),
    ],
)
def test_a_refused_key_is_never_shown_in_full(key: str, shown: str) -> None:
    assert redact_key(key) == shown


def test_every_failure_in_the_published_document_has_a_row() -> None:
    for operation in OPERATIONS:
        assert set(possible_errors(operation)) <= set(ERROR_TABLE)
