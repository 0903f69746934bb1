"""How the loop is delivered to: plain data, read by the CDK app, the emulated Region and the tests."""

from typing import Final

BATCH_SIZE: Final = 1
"""One target at a time: a wake that fails brings no other one back."""

FUNCTION_TIMEOUT_SECONDS: Final = 20
VISIBILITY_TIMEOUT_SECONDS: Final = 25
"""Above the 20 s that a reconcile may take, so that one target is never reconciled twice at once."""

MAX_RECEIVES: Final = 3
RETENTION_SECONDS: Final = 3600
"""A wake only says *look now*. Every fleet is looked at again within minutes, so an old one says nothing."""

SWEEP_EVERY_MINUTES: Final = 1
SWEEP_TIMEOUT_SECONDS: Final = 30
DRILL_TIMEOUT_SECONDS: Final = 30
