"""Which events the spot interruption reaction receives, and how its queue delivers them: plain data.

The CDK app, the emulated Region and the tests read the same values, so a rule can't drift from its handler.
"""

from typing import Final

SOURCES: Final = ["aws.ec2", "tidegate.drill"]
"""AWS's own source, and ours for drills: `PutEvents` refuses every source that begins with `aws.`."""

WARNING: Final = "EC2 Spot Instance Interruption Warning"
RECOMMENDATION: Final = "EC2 Instance Rebalance Recommendation"

RULES: Final[dict[str, dict[str, list[str]]]] = {
    "InterruptionWarning": {"source": SOURCES, "detail-type": [WARNING]},
    "RebalanceRecommendation": {"source": SOURCES, "detail-type": [RECOMMENDATION]},
}

MAX_EVENT_AGE_SECONDS: Final = {
    # A machine is gone two minutes after its notice: an older warning can't be acted on any more.
    "InterruptionWarning": 120,
    # A recommendation only raises a pool's observed risk, which an hour later is still worth knowing.
    "RebalanceRecommendation": 3600,
}

BATCH_SIZE: Final = 10
"""Messages in one invocation; no batching window, which may hold a lone notice back for up to 20 s."""

FUNCTION_TIMEOUT_SECONDS: Final = 10
VISIBILITY_TIMEOUT_SECONDS: Final = 15
"""Above the function's timeout, and short: a delivery that died is repeated well before the machine is gone."""

MAX_RECEIVES: Final = 8
"""Deliveries that fit into the two minutes of a notice at one every 15 s; then the dead-letter queue."""
