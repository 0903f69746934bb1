"""Where the emulated Region lies: moto's account, and a Region with three zones."""

from typing import Final

ACCOUNT: Final = "123456789012"
REGION: Final = "us-east-1"
ZONES: Final = ("us-east-1a", "us-east-1b", "us-east-1c")
