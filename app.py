"""What `cdk synth` and `cdk deploy` run: reads `tidegate.toml` in the current directory, builds a stack per stage."""

import sys
from pathlib import Path

from tidegate.policy import read
from tidegate.policy.errors import PolicyError


def main() -> None:
    """Build the app, or end with the one line that says what is wrong with the policy."""
    try:
        policy = read.load(Path("tidegate.toml"))
    except PolicyError as error:
        sys.exit(str(error))
    # Only now, because this import starts Node and takes seconds: a misspelt key is reported at once instead.
    from cdk.stages import build

    build(policy).synth()


if __name__ == "__main__":
    main()
