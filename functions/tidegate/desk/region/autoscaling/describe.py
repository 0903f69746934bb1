"""The limits of the describing operations, which moto doesn't set."""

from typing import Final

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult

from tidegate.desk.region.amend import Amendment, param

MAX_INSTANCE_IDS: Final = 50
"""InstanceIds and MaxRecords of API_DescribeAutoScalingInstances.html; the message: hjacobs/kube-aws-autoscaler
issue 25."""

MAX_GROUPS: Final = 100
"""MaxRecords of API_DescribeAutoScalingGroups.html; 50 names unless MaxRecords allows more. The message:
kubernetes/kops issue 4832."""


def amendments() -> list[Amendment]:
    """Return what changes in moto."""
    plain = AutoScalingResponse.describe_auto_scaling_groups

    def describe_groups(response: AutoScalingResponse) -> ActionResult:
        """DescribeAutoScalingGroups: names and filters, 100 a page at most."""
        records = int(param(response, "MaxRecords") or 50)
        if not 1 <= records <= MAX_GROUPS:
            raise ValidationError(f"MaxRecords must be between 1 and {MAX_GROUPS}.")
        if len(param(response, "AutoScalingGroupNames", [])) > records:
            raise ValidationError(f"The number of group names that may be passed in is limited to {records}.")
        return plain(response)

    return [
        Amendment(AutoScalingResponse, "describe_auto_scaling_groups", describe_groups),
        Amendment(AutoScalingResponse, "describe_auto_scaling_instances", describe_instances),
    ]


def describe_instances(response: AutoScalingResponse) -> ActionResult:
    """DescribeAutoScalingInstances: 50 ids at most, unknown ones ignored, 50 machines a page."""
    ids: list[str] = param(response, "InstanceIds", [])
    if len(ids) > MAX_INSTANCE_IDS:
        raise ValidationError(f"The number of instance ids that may be passed in is limited to {MAX_INSTANCE_IDS}")
    states = response.autoscaling_backend.describe_auto_scaling_instances(instance_ids=ids)
    start = int(param(response, "NextToken") or 0)
    end = start + min(int(param(response, "MaxRecords") or MAX_INSTANCE_IDS), MAX_INSTANCE_IDS)
    token = str(end) if end < len(states) else None
    return ActionResult({"AutoScalingInstances": states[start:end], "NextToken": token})
