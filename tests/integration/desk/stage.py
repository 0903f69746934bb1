"""A stage for the commands: the emulated Region behind the ports that CloudFormation and Lambda stand behind."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from typer.testing import CliRunner

from tidegate.desk.account import Ports, Reply, Stack
from tidegate.desk.commands import app
from tidegate.desk.region.place import ACCOUNT, REGION
from tidegate.desk.region.region import Region
from tidegate.desk.trouble import Refusal


@dataclass
class RegionStacks:
    """The one stack, as the Region is deployed."""

    region: Region

    def find(self, name: str) -> Stack:
        # The emulated stage is named drill, and so are the parameters of its documents; most commands don't care.
        if name not in ("Tidegate-dev", "Tidegate-drill"):
            raise Refusal(f"there is no stack {name} in {REGION}")
        at = self.region.deployment
        outputs = {"Mode": at.mode, "KillSwitch": at.kill_switch, "Table": at.table, "DrillFunction": "drill"}
        return Stack(name, ACCOUNT, outputs)

    def parts(self, name: str, kind: str) -> Mapping[str, str]:
        at = self.region.deployment
        if kind != "AWS::SQS::Queue":
            return {}
        return {
            "SpotInterruptionReactionInboxQueueABCDEF01": at.queue_url,
            "SpotInterruptionReactionInboxDeadLettersQueueABCDEF01": at.dead_letters_url,
        }


@dataclass
class RegionFunctions:
    """Lambda, as the Region runs it."""

    region: Region

    def invoke(self, function: str, payload: Mapping[str, object]) -> Reply:
        answer = self.region.invoke(function, dict(payload))
        return Reply(answer.payload, failed=answer.error is not None)


def tidegate(region: Region, *arguments: str, sure: bool | None = None) -> Any:
    """Run a command on the Region's stage; `sure` is what the person in front says when asked."""
    ports = Ports(
        region=REGION,
        stacks=RegionStacks(region),
        functions=RegionFunctions(region),
        client=region.client,
        now=time.time,
        pause=region.run,
        nonce=lambda: "n1",
        ask=lambda _: sure,
    )
    return CliRunner().invoke(app, list(arguments), obj=ports)


def said(region: Region, *arguments: str) -> dict[str, Any]:
    """Run a command for machines, and return what it said."""
    done = tidegate(region, *arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)
