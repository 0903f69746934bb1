"""The commands on a deployed stage. What they read and write is imported inside, so that `--help` needs no boto3.

They end with 0; `drill spot-interruption` with 1 for FAIL; all of them with 2 and one line on standard error for bad
input, no credentials, a missing permission, or a refusal.
"""

from collections.abc import Callable
from typing import Annotated

import typer

from tidegate.desk.operate.options import AS_JSON, PROFILE, REGION, STAGE

TARGET = Annotated[
    str,
    typer.Argument(metavar="FLEET", help="Name of the Auto Scaling group; or model/NAME.", show_default=False),
]
DECISION = Annotated[
    str,
    typer.Argument(
        metavar="DECISION",
        help="An id that `tidegate journal` shows: FLEET@TIME or model/NAME@TIME.",
        show_default=False,
    ),
]
LIMIT = Annotated[int, typer.Option(min=1, max=1000, help="How many incidents, and how many decisions.")]


def status(
    context: typer.Context,
    *,
    stage: STAGE = None,
    aws_profile: PROFILE = None,
    region: REGION = None,
    as_json: AS_JSON = False,
) -> None:
    """Show how a stage is: mode, kill switch, fleets, open incidents, alarms."""
    from tidegate.desk.operate import status_view
    from tidegate.desk.operate.opened import answer

    answer(context, (stage, aws_profile, region), status_view.answer, as_json=as_json)


def journal(
    context: typer.Context,
    fleet: TARGET,
    *,
    limit: LIMIT = 10,
    stage: STAGE = None,
    aws_profile: PROFILE = None,
    region: REGION = None,
    as_json: AS_JSON = False,
) -> None:
    """Show what happened to a fleet or a model: machines taken back, and what was decided."""
    from tidegate.desk.operate import journal as history
    from tidegate.desk.operate.opened import answer

    answer(
        context, (stage, aws_profile, region), lambda deployed: history.answer(deployed, fleet, limit), as_json=as_json
    )


def explain(
    context: typer.Context,
    decision: DECISION,
    *,
    stage: STAGE = None,
    aws_profile: PROFILE = None,
    region: REGION = None,
    as_json: AS_JSON = False,
) -> None:
    """Explain a decision: what was observed, planned and rejected, and why."""
    from tidegate.desk.operate import explain as explained
    from tidegate.desk.operate.opened import answer

    answer(
        context, (stage, aws_profile, region), lambda deployed: explained.answer(deployed, decision), as_json=as_json
    )


def _switch(command: str, does: str) -> Callable[..., None]:
    """Return the command that turns a switch of the stage; `does` is what its `--help` says."""

    def turn(
        context: typer.Context,
        *,
        stage: STAGE = None,
        aws_profile: PROFILE = None,
        region: REGION = None,
        as_json: AS_JSON = False,
    ) -> None:
        from tidegate.desk.operate import switches
        from tidegate.desk.operate.opened import answer

        place = (stage, aws_profile, region)
        answer(context, place, lambda deployed: switches.answer(deployed, command), as_json=as_json)

    turn.__name__, turn.__doc__ = command, does
    return turn


pause = _switch("pause", "Turn the kill switch on: nothing new begins.")
resume = _switch("resume", "Turn the kill switch off.")
act = _switch("act", "Let the stage release machines that spot takes back.")
observe = _switch("observe", "Let the stage decide and record, and change nothing.")
