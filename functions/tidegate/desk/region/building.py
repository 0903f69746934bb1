"""Builds fleets as their owner would, through the API: group, launch template, target group and hook."""

from typing import Any, Final

from moto.autoscaling.models import AutoScalingBackend

from tidegate.desk.region.autoscaling.group import found
from tidegate.desk.region.clients import Clients
from tidegate.desk.region.fleet import Fleet, FleetShape
from tidegate.desk.region.place import ZONES

TYPES: Final = ("g6.xlarge", "g5.xlarge", "g4dn.xlarge")
HOOK_SECONDS: Final = 300


def build(clients: Clients, backend: AutoScalingBackend, shape: FleetShape) -> Fleet:
    """Build a mixed-instances group over three zones."""
    target_groups = [make_target_group(clients, shape)] if shape.balanced else []
    client = clients("autoscaling")
    client.create_auto_scaling_group(**group_request(clients, shape, target_groups))
    group = found(backend, shape.name)
    if shape.boot is not None:
        vars(group)["tidegate_boot_seconds"] = shape.boot
    if shape.operator:
        # No request sets it: AWS does, for groups that another service runs in the account.
        vars(group)["operator"] = {"Managed": True, "Principal": shape.operator}
    if shape.hook:
        client.put_lifecycle_hook(
            LifecycleHookName="before-the-end",
            AutoScalingGroupName=shape.name,
            LifecycleTransition="autoscaling:EC2_INSTANCE_TERMINATING",
            HeartbeatTimeout=HOOK_SECONDS if shape.hook is True else shape.hook,
        )
    if shape.suspended:
        client.suspend_processes(AutoScalingGroupName=shape.name, ScalingProcesses=list(shape.suspended))
    return Fleet(backend, shape.name)


def group_request(clients: Clients, shape: FleetShape, target_groups: list[str]) -> dict[str, Any]:
    """Return the parameters of CreateAutoScalingGroup."""
    size = shape.on_demand + shape.spot
    tags = dict(shape.tags or {}) | ({"tidegate:profile": shape.profile} if shape.profile is not None else {})
    template = {"LaunchTemplateId": launch_template(clients), "Version": "$Default"}
    return {
        "AutoScalingGroupName": shape.name,
        "MinSize": shape.min_size,
        "MaxSize": 2 * size + 10 if shape.max_size is None else shape.max_size,
        "DesiredCapacity": size,
        "VPCZoneIdentifier": ",".join(subnets(clients)),
        "CapacityRebalance": shape.capacity_rebalance,
        "NewInstancesProtectedFromScaleIn": shape.protected,
        "TargetGroupARNs": target_groups,
        "Tags": [{"Key": key, "Value": value, "PropagateAtLaunch": True} for key, value in tags.items()],
        "MixedInstancesPolicy": {
            "LaunchTemplate": {
                "LaunchTemplateSpecification": template,
                "Overrides": overrides(shape),
            },
            "InstancesDistribution": {
                "OnDemandBaseCapacity": shape.on_demand,
                "OnDemandPercentageAboveBaseCapacity": 0,
                "SpotAllocationStrategy": "price-capacity-optimized",
            },
        },
    }


def overrides(shape: FleetShape) -> list[dict[str, str]]:
    """Return the instance types, each with its weight if the shape has weights."""
    if not shape.weights:
        return [{"InstanceType": each} for each in TYPES]
    return [{"InstanceType": each, "WeightedCapacity": str(weight)} for each, weight in shape.weights.items()]


def make_target_group(clients: Clients, shape: FleetShape) -> str:
    """Create a target group with the shape's deregistration delay; return its ARN."""
    client = clients("elbv2")
    vpc = clients("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    made = client.create_target_group(Name=shape.name[:32], Protocol="HTTP", Port=8000, VpcId=vpc)
    arn = made["TargetGroups"][0]["TargetGroupArn"]
    delay = {"Key": "deregistration_delay.timeout_seconds", "Value": str(shape.drain)}
    client.modify_target_group_attributes(TargetGroupArn=arn, Attributes=[delay])
    return arn


def subnets(clients: Clients) -> list[str]:
    """Return the default subnets of the three zones."""
    filters = [{"Name": "availability-zone", "Values": list(ZONES)}]
    found_there = clients("ec2").describe_subnets(Filters=filters)["Subnets"]
    by_zone = {each["AvailabilityZone"]: each["SubnetId"] for each in found_there}
    return [by_zone[zone] for zone in ZONES]


def launch_template(clients: Clients) -> str:
    """Return the one launch template of all fleets, made when it is first asked for."""
    client = clients("ec2")
    if known := client.describe_launch_templates()["LaunchTemplates"]:
        return known[0]["LaunchTemplateId"]
    profile = {"Name": "llm-server"}
    data: Any = {"ImageId": "ami-12c6146b", "InstanceType": TYPES[0], "IamInstanceProfile": profile}
    made = client.create_launch_template(LaunchTemplateName="llm-server", LaunchTemplateData=data)
    return made["LaunchTemplate"]["LaunchTemplateId"]
