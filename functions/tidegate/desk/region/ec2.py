"""EC2: machines are found by their id at once. moto copies its whole list of reservations for every look."""

from typing import Any

from moto.ec2.exceptions import InvalidInstanceIdError
from moto.ec2.models.instances import Instance, InstanceBackend

from tidegate.desk.region.amend import Amendment


def amendments() -> list[Amendment]:
    """Return what changes in moto: no answer, only the time it takes."""
    return [
        Amendment(InstanceBackend, "get_instance_by_id", find),
        Amendment(InstanceBackend, "get_instance", get_instance),
        Amendment(InstanceBackend, "get_multi_instances_by_id", get_instances),
    ]


def find(backend: InstanceBackend, instance_id: str) -> Instance | None:
    """Return a machine, terminated ones included."""
    index: dict[str, Instance] = vars(backend).setdefault("tidegate_machines", {})
    if instance_id not in index:
        index.update({each.id: each for one in backend.reservations.values() for each in one.instances})
    return index.get(instance_id)


def get_instance(backend: InstanceBackend, instance_id: str) -> Instance:
    """Return a machine, or refuse as DescribeInstances does: InvalidInstanceID.NotFound."""
    if found := find(backend, instance_id):
        return found
    raise InvalidInstanceIdError(instance_id)


def get_instances(backend: InstanceBackend, instance_ids: list[str], filters: Any = None) -> list[Instance]:
    """Return several machines, or refuse the whole call for one that doesn't exist."""
    machines = {each: find(backend, each) for each in instance_ids}
    if missing := [each for each, machine in machines.items() if machine is None]:
        raise InvalidInstanceIdError(missing)
    return [each for each in machines.values() if each and each.applies(filters)]
