"""The clients of whoever stands outside the app: a person, a test, or Lambda itself under the function's role."""

from functools import cache
from typing import Any, Final

import boto3

from tidegate.desk.region.place import REGION


class Clients:
    """One boto3 client for each service and Region, made when it is first asked for, all with the same credentials."""

    def __init__(self, access_key: str = "testing", secret: str = "testing", token: str = "testing") -> None:  # noqa: S107 - moto takes any
        self.credentials: Final = {
            "AWS_ACCESS_KEY_ID": access_key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_SESSION_TOKEN": token,
        }
        # Not `tidegate.runtime`: its clients are the function's, with the hooks and the budget of the function.
        self._session: Final = boto3.Session(access_key, secret, token, REGION)
        self._made: Final[dict[tuple[str, str], Any]] = {}

    def __call__(self, service: str, region: str = REGION) -> Any:
        """Return the client of a service; untyped, since it can be any."""
        if (service, region) not in self._made:
            # pyright knows no overload for a name that isn't literal.
            self._made[service, region] = self._session.client(service, region)  # pyright: ignore[reportCallIssue, reportArgumentType, reportUnknownMemberType]
        return self._made[service, region]


@cache
def bystander() -> Clients:
    """Return the clients of the person in front; kept for the next Region, since making them takes longest."""
    return Clients()
