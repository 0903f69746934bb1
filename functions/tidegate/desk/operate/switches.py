"""`tidegate pause`, `resume`, `act`, `observe`: what each sets, what that means, and how it is undone.

For machines, one JSON object: `version` (1), `stage`, `region`, `parameter`, `before` (null: not known), `value`,
`changed`, `mode` (observe, act) and `kill_switch` (on, off) as they are now, null: not known; `may_release`, `undo`
(the command).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import RenderableType
from rich.text import Text

from tidegate.desk.operate.deployed import Deployed
from tidegate.desk.operate.layout import below
from tidegate.desk.operate.opened import Answer
from tidegate.policy.mode import Mode, read_mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One command: the parameter (an output of the stack) that it sets, to what, and what undoes it."""

    output: str
    noun: str
    value: str
    undo: str
    means: str


SWITCHES: Final = {
    "pause": Switch(
        output="KillSwitch",
        noun="kill switch",
        value="on",
        undo="resume",
        means="Within 15 s nothing new begins: no machine is released. What was begun finishes: machines that drain go"
        " on to drain, and the journal is written on.",
    ),
    "resume": Switch(
        output="KillSwitch",
        noun="kill switch",
        value="off",
        undo="pause",
        means="Within 15 s it begins new things again, as far as its mode lets it.",
    ),
    "act": Switch(
        output="Mode",
        noun="mode",
        value="act",
        undo="observe",
        means="Within 15 s it releases machines that spot takes back, in every group with the tag tidegate:profile.",
    ),
    "observe": Switch(
        output="Mode",
        noun="mode",
        value="observe",
        undo="act",
        means="Within 15 s it only decides and records, and changes no group. What was begun finishes.",
    ),
}


@dataclass(frozen=True, slots=True)
class Turned:
    """What became of a switch. None: it could not be read."""

    switch: Switch
    before: str | None
    mode: Mode | None

    @property
    def changed(self) -> bool:
        """Whether it was otherwise before, as far as is known."""
        return self.before != self.switch.value


def answer(deployed: Deployed, command: str) -> Answer:
    """Turn a switch, and return what was done."""
    turned = turn(deployed, command)
    return data(deployed, turned), told(deployed, turned)


def turn(deployed: Deployed, command: str) -> Turned:
    """Set a parameter. It is set even where it can't be read: who wants to pause may be allowed no more than that."""
    switch = SWITCHES[command]
    name = deployed.output(switch.output)
    try:
        said = deployed.parameters()
    except (BotoCoreError, ClientError):
        said = None
    is_mode = switch.output == "Mode"
    before = said[0 if is_mode else 1] if said else None
    if before != switch.value:
        deployed.ports.client("ssm").put_parameter(Name=name, Value=switch.value, Type="String", Overwrite=True)
    now = None if said is None else read_mode(switch.value, said[1]) if is_mode else read_mode(said[0], switch.value)
    return Turned(switch, before, now)


def data(deployed: Deployed, turned: Turned) -> dict[str, Any]:
    """Return what was done for machines."""
    switch, mode = turned.switch, turned.mode
    return {
        "version": 1,
        "stage": deployed.stage,
        "region": deployed.ports.region,
        "parameter": deployed.output(switch.output),
        "before": turned.before,
        "value": switch.value,
        "changed": turned.changed,
        "mode": mode and ("act" if mode.act else "observe"),
        "kill_switch": mode and ("on" if mode.stopped else "off"),
        "may_release": mode and mode.may_release,
        "undo": deployed.hint(switch.undo),
    }


def told(deployed: Deployed, turned: Turned) -> Iterator[RenderableType]:
    """Return what was done for people."""
    switch = turned.switch
    was = f"was {turned.before}" if turned.before is not None else "what it was could not be read"
    note = was if turned.changed else "it was before, so nothing changed"
    yield Text.assemble(f"{switch.noun} of stage {deployed.stage}: ", (switch.value, "bold"), f" ({note})")
    yield below(switch.means, 2)
    if turned.mode and switch.value == "act" and turned.mode.stopped:
        yield below(f"But the kill switch is on, so it releases nothing until `{deployed.hint('resume')}`.", 2)
    if turned.mode and switch.value == "off" and not turned.mode.act:
        yield below(f"Its mode is observe, so it releases nothing until `{deployed.hint('act')}`.", 2)
    yield below(f"Undo: {deployed.hint(switch.undo)}", 2)
