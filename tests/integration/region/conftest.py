"""A Region for each test of what it refuses and does."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tidegate.desk.region.region import Region


@pytest.fixture
def region() -> Iterator[Region]:
    with Region() as opened:
        yield opened


class Asked:
    """Calls an operation and keeps its answer or its error."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def code(self, operation: str, **parameters: Any) -> str:
        """Return the error's code and message; "ok" without an error."""
        try:
            getattr(self._client, operation)(**parameters)
        except ClientError as error:
            said: Any = error.response
            return f"{said['Error']['Code']}: {said['Error']['Message']}"
        return "ok"


@pytest.fixture
def autoscaling(region: Region) -> Asked:
    return Asked(region.client("autoscaling"))
