"""The ports of a model on boto3. Clients of other Regions are made when a route there is looked at."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tidegate.model.sight import Minute, Traffic
from tidegate.policy.document import Document, NoDocument, dump, load, parameter
from tidegate.policy.route import Route

if TYPE_CHECKING:
    from types_boto3_bedrock import BedrockClient
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_ssm import SSMClient

_COUNTED: Final = {
    "invocations": "Invocations",
    "throttles": "InvocationThrottles",
    "server_errors": "InvocationServerErrors",
}
"""https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring.html"""

_MINUTE: Final = 60


class CloudWatchTraffic:
    """`Metrics` on CloudWatch."""

    def __init__(self, client: "Callable[[str], CloudWatchClient]") -> None:
        self._client = client

    def traffic(self, region: str, routes: Mapping[str, Route], *, since: float, now: float) -> Mapping[str, Traffic]:
        """Return the minutes of some routes: one GetMetricData for up to 80 of them.

        A route that is named by its ARN may be counted under that or under the id at its end: both are asked for.
        """
        asked: dict[str, tuple[str, str]] = {}
        queries: list[dict[str, object]] = []
        for name, route in routes.items():
            for model_id in route.metric_ids:
                for key, metric in _COUNTED.items():
                    id_ = f"m{len(queries)}"
                    asked[id_] = (name, key)
                    queries.append(_query(id_, metric, model_id))
        minutes: dict[str, dict[float, dict[str, float]]] = {name: {} for name in routes}
        pages = (
            self._client(region)
            .get_paginator("get_metric_data")
            .paginate(
                MetricDataQueries=queries,  # pyright: ignore[reportArgumentType]: plain dicts of the documented shape
                StartTime=_time(since // _MINUTE * _MINUTE),
                EndTime=_time(now),
                ScanBy="TimestampAscending",
            )
        )
        for result in (one for page in pages for one in page["MetricDataResults"]):
            name, key = asked[result.get("Id", "")]
            for at, value in zip(result.get("Timestamps", []), result.get("Values", []), strict=True):
                minute = minutes[name].setdefault(at.timestamp(), {})
                minute[key] = minute.get(key, 0) + value
        return {
            name: tuple(Minute(start=at, **counts) for at, counts in sorted(of.items())) for name, of in minutes.items()
        }


class BedrockProfiles:
    """`Profiles` on Bedrock."""

    def __init__(self, client: "Callable[[str], BedrockClient]") -> None:
        self._client = client

    def destinations(self, region: str, profile: str) -> tuple[str, ...]:
        """Return the Regions of the models that a profile names: one GetInferenceProfile.

        The ARN of a model in a global profile has no Region: what Bedrock doesn't name is unknown, and so is a profile
        that it doesn't know.
        https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetInferenceProfile.html
        """
        client = self._client(region)
        gone = (client.exceptions.ResourceNotFoundException, client.exceptions.ValidationException)
        try:
            answer = client.get_inference_profile(inferenceProfileIdentifier=profile)
        except gone:
            return ()
        regions = [one.get("modelArn", "").split(":")[3:4] for one in answer["models"]]
        known = [one[0] for one in regions if one and one[0]]
        return tuple(dict.fromkeys(known)) if len(known) == len(regions) else ()


class SsmDocuments:
    """`Documents` on Parameter Store."""

    def __init__(self, ssm: "SSMClient") -> None:
        self._ssm = ssm

    def read(self, stage: str, model: str) -> Document | None:
        """Return what can be read of a model: one call."""
        try:
            answer = self._ssm.get_parameter(Name=parameter(stage, model))
        except self._ssm.exceptions.ParameterNotFound:
            return None
        try:
            found = load(answer["Parameter"].get("Value", ""))
        except NoDocument:
            return None
        return found if (found.stage, found.model) == (stage, model) else None

    def publish(self, document: Document) -> None:
        """Write the parameter: one call. It may be repeated: the same text is the same document."""
        self._ssm.put_parameter(
            Name=parameter(document.stage, document.model),
            Description="Tidegate: the routes of a model, as applications follow them",
            Value=dump(document),
            Type="String",
            Tier="Standard",
            Overwrite=True,
        )


def _query(id_: str, metric: str, model_id: str) -> dict[str, object]:
    named = {"Namespace": "AWS/Bedrock", "MetricName": metric, "Dimensions": [{"Name": "ModelId", "Value": model_id}]}
    return {"Id": id_, "MetricStat": {"Metric": named, "Period": _MINUTE, "Stat": "Sum"}}


def _time(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
