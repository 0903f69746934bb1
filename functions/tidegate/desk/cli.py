"""The command `tidegate`: says which extra is missing, or hands over to `commands`."""

import sys
from importlib import metadata
from typing import Final

EXTRAS: Final = {
    "aws_lambda_powertools": "drill",
    "moto": "drill",
    "rich": "cli",
    "time_machine": "drill",
    "typer": "cli",
    "werkzeug": "drill",
}
"""Which extra brings a package that not everybody needs; `drill` brings what `cli` does."""

BAD_INPUT: Final = 2


def main() -> None:
    """Run the command."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"tidegate {metadata.version('tidegate')}\n")
        return
    try:
        from tidegate.desk.commands import app  # here, so that a missing extra is a sentence and no traceback

        app(prog_name="tidegate")
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in EXTRAS:
            raise
        emulated = sys.argv[1:2] in (["drill"], ["local"]) and "spot-interruption" not in sys.argv
        extra = "drill" if emulated else EXTRAS[missing]
        sys.stderr.write(f"tidegate: {missing} is not installed: pip install 'tidegate[{extra}]'\n")
        raise SystemExit(BAD_INPUT) from None
