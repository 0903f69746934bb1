"""How a request that botocore has built is sent to another model, or to another Region: its address, and its signature.

Only what the events hand over is touched, as botocore's own redirection of S3 does it (botocore/utils.py,
S3RegionRedirectorv2).
"""

from functools import cache
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

from tidegate.policy.document import Candidate

_PRIVATE: Final = "vpce"
"""Part of the name of an interface endpoint, which leads to one Region alone.
https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html"""


def aim(request: dict[str, Any], route: Candidate, was: str) -> None:
    """Send a request, which goes to the Region `was` until now, to a route."""
    before = request["url_path"]
    base = request["url"].removesuffix(before)
    path = f"/model/{_quoted(route.id)}/{before.rpartition('/')[2]}"
    if route.region != was:
        base = _in(route.region, base, was)
        request["context"].setdefault("signing", {})["region"] = route.region
    request["url_path"], request["url"] = path, base + path


@cache
def _quoted(model: str) -> str:
    return quote(model, safe="")


def _in(region: str, base: str, was: str) -> str:
    # An endpoint of one's own that names no Region, such as a proxy, stays as it is: the signature says where to.
    parts = urlsplit(base)
    host = ".".join(region if one == was else one for one in parts.netloc.split("."))
    return urlunsplit(parts._replace(netloc=host))


def private(endpoint: str) -> bool:
    """Return whether an endpoint is a private one: a client of it can't call another Region."""
    return _PRIVATE in (urlsplit(endpoint).hostname or "").split(".")
