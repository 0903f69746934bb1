"""What a person may do to the fake Bedrock of a local cloud: grant quotas, let routes fail, read who called what."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from tidegate.desk.bedrock import trouble
from tidegate.desk.bedrock.fake import FakeBedrock
from tidegate.desk.bedrock.quota import Quota
from tidegate.desk.bedrock.refusal import Refused
from tidegate.desk.bedrock.trouble import Trouble

TROUBLES: Final[Mapping[str, Trouble]] = {
    "requests": trouble.TOO_MANY_REQUESTS,
    "tokens": trouble.TOO_MANY_TOKENS,
    "daily": trouble.TOO_MANY_PER_DAY,
    "not-ready": trouble.NOT_READY,
    "unavailable": trouble.UNAVAILABLE,
    "denied": trouble.DENIED,
    "missing": trouble.MISSING,
    "cut": trouble.CUT,
}
"""What a route can be made to answer, by short names."""


def grant(fake: FakeBedrock, region: str, model: str, quota: Mapping[str, int]) -> None:
    """Grant a quota, by the fields of `Quota`. Raises ValueError."""
    try:
        fake.limit(region, model, Quota(**quota))
    except (Refused, TypeError) as error:
        raise ValueError(str(error)) from None


def trouble_route(fake: FakeBedrock, name: str, *, region: str, model: str, seconds: float) -> None:
    """Let a route fail from now on, for some seconds; for 0 of them it is forgiven. Raises ValueError."""
    if not seconds:
        fake.forgive()
        return
    if name not in TROUBLES:
        raise ValueError(f"trouble = {name}: allowed is one of {', '.join(TROUBLES)}")
    fake.script(TROUBLES[name], region=region, model=model, seconds=seconds)


def calls(fake: FakeBedrock) -> list[dict[str, Any]]:
    """Return the calls of inference, in order."""
    return [asdict(one) for one in fake.called()]
