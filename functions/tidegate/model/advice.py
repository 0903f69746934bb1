"""What a person could do about throttling that costs nothing, or a request: advice, never an act. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tidegate.model.report import Report
from tidegate.model.sight import Sight
from tidegate.model.standing import Track
from tidegate.policy.failures import MEANINGS
from tidegate.policy.kind import BEDROCK
from tidegate.policy.model import Model
from tidegate.policy.route import Route

FAR_TOO_LARGE: Final = 4
"""How many times the usual answer a limit may be: above it, most of what is reserved is never used."""

_HALF: Final = 0.5


def advice(model: Model, sight: Sight, tracks: Mapping[str, Track]) -> tuple[str, ...]:
    """Return what is worth telling about the routes that are throttled, the cheapest remedy first."""
    hard = [one for one in model.routes if tracks.get(one.name, Track()).standing in ("throttled", "daily")]
    if not hard:
        return ()
    return (*_max_tokens(sight.reports), *(_quota(one, sight.home) for one in hard if one.kind in BEDROCK))


def _max_tokens(reports: Sequence[Report]) -> Iterable[str]:
    """Look at what throttled requests had reserved: input and max_tokens count when a request starts.

    https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html
    """
    counted = [one for one in reports if MEANINGS[one.failure].counts]
    count, without = sum(one.count for one in counted), sum(one.without_max_tokens for one in counted)
    if count and without >= _HALF * count:
        yield (
            f"{without} of {count} throttled requests set no maxTokens: each reserves the model's longest answer when"
            " it starts; set it to what is needed, which costs nothing"
        )
        return
    limits = [one.max_tokens for one in counted if one.max_tokens]
    usual = [one.output_tokens for one in counted if one.output_tokens]
    if limits and usual and max(limits) > FAR_TOO_LARGE * max(usual):
        yield (
            f"throttled requests reserve up to {max(limits)} tokens for their answers and get {max(usual)}: a smaller"
            " maxTokens costs nothing"
        )


def _quota(route: Route, home: str) -> str:
    """Return the command that asks for a larger quota; without its code, the one that finds it."""
    region = route.region or home
    if route.quota_code:
        return (
            f"more for {route.name}: aws service-quotas request-service-quota-increase --service-code bedrock"
            f" --quota-code {route.quota_code} --region {region} --desired-value TOKENS_PER_MINUTE"
        )
    return (
        f"more for {route.name}: find its quota by aws service-quotas list-service-quotas --service-code bedrock"
        f" --region {region} --query \"Quotas[?contains(QuotaName, 'tokens per minute')].[QuotaCode,QuotaName,Value]\""
        " --output table, and name it as quota_code of the route"
    )
