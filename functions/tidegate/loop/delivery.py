"""How the queue of wakes delivers: plain data, read by the CDK app, the emulated Region and the tests."""

from typing import Final

VISIBILITY_TIMEOUT_SECONDS: Final = 25
"""Above the 20 s that a reconcile may take, so that one target is never reconciled twice at once."""

MAX_RECEIVES: Final = 3
RETENTION_SECONDS: Final = 3600
"""A wake only says *look now*. Every fleet is looked at again within minutes, so an old one says nothing."""
