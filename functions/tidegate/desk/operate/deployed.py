"""A deployed stage in front of a command: its names, its journal, its groups, its mode."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tidegate.desk.account import STACK_PREFIX, Ports, Stack
from tidegate.desk.trouble import Refusal
from tidegate.policy.errors import PolicyError
from tidegate.policy.read import load
from tidegate.policy.stage import Stage

if TYPE_CHECKING:
    from tidegate.fleet.aws import AutoScaling
    from tidegate.journal.table import Journal

POLICY_FILE: Final = Path("tidegate.toml")
DEFAULT_STAGE: Final = "dev"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """One stage that is deployed. `options` repeats, in a hint, where the command was told to look."""

    stage: str
    stack: Stack
    ports: Ports
    options: str = ""

    @property
    def where(self) -> str:
        """Name the place, for a line."""
        return f"{self.stack.name} in {self.ports.region}"

    def output(self, name: str) -> str:
        """Return an output of the stack. Raises `Refusal` for a stack that has none of that name."""
        if name not in self.stack.outputs:
            raise Refusal(f"{self.where} has no output {name}: it was deployed by another version; `make deploy` it")
        return self.stack.outputs[name]

    def journal(self) -> "Journal":
        """Return the journal; the commands only read it."""
        from tidegate.journal.table import Journal

        return Journal(self.ports.client("dynamodb"), self.output("Table"), days=1, pause=self.ports.pause)

    def groups(self) -> "AutoScaling":
        """Return the Auto Scaling groups; the commands only look at them."""
        from tidegate.fleet.aws import AutoScaling

        client = self.ports.client("autoscaling")
        return AutoScaling(client, client, ec2=lambda: self.ports.client("ec2"), pause=self.ports.pause)

    def parameters(self) -> tuple[str | None, str | None]:
        """Return what the parameters of mode and kill switch say: one call; None for one that is missing."""
        names = [self.output("Mode"), self.output("KillSwitch")]
        answer = self.ports.client("ssm").get_parameters(Names=names)
        values = {one["Name"]: one["Value"] for one in answer["Parameters"]}
        return values.get(names[0]), values.get(names[1])

    def hint(self, command: str) -> str:
        """Return a command to type next, for the same place."""
        return f"tidegate {command}{self.options}"


def stages(path: Path = POLICY_FILE) -> Mapping[str, Stage]:
    """Return the stages that the project in the current directory names; none without a project."""
    return load(path).stages if path.exists() else {}


def choose(said: str | None, path: Path = POLICY_FILE) -> tuple[str, Stage]:
    """Return the stage that is meant, and what the project says of it.

    A stage that was named is found however wrong the file is: who wants to pause has no time to mend it.
    Raises `Refusal` for a file that can't be read while no stage is named.
    """
    try:
        known = stages(path)
    except PolicyError as error:
        if said is None:
            raise Refusal(f"{error}; or name the stage with --stage") from None
        return said, Stage()
    only = next(iter(known)) if len(known) == 1 else DEFAULT_STAGE
    stage = said or only
    return stage, known.get(stage, Stage())


def open_stage(stage: str, settings: Stage, ports: Ports, options: str) -> Deployed:
    """Return the stage as it is deployed. Raises `Refusal` when it isn't, or the account is another one."""
    stack = ports.stacks.find(f"{STACK_PREFIX}{stage}")
    if settings.account and stack.account and settings.account != stack.account:
        raise Refusal(
            f"the credentials are of account {stack.account}, and {POLICY_FILE} says that stage {stage} is in"
            f" {settings.account}: name a profile of that account with --aws-profile"
        )
    return Deployed(stage=stage, stack=stack, ports=ports, options=options)
