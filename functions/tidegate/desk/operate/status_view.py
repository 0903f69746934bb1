"""`tidegate status`: mode, switch, fleets, models, open incidents, the drill under way, dead letters and alarms.

For machines, one JSON object:

- `version` (1), `stage`, `region`, `stack`, `account`, `mode` (observe, act), `kill_switch` (on, off), `may_release`
- `misread`: a sentence for each of the two that is misspelt, and so taken as the careful one
- `last_sweep`: the minute of the last sweep, null if there was none
- `fleets`: `name`, `profile`, `desired`, `min_size`, `max_size`, `in_service`, `states` (lifecycle state -> machines),
  `base` (on-demand base; null without a mixed instances policy, or unread), `owner_base`, `stands_in` (whether Tidegate
  raised the base for spot that can't be had), `base_set` (when, null if it didn't), `advice` (sentences)
- `models`: as `models_view.py` says, without their decisions; null if they can't be read
- `incidents`: those that are open, as `told.py` says
- `drill`: the one under way (`nonce`, `fleet`, `instance`, `model`, `route`, `started`, `expires`), or null
- `dead_letters`: name of each queue -> messages in it, or null if they can't be read
- `alarms`: `name`, `state` (OK, ALARM, INSUFFICIENT_DATA), `description`, or null if they can't be read
- `unread`: why what is null can't be read
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from tidegate.desk.operate import mixes, models_view
from tidegate.desk.operate.deployed import Deployed
from tidegate.desk.operate.layout import below, grid, head
from tidegate.desk.operate.opened import Answer
from tidegate.desk.operate.status import Status, read
from tidegate.desk.operate.times import Times, utc
from tidegate.desk.operate.told import incident_data, progress
from tidegate.fleet.group import Group
from tidegate.fleet.sweep import deviation

LATE_SECONDS: Final = 180
"""A sweep comes every minute; after three, something keeps it."""


def answer(deployed: Deployed) -> Answer:
    """Return how a stage is."""
    found = read(deployed)
    return data(deployed, found), told(deployed, found, Times(deployed.ports.now()))


def data(deployed: Deployed, status: Status) -> dict[str, Any]:
    """Return the status for machines."""
    live = status.drill
    return {
        "version": 1,
        "stage": deployed.stage,
        "region": deployed.ports.region,
        "stack": deployed.stack.name,
        "account": deployed.stack.account,
        "mode": "act" if status.mode.act else "observe",
        "kill_switch": "on" if status.mode.stopped else "off",
        "may_release": status.mode.may_release,
        "misread": list(status.misread),
        "last_sweep": utc(status.swept),
        "fleets": [_fleet_data(one, status) for _, one in sorted(status.fleets.items())],
        "models": None if status.models is None else [models_view.model_data(one) for one in status.models],
        "incidents": [incident_data(one) for one in status.incidents],
        "drill": live
        and {
            "nonce": live.nonce,
            "fleet": live.group,
            "instance": live.instance,
            "model": live.model,
            "route": live.route,
            "started": utc(live.started),
            "expires": utc(live.expires),
        },
        "dead_letters": None if status.dead_letters is None else dict(status.dead_letters),
        "alarms": None if status.alarms is None else [asdict(one) for one in status.alarms],
        "unread": list(status.unread),
    }


def _fleet_data(group: Group, status: Status) -> dict[str, object]:
    sizes = {
        "desired": group.desired,
        "min_size": group.min_size,
        "max_size": group.max_size,
        "in_service": group.in_service,
        "states": group.states,
    }
    mix = mixes.data((status.mixes or {}).get(group.name))
    return {"name": group.name, "profile": group.profile, **sizes, **mix}


def told(deployed: Deployed, status: Status, times: Times) -> Iterator[RenderableType]:
    """Return the status for people."""
    account = f", account {deployed.stack.account}" if deployed.stack.account else ""
    yield head(f"stage {deployed.stage}", f"{deployed.where}{account}; {times.at(times.now)}, {times.legend}")
    yield grid(_governed(deployed, status, times))
    yield Text()
    yield from _fleets(status, times)
    yield Text()
    if status.models:
        yield head("models", f"more of each: {deployed.hint('models')}")
        yield models_view.short(status.models, times)
        yield Text()
    yield from _incidents(status, times)
    if alarms := [one for one in status.alarms or () if one.state == "ALARM"]:
        yield Text()
        yield head("alarms that are raised")
        for one in alarms:
            yield Text(f"  {one.name}", "bold red")
            yield below(one.description or "it says nothing of itself")


def _governed(
    deployed: Deployed, status: Status, times: Times
) -> Iterator[tuple[RenderableType | str, RenderableType | str]]:
    mode = status.mode
    means = "releases machines" if mode.act else f"decides and records, changes nothing; `{deployed.hint('act')}`"
    yield "mode", Text.assemble(("act" if mode.act else "observe", "bold"), f": {means}")
    on = f": nothing new begins; `{deployed.hint('resume')}`"
    yield "kill switch", Text.assemble(("on", "bold red"), on) if mode.stopped else Text("off")
    for sentence in status.misread:
        yield "", Text(sentence, "yellow")
    yield "last sweep", _swept(status.swept, times)
    if live := status.drill:
        until = times.at(live.expires)
        does = "throttles" if live.model else "takes"
        about = f"{live.nonce} {does} {live.what} of {live.model or live.group}"
        yield "drill", f"{about} since {times.at(live.started)}, to {until}"
    else:
        yield "drill", "none under way"
    yield "dead letters", _dead_letters(status)
    yield "alarms", _alarms(status)
    for why in status.unread:
        yield "", Text(f"not read: {why}", "yellow")


def _swept(swept: float | None, times: Times) -> Text:
    if swept is None:
        return Text("none yet: it comes every minute", "yellow")
    late = times.now - swept > LATE_SECONDS
    return Text(f"{times.ago(swept)}{': it should come every minute' if late else ''}", "bold red" if late else "")


def _dead_letters(status: Status) -> Text:
    if status.dead_letters is None:
        return Text("unknown")
    held = [f"{number} in {name}" for name, number in status.dead_letters.items() if number]
    return Text("; ".join(held), "bold red") if held else Text(f"none in {len(status.dead_letters)} queues")


def _alarms(status: Status) -> Text:
    if status.alarms is None:
        return Text("unknown")
    states = Counter(one.state for one in status.alarms)
    told = ", ".join(f"{number} {state}" for state, number in sorted(states.items())) or "none"
    return Text(told, "bold red" if states["ALARM"] else "")


def _fleets(status: Status, times: Times) -> Iterator[RenderableType]:
    if not status.fleets:
        yield head("fleets", "none: no Auto Scaling group here bears the tag tidegate:profile")
        return
    yield head("fleets")
    groups, known = [group for _, group in sorted(status.fleets.items())], status.mixes or {}
    rows = [
        (
            one.name,
            one.profile,
            f"{one.in_service} of {one.desired}",
            f"{one.min_size} to {one.max_size}",
            mixes.short(known.get(one.name)),
            deviation(one) or "as meant",
        )
        for one in groups
    ]
    yield grid(rows, "name", "profile", "in service", "allowed", "on-demand base", "how it is", right=(2,))
    yield from mixes.told(known, times)


def _incidents(status: Status, times: Times) -> Iterator[RenderableType]:
    if not status.incidents:
        yield head("open incidents", "none")
        return
    yield head("open incidents", "a machine that is taken back, until its replacement serves")
    for one in status.incidents:
        drill = " (drill)" if one.drill else ""
        warned = f"warned {times.ago(one.noticed)}, at {times.at(one.noticed)}"
        yield Text.assemble("  ", (one.group, "bold"), f" {one.instance}{drill}, {warned}")
        yield below(progress(one))
