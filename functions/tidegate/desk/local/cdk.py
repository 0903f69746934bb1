"""The real CDK CLI against the local cloud: it is given an environment, and the app is deployed as it is."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tidegate.desk.local.place import ACCOUNT, REGION, Place, clean
from tidegate.desk.local.processes import tail
from tidegate.desk.local.waiting import Trouble, say
from tidegate.policy.read import load


@dataclass(frozen=True, slots=True)
class Cdk:
    """The CLI of the checkout at `project`, for one stage."""

    project: Path
    place: Place
    stage: str

    @property
    def stack(self) -> str:
        """The stack's name."""
        return f"Tidegate-{self.stage}"

    def bootstrap(self) -> None:
        """Prepare the account. Away from the project, or the CLI would synthesize the app first, and not need it."""
        say("cdk bootstrap")
        self._run("bootstrap", f"aws://{ACCOUNT}/{REGION}", folder=self.place.folder)

    def deploy(self) -> Mapping[str, str]:
        """Deploy the stage; return the outputs of its stack."""
        say(f"cdk deploy {self.stack}: synthesizes, bundles, deploys")
        outputs = self.place.folder / "outputs.json"
        self._run("deploy", self.stack, "--require-approval", "never", "--outputs-file", str(outputs))
        return cast(Mapping[str, str], json.loads(outputs.read_text(encoding="utf-8"))[self.stack])

    def destroy(self) -> None:
        """Take the stage's stack down."""
        say(f"cdk destroy {self.stack}")
        self._run("destroy", self.stack, "--force")

    def _run(self, verb: str, *arguments: str, folder: Path | None = None) -> None:
        assembly = self.place.folder / "cdk.out"
        command = ["cdk", verb, *arguments, "--no-notices", "--no-color", "--output", str(assembly)]
        where, environment = folder or self.project, self._environment()
        log = self.place.folder / "cdk.log"
        with log.open("w", encoding="utf-8") as output:
            try:
                done = subprocess.run(  # noqa: S603 - our own arguments
                    command, cwd=where, env=environment, stdout=output, stderr=subprocess.STDOUT, check=False
                )
            except FileNotFoundError:
                raise Trouble("the CDK CLI is not installed here: make install puts it there") from None
        if done.returncode:
            raise Trouble(f"cdk {verb} failed: mend what its log names, and try again. {tail(log)}")

    def _environment(self) -> dict[str, str]:
        tools = f"{self.project / 'node_modules' / '.bin'}{os.pathsep}{Path(sys.executable).parent}"
        ours = {
            "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            # The CLI remembers which access key belongs to which account: not for a key that every local cloud shares.
            "CDK_HOME": str(self.place.folder / "cdk-home"),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_DISABLE_VERSION_CHECK": "1",
        }
        return clean(os.environ) | self.place.variables() | ours


def stage_of(project: Path, wanted: str | None) -> str:
    """Return the stage to deploy: the first of tidegate.toml, unless one is named.

    Raises Trouble for one that isn't there, or that is bound to another account or Region than the local cloud's.
    """
    stages = load(project / "tidegate.toml").stages
    name = wanted or next(iter(stages))
    if name not in stages:
        raise Trouble(f"there is no stage {name!r} in tidegate.toml: only {', '.join(stages)}")
    stage = stages[name]
    if (stage.account or ACCOUNT, stage.region or REGION) != (ACCOUNT, REGION):
        raise Trouble(f"stage {name} is bound to an account or Region of its own: --stage names one that isn't")
    return name
