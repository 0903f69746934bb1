"""The options that the commands on a deployed stage have in common."""

from collections.abc import Iterable
from typing import Annotated

import typer


def _known_stages(incomplete: str) -> Iterable[str]:
    """Complete the name of a stage from the project in the current directory; a broken one completes nothing."""
    from tidegate.desk.operate.deployed import stages
    from tidegate.policy.errors import PolicyError

    try:
        return [name for name in stages() if name.startswith(incomplete)]
    except PolicyError:
        return []


STAGE = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        autocompletion=_known_stages,
        help="The stage. Default: the only one in ./tidegate.toml, else dev.",
    ),
]
PROFILE = Annotated[
    str | None, typer.Option("--aws-profile", metavar="NAME", help="AWS profile. Default: as the AWS CLI finds it.")
]
REGION = Annotated[
    str | None,
    typer.Option(
        "--region", metavar="CODE", help="Region. Default: the stage's in ./tidegate.toml, else the profile's."
    ),
]
AS_JSON = Annotated[bool, typer.Option("--json", help="One JSON object for machines.")]
