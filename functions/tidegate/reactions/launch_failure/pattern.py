"""Which failed launches wake fleets, and how the queue of their events delivers them: plain data.

The rule can't name groups, since fleets come and go by their tag, which the event doesn't bear: it lets every failed
launch of the Region through. Each costs one message of the queue and its share of a batch, which looks at the groups in
it by one call: some 0.00001 USD in all. A group that can't launch tries again ever more seldom.
"""

from typing import Final

SOURCES: Final = ["aws.autoscaling", "tidegate.drill"]
"""AWS's own source, and ours for drills: `PutEvents` refuses every source that begins with `aws.`."""

UNSUCCESSFUL: Final = "EC2 Instance Launch Unsuccessful"

RULES: Final[dict[str, dict[str, list[str]]]] = {
    "LaunchUnsuccessful": {"source": SOURCES, "detail-type": [UNSUCCESSFUL]},
}

MAX_EVENT_AGE_SECONDS: Final = 3600
"""A failed launch says *look now*. The sweep looks each minute while a fleet deviates, so an hour is news enough."""

BATCH_SIZE: Final = 10
"""Messages in one invocation; no batching window, which may hold a lone failure back for up to 20 s."""

FUNCTION_TIMEOUT_SECONDS: Final = 10
"""One look at the groups of a batch, and one call to wake them."""

VISIBILITY_TIMEOUT_SECONDS: Final = 15
"""Above the function's timeout."""

MAX_RECEIVES: Final = 5
"""Deliveries within little more than a minute; by then the sweep looks as well."""
