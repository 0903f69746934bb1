"""The drills on a deployed stage, `tidegate drill NAME FLEET`, and the group that they stand in."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from tidegate.desk.operate.options import AS_JSON, PROFILE, REGION, STAGE

if TYPE_CHECKING:
    from tidegate.desk.operate.deployed import Deployed
    from tidegate.desk.operate.drill import Begun
    from tidegate.desk.operate.follow import Course

FLEET = Annotated[str, typer.Argument(metavar="FLEET", help="Name of the Auto Scaling group.", show_default=False)]


class Depth(StrEnum):
    """How far a drill goes."""

    REHEARSE = "rehearse"
    INJECT = "inject"


DEPTH = Annotated[
    Depth, typer.Option(help="rehearse: say what would be done. inject: send a warning, which releases a machine.")
]
INSTANCE = Annotated[
    str, typer.Option(metavar="ID", help="The machine. Default: the first spot machine in service.", show_default=False)
]
SIGNAL = Annotated[
    str, typer.Option(metavar="NAME", help="Whose alarm rings. Default: the profile's first.", show_default=False)
]
RINGS = Annotated[Depth, typer.Option(help="rehearse: say what a look decides. inject: let the alarm ring.")]
YES = Annotated[bool, typer.Option("--yes", help="Don't ask before an injection.")]


class DrillGroup(TyperGroup):
    """The drills; a name that is none says which there are."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the drill that is named."""
        from tidegate.desk.operate.opened import refuse
        from tidegate.desk.trouble import choices

        if args and self.get_command(ctx, args[0]) is None:
            refuse(
                f"no drill is named {args[0]!r}: {choices(args[0], list(self.commands))}; without a name it is emulated"
            )
        return super().resolve_command(ctx, args)


def spot_interruption(
    context: typer.Context,
    fleet: FLEET,
    *,
    depth: DEPTH = Depth.REHEARSE,
    instance: INSTANCE = "",
    yes: YES = False,
    stage: STAGE = None,
    aws_profile: PROFILE = None,
    region: REGION = None,
    as_json: AS_JSON = False,
) -> None:
    """Warn a machine of a deployed fleet, or say what a warning would do.

    A rehearsal changes nothing. An injection travels the real path: the machine is released and replaced, and the
    command follows the journal until that is over. Ends with 0 for PASS, 1 for FAIL, 2 for bad input or a refusal.
    """
    from tidegate.desk.operate import course as courses
    from tidegate.desk.operate import drill
    from tidegate.desk.operate.asking import make_sure
    from tidegate.desk.operate.opened import opened, write

    with opened(context, (stage, aws_profile, region)) as deployed:
        nonce = deployed.ports.nonce()
        begun = drill.begin(deployed, fleet, "rehearse", instance=instance, nonce=nonce)
        if depth is Depth.REHEARSE:
            write(drill.rehearsed(deployed, begun, instance), as_json=as_json)
            return
        drill.worth_injecting(begun)
        planned = f"{begun.reason}; planned: {'; '.join(begun.planned)}"
        make_sure(deployed, planned, _question(deployed, begun), takes="takes a machine", yes=yes)
        begun = drill.begin(deployed, fleet, "inject", instance=begun.instance, nonce=nonce)
        course = _follow(deployed, begun)
        write(courses.answer(deployed, course), as_json=as_json)
    raise typer.Exit(0 if course.passed else 1)


def capacity_alarm(
    context: typer.Context,
    fleet: FLEET,
    *,
    depth: RINGS = Depth.REHEARSE,
    signal: SIGNAL = "",
    stage: STAGE = None,
    aws_profile: PROFILE = None,
    region: REGION = None,
    as_json: AS_JSON = False,
) -> None:
    """Let an alarm of a deployed fleet ring, or say what a look at it decides.

    A rehearsal changes nothing. An injection sets the alarm's state: the fleet is woken and looked at, its signals
    decide as ever, and the state is put back. Ends with 0 for PASS, 1 for FAIL, 2 for bad input or a refusal.
    """
    from tidegate.desk.operate import alarm_drill
    from tidegate.desk.operate.opened import opened, write
    from tidegate.desk.operate.progress import shown

    with opened(context, (stage, aws_profile, region)) as deployed:
        nonce = deployed.ports.nonce()
        begun = alarm_drill.begin(deployed, fleet, depth.value, signal=signal, nonce=nonce)
        report = None
        if depth is Depth.INJECT:
            with shown(f"drill on {fleet}, {begun.alarm}") as step:
                report = alarm_drill.follow(deployed, begun, step)
        write(alarm_drill.answer(deployed, begun, report), as_json=as_json)
    if report and not report.passed:
        raise typer.Exit(1)


def _question(deployed: "Deployed", begun: "Begun") -> str:
    return f"Really take {begun.instance} out of {begun.fleet} (stage {deployed.stage}, {deployed.ports.region})?"


def _follow(deployed: "Deployed", begun: "Begun") -> "Course":
    from tidegate.desk.operate.asking import going_on
    from tidegate.desk.operate.follow import follow
    from tidegate.desk.operate.progress import shown

    with going_on(deployed, begun.nonce, begun.fleet), shown(f"drill on {begun.fleet}, {begun.instance}") as step:
        return follow(deployed.journal(), begun, deployed.ports, step)
