"""What can be called, as plain data: models, inference profiles, and what bears an ARN of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from tidegate.desk.region.place import ACCOUNT

Scope = Literal["on-demand", "cross-region", "global", "custom", "provisioned"]
"""What a quota is granted for: each of the first three has its own, per model and source Region.
https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-runtime.html"""

UNSPECIFIED: Final = ""
"""The Region that a global profile names beside its source: whichever of all commercial ones.
https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """A foundation model. Tokens of `context` hold prompt and answer."""

    id: str
    regions: tuple[str, ...]
    max_tokens: int = 4096
    """The longest answer, and what is reserved for it where a request sets no limit."""

    context: int = 200_000
    burndown: int = 1
    """What an answered token costs of the quota: 5 for Claude 3.7 and later.
    https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html"""

    inference_types: tuple[str, ...] = ("ON_DEMAND",)
    """Without ON_DEMAND it is called through a profile only."""

    answer_tokens: int = 24
    """How long its answers are where a request lets them be."""

    first_token_seconds: float = 0.0
    seconds_per_token: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A system-defined inference profile, such as `eu.anthropic.claude...`: source Region -> destination Regions.

    https://docs.aws.amazon.com/bedrock/latest/userguide/cross-region-inference.html
    """

    id: str
    model: str
    destinations: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """What is called by an ARN: an application profile, a custom model's deployment, provisioned throughput."""

    arn: str
    of: str
    """The id of the model, or of the system profile that an application profile copies."""

    @property
    def region(self) -> str:
        """Where it can be called."""
        return self.arn.split(":")[3]

    @property
    def kind(self) -> str:
        """What the ARN says that it is."""
        return self.arn.split(":", 5)[5].split("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a call reaches: the model, where it is processed, and on which quota."""

    model: Foundation
    destinations: tuple[str, ...]
    scope: Scope
    label: str
    """The dimension ModelId of its metrics. Assumed: what was called, of a model's or system profile's ARN the id."""

    quota: tuple[str, str, str]
    """(source Region, scope, model or ARN): calls with the same share a quota."""


def profile_arn(region: str, profile_id: str) -> str:
    """Return the ARN of a system-defined profile in a source Region."""
    return f"arn:aws:bedrock:{region}:{ACCOUNT}:inference-profile/{profile_id}"


def model_arn(region: str, model_id: str) -> str:
    """Return the ARN of a foundation model."""
    return f"arn:aws:bedrock:{region}::foundation-model/{model_id}"
