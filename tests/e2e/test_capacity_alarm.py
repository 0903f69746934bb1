"""A fleet's alarm, deployed: the sweep makes it, its event wakes the fleet, and the metrics decide its size.

ministack emits no alarm events, so the event comes as a drill's, with its record; the metrics stand where functions
find CloudWatch, in the Region.
"""

from datetime import UTC, datetime, timedelta

from tests.e2e.cloud import E2ECloud
from tests.e2e.view import SOON
from tidegate.desk.local.notice import send
from tidegate.fleet.drill_alarm import wake_event
from tidegate.loop.delivery import SWEEP_EVERY_MINUTES
from tidegate.policy.alarm import alarm_name
from tidegate.reactions.alarm_pattern import STATE_CHANGE

CONSTRUCT = "CapacityAlarm"
SWEEP_SECONDS = 60 * SWEEP_EVERY_MINUTES


def busy(cloud: E2ECloud, fleet: str, percent: float) -> None:
    """Report the CPU of a group for the last minutes."""
    now = datetime.now(UTC)
    data = [
        {
            "MetricName": "CPUUtilization",
            "Dimensions": [{"Name": "AutoScalingGroupName", "Value": fleet}],
            "Timestamp": now - timedelta(minutes=minute),
            "Value": percent,
        }
        for minute in range(1, 6)
    ]
    cloud.metrics().put_metric_data(Namespace="AWS/EC2", MetricData=data)


def ring(cloud: E2ECloud, fleet: str, nonce: str) -> None:
    """Send the event of a fleet's own alarm, as a drill does."""
    name = alarm_name(cloud.stack.removeprefix("Tidegate-"), "cpu", fleet)
    state = {"value": "ALARM", "reason": "rung by hand"}
    send(cloud.client("events"), STATE_CHANGE, {"alarmName": name, "state": state, "tidegate-drill": nonce})


def test_an_alarm_wakes_its_fleet_and_the_metrics_give_it_the_machines_that_it_needs(cloud: E2ECloud) -> None:
    cloud.fleet("surged", on_demand=1, spot=3, min_size=2, max_size=8)
    name = alarm_name(cloud.stack.removeprefix("Tidegate-"), "cpu", "surged")
    cloud.wait_for(lambda: name in cloud.alarms(), SWEEP_SECONDS + SOON, "the fleet's alarm, made by the sweep")
    busy(cloud, "surged", 95)
    nonce = cloud.drill("surged")

    ring(cloud, "surged", nonce)

    def woken() -> bool:
        return any(one["event"] == wake_event(nonce) for one in cloud.decisions("surged"))

    cloud.wait_for(woken, SOON, "the decision of its wake")
    # Or that of the sweep: it looks at a new fleet as well, and may have come first.
    (resized,) = [one for one in cloud.decisions("surged") if one["code"] == "scale_out"]
    assert resized["planned"] == '["set the size from 4 to 6"]'
    assert "cpu is 95, target 70: 6 needed" in resized["reason"]
    cloud.wait_for(lambda: cloud.region.fleets()["surged"]["size"] == 6, SOON, "six machines in service")


def test_an_alarm_of_a_drill_without_a_record_wakes_nobody_and_is_counted(cloud: E2ECloud) -> None:
    before = cloud.metric(CONSTRUCT, "NoAction", reason="drill_without_record")

    ring(cloud, "nobodys", "of-no-record")

    cloud.wait_for(
        lambda: cloud.metric(CONSTRUCT, "NoAction", reason="drill_without_record") == before + 1,
        SOON,
        "a dropped event",
    )
