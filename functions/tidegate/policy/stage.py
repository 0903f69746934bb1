"""One installation of Tidegate: what a `[stage.NAME]` table may say."""

import re
from dataclasses import dataclass
from typing import Final

from tidegate.policy.checks import is_whole, matches
from tidegate.policy.errors import wrong_value

_ACCOUNT: Final = re.compile(r"\d{12}")
_REGION: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_LONGEST_JOURNAL_DAYS: Final = 3653


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a stage is deployed, and how long it remembers. Its mode is no setting: that lives in SSM only.

    Raises:
        PolicyError: a value outside of what its field allows.
    """

    account: str | None = None
    """Twelve digits; without it the account of the credentials that deploy."""

    region: str | None = None
    """A Region's code, such as `eu-central-1`; without it the Region of the profile that deploys."""

    journal_days: int = 90
    """Days that incidents, losses and decisions are kept, 1 to 3653."""

    def __post_init__(self) -> None:
        if self.account is not None and not matches(_ACCOUNT, self.account):
            raise wrong_value("account", self.account, 'twelve digits in quotes, such as "123456789012"')
        if self.region is not None and not matches(_REGION, self.region):
            raise wrong_value("region", self.region, 'the code of a Region, such as "eu-central-1"')
        if not is_whole(self.journal_days) or not 1 <= self.journal_days <= _LONGEST_JOURNAL_DAYS:
            raise wrong_value("journal_days", self.journal_days, f"a whole number from 1 to {_LONGEST_JOURNAL_DAYS}")
