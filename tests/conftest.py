"""What holds for every test: no account is within reach, and a busy machine fails nobody."""

import gc
from collections.abc import Iterator

import pytest
from hypothesis import settings

# A deadline measures the machine and its neighbours; how fast the code is, `make bench` says.
settings.register_profile("tidegate", deadline=None)
settings.load_profile("tidegate")

# An emulated Region makes very many objects, and most of them die young. To look for circles among all the others each
# time took a third of the suite's time.
gc.freeze()
gc.set_threshold(100_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def out_of_reach() -> Iterator[None]:
    """Hide the accounts this machine can reach: a call that escapes the emulated Region is refused, never obeyed."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield
