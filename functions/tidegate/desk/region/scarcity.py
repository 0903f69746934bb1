"""What a drill or a test lets AWS run out of: launches fail, in all pools or in some, until there is capacity again."""

from collections.abc import Collection

from tidegate.desk.refusals import TEXTS, Cause
from tidegate.desk.region.autoscaling import droughts
from tidegate.desk.region.autoscaling.droughts import Drought
from tidegate.desk.region.autoscaling.group import found
from tidegate.desk.region.autoscaling.placement import Market, Place
from tidegate.desk.region.fleet import Fleet
from tidegate.desk.region.happenings import Happenings


class Scarcity(Happenings):
    """The part of `Region` by which there is less to launch than groups ask for."""

    def launches_fail(self, group: str, message: str, *, until: float | None = None) -> None:
        """Let a group's launches fail from now until a moment of the Region (seconds), or until they succeed again.

        A message that begins with "Could not launch Spot Instances." or "Could not launch On-Demand Instances." is
        about that purchase option alone, as it is in an account.
        """
        self.launches_succeed(group)
        droughts.declared(self.backend).append(droughts.told(group, message, until))

    def launches_succeed(self, group: str) -> None:
        """Let a group's launches succeed again: the next attempt does, whenever Auto Scaling makes it.

        What the whole Region lacks, it lacks still.
        """
        name = found(self.backend, group).name
        droughts.keep(self.backend, [each for each in droughts.declared(self.backend) if each.group != name])

    def dry_up(
        self,
        fleet: Fleet | str | None = None,
        *,
        market: Market = "spot",
        cause: Cause = "capacity",
        zones: Collection[str] | None = None,
        types: Collection[str] | None = None,
        until: float | None = None,
        message: str | None = None,
        interrupt: bool = False,
    ) -> Drought:
        """Let pools of a purchase option run dry, or its quota be used up, until a moment of the Region (seconds).

        Without a fleet, zones or types it is all of them. Launches fail there with `message`, or with Auto Scaling's
        own text for that cause, unless another pool of their group has a machine to give. With `interrupt` the spot
        machines in service there are taken back as well: they are warned now and end two minutes later.
        """
        drought = Drought(
            message=TEXTS[market, cause] if message is None else message,
            market=market,
            group=fleet.name if isinstance(fleet, Fleet) else fleet,
            zones=None if zones is None else frozenset(zones),
            types=None if types is None else frozenset(types),
            until=float("inf") if until is None else until,
        )
        droughts.declared(self.backend).append(drought)
        text = f"{market} {cause} is used up{drought.where}"
        self.world.record("aws", "drought", text, market=market, cause=cause, group=drought.group)
        if interrupt:
            self._take_back(drought)
        return drought

    def recover(self, drought: Drought | None = None) -> None:
        """Let a drought be over, or all of them: the next attempts succeed, whenever Auto Scaling makes them."""
        there = list(droughts.declared(self.backend))
        droughts.keep(self.backend, [each for each in there if drought and each is not drought])
        for each in [drought] if drought else there:
            text = f"{each.market or 'any'} capacity is back{each.where}"
            self.world.record("aws", "recovery", text, market=each.market, group=each.group)

    def _take_back(self, drought: Drought) -> None:
        """Interrupt what stands in pools that have run dry."""
        for fleet in self.fleets.values():
            for each in fleet.spot_machines():
                if drought.covers(fleet.name, Place(each.zone, None, each.market, each.type)):
                    self.interrupt(each)
