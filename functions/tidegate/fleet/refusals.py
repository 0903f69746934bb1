"""Tells what AWS refuses for what a call names from what fails otherwise."""

from collections.abc import Collection, Generator
from contextlib import contextmanager

from botocore.exceptions import ClientError

from tidegate.fleet.ports import Refused


def code_of(error: ClientError) -> str:
    """Return the code by which AWS names an error; empty if it has none."""
    return error.response.get("Error", {}).get("Code", "")


@contextmanager
def refusals(codes: Collection[str]) -> Generator[None]:
    """Turn errors with one of these codes, by which AWS refuses a whole call for what it names, into `Refused`."""
    try:
        yield
    except ClientError as error:
        if code_of(error) not in codes:
            raise
        raise Refused(error.response.get("Error", {}).get("Message", "")) from error
