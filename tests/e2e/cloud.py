"""What an end-to-end scenario does to a local cloud: build fleets, warn, deploy, break."""

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.e2e.view import View
from tidegate.desk.local import cloud as clouds
from tidegate.desk.local.cdk import Cdk
from tidegate.desk.local.cloud import Cloud
from tidegate.desk.local.notice import put_record, send_warning
from tidegate.desk.local.processes import Process
from tidegate.desk.region.fleet import FleetShape, Machine
from tidegate.runtime import MODE_MAX_AGE_SECONDS


class E2ECloud(View):
    """A local cloud to work with; what there is to see of it, `View` shows."""

    def __init__(self, project: Path, cloud: Cloud) -> None:
        super().__init__(cloud)
        self._project = project

    def fleet(self, name: str, **shape: Any) -> tuple[Machine, ...]:
        """Build a fleet that stands and serves; return its spot machines. `shape`: fields of FleetShape."""
        machines = self.region.build(FleetShape(name=name, **shape))
        # Events tell their time in whole seconds: what was launched in the second of a warning may be a replacement.
        Event().wait(1.1)
        return tuple(one for one in machines if one.market == "spot")

    def drill(self, fleet: str) -> str:
        """Put a drill's record into the table; return its nonce."""
        return put_record(self.client("dynamodb"), self._cloud, fleet)

    def warn(self, machine: Machine, nonce: str | None = None) -> None:
        """Send a drill's interruption warning to the bus; without a record's nonce nothing may come of it."""
        send_warning(self.client("events"), machine.id, nonce)

    def set_mode(self, *, mode: str = "act", kill_switch: str = "off") -> None:
        """Set both parameters; if one changes, wait until functions that are warm have read it too."""
        wanted = {self.output("Mode"): mode, self.output("KillSwitch"): kill_switch}
        ssm = self.client("ssm")
        said = {one["Name"]: one["Value"] for one in ssm.get_parameters(Names=list(wanted))["Parameters"]}
        for name, value in wanted.items():
            ssm.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)
        if said != wanted and self._functions():
            Event().wait(MODE_MAX_AGE_SECONDS + 1)

    def destroy(self) -> None:
        """`cdk destroy`."""
        Cdk(self._project, self._cloud.place, self._cloud.stage).destroy()

    def deploy(self) -> None:
        """`cdk deploy`."""
        self._cloud = clouds.redeploy(self._project, self._cloud)

    def kill_function(self, construct: str) -> None:
        """Kill all processes of a function, whatever they are doing, as when Lambda's machines end."""
        name = self.resource(construct, "AWS::Lambda::Function")
        processes = [pid for pid, function in self._functions().items() if function == name]
        assert processes, f"{name} has no process"
        for pid in processes:
            os.kill(pid, signal.SIGKILL)

    def _functions(self) -> Mapping[int, str]:
        """Return process id -> function's name of what ministack runs."""
        if not Path("/proc/self/environ").exists():
            pytest.skip("which process is which function can only be seen in /proc")
        parent = Process(self._cloud.place.folder, "ministack").pid()
        children = Path(f"/proc/{parent}/task").glob("*/children")
        return {int(pid): _function_of(int(pid)) for path in children for pid in path.read_text().split()}


def _function_of(pid: int) -> str:
    try:
        variables = Path(f"/proc/{pid}/environ").read_text(errors="replace").split("\0")
    except OSError:  # it has ended meanwhile
        return ""
    key = "AWS_LAMBDA_FUNCTION_NAME="
    return next((one.removeprefix(key) for one in variables if one.startswith(key)), "")
