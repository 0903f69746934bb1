"""boto3 clients for the local cloud: each service at the address that answers it, and no account within reach."""

from typing import Any, Final

import boto3

from tidegate.desk.local.place import Place
from tidegate.desk.region.environ import environment


class LocalClients:
    """One client for each service, made when it is first asked for."""

    def __init__(self, place: Place) -> None:
        self._variables: Final = place.variables()
        self._made: Final[dict[str, Any]] = {}

    def __call__(self, service: str) -> Any:
        """Return the client of a service; untyped, since it can be any."""
        if service not in self._made:
            # The address is settled when a client is made: whatever the shell says of AWS, it is not asked.
            with environment(self._variables, without=("AWS_",)):
                # pyright knows no overload for a name that isn't literal.
                self._made[service] = boto3.Session().client(service)  # pyright: ignore[reportCallIssue, reportArgumentType, reportUnknownMemberType]
        return self._made[service]
