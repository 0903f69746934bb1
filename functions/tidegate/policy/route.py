"""One way to a model: what a `[[model.NAME.route]]` table may say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from tidegate.policy.checks import is_number, is_whole, matches
from tidegate.policy.errors import PolicyError, wrong_value
from tidegate.policy.kind import Kind, check_way
from tidegate.policy.residency import PLACES, places

Latency = Literal["batch", "interactive", "realtime"]

LATENCIES: Final[tuple[Latency, ...]] = get_args(Latency)
"""From the slowest to the fastest."""

LOCAL: Final = "local"
"""The stage of a single machine: it has no stack, and its routes come straight from `tidegate.toml`."""

NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")
_SECRET: Final = re.compile(r"(secretsmanager|ssm):[\w/+=.@-]{1,512}")
_QUOTA: Final = re.compile(r"L-[0-9A-F]{8}")
_URL: Final = re.compile(r"https?://[^\s/@]+(/[^\s@]*)?")
_OPEN: Final = re.compile(r"http://(?!127\.0\.0\.1[:/]|localhost[:/])")
_ID: Final = re.compile(r"[\w.:/@-]{1,256}")
_PRICES: Final = ("input", "output")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way to a model. Prices in USD per million tokens.

    Raises:
        PolicyError: a value outside of what its field allows, or fields that contradict each other.
    """

    name: str
    """How the route is called in documents, metrics and reasons; no two of a model have the same."""

    kind: Kind
    id: str
    """Model id, ARN of a deployment, a profile or a provisioned model, or the provider's own name of the model."""

    region: str | None = None
    """The Region that Bedrock is called in; without it the stage's own. Other kinds have none."""

    regions: tuple[str, ...] = ()
    """Regions in which data is processed. Of `bedrock` and `bedrock-provisioned` that is `region`; of a profile Bedrock
    tells it, and what is said here may only narrow that to an error. Of every other kind it has to be said: where it
    isn't, the route lies outside of every boundary."""

    latency: Latency = "interactive"
    """How fast it answers: a model that is used more urgently doesn't take this route."""

    max_context: int | None = None
    """Tokens of prompt and answer that it takes; longer requests go past it."""

    usd_per_million: Mapping[str, float] = field(default_factory=dict[str, float])
    """Prices of `input` and `output` tokens."""

    endpoint: str = ""
    """Address of an API that speaks as OpenAI's does, up to and with its version."""

    secret: str = ""
    """Where the key of a provider lies: `secretsmanager:NAME` or `ssm:NAME`; never the key."""

    stages: tuple[str, ...] = ()
    """Stages that have the route; none: all that are deployed, and `local` only where it is named."""

    quota_code: str = ""
    """Code of the quota that throttles it, for the command that asks for more, such as `L-254CACF4`."""

    family: str = ""
    """Whose request bodies it takes in InvokeModel, such as `anthropic`; without it the first part of the model id."""

    def __post_init__(self) -> None:
        self._check_words()
        if self.secret and _OPEN.match(self.endpoint):
            raise PolicyError("endpoint: a key goes over https only; name an https address, or leave the secret out")
        self._check_numbers()
        check_way(
            kind=self.kind,
            model_id=self.id,
            region=self.region,
            regions=self.regions,
            extras={"endpoint": self.endpoint, "secret": self.secret, "quota_code": self.quota_code},
        )

    def _check_words(self) -> None:
        if not matches(NAME, self.name):
            raise wrong_value("name", self.name, "lower-case letters, digits and hyphens, 32 at most")
        if self.kind not in get_args(Kind):
            raise wrong_value("kind", self.kind, get_args(Kind))
        if not matches(_ID, self.id):
            raise wrong_value("id", self.id, "the id or ARN of a model")
        if self.latency not in LATENCIES:
            raise wrong_value("latency", self.latency, LATENCIES)
        if self.secret and not matches(_SECRET, self.secret):
            # What stands there may be the key itself: an error is the last place to repeat it.
            raise PolicyError("secret: allowed is where the key lies, secretsmanager:NAME or ssm:NAME, never the key")
        for key, pattern, allowed in (
            ("endpoint", _URL, 'an address, such as "http://127.0.0.1:11434/v1"'),
            ("quota_code", _QUOTA, 'a code that Service Quotas shows, such as "L-254CACF4"'),
            ("family", NAME, 'a name, such as "anthropic"'),
        ):
            said = getattr(self, key)
            if said != "" and not matches(pattern, said):
                raise wrong_value(key, said, allowed)

    def _check_numbers(self) -> None:
        if self.max_context is not None and not (is_whole(self.max_context) and self.max_context > 0):
            raise wrong_value("max_context", self.max_context, "a whole number of tokens above 0")
        prices = self.usd_per_million
        if not isinstance(prices, Mapping) or not all(  # pyright: ignore[reportUnnecessaryIsInstance]: TOML may say anything
            one in _PRICES and is_number(price) and price >= 0 for one, price in prices.items()
        ):
            raise wrong_value("usd_per_million", prices, "{ input = 0.25, output = 1.25 }, numbers of 0 or more")

    @property
    def way(self) -> str:
        """What tells it from another route that has had its name."""
        return f"{self.kind} {self.id} {self.region or ''} {self.endpoint}".strip()

    @property
    def metric_ids(self) -> tuple[str, ...]:
        """The values of ModelId under which CloudWatch may count it: AWS doesn't say which, where an ARN names it."""
        return (self.id, self.id.rpartition("/")[2]) if self.id.startswith("arn:") else (self.id,)

    def at(self, stage: str) -> bool:
        """Return whether a stage has this route."""
        return stage in self.stages if self.stages or stage == LOCAL else True


def regions_of(said: object) -> tuple[str, ...]:
    """Return where a route processes, as its table says it: Regions, or the name of a set. Raises PolicyError."""
    found = places(said)
    if found is None:
        raise wrong_value("regions", said, PLACES)
    return found
