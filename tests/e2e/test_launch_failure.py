"""A launch that failed, deployed: its event wakes the fleet, and the decision of that look stands in the journal.

The Region that has the fleets is no part of ministack's bus, so the event comes as a drill's, with its record.
"""

from tests.e2e.cloud import E2ECloud
from tests.e2e.view import SOON
from tidegate.desk.local.notice import send
from tidegate.fleet.drill_alarm import wake_event
from tidegate.reactions.launch_failure.pattern import UNSUCCESSFUL

CONSTRUCT = "LaunchFailure"
SPOT_SHORT = "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity."


def fail(cloud: E2ECloud, group: str, nonce: str) -> None:
    """Send the event of a launch that failed, as a drill does."""
    detail = {"AutoScalingGroupName": group, "StatusCode": "Failed", "StatusMessage": f"{SPOT_SHORT} ({group})"}
    send(cloud.client("events"), UNSUCCESSFUL, detail | {"tidegate-drill": nonce})


def test_a_failed_launch_wakes_its_fleet_and_one_of_a_drill_without_a_record_wakes_nobody(cloud: E2ECloud) -> None:
    cloud.fleet("unlaunched", on_demand=1, spot=2)
    nonce = cloud.drill("unlaunched")

    fail(cloud, "unlaunched", nonce)
    fail(cloud, "unlaunched", "of-no-record")

    def woken() -> bool:
        return any(one["event"] == wake_event(nonce) for one in cloud.decisions("unlaunched"))

    cloud.wait_for(woken, SOON, "the decision of its wake")
    # Beside those of the other scenarios in this cloud.
    wakes = [one["message"] for one in cloud.log(CONSTRUCT) if one.get("code") == "wake"]
    assert wakes.count(f"a launch failed (spot capacity): {SPOT_SHORT} (unlaunched)") == 1
    cloud.wait_for(
        lambda: cloud.metric(CONSTRUCT, "NoAction", reason="drill_without_record") == 1, SOON, "a dropped event"
    )
    assert cloud.metric(CONSTRUCT, "LaunchFailures") == 0
