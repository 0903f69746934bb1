"""The emulated Region: moto with AWS's refusals, on a virtual clock, with the app's functions deployed in it."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Final, Self

from moto import mock_aws

from tidegate import process
from tidegate.desk.region import dynamodb, events, expressions, patterns, sqs
from tidegate.desk.region.amend import Amendment, amended
from tidegate.desk.region.app import SPOT_INTERRUPTION, Handler, app
from tidegate.desk.region.bedrock import Bedrock
from tidegate.desk.region.building import build
from tidegate.desk.region.clients import bystander
from tidegate.desk.region.clock import virtual_clock
from tidegate.desk.region.deployment import POLICY, checked, deploy, task_root
from tidegate.desk.region.environ import CLEAN, environment, no_chance
from tidegate.desk.region.fleet import Fleet, FleetShape
from tidegate.desk.region.function import Function
from tidegate.desk.region.iam import enforce
from tidegate.desk.region.invocation import Answer
from tidegate.desk.region.place import REGION
from tidegate.desk.region.scarcity import Scarcity
from tidegate.desk.region.services import fleet_services, signal_services
from tidegate.desk.region.sources import Sources
from tidegate.desk.region.wire import Chaos, Wire
from tidegate.desk.region.world import World

NO_OTHERS: Final[Mapping[str, str | Handler]] = {}


class Region(Scarcity):
    """A context manager: `View` shows what there is to see, `Happenings` and `Scarcity` what AWS can be made to do.

    Time stands still except in `run` and `invoke`.

    `policy` holds tables as in tidegate.toml (without one: a profile `default`), `mode` and `kill_switch` what the two
    parameters say, `seed` decides all that is left to chance. `handlers` puts others in the place of the app's own, by
    the function's name, and `handler` in the place of the one for spot interruptions. With `loop`, wakes are reconciled
    and the sweep runs every minute; without, only notices are handled and the wakes stay in their queue.
    """

    def __init__(
        self,
        *,
        policy: Mapping[str, Any] = POLICY,
        mode: str = "act",
        kill_switch: str = "off",
        seed: int = 1,
        handler: str | Handler | None = None,
        handlers: Mapping[str, str | Handler] = NO_OTHERS,
        loop: bool = False,
    ) -> None:
        super().__init__()
        self._policy: Final = policy
        self._said: Final = {"mode": mode, "kill_switch": kill_switch}
        self._seed: Final = seed
        self._app: Final = app({**handlers, **({SPOT_INTERRUPTION.name: handler} if handler else {})})
        self._loop: Final = loop
        self._open = ExitStack()
        self._sources: Final = Sources()

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            opening.enter_context(environment(CLEAN, without=("AWS_", "MOTO_", "POWERTOOLS_", "TIDEGATE_")))
            opening.callback(process.reset)
            opening.enter_context(mock_aws())
            opening.enter_context(no_chance(self._seed))
            self.world = World(opening.enter_context(virtual_clock()))
            door = Bedrock(self.world, self._denied.append)
            self.bedrock = door.fake
            self._wire = Wire(self.world, door)
            opening.enter_context(amended(self._amendments()))
            self.clients = bystander()
            policy = checked(self._policy)
            self.deployment = deploy(self.clients, policy, **self._said)
            root = opening.enter_context(task_root(policy))
            self.functions = {
                each.name: Function(self.world, each, self.deployment.environment(each, root)) for each in self._app
            }
            running = [each for each in self.functions.values() if self._loop or not each.shape.of_loop]
            self._sources.connect(self.world, running, self.deployment.inboxes, self.clients)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def fleet(self, name: str = "chat", **shape: Any) -> Fleet:
        """Build a fleet that stands and serves at once. `shape`: the fields of `FleetShape`."""
        with self.world.at_once():
            return build(self.clients, self.backend, FleetShape(name=name, **shape))

    def run(self, seconds: float) -> None:
        """Let time pass, with everything that happens in it."""
        self.world.run(seconds)

    def set_mode(self, *, mode: str | None = None, kill_switch: str | None = None) -> None:
        """Change the stage's mode or kill switch, as `aws ssm put-parameter --overwrite` does."""
        for name, value in ((self.deployment.mode, mode), (self.deployment.kill_switch, kill_switch)):
            if value is not None:
                self.clients("ssm").put_parameter(Name=name, Value=value, Type="String", Overwrite=True)

    def invoke(self, name: str, payload: Any = None) -> Answer:
        """Invoke a function and wait for its answer, as lambda:Invoke does; time passes meanwhile."""
        return self.functions[name].invoke(payload, "a direct call")

    def assume(self, policy: enforce.Document, function: str = SPOT_INTERRUPTION.name) -> None:
        """Run a function, and its poller, under a role with this policy document (or its statements) from now on."""
        clients = enforce.assume(self.clients, policy, role=f"tidegate-{function}")
        self.functions[function].work_as(clients)
        self._sources.work_as(function, clients)

    def crash_after(self, calls: int, function: str | None = None) -> None:
        """Let a function die right after its `calls`-th AWS call from now has taken effect; without a name, any."""
        self._wire.crash_after(calls, function)

    def chaos(self, chaos: Chaos | None) -> None:
        """Answer the handlers' calls in AWS's place: a function from `wire.Call` to `wire.Fault` or None."""
        self._wire.chaos = chaos

    def client(self, service: str, region: str = REGION) -> Any:
        """Return a client of the person in front: its calls take no time and stand in no timeline."""
        return self.clients(service, region)

    def _accept(self, queue: str, body: str, seconds: float) -> None:
        self._accepted.append((self.world.now(), queue, body))
        self._sources.ring(queue, seconds)

    def _amendments(self) -> Iterator[Amendment]:
        yield from self._wire.amendments()
        yield from fleet_services(self.world, self._note_release)
        yield from signal_services(self.world, lambda event: self.emit(event, copies=self.alarm_copies))
        yield from events.amendments(self.world)
        yield from patterns.amendments()
        yield from sqs.amendments(self.world, self._accept)
        yield from dynamodb.amendments(self.world)
        yield from expressions.amendments()
        yield from enforce.amendments(self._denied.append)
