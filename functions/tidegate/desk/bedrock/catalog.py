"""What there is to be called in an account's Regions: models, profiles, deployments, provisioned throughput."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from tidegate.desk.bedrock.refusal import invalid, missing

Scope = Literal["on-demand", "cross-region", "global", "custom", "provisioned"]
"""What a quota is granted for: each of the first three has its own, per model and source Region.
https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-runtime.html"""

UNSPECIFIED: Final = ""
"""The Region that a global profile names beside its source: whichever of all commercial ones.
https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html"""

_ACCOUNT: Final = "123456789012"
_BURNDOWN: Final = 5


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


@dataclass(slots=True)
class Catalog:
    """Finds what an id or ARN means in a Region."""

    models: dict[str, Foundation] = field(default_factory=dict[str, Foundation])
    profiles: dict[str, Profile] = field(default_factory=dict[str, Profile])
    aliases: dict[str, Alias] = field(default_factory=dict[str, Alias])

    def add(self, *things: Foundation | Profile | Alias) -> None:
        """Let them exist from now on."""
        for each in things:
            match each:
                case Foundation():
                    self.models[each.id] = each
                case Profile():
                    self.profiles[each.id] = each
                case Alias():
                    self.aliases[each.arn] = each

    def target(self, region: str, model_id: str) -> Target:
        """Return what a call in a Region reaches. Raises `Refused`, in words that applications quote in issues."""
        if alias := self.aliases.get(model_id):
            return self._alias(region, alias)
        name = _named(region, model_id)
        if profile := self.profiles.get(name):
            return self._profile(region, profile)
        model = self.models.get(name)
        if model is None or region not in model.regions:
            raise invalid("The provided model identifier is invalid.")
        if "ON_DEMAND" not in model.inference_types:
            # github.com/anthropics/claude-code/issues/1466
            raise invalid(
                f"Invocation of model ID {name} with on-demand throughput isn’t supported. Retry your request with the "  # noqa: RUF001 - as AWS writes it
                "ID or ARN of an inference profile that contains this model."
            )
        return Target(
            model=model, destinations=(region,), scope="on-demand", label=name, quota=(region, "on-demand", name)
        )

    def destinations(self, region: str, profile_id: str) -> tuple[str, str, tuple[str, ...]]:
        """Return (ARN, model, destination Regions) of a profile as GetInferenceProfile tells it. Raises `Refused`."""
        alias = self.aliases.get(profile_id)
        if alias is not None and alias.kind == "application-inference-profile" and alias.region == region:
            if alias.of in self.profiles:
                _, model, places = self.destinations(region, alias.of)
                return alias.arn, model, places
            return alias.arn, alias.of, (region,)
        profile = self.profiles.get(_named(region, profile_id))
        if profile is None or region not in profile.destinations:
            raise missing("The requested inference profile could not be found.")
        return profile_arn(region, profile.id), profile.model, profile.destinations[region]

    def _profile(self, region: str, profile: Profile, label: str = "") -> Target:
        if region not in profile.destinations:
            raise invalid("The provided model identifier is invalid.")
        scope: Scope = "global" if profile.id.startswith("global.") else "cross-region"
        return Target(
            model=self.models[profile.model],
            destinations=profile.destinations[region],
            scope=scope,
            label=label or profile.id,
            quota=(region, scope, profile.model),
        )

    def _alias(self, region: str, alias: Alias) -> Target:
        if alias.region != region:
            raise invalid("The provided model identifier is invalid.")
        if alias.of in self.profiles:
            return self._profile(region, self.profiles[alias.of], alias.arn)
        model = self.models[alias.of]
        if alias.kind == "application-inference-profile":
            quota = (region, "on-demand", model.id)
            return Target(model=model, destinations=(region,), scope="on-demand", label=alias.arn, quota=quota)
        scope: Scope = "provisioned" if alias.kind == "provisioned-model" else "custom"
        return Target(
            model=model, destinations=(region,), scope=scope, label=alias.arn, quota=(region, scope, alias.arn)
        )


def _named(region: str, said: str) -> str:
    """Return the id in the ARN of a model or system profile of this Region; any other text as it is."""
    parts = said.split(":", 5)
    ours = (
        said.startswith("arn:")
        and parts[3] == region
        and parts[5].split("/")[0] in ("foundation-model", "inference-profile")
    )
    if said.startswith("arn:") and not ours:
        raise missing("Could not resolve the model from the provided model identifier.")
    return parts[5].split("/", 1)[1] if ours else said


def profile_arn(region: str, profile_id: str) -> str:
    """Return the ARN of a system-defined profile in a source Region."""
    return f"arn:aws:bedrock:{region}:{_ACCOUNT}:inference-profile/{profile_id}"


def model_arn(region: str, model_id: str) -> str:
    """Return the ARN of a foundation model."""
    return f"arn:aws:bedrock:{region}::foundation-model/{model_id}"


CLAUDE: Final = "anthropic.claude-sonnet-4-5-20250929-v1:0"
NOVA: Final = "amazon.nova-lite-v1:0"
LLAMA: Final = "meta.llama3-1-70b-instruct-v1:0"
EU: Final = ("eu-central-1", "eu-west-1", "eu-west-3", "eu-north-1")
US: Final = ("us-east-1", "us-east-2", "us-west-2")


def usual() -> Iterable[Foundation | Profile]:
    """Return models as they exist, in a few Regions, with profiles over them; which Regions they are in is assumed."""
    places = (*EU, *US)
    yield Foundation(id=CLAUDE, regions=places, max_tokens=64_000, burndown=_BURNDOWN)
    yield Foundation(id=NOVA, regions=places, max_tokens=5_000, context=300_000)
    yield Foundation(id=LLAMA, regions=US, max_tokens=8_192, context=128_000)
    for model in (CLAUDE, NOVA):
        yield Profile(id=f"eu.{model}", model=model, destinations=dict.fromkeys(EU, EU))
        yield Profile(id=f"us.{model}", model=model, destinations=dict.fromkeys(US, US))
        yield Profile(id=f"global.{model}", model=model, destinations={one: (one, UNSPECIFIED) for one in places})
