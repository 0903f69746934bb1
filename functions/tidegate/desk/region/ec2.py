"""EC2: pages and terminations, and machines that are found by their id at once.

moto copies its whole list of reservations for every look.
"""

from typing import Any, Final

from moto.core.responses import ActionResult
from moto.ec2 import utils
from moto.ec2.exceptions import InvalidInstanceIdError, InvalidParameterValueError
from moto.ec2.models.instances import Instance, InstanceBackend
from moto.ec2.responses.instances import InstanceResponse

from tidegate.desk.region.amend import Amendment, param
from tidegate.desk.region.world import World

LEAST_RESULTS: Final = 5
"""MaxResults of DescribeInstances; the message: aws/aws-sdk-ruby pull request 2575."""


def amendments(world: World) -> list[Amendment]:
    """Return what changes in moto: what is refused, what stands in the timeline, and the time it takes."""
    plain_describe, plain_terminate = InstanceResponse.describe_instances, InstanceResponse.terminate_instances

    def describe_instances(response: InstanceResponse) -> ActionResult:
        """DescribeInstances: pages of at least five (API_DescribeInstances.html)."""
        results = int(param(response, "MaxResults") or LEAST_RESULTS)
        if results < LEAST_RESULTS:
            said = f"Value ( {results} ) for parameter maxResults is invalid. Expecting a value greater than 5."
            raise InvalidParameterValueError(said)
        return plain_describe(response)

    def terminate_instances(response: InstanceResponse) -> ActionResult:
        """TerminateInstances: what is terminated already is no error (API_TerminateInstances.html)."""
        ids: list[str] = param(response, "InstanceIds", [])
        machines = [find(response.ec2_backend, each) for each in ids]
        living = [each for each in machines if each and each.state != "terminated"]
        answer = plain_terminate(response)
        for each in living:
            world.record("aws", "terminated", f"{each.id} is terminated by a call", instance=each.id)
        return answer

    # `instance-lifecycle` of API_DescribeInstances.html: `spot`, for example; moto doesn't know this filter.
    filters = utils.filter_dict_attribute_mapping | {"instance-lifecycle": "lifecycle"}
    return [
        Amendment(utils, "filter_dict_attribute_mapping", filters),
        Amendment(InstanceResponse, "describe_instances", describe_instances),
        Amendment(InstanceResponse, "terminate_instances", terminate_instances),
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
