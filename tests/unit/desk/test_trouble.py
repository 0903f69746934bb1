"""What a person is told when AWS says no, or says nothing: one line that ends with what to do."""

from typing import Any

import pytest
from botocore import exceptions as boto
from botocore.exceptions import BotoCoreError, ClientError

from tidegate.desk.trouble import choices, explained

WHERE = "stage dev in eu-central-1"


def said(code: str, message: str = "", operation: str = "DescribeStacks") -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": message}}
    return ClientError(answer, operation)


DENIED = "User: arn:aws:iam::123456789012:user/me is not authorized to perform: ssm:PutParameter on resource: arn:aws:x"

TROUBLES: dict[str, tuple[BotoCoreError | ClientError, tuple[str, ...]]] = {
    "no credentials": (boto.NoCredentialsError(), ("no AWS credentials for", "--aws-profile")),
    "no such profile": (boto.ProfileNotFound(profile="work"), ("work", "--aws-profile")),
    "no Region": (boto.NoRegionError(), ("no Region is known", "--region")),
    "a Region that is none": (boto.InvalidRegionError(region_name="Frankfurt!"), ("Frankfurt!", "--region")),
    "no network": (boto.EndpointConnectionError(endpoint_url="https://x"), ("can't be reached", "AWS_ENDPOINT_URL")),
    "expired credentials": (said("ExpiredToken"), ("have expired", "sign in again")),
    "unknown credentials": (said("InvalidClientTokenId"), ("doesn't know the credentials", "--aws-profile")),
    "a permission that is missing": (
        said("AccessDeniedException", DENIED),
        ("ssm:PutParameter on arn:aws:x is missing", "ask for this permission"),
    ),
    "a refusal without a word": (said("AccessDenied"), ("the permission for DescribeStacks is missing",)),
    "anything else": (said("Throttling", "Rate\nexceeded"), ("DescribeStacks answered Throttling: Rate exceeded",)),
}


@pytest.mark.parametrize(("error", "parts"), TROUBLES.values(), ids=TROUBLES)
def test_an_error_is_one_line_that_says_where_and_what_to_do(
    error: BotoCoreError | ClientError, parts: tuple[str, ...]
) -> None:
    line = explained(error, WHERE)
    assert "\n" not in line
    assert [part for part in parts if part not in line] == []


def test_choices_name_what_there_is_and_the_nearest_spelling() -> None:
    assert choices("chta", ["embed", "chat"]) == "there is chat, embed; did you mean chat?"
    assert choices("x", []) == "there is none"
    assert choices("zzz", [f"g{one}" for one in range(10)]).endswith("and 2 more")
