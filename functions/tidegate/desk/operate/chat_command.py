"""The command `tidegate chat`: one answer to one prompt, or a conversation at a terminal."""

import json
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer

from tidegate.desk.operate.model_commands import MODEL
from tidegate.desk.operate.options import AS_JSON, PROFILE, REGION

if TYPE_CHECKING:
    from tidegate.desk.operate.chat import Conversation, Show

PROMPT = Annotated[
    str | None,
    typer.Argument(metavar="PROMPT", help="What to ask. Default: standard input, or a conversation at a terminal."),
]
STAGE = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Whose routes to follow. Default: local, if ./tidegate.toml has the model there; else as usual.",
    ),
]
SYSTEM = Annotated[str | None, typer.Option(metavar="TEXT", help="What the model is to be.")]
MAX_TOKENS = Annotated[int | None, typer.Option(metavar="N", min=1, help="Limits the answer.")]


def chat(
    model: MODEL,
    prompt: PROMPT = None,
    *,
    system: SYSTEM = None,
    max_tokens: MAX_TOKENS = None,
    stage: STAGE = None,
    aws_profile: PROFILE = None,
    region: REGION = None,
    as_json: AS_JSON = False,
) -> None:
    """Talk with a model, by the routes that applications follow, and see which one answers.

    The answer goes to standard output as it comes; which route gave it, and which were tried before, to standard error.
    At a terminal, Ctrl-D ends the conversation, and Ctrl-C an answer.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    from tidegate.desk.operate.chat import begin
    from tidegate.desk.operate.opened import refuse
    from tidegate.desk.trouble import Refusal, explained

    try:
        talk = begin(model, (stage, aws_profile, region), system=system, max_tokens=max_tokens)
        if prompt is None and sys.stdin.isatty():
            if as_json:
                raise Refusal("--json is for one answer: say the prompt behind the model, or pipe it in")
            _converse(talk)
        else:
            _answer(talk, sys.stdin.read() if prompt is None else prompt, as_json=as_json)
    except Refusal as why:
        refuse(str(why))
    except (BotoCoreError, ClientError) as error:
        refuse(explained(error, f"stage {stage}" if stage else "this stage"))


def _answer(talk: "Conversation", prompt: str, *, as_json: bool) -> None:
    from tidegate.desk.trouble import Refusal

    if not prompt.strip():
        raise Refusal("there is no prompt: say it behind the model, or pipe it in")
    if as_json:
        typer.echo(json.dumps(talk.data(talk.ask(prompt, lambda _: None))))
        return
    with _waiting(talk.model) as show:
        said = talk.ask(prompt, show)
    typer.echo()
    _below(said.how)


def _converse(talk: "Conversation") -> None:
    typer.secho(f"{talk.model} of stage {talk.stage}; Ctrl-D ends", err=True, dim=True)
    talk.go_on(_prompts(), lambda: _waiting(talk.model), _below)


def _prompts() -> Iterator[str]:
    with suppress(ImportError):
        import_module("readline")  # from then on the line that is typed can be edited
    with suppress(EOFError):
        while True:
            yield input("> ")
    typer.echo()


@contextmanager
def _waiting(model: str) -> "Generator[Show]":
    """Show at a terminal that an answer is awaited, until it begins."""
    if not sys.stderr.isatty():
        yield _show
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{model} ...") as status:

        def show(text: str) -> None:
            status.stop()
            _show(text)

        yield show


def _show(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _below(text: str) -> None:
    typer.secho(text, err=True, dim=True)
