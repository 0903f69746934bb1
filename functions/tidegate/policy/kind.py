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
_ARN: Final = re.compile(r"arn:[\w-]+:bedrock:(?P<region>[\w-]*):\d*:(?P<what>[\w-]+)/\S+")
_MEANT: Final[Mapping[str, Kind]] = {
    "foundation-model": "bedrock",
    "custom-model-deployment": "bedrock",
    "imported-model": "bedrock",
    "inference-profile": "bedrock-profile",
    "application-inference-profile": "bedrock-profile",
    "provisioned-model": "bedrock-provisioned",
}
"""What an ARN names, by its kind of resource. Prompts and prompt routers stand for models of their own choice, which
may process anywhere: they are no routes."""

_PROFILE: Final = re.compile(r"[a-z][a-z-]*\.[a-z0-9]+\.\S+")
"""A geography stands before the provider. Which ones there are changes, so none is named here.
https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html"""

_MODEL: Final = re.compile(r"[a-z0-9]+\.\S+")


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
    arn = _ARN.fullmatch(model_id)
    meant = _MEANT.get(arn["what"]) if arn else _named(model_id)
    if meant is None:
        raise wrong_value("id", model_id, f"a model's id, or the ARN of one of {', '.join(_MEANT)}")
    if kind != meant:
        # A profile that passes for a model would be taken to process in its own Region alone.
        raise PolicyError(f'kind = "{kind}": {model_id} asks for "{meant}"')
    if kind != "bedrock-profile" and regions and regions != (region,):
        raise wrong_value("regions", list(regions), f"nothing: {kind} processes in its own Region")
    if arn and arn["region"] != region:
        raise wrong_value("region", region, f'that of the ARN, "{arn["region"]}"')


def _named(model_id: str) -> Kind | None:
    """Return what an id that is no ARN names."""
    if _PROFILE.fullmatch(model_id):
        return "bedrock-profile"
    return "bedrock" if _MODEL.fullmatch(model_id) and not model_id.startswith("arn:") else None


def _check_provider(kind: Kind, region: str | None, regions: tuple[str, ...], extras: Mapping[str, str]) -> None:
    if region is not None:
        raise wrong_value("region", region, f"nothing for {kind}: say regions, where data is processed")
    if extras["quota_code"]:
        raise wrong_value("quota_code", extras["quota_code"], "one of Bedrock's routes only")
    if kind in ("openai-compatible", "azure-openai") and not extras["endpoint"]:
        raise PolicyError(f"endpoint: routes of kind {kind} need one")
    if kind == "groq" and regions:
        raise wrong_value("regions", list(regions), "nothing for groq: it pins data to no Region")
    if kind == "openai" and not (extras["endpoint"] or set(regions) <= set(SETS["US"])):
        # https://platform.openai.com/docs/guides/your-data#data-residency-controls
        raise PolicyError("endpoint: outside of the US, OpenAI processes where the host of a Region is called; name it")
    if kind == "anthropic" and not set(regions) <= set(SETS["US"]):
        # https://platform.claude.com/docs/en/build-with-claude/data-residency
        raise wrong_value("regions", list(regions), 'Regions of "US", the one boundary of Anthropic\'s own API')
