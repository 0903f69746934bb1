"""Which permissions CloudWatch's operations need: on the alarm's ARN, or on nothing in particular.

Source: service-authorization/latest/reference/list_amazoncloudwatch.html
"""

from collections.abc import Mapping
from typing import Any, Final

from moto.cloudwatch.models import cloudwatch_backends

from tidegate.desk.region.iam.evaluate import Need
from tidegate.desk.region.place import ACCOUNT, REGION

ANY_ALARM: Final = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:*"

ON_ALARMS: Final = frozenset(
    {
        "cloudwatch:DeleteAlarms",
        "cloudwatch:DisableAlarmActions",
        "cloudwatch:EnableAlarmActions",
        "cloudwatch:PutCompositeAlarm",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:SetAlarmState",
    }
)


def on_alarm(action: str, parameters: Mapping[str, Any]) -> list[Need]:
    """CloudWatch: each alarm that is named, with its tags and actions as conditions.

    Looking at alarms needs them all, whatever the filter; looking at composite ones needs * (API_DescribeAlarms.html).
    Metrics are no resources: GetMetricData, PutMetricData and ListMetrics need *.
    """
    if action == "cloudwatch:DescribeAlarms":
        return [Need(action, "*" if "CompositeAlarm" in parameters.get("AlarmTypes", ()) else ANY_ALARM)]
    if action == "cloudwatch:PutMetricData":
        return [Need(action, "*", {"cloudwatch:namespace": [parameters.get("Namespace", "")]})]
    if action in ("cloudwatch:TagResource", "cloudwatch:UntagResource", "cloudwatch:ListTagsForResource"):
        return [Need(action, parameters.get("ResourceARN"), request_tags(parameters))]
    if action not in ON_ALARMS:
        return [Need(action, "*")]
    names = parameters.get("AlarmNames") or [parameters.get("AlarmName", "")]
    needed = [Need(action, arn(each), conditions(arn(each), parameters)) for each in names]
    if parameters.get("Tags"):
        # Tags in a Put are a tagging too.
        needed += [Need("cloudwatch:TagResource", arn(each), conditions(arn(each), parameters)) for each in names]
    return needed


def arn(name: str) -> str:
    """Return an alarm's ARN."""
    return ANY_ALARM.removesuffix("*") + name


def conditions(alarm: str, parameters: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the condition keys of a call: the alarm's own tags, the request's, and the actions it sets."""
    own = cloudwatch_backends[ACCOUNT][REGION].tagger.get_tag_dict_for_resource(alarm)
    kinds = ("AlarmActions", "OKActions", "InsufficientDataActions")
    actions = [each for kind in kinds for each in parameters.get(kind, ())]
    tags = {f"aws:ResourceTag/{key}": [value] for key, value in own.items()}
    return {"cloudwatch:AlarmActions": actions, **tags, **request_tags(parameters)}


def request_tags(parameters: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the condition keys that a request's tags are."""
    tags = {each["Key"]: each["Value"] for each in parameters.get("Tags", ())}
    keys = [*tags, *parameters.get("TagKeys", ())]
    return {"aws:TagKeys": keys, **{f"aws:RequestTag/{key}": [value] for key, value in tags.items()}}
