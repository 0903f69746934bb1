"""The commands of `tidegate local`. Each imports what it runs, so that `--help` needs no moto."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tidegate.desk.cli import BAD_INPUT

if TYPE_CHECKING:
    from tidegate.desk.local.cloud import Cloud

local = typer.Typer(no_args_is_help=True, help="The whole app on this machine, without an account.")

FOLDER = Annotated[Path, typer.Option(help="What holds its logs, pid files and assembly.")]
PORT = Annotated[int, typer.Option(help="Port of ministack.")]
REGION_PORT = Annotated[int, typer.Option(help="Port of the emulated Region.")]
SPEED = Annotated[float, typer.Option(min=0.1, help="Seconds of the Region in one real second.")]
STAGE = Annotated[str | None, typer.Option(help="Stage to deploy; by default the first of tidegate.toml.")]
INSTANCE = Annotated[str | None, typer.Argument(help="A spot machine; by default the first in service.")]
MODE = Annotated[Literal["observe", "act"], typer.Argument(help="What the stage may do.")]

HERE = Path(".local")


@local.command()
def up(
    *,
    folder: FOLDER = HERE,
    port: PORT = 4566,
    region_port: REGION_PORT = 5566,
    speed: SPEED = 1.0,
    stage: STAGE = None,
) -> None:
    """Start the local cloud, deploy the app into it with the CDK CLI, build a fleet, and say what to try."""
    with _told():
        from tidegate.desk.local import cloud as clouds
        from tidegate.desk.local.guide import DEMO, exports, guide
        from tidegate.desk.local.place import Place

        cloud = clouds.up(_project(), Place(folder.absolute(), port, region_port), stage=stage, speed=speed)
        if DEMO.name not in cloud.region.fleets():
            cloud.region.build(DEMO)
        (cloud.place.folder / "env").write_text(exports(cloud), encoding="utf-8")
        typer.echo(guide(cloud), nl=False)


@local.command()
def down(*, folder: FOLDER = HERE) -> None:
    """Stop what `up` started, by process id, and wait until it is gone."""
    with _told():
        from tidegate.desk.local import cloud as clouds
        from tidegate.desk.local.waiting import say

        say("the local cloud is down" if clouds.down(folder.absolute()) else "there is no local cloud to take down")


@local.command()
def deploy(*, folder: FOLDER = HERE) -> None:
    """Deploy the app again, as it is now."""
    with _told():
        from tidegate.desk.local import cloud as clouds

        for name, value in clouds.redeploy(_project(), _running(folder)).outputs.items():
            typer.echo(f"{name} = {value}")


@local.command()
def interrupt(instance: INSTANCE = None, *, folder: FOLDER = HERE) -> None:
    """Let EC2 take a spot machine back in 120 s, warn Tidegate, and tell what happens."""
    with _told():
        from tidegate.desk.local import follow

        follow.interrupt(_running(folder), instance, typer.echo)


@local.command()
def mode(value: MODE, *, folder: FOLDER = HERE) -> None:
    """Set the stage's mode, as `aws ssm put-parameter --overwrite` does."""
    with _told():
        from tidegate.desk.local.clients import LocalClients

        cloud = _running(folder)
        name = cloud.outputs["Mode"]
        LocalClients(cloud.place)("ssm").put_parameter(Name=name, Value=value, Type="String", Overwrite=True)
        typer.echo(f"{name} = {value}")


def _project() -> Path:
    """Return the checkout: the app's own folder, which is where the CDK CLI looks for it, too."""
    from tidegate.desk.local.waiting import Trouble

    if not Path("cdk.json").exists():
        raise Trouble("there is no cdk.json here: the local cloud deploys a checkout of Tidegate from its own folder")
    return Path.cwd()


def _running(folder: Path) -> "Cloud":
    from tidegate.desk.local import cloud as clouds
    from tidegate.desk.local.waiting import Trouble

    cloud = clouds.running(folder.absolute())
    if cloud is None:
        raise Trouble("the local cloud is not up: make local")
    return cloud


@contextmanager
def _told() -> Generator[None]:
    """Say in one sentence what a person can do something about."""
    from tidegate.desk.local.waiting import Trouble
    from tidegate.policy.errors import PolicyError

    try:
        yield
    except (PolicyError, Trouble) as error:
        typer.echo(f"tidegate: {error}", err=True)
        raise typer.Exit(BAD_INPUT if isinstance(error, PolicyError) else 1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
