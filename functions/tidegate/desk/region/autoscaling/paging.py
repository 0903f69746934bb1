"""Pages, as Auto Scaling's describing operations cut them: MaxRecords is 50 unless given, and 100 at most."""

from collections.abc import Sequence
from typing import Any, Final

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult

from tidegate.desk.region.amend import param

DEFAULT: Final = 50
MOST: Final = 100
NAMES: Final = 50
"""How many policies or scheduled actions a request may name."""


class InvalidNextToken(AutoscalingClientError):
    """A token that no page has given."""

    code = "InvalidNextToken"


def paged(response: AutoScalingResponse, key: str, items: Sequence[Any]) -> ActionResult:
    """Answer with one page of some items."""
    records, token = int(param(response, "MaxRecords") or DEFAULT), str(param(response, "NextToken") or 0)
    if not 1 <= records <= MOST:
        raise ValidationError(f"MaxRecords must be between 1 and {MOST}.")
    if not token.isdigit():
        raise InvalidNextToken("The token is not valid.")
    start = int(token)
    more = start + records < len(items)
    return ActionResult({key: items[start : start + records], "NextToken": str(start + records) if more else None})


def refuse_names(names: Sequence[str]) -> None:
    """Refuse more names than a request may have."""
    if len(names) > NAMES:
        raise ValidationError(f"The number of names that may be passed in is limited to {NAMES}.")
