"""What a person is told when a command can't do its work: one line, with what to do. Never a traceback."""

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

from botocore import exceptions as boto
from botocore.exceptions import BotoCoreError, ClientError

MOST_NAMES: Final = 8

_EXPIRED: Final = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
_UNKNOWN_KEY: Final = (
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "AuthFailure",
    "InvalidSignatureException",
)
_DENIED: Final = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
_PERMISSION: Final = re.compile(r"not authorized to perform: (?P<action>[\w-]+:\w+)(?: on resource: (?P<on>\S+))?")

_SIGN_IN: Final = (
    boto.SSOError,
    boto.TokenRetrievalError,
    boto.LoginError,
    boto.NoAuthTokenError,
)
_NO_CREDENTIALS: Final = (boto.NoCredentialsError, boto.PartialCredentialsError, boto.CredentialRetrievalError)
_SILENT: Final = (boto.HTTPClientError, boto.ConnectionError)
_NO_SUCH_REGION: Final = (boto.InvalidRegionError, boto.UnknownRegionError)

_REGION_HINT: Final = "name it with --region, as `region` of the stage in tidegate.toml, or in the AWS profile"


class Refusal(Exception):
    """Why a command doesn't go on: what, where, what is allowed, what to do. One line."""


def explained(error: BotoCoreError | ClientError, where: str) -> str:
    """Return the line for an error of AWS, or of the way to it; `where` names what was looked for."""
    if isinstance(error, ClientError):
        return _answered(error, where)
    if isinstance(error, boto.ProfileNotFound):
        return f"{_line(error)}: name one that `aws configure list-profiles` shows with --aws-profile"
    if isinstance(error, boto.NoRegionError):
        return f"no Region is known for {where}: {_REGION_HINT}"
    if isinstance(error, _NO_SUCH_REGION):
        return f"{_line(error)}: {_REGION_HINT}"
    if isinstance(error, _SIGN_IN):
        return f"the sign-in for {where} is missing or has expired: run `aws sso login`, then repeat the command"
    if isinstance(error, _NO_CREDENTIALS):
        return f"no AWS credentials for {where} ({_line(error)}): sign in, or name a profile with --aws-profile"
    if isinstance(error, _SILENT):
        return f"{where}: AWS can't be reached ({_line(error)}): look at the network, --region and AWS_ENDPOINT_URL"
    return f"{where}: {_line(error)}"


def _answered(error: ClientError, where: str) -> str:
    code, said = code_of(error), " ".join(error.response.get("Error", {}).get("Message", "").split())
    if code in _EXPIRED:
        return f"the credentials for {where} have expired: sign in again (`aws sso login`), then repeat the command"
    if code in _UNKNOWN_KEY:
        return f"AWS doesn't know the credentials for {where} ({code}): sign in, or name a profile with --aws-profile"
    if code in _DENIED:
        return f"{where}: not allowed: {lacking(error)}; ask for this permission, or name a profile with --aws-profile"
    return f"{where}: {error.operation_name} answered {code}: {said or 'nothing else'}"


def lacking(error: ClientError) -> str:
    """Return the permission that a refused call lacked, and on what, as far as AWS says."""
    told = _PERMISSION.search(error.response.get("Error", {}).get("Message", ""))
    if not told:
        return f"the permission for {error.operation_name} is missing"
    return f"{told['action']} on {told['on']} is missing" if told["on"] else f"{told['action']} is missing"


def code_of(error: ClientError) -> str:
    """Return the code by which AWS names an error."""
    return error.response.get("Error", {}).get("Code", "")


def denied(error: ClientError) -> bool:
    """Return whether a permission is what was missing."""
    return code_of(error) in _DENIED


def choices(name: str, known: Collection[str]) -> str:
    """Return what there is instead of `name`, and the nearest spelling."""
    if not known:
        return "there is none"
    names = sorted(known)
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    near = get_close_matches(name, names, n=1)
    return f"there is {', '.join(names[:MOST_NAMES])}{more}{f'; did you mean {near[0]}?' if near else ''}"


def _line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
