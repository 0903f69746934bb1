"""The commands on models: of a deployed stage, or of the stage `local`, which needs no account."""

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from tidegate.desk.operate.options import AS_JSON, PROFILE, REGION, STAGE
from tidegate.policy.route import LOCAL

if TYPE_CHECKING:
    from tidegate.desk.operate.opened import Answer

MODEL = Annotated[str, typer.Argument(metavar="MODEL", help="Name of the model in tidegate.toml.", show_default=False)]
LITELLM = Annotated[
    bool, typer.Option("--litellm", help="As LiteLLM's Router takes them: YAML, or JSON with --json. No key is in it.")
]


def models(
    context: typer.Context,
    *,
    stage: STAGE = None,
    aws_profile: PROFILE = None,
    region: REGION = None,
    as_json: AS_JSON = False,
) -> None:
    """Show the models of a stage: which route goes first, how the others stand, what is published.

    With `--stage local` those that this machine has by tidegate.toml, without an account.
    """
    from tidegate.desk.operate import models_view
    from tidegate.desk.operate.opened import answer

    if stage == LOCAL:
        _here(models_view.local, as_json=as_json)
    else:
        answer(context, (stage, aws_profile, region), models_view.answer, as_json=as_json)


def routes(
    context: typer.Context,
    model: MODEL,
    *,
    litellm: LITELLM = False,
    stage: STAGE = None,
    aws_profile: PROFILE = None,
    region: REGION = None,
    as_json: AS_JSON = False,
) -> None:
    """Show the routes of a model in the order in which applications try them, and why others are left out."""
    from tidegate.desk.operate import routes_view
    from tidegate.desk.operate.opened import answer

    place = (stage, aws_profile, region)
    if litellm:
        _litellm(context, model, place, as_json=as_json)
    elif stage == LOCAL:
        _here(lambda now: routes_view.local(model, now), as_json=as_json)
    else:
        answer(context, place, lambda deployed: routes_view.answer(deployed, model), as_json=as_json)


def _here(read: "Callable[[float], Answer]", *, as_json: bool) -> None:
    """Write what this machine's own `tidegate.toml` says."""
    from tidegate.desk.operate.opened import refuse, write
    from tidegate.desk.trouble import Refusal

    try:
        write(read(time.time()), as_json=as_json)
    except Refusal as why:
        refuse(str(why))


def _litellm(
    context: typer.Context, model: str, place: tuple[str | None, str | None, str | None], *, as_json: bool
) -> None:
    from tidegate.desk.operate import here, litellm
    from tidegate.desk.operate.models import local_one, one_in_stage
    from tidegate.desk.operate.opened import opened, refuse
    from tidegate.desk.trouble import Refusal

    if place[0] == LOCAL:
        try:
            seen = local_one(model, here.local_model(model), time.time())
        except Refusal as why:
            refuse(str(why))
    else:
        with opened(context, place) as deployed:
            seen = one_in_stage(deployed, model)
    typer.echo(json.dumps({"model_list": litellm.model_list(seen)}) if as_json else "\n".join(litellm.as_yaml(seen)))
