"""How a request that botocore has built is sent to another model, or to another Region: its address, and its signature.

Only what the events hand over is touched, as botocore's own redirection of S3 does it (botocore/utils.py,
S3RegionRedirectorv2).
"""

from functools import cache
from ipaddress import ip_address
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
    # An endpoint that names no Region, such as that of a local cloud, stays as it is: the signature says where to.
    parts = urlsplit(base)
    host = ".".join(region if one == was else one for one in parts.netloc.split("."))
    return urlunsplit(parts._replace(netloc=host))


def bound(endpoint: str, region: str) -> bool:
    """Return whether a client of an endpoint calls its own Region alone.

    So it is at a private endpoint, and at any other that doesn't name the Region: what is behind it can't be seen, and
    a request signed for another Region may end up in the wrong one. On this machine local clouds serve all Regions.
    """
    host = urlsplit(endpoint).hostname or ""
    names = host.split(".")
    return _PRIVATE in names or not (region in names or _here(host))


def _here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.rpartition(".")[2] == "localhost"
