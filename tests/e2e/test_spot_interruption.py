"""The notice path, deployed: from the bus over rule, queue and function to the fleet and the journal."""

import json

from tests.e2e.cloud import E2ECloud
from tests.e2e.view import SOON
from tidegate.desk.local.notice import send
from tidegate.fleet.incident import RELEASED, REPLACED, SEEN
from tidegate.loop.delivery import SWEEP_EVERY_MINUTES
from tidegate.reactions.spot_interruption.pattern import VISIBILITY_TIMEOUT_SECONDS, WARNING

INBOX = "SpotInterruptionReactionInboxQueue"
DEAD_LETTERS = "SpotInterruptionReactionInboxDeadLettersQueue"
CONSTRUCT = "SpotInterruption"
SWEEP_SECONDS = 60 * SWEEP_EVERY_MINUTES


def test_a_drill_with_its_record_releases_the_machine_and_the_replacement_comes_into_service(cloud: E2ECloud) -> None:
    machine, *_ = cloud.fleet("drilled", on_demand=1, spot=3)

    cloud.warn(machine, cloud.drill("drilled"))

    cloud.wait_for(lambda: cloud.releases(machine), SOON, "the release")
    cloud.wait_for(lambda: cloud.stage(machine) >= RELEASED, SOON, "the incident's stage")
    assert "terminate in the group" in cloud.incident(machine)["decision"]
    assert cloud.state(machine) == "Terminating"
    cloud.wait_for(lambda: cloud.region.fleets()["drilled"]["size"] == 4, SOON, "the replacement in service")
    assert cloud.releases(machine) == 1
    cloud.wait_for(lambda: cloud.stage(machine) == REPLACED, SWEEP_SECONDS + SOON, "the loop's word of the replacement")
    known = {one.id: one.state for one in cloud.region.machines("drilled")}
    assert known[cloud.incident(machine)["replacement"]] == "InService"


def test_a_drill_without_a_record_is_dropped_and_counted(cloud: E2ECloud) -> None:
    machine, *_ = cloud.fleet("undrilled", spot=2)
    reason = "drill_without_record"
    before = cloud.metric(CONSTRUCT, "NoAction", reason=reason)

    cloud.warn(machine)
    cloud.warn(machine, nonce="of-no-record")

    cloud.wait_for(lambda: cloud.metric(CONSTRUCT, "NoAction", reason=reason) == before + 2, SOON, "two dropped events")
    cloud.wait_for(lambda: cloud.depth(cloud.queue(INBOX)) == 0, SOON, "an empty queue")
    assert cloud.depth(cloud.queue(DEAD_LETTERS)) == 0
    assert (cloud.releases(machine), cloud.state(machine), cloud.incident(machine)) == (0, "InService", {})


def test_a_poison_event_goes_to_the_dead_letters_with_a_reason(cloud: E2ECloud) -> None:
    send(cloud.client("events"), WARNING, {"instance-id": "no id", "instance-action": "terminate"})

    letter = cloud.receive(cloud.queue(DEAD_LETTERS), "the dead letter")

    assert json.loads(letter["Body"])["detail"]["instance-id"] == "no id"
    assert "detail.instance-id is 'no id'" in letter["MessageAttributes"]["reason"]["StringValue"]
    cloud.wait_for(lambda: cloud.depth(cloud.queue(INBOX)) == 0, SOON, "an empty queue")


def test_the_alarm_of_the_dead_letters_speaks_on_the_topic(cloud: E2ECloud) -> None:
    """Its state is set by hand: ministack counts no messages of queues."""
    sqs = cloud.client("sqs")
    ear = sqs.create_queue(QueueName="ear")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=ear, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    cloud.client("sns").subscribe(TopicArn=cloud.output("AlarmTopic"), Protocol="sqs", Endpoint=arn)
    alarm = cloud.resource(DEAD_LETTERS, "AWS::CloudWatch::Alarm")

    cloud.client("cloudwatch").set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="a test")

    said = json.loads(json.loads(cloud.receive(ear, "the alarm's message")["Body"])["Message"])
    assert (said["AlarmName"], said["NewStateValue"]) == (alarm, "ALARM")
    sqs.delete_queue(QueueUrl=ear)


def test_a_function_that_is_killed_half_way_is_finished_by_the_next_delivery(cloud: E2ECloud) -> None:
    machine, *_ = cloud.fleet("halved", spot=2)
    # The function waits 2 s for an answer: that long it stands right behind the release.
    cloud.region.hold("TerminateInstanceInAutoScalingGroup", seconds=5)

    cloud.warn(machine, cloud.drill("halved"))
    cloud.wait_for(lambda: cloud.releases(machine), SOON, "the release")
    cloud.kill_function(CONSTRUCT)

    assert cloud.stage(machine) == SEEN
    again = VISIBILITY_TIMEOUT_SECONDS + SOON
    cloud.wait_for(lambda: cloud.stage(machine) >= RELEASED, again, "the incident's stage")
    assert cloud.releases(machine) == 1
    assert cloud.depth(cloud.queue(DEAD_LETTERS)) == 0


def test_the_kill_switch_stops_releases_within_15_seconds_of_warm_functions_too(cloud: E2ECloud) -> None:
    machine, *_ = cloud.fleet("stopped", spot=2)
    before = cloud.metric(CONSTRUCT, "NoAction", reason="kill_switch")
    cloud.set_mode(mode="act", kill_switch="on")

    cloud.warn(machine, cloud.drill("stopped"))

    cloud.wait_for(
        lambda: cloud.metric(CONSTRUCT, "NoAction", reason="kill_switch") == before + 1, SOON, "the event's verdict"
    )
    assert "the kill switch is on" in cloud.incident(machine)["decision"]
    assert (cloud.releases(machine), cloud.state(machine)) == (0, "InService")
