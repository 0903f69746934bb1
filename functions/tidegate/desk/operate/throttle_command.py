"""`tidegate drill throttle MODEL` in a deployed stage; without a model the drill is the emulated Region's."""

from dataclasses import dataclass
from typing import Annotated

import typer

from tidegate.desk.operate.drills import Depth

MODEL = Annotated[
    str | None, typer.Argument(metavar="MODEL", help="A model of a deployed stage. Default: an emulated one.")
]
ROUTE = Annotated[
    str, typer.Option(metavar="NAME", help="The route. Default: the first that answers.", show_default=False)
]
DEPTH = Annotated[
    Depth, typer.Option(help="rehearse: say what a look decides. inject: report it, which steps the route down.")
]

type Place = tuple[str | None, str | None, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the options say of the drill."""

    depth: Depth
    route: str
    yes: bool


def run(context: typer.Context, model: str, place: Place, chosen: Chosen, *, as_json: bool) -> None:
    """Report a route as throttled, and follow it until it is back; or say what a look at that decides."""
    from tidegate.desk.operate import throttle_course, throttle_drill
    from tidegate.desk.operate.asking import going_on, make_sure
    from tidegate.desk.operate.opened import opened, write
    from tidegate.desk.operate.progress import shown

    with opened(context, place) as deployed:
        nonce = deployed.ports.nonce()
        foreseen = throttle_drill.begin(deployed, model, "rehearse", route=chosen.route, nonce=nonce)
        if chosen.depth is Depth.REHEARSE:
            write(throttle_drill.rehearsed(deployed, foreseen, chosen.route), as_json=as_json)
            return
        throttle_drill.worth_injecting(foreseen)
        planned, question = throttle_drill.asking(deployed, foreseen)
        make_sure(deployed, planned, question, takes="steps a route down", yes=chosen.yes)
        begun = throttle_drill.begin(deployed, model, "inject", route=foreseen.route, nonce=nonce)
        with going_on(deployed, nonce, f"model/{model}"), shown(f"drill on {model}, {begun.route}") as step:
            course = throttle_course.follow(deployed, begun, step)
        write(throttle_course.answer(deployed, course), as_json=as_json)
    raise typer.Exit(0 if course.passed else 1)
