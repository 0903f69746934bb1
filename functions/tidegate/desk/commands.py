"""The commands of `tidegate`. Each imports what it runs, so that `--help` needs no emulated Region."""

import json
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from tidegate.desk.cli import BAD_INPUT
from tidegate.desk.local.commands import local
from tidegate.desk.operate import commands as operate
from tidegate.desk.operate import model_commands
from tidegate.desk.operate import throttle_command as staged
from tidegate.desk.operate.chat_command import chat
from tidegate.desk.operate.drills import YES, Depth, DrillGroup, capacity_alarm, spot_interruption
from tidegate.desk.operate.options import PROFILE, REGION, STAGE

if TYPE_CHECKING:
    from tidegate.desk.drills.result import Result
    from tidegate.desk.drills.trace import Wave

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Tidegate, from a desk.")
drills = typer.Typer(
    cls=DrillGroup, invoke_without_command=True, no_args_is_help=False, subcommand_metavar="[spot-interruption ...]"
)
app.add_typer(drills, name="drill")
app.add_typer(local, name="local")
drills.command("spot-interruption")(spot_interruption)
drills.command("capacity-alarm")(capacity_alarm)
for command in (
    operate.status,
    operate.journal,
    operate.explain,
    model_commands.models,
    model_commands.routes,
    chat,
    operate.pause,
    operate.resume,
    operate.act,
    operate.observe,
):
    app.command(rich_help_panel="A deployed stage")(command)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tidegate {metadata.version('tidegate')}")
        raise typer.Exit


@app.callback()
def tidegate(
    *, version: Annotated[bool, typer.Option("--version", callback=_say_version, is_eager=True)] = False
) -> None:
    """Tidegate, from a desk."""


WAVE = Annotated[Path | None, typer.Option(help="A CSV with t_ms, event, node: its losses, when they came.")]
NO_WAVE = Annotated[bool, typer.Option("--no-wave", help="One interruption only.")]
AS_JSON = Annotated[bool, typer.Option("--json", help="Report for machines.")]
SEED = Annotated[int, typer.Option(min=0, help="The same seed gives the same drill.")]


@drills.callback()
def drill(
    context: typer.Context, *, wave: WAVE = None, no_wave: NO_WAVE = False, as_json: AS_JSON = False, seed: SEED = 1
) -> None:
    """Interrupt machines of an emulated fleet, and watch the code that Lambda runs.

    Without an account. Ends with 0 for PASS, 1 for FAIL, 2 for bad input. `drill spot-interruption FLEET` does it in a
    deployed stage.
    """
    if context.invoked_subcommand is None:
        _drill(wave, no_wave=no_wave, as_json=as_json, seed=seed)
    elif wave or no_wave or as_json or seed != 1:
        _refuse(
            f"options of `drill {context.invoked_subcommand}` stand behind it; --wave and --seed are the emulation's"
        )


def _drill(path: Path | None, *, no_wave: bool, as_json: bool, seed: int) -> None:
    if path and no_wave:
        _refuse("--wave and --no-wave exclude each other")
    _need("aws_lambda_powertools", "moto", "time_machine")
    wave = None if no_wave else _wave(path, seed)
    results = [_single(seed)]
    if not as_json:
        _print(results[0])
    if wave:
        results.append(_wave_drill(wave, seed))
        if not as_json:
            _print(results[1])
    if as_json:
        from tidegate.desk.drills.report import report

        typer.echo(json.dumps(report(results, seed=seed)))
    raise typer.Exit(0 if all(each.passed for each in results) else 1)


@drills.command("surge")
def surge(*, as_json: AS_JSON = False, seed: SEED = 1) -> None:
    """Let the load of an emulated fleet come and go, and watch its size follow.

    Without an account. Ends with 0 for PASS, 1 for FAIL.
    """
    _play("surge", as_json=as_json, seed=seed)


@drills.command("drought")
def drought(*, as_json: AS_JSON = False, seed: SEED = 1) -> None:
    """Let spot run dry and come back, and watch on-demand stand in for it, and go again.

    Without an account. Ends with 0 for PASS, 1 for FAIL.
    """
    _play("drought", as_json=as_json, seed=seed)


@drills.command("throttle")
def throttle(
    context: typer.Context,
    model: staged.MODEL = None,
    *,
    depth: staged.DEPTH = Depth.REHEARSE,
    route: staged.ROUTE = "",
    yes: YES = False,
    stage: STAGE = None,
    aws_profile: PROFILE = None,
    region: REGION = None,
    as_json: AS_JSON = False,
    seed: SEED = 1,
) -> None:
    """Let an application ask for more than its first route grants, and watch routes step down and come back.

    Without a MODEL in an emulated Region, without an account. With one in a deployed stage: a rehearsal changes
    nothing; an injection reports a route as throttled, which steps it down until its hold is over. Ends with 0 for
    PASS, 1 for FAIL, 2 for bad input or a refusal.
    """
    if model is not None:
        chosen = staged.Chosen(depth=depth, route=route, yes=yes)
        staged.run(context, model, (stage, aws_profile, region), chosen, as_json=as_json)
        return
    if depth is not Depth.REHEARSE or route or yes or stage or aws_profile or region:
        _refuse("these options are for a MODEL of a deployed stage; name one, or leave them out")
    _play("throttle", as_json=as_json, seed=seed)


def _play(drill: str, *, as_json: bool, seed: int) -> NoReturn:
    """Play the drill that a module of `desk/drills` is named for, and end."""
    _need("aws_lambda_powertools", "moto", "time_machine")
    from tidegate.desk.drills.progress import shown

    with shown(drill) as step:
        result: Result = import_module(f"tidegate.desk.drills.{drill}").drill(seed=seed, step=step)
    _end(result, as_json=as_json, seed=seed)


def _end(result: "Result", *, as_json: bool, seed: int) -> NoReturn:
    if as_json:
        from tidegate.desk.drills.report import report

        typer.echo(json.dumps(report([result], seed=seed)))
    else:
        _print(result)
    raise typer.Exit(0 if result.passed else 1)


def _need(*packages: str) -> None:
    """Raise ModuleNotFoundError for what isn't there, without reading what is: that takes seconds."""
    for package in packages:
        if find_spec(package) is None:
            raise ModuleNotFoundError(name=package)


def _wave(path: Path | None, seed: int) -> "Wave":
    from tidegate.desk.drills.generate import generate_wave
    from tidegate.desk.drills.trace import UnreadableTrace, read_wave

    try:
        return read_wave(path) if path else generate_wave(seed)
    except UnreadableTrace as error:
        _refuse(str(error))


def _single(seed: int) -> "Result":
    from tidegate.desk.drills.progress import shown

    with shown("spot interruption"):
        from tidegate.desk.drills import spot_interruption

        return spot_interruption.drill(seed=seed)


def _wave_drill(wave: "Wave", seed: int) -> "Result":
    from tidegate.desk.drills import wave as waves
    from tidegate.desk.drills.progress import shown

    with shown(f"wave, {wave.origin}") as step:
        return waves.drill(wave, seed=seed, step=step)


def _print(result: "Result") -> None:
    from tidegate.desk.drills.timeline import told
    from tidegate.desk.page import show

    show(told(result))


def _refuse(why: str) -> NoReturn:
    typer.echo(f"tidegate: {why}", err=True)
    raise typer.Exit(BAD_INPUT)
