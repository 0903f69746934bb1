"""Finds what an id or an ARN means in a Region, and refuses what means nothing there."""

from dataclasses import dataclass, field

from tidegate.desk.bedrock.refusal import invalid, missing
from tidegate.desk.bedrock.things import Alias, Foundation, Profile, Scope, Target, profile_arn


@dataclass(slots=True)
class Catalog:
    """All there is, in every Region."""

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
