"""The models and profiles that a fake has if nobody asks for others."""

from collections.abc import Iterable
from typing import Final

from tidegate.desk.bedrock.things import UNSPECIFIED, Foundation, Profile

CLAUDE: Final = "anthropic.claude-sonnet-4-5-20250929-v1:0"
NOVA: Final = "amazon.nova-lite-v1:0"
LLAMA: Final = "meta.llama3-1-70b-instruct-v1:0"
EU: Final = ("eu-central-1", "eu-west-1", "eu-west-3", "eu-north-1")
US: Final = ("us-east-1", "us-east-2", "us-west-2")

_BURNDOWN: Final = 5


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
