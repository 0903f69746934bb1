"""What the journal and Auto Scaling say of fleets, read for the commands."""

from collections.abc import Sequence

from tidegate.desk.operate.deployed import Deployed
from tidegate.desk.trouble import Refusal, choices
from tidegate.fleet.drilled import Drills
from tidegate.fleet.incident import Incident, from_item
from tidegate.journal import layout
from tidegate.journal.table import Journal
from tidegate.policy.profile import PROFILE_TAG


def incidents(journal: Journal, fleet: str, *, most: int) -> tuple[Incident, ...]:
    """Return all open incidents of a fleet and the newest of those that are over, newest first."""
    over = journal.latest(layout.fleet(fleet), layout.INCIDENTS, most=most)
    found = (*Drills(journal).open_incidents(fleet), *map(from_item, over))
    return tuple(sorted(found, key=lambda one: (one.noticed, one.instance), reverse=True))


def known(deployed: Deployed, fleet: str, *found: Sequence[object]) -> None:
    """Raise `Refusal` for a fleet that is no group with the tag, and of which nothing was `found` either."""
    if any(found):
        return
    names = deployed.groups().all_fleets().keys()
    if fleet not in names:
        raise Refusal(
            f"no Auto Scaling group {fleet} with the tag {PROFILE_TAG} in {deployed.ports.region}, and nothing in the"
            f" journal of stage {deployed.stage}: {choices(fleet, names)}"
        )
