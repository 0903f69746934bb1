"""A model's routes on the virtual clock: published, stepped down by what applications and CloudWatch tell, and back."""

from typing import Any

import pytest

from tests.integration.model.scenes import IN_ORDER, POLICY, STEPPED_DOWN, decisions, order, published, tell
from tidegate.desk.bedrock.catalog import CLAUDE
from tidegate.desk.bedrock.quota import Quota
from tidegate.desk.region.place import REGION
from tidegate.desk.region.region import Region
from tidegate.desk.region.wire import Call, Fault

HELLO: list[Any] = [{"role": "user", "content": [{"text": "hello"}]}]


def test_a_minute_after_the_deployment_applications_can_read_the_routes_inside_of_the_boundary() -> None:
    with Region(policy=POLICY, loop=True) as region:
        region.run(65)
        assert order(region) == IN_ORDER
        document = published(region)
        assert document
        assert document.home == "home"
        assert decisions(region) == ["in_order"]


def test_what_applications_tell_steps_a_route_down_within_seconds_and_quiet_brings_it_back() -> None:
    with Region(policy=POLICY, loop=True) as region:
        region.run(65)
        began = region.world.now()
        tell(region)
        while order(region) != STEPPED_DOWN:
            region.run(0.5)
            assert region.world.now() - began < 10
        region.run(240)
        assert order(region) == IN_ORDER
        assert decisions(region) == ["in_order", "stepped_down", "route_returned"]


def test_a_throttle_that_no_application_tells_of_rings_the_alarm_and_steps_the_route_down() -> None:
    with Region(policy=POLICY, loop=True) as region:
        alarmed(region)
        region.run(65)
        region.bedrock.limit(REGION, CLAUDE, Quota(requests_per_minute=2))
        ask(region, 12)
        region.run(150)
        assert "stepped_down" in decisions(region)
        assert any(one.kind == "alarm" for one in region.timeline)


def test_a_route_that_refuses_everybody_is_left_out_until_it_is_tried_again() -> None:
    with Region(policy=POLICY, loop=True) as region:
        region.run(65)
        tell(region, "oregon", "missing", 3)
        region.run(10)
        assert order(region) == ["home", "states"]
        region.run(1900)
        assert order(region) == IN_ORDER


def test_in_the_mode_observe_the_owners_order_is_published_and_the_decision_says_what_would_be_done() -> None:
    with Region(policy=POLICY, loop=True, mode="observe") as region:
        region.run(65)
        tell(region)
        region.run(10)
        assert order(region) == IN_ORDER
        assert decisions(region) == ["in_order", "would_step_down"]


def test_without_metrics_the_document_is_renewed_all_the_same() -> None:
    def blind(call: Call) -> Fault | None:
        return Fault(500, "InternalFailure") if call.operation == "GetMetricData" else None

    with Region(policy=POLICY, loop=True) as region:
        region.run(65)
        first = published(region)
        region.chaos(blind)
        region.run(3000)
        again = published(region)
        assert first
        assert again
        assert again.epoch > first.epoch
        assert again.routes == first.routes


@pytest.mark.parametrize("lost", ["parameter", "table"])
def test_what_somebody_deletes_is_there_again_soon_under_a_higher_epoch(lost: str) -> None:
    with Region(policy=POLICY, loop=True) as region:
        region.run(65)
        first = published(region)
        assert first
        if lost == "parameter":
            region.client("ssm").delete_parameter(Name="/tidegate/drill/routes/chat")
        else:
            key = {"pk": {"S": "model/chat"}, "sk": {"S": "STATE"}}
            region.client("dynamodb").delete_item(TableName=region.deployment.table, Key=key)
        region.run(630)
        again = published(region)
        assert again
        assert again.epoch > first.epoch


def test_a_quiet_look_costs_four_calls_and_one_for_each_region_and_profile() -> None:
    with Region(policy=POLICY, loop=True) as region:
        region.run(700)
        before = len(region.timeline)
        region.run(600)
        calls = [one for one in region.timeline[before:] if one.kind == "call" and one.data["function"] == "reconcile"]
        # Two looks: one for detached machines, which is a call of EC2's, and one at the model.
        assert [one.text for one in calls if one.data["service"] != "ec2"] == [
            "ssm:GetParameters",
            "dynamodb:Query",
            "cloudwatch:GetMetricData",
            "cloudwatch:GetMetricData",
            "ssm:GetParameter",
            "bedrock:GetInferenceProfile",
            "bedrock:GetInferenceProfile",
            "dynamodb:TransactWriteItems",
        ]


def alarmed(region: Region) -> None:
    """Make the alarm that the stack has on the route at home."""
    region.client("cloudwatch").put_metric_alarm(
        AlarmName="tidegate-model/drill/chat/home/throttles",
        Namespace="AWS/Bedrock",
        MetricName="InvocationThrottles",
        Dimensions=[{"Name": "ModelId", "Value": CLAUDE}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )


def ask(region: Region, times: int) -> None:
    """Call the route at home, without a client that would go on or tell."""
    client = region.client("bedrock-runtime")
    for _ in range(times):
        try:
            client.converse(modelId=CLAUDE, messages=HELLO, inferenceConfig={"maxTokens": 10})
        except client.exceptions.ThrottlingException:
            continue
