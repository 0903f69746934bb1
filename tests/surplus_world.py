"""A group whose dying machines serve on: Auto Scaling, the journal and the deliveries of notices, as far as they count.

Both paths are the product's own. They may die around the one call that each makes, and a call may fail though it was
carried out; what is in the journal then is what had been written by then.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from tests.fakes import ACT, NOW, FakeWakes, instance
from tests.fleet_fakes import FakeFleetJournal, FakeFleets, fleet_world
from tidegate.fleet.ends import Close
from tidegate.fleet.group import Group, Machine
from tidegate.fleet.incident import RELEASED, out
from tidegate.fleet.losses import opened
from tidegate.fleet.memory import memory_values, read_memory
from tidegate.fleet.notice import How, LossKey, Notice
from tidegate.fleet.notice_path import World, tend
from tidegate.fleet.plan import Plan
from tidegate.fleet.ports import Refused
from tidegate.fleet.reconcile import reconcile
from tidegate.fleet.records import Recalled, Record, Wake
from tidegate.fleet.sighting import Sighting
from tidegate.fleet.surplus import Surplus
from tidegate.journal.decision import Decision
from tidegate.policy.profile import Profile
from tidegate.policy.size import Size

type Trouble = Literal["", "died before it", "died after it", "failed, and done", "failed"]
"""What becomes of the one call that a path makes: the size that is set, or the release."""

BOOT_SECONDS: Final = 45
NOTICED_SECONDS: Final = 30
"""How long after a machine's end its group sees that it is gone."""

PROFILES: Final = {"default": Profile(drain_seconds=60, size=Size(mode="leave"))}


class Died(BaseException):
    """The function was killed: nothing catches that."""


class Shrinking(FakeFleets):
    """Auto Scaling, with what becomes of the next call that changes something."""

    trouble: Trouble = ""

    def resize(self, group: str, desired: int) -> None:
        self._call_for(lambda: FakeFleets.resize(self, group, desired))

    def terminate(self, group: str, instances: Sequence[str], *, shrink: bool) -> None:
        there = self.groups[group]
        if shrink and there.desired - sum(there.machines[one].weight for one in instances) < there.min_size:
            raise Refused("the desired capacity would fall below the minimum")
        self._call_for(lambda: FakeFleets.terminate(self, group, instances, shrink=shrink))

    def _call_for(self, act: Callable[[], None]) -> None:
        trouble, self.trouble = self.trouble, ""
        if trouble == "died before it":
            raise Died
        if trouble != "failed":
            act()
        if trouble == "died after it":
            raise Died
        if trouble:
            raise TimeoutError("no answer")


class Kept(FakeFleetJournal):
    """The journal of both paths, through the text that the table keeps."""

    counted: set[LossKey]
    between: Callable[[], None] | None = None
    """What happens while a look has decided, and not acted yet."""

    def intend(self, fleet: str, recalled: Recalled, decision: Decision, plan: Plan) -> Recalled:
        if between := self.between:
            self.between = None
            between()
        return self._written(recalled, plan.intended(recalled.memory))

    def conclude(self, fleet: str, record: Record) -> Sequence[Close]:
        closed = [one for one in record.plan.actions if isinstance(one, Close)]
        over = {one.incident.key for one in closed}
        left = (one for one in self.recalled.incidents if one.key not in over)
        gone = record.released
        told = tuple(out(one, gone[one.key], record.decision.at) if one.key in gone else one for one in left)
        self.recalled = replace(self.recalled, observed=record.decision.at, incidents=told)
        self._written(record.recalled, record.plan.memory)
        return closed

    def _written(self, recalled: Recalled, memory: object) -> Recalled:
        values = memory_values(memory, fleet="fleet/chat")  # pyright: ignore[reportArgumentType]
        self.recalled = replace(self.recalled, version=self.recalled.version + 1, memory=read_memory(values))
        return replace(recalled, version=recalled.version + 1, memory=self.recalled.memory)

    def seen(self, sightings: Iterable[Sighting], decisions: Iterable[Decision], *, at: float) -> None:
        losses = [opened(one, at) for one in sightings if one.kind == "loss"]
        new = [one for one in losses if one.key not in self.counted]
        self.counted |= {one.key for one in new}
        self.recalled = replace(self.recalled, incidents=(*self.recalled.incidents, *new))

    def released(self, ways: Mapping[LossKey, tuple[str, How | None]], *, at: float) -> None:
        there = self.recalled.incidents
        self.recalled = replace(
            self.recalled,
            incidents=tuple(
                out(one, ways[one.key][1], at) if one.key in ways and one.stage < RELEASED else one for one in there
            ),
        )

    def known(self, keys: Collection[LossKey]) -> Mapping[LossKey, str]:
        return dict.fromkeys(self.counted & set(keys), "chat")

    def drill_target(self, nonce: str, *, now: float) -> str | None:
        return None

    def surpluses(self, fleets: Collection[str]) -> Mapping[str, Surplus]:
        return {"chat": self.recalled.memory.surplus}


@dataclass
class Fleet:
    """The group `chat` from second to second, with what happens to it."""

    size: int
    room: int = 10
    weight: int = 1
    spare: int = 0
    """Units between the size that is wanted at first and the minimum."""

    now: float = NOW
    wanted: int = 0
    """The size that the group is to have once all is over."""

    lowest: int = 0
    """The smallest that the desired capacity was beside the wanted one."""

    warned: dict[str, Notice] = field(default_factory=dict[str, Notice])
    copies: list[tuple[float, Notice]] = field(default_factory=list[tuple[float, Notice]])
    born: dict[str, float] = field(default_factory=dict[str, float])
    releases: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.wanted = self.size * self.weight
        group = Group(
            "chat",
            "default",
            {},
            desired=self.wanted,
            min_size=max(0, self.wanted - self.spare),
            max_size=self.wanted + self.room,
            balanced=True,
        )
        self.groups, self.book = Shrinking({"chat": group}), Kept()
        self.book.counted = set()
        self._launch(boot=0)
        self.look()

    @property
    def group(self) -> Group:
        return self.groups.groups["chat"]

    def warn(self, number: int, *, delivered: bool = True) -> None:
        """Let the notice of one of the machines in service come; it is delivered at once, or with the next delivery."""
        free = sorted(one.id for one in self.group.machines.values() if one.in_service and one.id not in self.warned)
        if free:
            machine = free[number % len(free)]
            self.warned[machine] = Notice(f"event-{machine}", machine, "terminate", self.now)
            self.copies.append((self.now, self.warned[machine]))
            if delivered:
                self.deliver()

    def die(self, number: int) -> None:
        """Let one of the machines with a notice end before its time, and its group see it at once."""
        there = [one for one in self.warned if one in self.group.machines]
        if there:
            self._gone(there[number % len(there)])

    def set_size(self, number: int) -> None:
        """Let somebody else set the size, to one that Tidegate's own acts don't lead to."""
        surplus = self.book.recalled.memory.surplus
        sizes = range(max(1, self.group.min_size), self.group.max_size + 1)
        taken = range(surplus.net, surplus.net + sum(surplus.granted.values()) + 1) if surplus.granted else ()
        if free := [one for one in sizes if one not in taken]:
            self.wanted = free[number % len(free)]
            self._change(desired=self.wanted)
            self._scale()

    def raise_minimum(self) -> None:
        """Let somebody forbid the group to be any smaller than it is."""
        self.wanted = self.group.desired
        self._change(min_size=self.wanted)

    def deliver(self, trouble: Trouble = "") -> None:
        """Deliver the notices that are due; a delivery that dies, or isn't done, is repeated."""
        due = [one for at, one in self.copies if at <= self.now]
        self.copies = [(at, one) for at, one in self.copies if at > self.now]
        if not due:
            return
        world = World(self.groups, self.book, self.book, FakeWakes(), PROFILES, ACT, lambda: None)
        self.groups.trouble = trouble
        again = self.now + 15
        try:
            tended = tend(due, world, self.now)
        except Died:
            self.copies += [(again, one) for one in due]
        else:
            assert all("no answer" in one.why or "refused" in one.why for one in tended.troubles.values()), (
                tended.troubles
            )
            until = {one.notice: one.until for one in tended.verdicts if one.until is not None}
            self.copies += [(at, one) for one, at in until.items()]
            self.copies += [(again, one) for one in tended.troubles]
        self.groups.trouble = ""
        self._seen()

    def look(self, trouble: Trouble = "", *, raced: bool = False) -> None:
        """Look at the fleet; `raced`: notices are delivered between what is decided and what is done."""
        self.groups.trouble = trouble
        self.book.between = self.deliver if raced else None
        world = fleet_world(self.groups, self.book, profile=PROFILES["default"])
        with suppress(Died):
            done = reconcile("chat", Wake("event", self.now), world, self.now)
            assert trouble or raced or not done.failed, done.reason
        self.groups.trouble, self.book.between = "", None
        self._seen()

    def wait(self, seconds: int, *, delivering: bool = True) -> None:
        """Let time pass."""
        for _ in range(seconds // 5):
            self.now += 5
            machines = dict(self.group.machines)
            for one, since in self.born.items():
                if one in machines and machines[one].coming and self.now - since >= BOOT_SECONDS:
                    machines[one] = replace(machines[one], state="InService")
            self._change(machines=machines)
            for one, notice in self.warned.items():
                if one in machines and self.now >= notice.deadline + NOTICED_SECONDS:
                    self._gone(one)
            if delivering:
                self.deliver()
            self._seen()

    def rest(self) -> None:
        """Let all be over: notices are delivered, and the fleet is looked at every minute."""
        for _ in range(20):
            self.wait(60)
            self.look()

    def _seen(self) -> None:
        self._scale()
        self.lowest = min(self.lowest, self.group.desired - self.wanted)
        assert len(self.groups.released) == len({one for one, _ in self.groups.released}), "released twice"

    def _scale(self) -> None:
        self._launch(boot=BOOT_SECONDS)
        there = [one for one in self.group.machines.values() if not one.leaving]
        more = sum(one.weight for one in there) - self.group.desired
        # The default termination policy prefers none of these: the oldest, dying or not.
        for one in sorted(there, key=lambda one: (self.born[one.id], one.id)):
            if more >= self.weight:
                self._gone(one.id, launch=False)
                more -= self.weight

    def _launch(self, *, boot: int) -> None:
        machines = dict(self.group.machines)
        there = sum(one.weight for one in machines.values() if not one.leaving)
        while there < self.group.desired:
            new = instance(len(self.born))
            self.born[new] = self.now
            state = "Pending" if boot else "InService"
            machines[new] = Machine(new, "g5.xlarge", "us-east-1a", state, self.weight)
            there += self.weight
        self._change(machines=machines)

    def _gone(self, machine: str, *, launch: bool = True) -> None:
        self._change(machines={name: one for name, one in self.group.machines.items() if name != machine})
        if launch:
            self._scale()

    def _change(self, **fields: object) -> None:
        self.groups.groups["chat"] = replace(self.group, **fields)  # pyright: ignore[reportArgumentType]
