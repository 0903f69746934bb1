"""The keys of providers, by the names under which Secrets Manager or SSM holds them. No key is ever part of a text."""

import json
from collections.abc import Callable
from threading import Lock
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from tidegate.client.errors import Unavailable

NONE: Final = "none"
"""For servers that want no key, and a library that insists on one."""

_PERMISSIONS: Final = {"secretsmanager": "secretsmanager:GetSecretValue", "ssm": "ssm:GetParameter"}


class Keys:
    """Reads keys when they are needed, and keeps them for the process."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        """Take what makes the client of a service, in the stage's Region."""
        self._client = client
        self._known: dict[str, str] = {}
        self._lock = Lock()

    def key(self, secret: str) -> str:
        """Return the key that lies at `secretsmanager:NAME` or `ssm:NAME`.

        Raises:
            Unavailable: it can't be read, or is none; the text names where it lies, and what is to be done.
        """
        if not secret:
            return NONE
        with self._lock:
            if secret not in self._known:
                self._known[secret] = self._read(secret)
            return self._known[secret]

    def forget(self, secret: str) -> None:
        """Read a key again the next time: the provider refused it, so it may have been changed."""
        with self._lock:
            self._known.pop(secret, None)

    def _read(self, secret: str) -> str:
        service, _, name = secret.partition(":")
        try:
            client = self._client(service)
            if service == "ssm":
                said = client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
            else:
                said = client.get_secret_value(SecretId=name)["SecretString"]
        except (BotoCoreError, ClientError, KeyError) as error:
            code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
            raise Unavailable(
                f"the key at {secret} can't be read ({code or type(error).__name__}): see that it exists, and allow "
                f"this role {_PERMISSIONS[service]}",
                failure="denied",
            ) from None
        return _checked(said, secret)


def _checked(said: str, secret: str) -> str:
    """Return a key without what stands around it, such as the newline of a file that was stored whole."""
    key = said.strip()
    if not key or not key.isascii() or not key.isprintable():
        # HTTP libraries refuse such a header with an error that shows all of it.
        raise Unavailable(
            f"what lies at {secret} is no key: allowed are printable ASCII characters; store the key alone, as text",
            failure="denied",
        )
    return key


def hidden(text: str, key: str) -> str:
    """Return a text without a key, in any way in which errors write it."""
    if key == NONE:
        return text
    for form in (key, repr(key)[1:-1], json.dumps(key)[1:-1]):
        text = text.replace(form, "***")
    return text
