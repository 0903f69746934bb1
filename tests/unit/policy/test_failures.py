"""What errors of inference mean: every row of the table, by code, by status, and by words."""

import pytest

from tidegate.policy.failures import FAILURES, MEANINGS, Failure, classify

TABLE: list[tuple[str, int, str, Failure]] = [
    ("ThrottlingException", 429, "Too many requests, please wait before trying again.", "throttled"),
    ("ThrottlingException", 429, "Too many tokens, please wait before trying again.", "throttled"),
    ("throttlingException", 200, "Too many requests", "throttled"),
    ("ThrottlingException", 429, "Too many tokens per day, please wait before trying again.", "daily"),
    ("ModelNotReadyException", 429, "The model is not ready for inference.", "not_ready"),
    ("ServiceUnavailableException", 503, "The service can't keep up.", "unavailable"),
    ("InternalServerException", 500, "", "unavailable"),
    ("ModelTimeoutException", 408, "", "unavailable"),
    ("ModelErrorException", 424, "", "unavailable"),
    ("modelStreamErrorException", 200, "", "unavailable"),
    ("ServiceQuotaExceededException", 400, "", "quota"),
    ("AccessDeniedException", 403, "You don't have access to the model.", "denied"),
    ("ResourceNotFoundException", 404, "", "missing"),
    ("ValidationException", 400, "The provided model identifier is invalid.", "invalid"),
    ("ValidationException", 400, "Input is too long for requested model.", "too_long"),
    ("context_length_exceeded", 400, "This model's maximum context length is 8192 tokens.", "too_long"),
    ("", 0, "the connection was closed", "unavailable"),
    ("rate_limit_exceeded", 429, "Rate limit reached for requests", "throttled"),
    ("overloaded_error", 529, "Overloaded", "unavailable"),
    ("invalid_api_key", 401, "", "denied"),
    ("ExpiredTokenException", 0, "", "unknown"),
    ("ConflictException", 409, "", "unknown"),
]


@pytest.mark.parametrize(("code", "status", "message", "failure"), TABLE)
def test_an_error_is_told_by_its_code_its_status_and_its_words(
    code: str, status: int, message: str, failure: Failure
) -> None:
    assert classify(code, status, message) == failure


def test_every_failure_means_something() -> None:
    assert MEANINGS.keys() == set(FAILURES)
    assert {row[3] for row in TABLE} == set(FAILURES)


def test_nothing_but_a_lack_of_quota_counts_as_load() -> None:
    assert {one for one in FAILURES if MEANINGS[one].counts} == {"throttled", "quota"}
