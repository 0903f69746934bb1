"""Opens the stage that a command's options name, and turns what goes wrong into one line and the exit code 2."""

import json
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from shlex import quote
from typing import Any, NoReturn

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import RenderableType

from tidegate.desk.account import Ports, connect
from tidegate.desk.cli import BAD_INPUT
from tidegate.desk.operate.deployed import Deployed, choose, open_stage
from tidegate.desk.page import show
from tidegate.desk.trouble import Refusal, explained

type Place = tuple[str | None, str | None, str | None]
"""What the options say: (stage, AWS profile, Region)."""

type Answer = tuple[dict[str, Any], Iterable[RenderableType]]
"""The same for machines and for people."""


def answer(context: typer.Context, place: Place, read: Callable[[Deployed], Answer], *, as_json: bool) -> None:
    """Write what `read` finds in the stage that is meant."""
    with opened(context, place) as deployed:
        write(read(deployed), as_json=as_json)


def write(found: Answer, *, as_json: bool) -> None:
    """Write an answer for whom it is meant."""
    data, parts = found
    if as_json:
        typer.echo(json.dumps(data))
    else:
        show(parts)


@contextmanager
def opened(context: typer.Context, place: Place) -> Generator[Deployed]:
    """Open a stage for as long as the block runs. Tests hand in their own `Ports` as the context's object."""
    stage, profile, region = place
    where = f"stage {stage}" if stage else "this stage"
    try:
        name, settings = choose(stage)
        where = f"stage {name}"
        ports = context.find_object(Ports) or connect(profile, region or settings.region)
        said = {"--stage": stage, "--aws-profile": profile, "--region": region}
        options = "".join(f" {option} {quote(value)}" for option, value in said.items() if value)
        where = f"stage {name} in {ports.region}{f' (profile {profile})' if profile else ''}"
        yield open_stage(name, settings, ports, options)
    except Refusal as why:
        refuse(str(why))
    except (BotoCoreError, ClientError) as error:
        refuse(explained(error, where))


def refuse(why: str) -> NoReturn:
    """Say on standard error why a command doesn't go on, and end with 2."""
    typer.echo(f"tidegate: {why}", err=True)
    raise typer.Exit(BAD_INPUT)
