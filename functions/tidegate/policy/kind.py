"""The kinds of routes, and what each of them may say: Bedrock's know their Regions, all others have to name theirs."""

import re
from collections.abc import Mapping
from typing import Final, Literal

from tidegate.policy.checks import matches
from tidegate.policy.errors import PolicyError, wrong_value
from tidegate.policy.residency import SETS

Kind = Literal[
    "bedrock",
    "bedrock-profile",
    "bedrock-provisioned",
    "openai-compatible",
    "openai",
    "azure-openai",
    "anthropic",
    "groq",
]

BEDROCK: Final = ("bedrock", "bedrock-profile", "bedrock-provisioned")

_AWS_REGION: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_PROFILE: Final = re.compile(r"(us|eu|apac|jp|au|us-gov|global)\.|arn:.*:(application-)?inference-profile/")
"""https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html"""

_PROVISIONED: Final = re.compile(r"arn:.*:provisioned-model/")


def check_way(
    *, kind: Kind, model_id: str, region: str | None, regions: tuple[str, ...], extras: Mapping[str, str]
) -> None:
    """Raise PolicyError for what a route of its kind may not say, or has to; `extras`: what only some kinds have."""
    if kind in BEDROCK:
        _check_bedrock(kind, model_id, region, regions)
        if more := next((name for name in ("endpoint", "secret") if extras[name]), None):
            raise PolicyError(f"{more}: routes of kind {kind} have none")
    else:
        _check_provider(kind, region, regions, extras)


def _check_bedrock(kind: Kind, model_id: str, region: str | None, regions: tuple[str, ...]) -> None:
    if region is not None and not matches(_AWS_REGION, region):
        raise wrong_value("region", region, 'the code of a Region, such as "eu-central-1"')
    if kind != _meant(model_id):
        # A profile that passes for a model would be taken to process in its own Region alone.
        raise PolicyError(f'kind = "{kind}": {model_id} asks for "{_meant(model_id)}"')
    if kind != "bedrock-profile" and regions and regions != (region,):
        raise wrong_value("regions", list(regions), f"nothing: {kind} processes in its own Region")
    if model_id.startswith("arn:") and model_id.split(":")[3] != region:
        raise wrong_value("region", region, f'that of the ARN, "{model_id.split(":")[3]}"')


def _meant(model_id: str) -> Kind:
    if _PROFILE.match(model_id):
        return "bedrock-profile"
    return "bedrock-provisioned" if _PROVISIONED.match(model_id) else "bedrock"


def _check_provider(kind: Kind, region: str | None, regions: tuple[str, ...], extras: Mapping[str, str]) -> None:
    if region is not None:
        raise wrong_value("region", region, f"nothing for {kind}: say regions, where data is processed")
    if extras["quota_code"]:
        raise wrong_value("quota_code", extras["quota_code"], "one of Bedrock's routes only")
    if kind in ("openai-compatible", "azure-openai") and not extras["endpoint"]:
        raise PolicyError(f"endpoint: routes of kind {kind} need one")
    if kind == "anthropic" and not set(regions) <= set(SETS["US"]):
        # https://platform.claude.com/docs/en/build-with-claude/data-residency
        raise wrong_value("regions", list(regions), 'Regions of "US", the one boundary of Anthropic\'s own API')
