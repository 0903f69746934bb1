"""The process's environment, changed for a while and put back exactly."""

import os
import random
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Final

from moto.moto_api._internal import mock_random

from tidegate.desk.region.place import REGION

CLEAN: Final = {
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    # Some 1,300 machine images, which take moto longer to make than everything else in a Region.
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
}
"""A Region never reads the profiles, credentials or settings of the person in front of it."""


@contextmanager
def no_chance(seed: int) -> Generator[None]:
    """Make chance repeatable while the block runs: moto's ids, and the jitter of botocore's pauses between attempts."""
    before = random.getstate()
    random.seed(seed)
    mock_random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)


@contextmanager
def environment(variables: Mapping[str, str], *, without: tuple[str, ...] = ()) -> Generator[None]:
    """Set variables while the block runs, after deleting those that begin with one of `without`."""
    before = dict(os.environ)
    try:
        for name in before:
            if without and name.startswith(without):
                del os.environ[name]
        os.environ.update(variables)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
