"""Detached machines: found by their tag, ended by a call, or by EC2 at their deadline."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tidegate.desk.region.fleet import Machine
from tidegate.desk.region.region import Region

DETACHED = [
    {"Name": "tag-key", "Values": ["tidegate:detached"]},
    {"Name": "instance-state-name", "Values": ["running"]},
]


def detached(region: Region, count: int) -> list[Machine]:
    machines = list(region.fleet(spot=count + 1, balanced=False).spot_machines()[:count])
    ids = [each.id for each in machines]
    region.client("ec2").create_tags(
        Resources=ids, Tags=[{"Key": "tidegate:detached", "Value": "2026-03-02T09:00:00Z"}]
    )
    region.client("autoscaling").detach_instances(
        AutoScalingGroupName="chat", InstanceIds=ids, ShouldDecrementDesiredCapacity=False
    )
    region.run(60)
    return machines


def running(region: Region) -> list[dict[str, Any]]:
    pages = (
        region.client("ec2")
        .get_paginator("describe_instances")
        .paginate(Filters=DETACHED, PaginationConfig={"PageSize": 5})
    )
    return [machine for page in pages for one in page["Reservations"] for machine in one["Instances"]]


def test_they_are_found_by_their_tag_page_by_page(region: Region) -> None:
    machines = detached(region, 12)

    found = running(region)

    assert {each["InstanceId"] for each in found} == {each.id for each in machines}
    assert {each["InstanceLifecycle"] for each in found} == {"spot"}
    assert not any(tag["Key"].startswith("aws:autoscaling") for each in found for tag in each["Tags"])


def test_a_page_has_five_results_at_least(region: Region) -> None:
    client = region.client("ec2")

    with pytest.raises(ClientError, match="InvalidParameterValue"):
        client.describe_instances(Filters=DETACHED, MaxResults=4)


def test_a_call_ends_one_once_and_no_group_replaces_it(region: Region) -> None:
    first, second = detached(region, 2)
    before = region.members("chat")
    for _ in range(2):
        region.client("ec2").terminate_instances(InstanceIds=[first.id])
    region.run(200)

    assert [each["InstanceId"] for each in running(region)] == [second.id]
    ended = [(each.t, each.data["instance"]) for each in region.timeline if each.kind == "terminated"]
    assert ended == [(60, first.id)]
    assert region.members("chat") == before


def test_one_unknown_id_ends_nothing(region: Region) -> None:
    (machine,) = detached(region, 1)

    with pytest.raises(ClientError, match=r"InvalidInstanceID\.NotFound"):
        region.client("ec2").terminate_instances(InstanceIds=[machine.id, "i-0123456789abcdef0"])

    assert [each["InstanceId"] for each in running(region)] == [machine.id]


def test_an_interrupted_one_ends_at_its_deadline_all_the_same(region: Region) -> None:
    machine = region.fleet(balanced=False).spot_machines()[0]
    region.interrupt(machine, after=120)
    region.run(100)
    assert [each["InstanceId"] for each in running(region)] == [machine.id]

    region.run(21)

    assert running(region) == []
    assert [each.t for each in region.timeline if each.kind == "reclaimed"] == [120]
    assert [each for each in region.timeline if each.kind in ("terminated", "noticed")] == []


def test_spot_machines_are_told_from_the_others_by_a_filter(region: Region) -> None:
    fleet = region.fleet(on_demand=2, spot=3)
    filters = [{"Name": "instance-lifecycle", "Values": ["spot"]}]

    found = region.client("ec2").describe_instances(Filters=filters)["Reservations"]

    ids = {machine["InstanceId"] for one in found for machine in one["Instances"]}
    assert ids == {each.id for each in fleet.spot_machines()}
