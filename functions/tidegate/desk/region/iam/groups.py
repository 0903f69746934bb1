"""Which permissions Auto Scaling's operations need, and what a request says that a policy may ask about.

Source: service-authorization/latest/reference/list_amazonec2autoscaling.html
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from moto.autoscaling.models import autoscaling_backends
from moto.ec2.models import ec2_backends

from tidegate.desk.region.iam.evaluate import Need
from tidegate.desk.region.place import ACCOUNT, REGION

TEMPLATES: Final = ("LaunchTemplate.", "MixedInstancesPolicy.LaunchTemplate.")
SPECIFICATIONS: Final = ("LaunchTemplate.", "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.")

type Parameters = Mapping[str, Any]


def on_group(action: str, parameters: Parameters) -> list[Need]:
    """Auto Scaling: describing takes no resource; the rest acts on a group, with the group's tags as conditions."""
    if action.startswith("autoscaling:Describe"):
        return [Need(action, "*")]
    groups = autoscaling_backends[ACCOUNT][REGION].autoscaling_groups.values()
    name, instance = parameters.get("AutoScalingGroupName"), parameters.get("InstanceId")
    asked = asked_for(parameters) if action == "autoscaling:UpdateAutoScalingGroup" else {}
    for group in groups:
        if group.name == name or any(state.instance.id == instance for state in group.instance_states):
            tags = {tag["Key"]: tag["Value"] for tag in group.tags}
            keys = ("autoscaling:ResourceTag", "aws:ResourceTag")
            context = {f"{key}/{tag}": [tags[tag]] for key in keys for tag in tags}
            return [Need(action, group.arn, {**context, **asked}), *to_launch(parameters)]
    return [Need(action, f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:*:autoScalingGroupName/{name}")]


def asked_for(parameters: Parameters) -> dict[str, Sequence[str]]:
    """Return the condition keys of UpdateAutoScalingGroup that a request carries: those of what it names, no others.

    A launch template's version is specified unless it is $Latest or $Default or left out:
    autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html
    """
    plain = {name: parameters[name] for name in ("LaunchConfigurationName", "MaxSize", "MinSize") if name in parameters}
    context: dict[str, Sequence[str]] = {f"autoscaling:{name}": [value] for name, value in plain.items()}
    if subnets := parameters.get("VPCZoneIdentifier"):
        context["autoscaling:VPCZoneIdentifiers"] = [each.strip() for each in subnets.split(",")]
    overrides = "MixedInstancesPolicy.LaunchTemplate.Overrides."
    types = [
        value for name, value in parameters.items() if name.startswith(overrides) and name.endswith("InstanceType")
    ]
    if types:
        context["autoscaling:InstanceTypes"] = types
    if any(each.startswith(TEMPLATES) for each in parameters):
        version = named(parameters, "Version")
        context["autoscaling:LaunchTemplateVersionSpecified"] = [str(version.isdigit()).lower()]
    return context


def to_launch(parameters: Parameters) -> list[Need]:
    """Return what a request with a launch template needs besides: its caller must be able to launch from it.

    A caller who isn't hears about the template, not about ec2:RunInstances (ansible-collections/community.aws pull
    request 831). If the template names an instance profile, the role in it must be passed too.
    Source: autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html
    """
    if not any(each.startswith(TEMPLATES) for each in parameters):
        return []
    backend = ec2_backends[ACCOUNT][REGION]
    name = named(parameters, "LaunchTemplateName")
    template = named(parameters, "LaunchTemplateId") or backend.launch_template_name_to_ids.get(name, name)
    run = Need("ec2:RunInstances", None, said=f"You are not authorized to use launch template: {template}")
    known = backend.launch_templates.get(template)
    if not known or not known.get_version(named(parameters, "Version") or "$Default").data.get("IamInstanceProfile"):
        return [run]
    return [run, Need("iam:PassRole", None, {"iam:PassedToService": ["ec2.amazonaws.com"]})]


def named(parameters: Parameters, field: str) -> str:
    """Return a field of the launch template that a request names, wherever it does; empty if it is left out."""
    return str(next((parameters[each + field] for each in SPECIFICATIONS if each + field in parameters), ""))
