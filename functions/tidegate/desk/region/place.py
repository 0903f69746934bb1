"""Where the emulated Region lies: moto's account, and a Region with three zones."""

from typing import Final

ACCOUNT: Final = "123456789012"
REGION: Final = "us-east-1"
ZONES: Final = ("us-east-1a", "us-east-1b", "us-east-1c")


def queue_arn(name: str) -> str:
    """Return the ARN of a queue by its name or address."""
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name.rsplit('/', 1)[-1]}"
