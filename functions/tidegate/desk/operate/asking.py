"""What drills that change something have in common: they ask first, and go on by themselves once they have begun."""

from collections.abc import Generator
from contextlib import contextmanager

import typer

from tidegate.desk.operate.deployed import Deployed
from tidegate.desk.trouble import Refusal


def make_sure(deployed: Deployed, planned: str, question: str, *, takes: str, yes: bool) -> None:
    """Go on only if the person wants that. Raises `Refusal` where there is nobody to ask.

    `planned` is what is said before the `question`, `takes` what an injection does.
    """
    if yes:
        return
    typer.echo(planned, err=True)
    sure = deployed.ports.ask(question)
    if sure is None:
        raise Refusal(f"an injection {takes}, and there is no terminal to ask at: repeat it with --yes")
    if not sure:
        raise Refusal("nothing was done")


@contextmanager
def going_on(deployed: Deployed, nonce: str, about: str) -> Generator[None]:
    """Say, where the person stops waiting, that the drill goes on; `about` is what its journal is asked for."""
    try:
        yield
    except KeyboardInterrupt:
        hint = deployed.hint(f"journal {about}")
        typer.echo(f"tidegate: the drill {nonce} goes on by itself; `{hint}` tells how it ends", err=True)
        raise typer.Exit(130) from None
