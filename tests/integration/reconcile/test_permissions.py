"""Reconcile under the role that the template gives it: enough for all it does, and nothing in it to spare."""

from tests.integration.loop.mixes import base_of, lose, made_of
from tests.integration.model import scenes as models
from tests.integration.roles import Named, assume, assume_without, refused, refused_that_alone, without_each
from tidegate.desk.bedrock.catalog import CLAUDE
from tidegate.desk.bedrock.things import Alias
from tidegate.desk.region.app import RECONCILE
from tidegate.desk.region.notices import warning
from tidegate.desk.region.place import ACCOUNT, REGION
from tidegate.desk.region.region import Region
from tidegate.journal import layout
from tidegate.loop.wake import Wakes

NAME = RECONCILE.name
OURS = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:application-inference-profile/a1b2c3d4e5f6"
POLICY = {
    "model": {
        "chat": {
            "residency": "US",
            "route": [*models.ROUTES, {"name": "ours", "kind": "bedrock-profile", "id": OURS, "region": REGION}],
        }
    },
    "profile": {
        "default": {"mix": {"jitter_seconds": 0}},
        "adopting": {"signal": {"cpu": {}, "slow": {"alarm": "{group}-slow", "target": 1}}},
    },
}


def detached_long_ago(region: Region) -> str:
    """Let somebody detach a spot machine that bears our tag, and should have been gone an hour ago."""
    machine = region.fleet("old", balanced=False).spot_machines()[0].id
    tags = [{"Key": "tidegate:detached", "Value": "2026-03-02T08:00:00Z"}]
    region.client("ec2").create_tags(Resources=[machine], Tags=tags)
    region.client("autoscaling").detach_instances(
        AutoScalingGroupName="old", InstanceIds=[machine], ShouldDecrementDesiredCapacity=False
    )
    return machine


def play(region: Region) -> dict[str, str]:
    """Let everything happen that reconcile knows; return the machines by what is to become of them.

    Two fleets could launch nothing when their warnings came, so that nothing was released; soon afterwards they can.
    A third one loses a machine while no spot is to be had.
    """
    chat, batch = (
        region.fleet("chat", suspended=["Launch"]),
        region.fleet("batch", balanced=False, suspended=["Launch"]),
    )
    machines = {"terminate": chat.spot_machines()[0].id, "detach": batch.spot_machines()[0].id}
    region.load(region.fleet("busy", profile="adopting"), lambda _: 20.0)
    machines["stray"] = detached_long_ago(region)
    dry = region.fleet("dry")
    region.dry_up(dry)
    lose(region, dry)
    for fleet in (chat, batch):
        region.emit(warning(fleet.spot_machines()[0]))
    region.bedrock.catalog.add(Alias(arn=OURS, of=f"us.{CLAUDE}"))
    models.tell(region)
    region.run(40)
    for fleet in (chat, batch):
        region.client("autoscaling").resume_processes(AutoScalingGroupName=fleet.name, ScalingProcesses=["Launch"])
    strays = {layout.STRAYS: ("by-hand", "somebody asks")}
    Wakes(region.client("sqs"), region.deployment.wakes_url).targets(strays)
    region.run(260)
    return machines


def test_the_role_is_enough_for_everything_reconcile_does() -> None:
    with Region(loop=True, policy=POLICY) as region:
        assume(region, NAME)
        machines = play(region)
        assert refused(region) == []
        assert {one.how: one.instance for one in region.releases if one.group in ("chat", "batch")} == {
            how: machines[how] for how in ("terminate", "detach")
        }
        assert {one.instance: one.outcome for one in region.incidents()} == {
            machines[how]: "replaced" for how in ("terminate", "detach")
        }
        ended = region.client("ec2").describe_instances(InstanceIds=[machines["stray"]])
        assert ended["Reservations"][0]["Instances"][0]["State"]["Name"] in ("shutting-down", "terminated")
        assert region.fleets["busy"].desired > 6
        assert (base_of(region, "dry"), made_of(region.fleets["dry"])) == (2, (2, 4))
        assert "stepped_down" in models.decisions(region)
        assert region.dead_letters() == ()


@without_each(NAME)
def test_without_any_one_permission_reconcile_is_refused_that_and_nothing_else(permission: Named) -> None:
    with Region(loop=True, policy=POLICY) as region:
        missing = assume_without(region, NAME, permission)
        play(region)
        assert refused_that_alone(region, missing)
