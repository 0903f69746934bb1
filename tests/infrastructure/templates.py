"""The synthesized template as plain data, for these tests and for those that run a handler under its own role."""

import json
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from cdk.stages import build
from tidegate.policy.read import Policy, parse

PROJECT: Final = Path(__file__).parents[2]
ACCOUNT: Final = "123456789012"
REGION: Final = "us-east-1"

CHAT: Final[Mapping[str, Any]] = {
    "residency": "EU",
    "route": [
        {"name": "home", "kind": "bedrock", "id": "amazon.nova-lite-v1:0"},
        {"name": "paris", "kind": "bedrock", "id": "amazon.nova-lite-v1:0", "region": "eu-west-3"},
        {"name": "own", "kind": "openai-compatible", "id": "nova", "endpoint": "http://10.0.0.1:8000/v1"},
    ],
}
"""A model with a route of each kind: one that alarms of the stage can watch, one in another Region, one of nobody's."""

Template = Mapping[str, Any]

_PSEUDO: Final = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::URLSuffix": "amazonaws.com",
}
_ARNS: Final = {
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{}}",
    "AWS::Events::Rule": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{{}}",
    "AWS::IAM::ManagedPolicy": f"arn:aws:iam::{ACCOUNT}:policy/{{}}",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{}}",
    "AWS::Lambda::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{}}:*",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{}}",
}


def context() -> dict[str, object]:
    """Return the feature flags that the CDK CLI would hand over from `cdk.json`, and that nothing be bundled."""
    flags = json.loads(PROJECT.joinpath("cdk.json").read_text(encoding="utf-8"))["context"]
    return {**flags, "aws:cdk:bundling-stacks": []}


def policy() -> Policy:
    """Return the smallest policy with all there can be: one stage, wherever it is deployed, a profile and a model."""
    return parse({"stage": {"dev": {}}, "profile": {"default": {}}, "model": {"chat": CHAT}}, where="test")


@cache
def synthesized() -> Template:
    """Return the template of the stage `dev`: synthesized, and checked by cdk-nag, once for the whole run."""
    return template_of(policy())


@cache
def without_models() -> Template:
    """Return the template of a stage `dev` that has no model: its only one lives on a single machine."""
    local = {"residency": "EU", "route": [{**CHAT["route"][0], "stages": ["local"]}]}
    return template_of(
        parse({"stage": {"dev": {}}, "profile": {"default": {}}, "model": {"chat": local}}, where="test")
    )


def template_of(policy: Policy) -> Template:
    """Synthesize the stage `dev` of a policy."""
    with tempfile.TemporaryDirectory() as folder:
        build(policy, context=context(), outdir=folder).synth()
        return json.loads(Path(folder, "Tidegate-dev.template.json").read_text(encoding="utf-8"))


def resources(template: Template, kind: str) -> dict[str, Any]:
    """Return the properties of every resource of one type, by logical id."""
    return {name: one.get("Properties", {}) for name, one in template["Resources"].items() if one["Type"] == kind}


def function_id(template: Template, handler: str) -> str:
    """Return the logical id of the one function with `handler`."""
    (found,) = (name for name, one in resources(template, "AWS::Lambda::Function").items() if one["Handler"] == handler)
    return found


def mapping_of(template: Template, handler: str) -> Any:
    """Return the properties of the one event source mapping of the function with `handler`."""
    function = {"Ref": function_id(template, handler)}
    mappings = resources(template, "AWS::Lambda::EventSourceMapping").values()
    (found,) = (mapping for mapping in mappings if mapping["FunctionName"] == function)
    return found


def drained_queue(template: Template, handler: str) -> Any:
    """Return the properties of the queue that the function with `handler` drains."""
    return template["Resources"][mapping_of(template, handler)["EventSourceArn"]["Fn::GetAtt"][0]]["Properties"]


def role_id(template: Template, handler: str) -> str:
    """Return the logical id of the role of the function with `handler`."""
    return resources(template, "AWS::Lambda::Function")[function_id(template, handler)]["Role"]["Fn::GetAtt"][0]


def role_policy(template: Template, role: str) -> dict[str, Any]:
    """Return the policy document of the role with a logical id, as IAM would see it once deployed.

    Account and Region are those that moto uses, names are the logical ids.
    """
    documents = [
        one["PolicyDocument"]
        for one in resources(template, "AWS::IAM::Policy").values()
        if {"Ref": role} in one["Roles"]
    ]
    statements = [statement for document in documents for statement in document["Statement"]]
    return {"Version": "2012-10-17", "Statement": resolve(template, statements)}


def without_hashes(template: Template, text: str) -> str:
    """Return `text` with the hash left out of each logical id in it."""
    for logical_id in template["Resources"]:
        text = text.replace(logical_id, logical_id[:-8])
    return text


def listed(value: str | list[str]) -> list[str]:
    """IAM takes one value wherever it takes a list."""
    return [value] if isinstance(value, str) else value


def resolve(template: Template, value: Any) -> Any:
    """Return `value` with its intrinsic functions replaced by the strings that CloudFormation would put there."""
    if isinstance(value, list):
        return [resolve(template, item) for item in cast(list[Any], value)]
    if not isinstance(value, dict):
        return value
    table = cast(dict[str, Any], value)
    if len(table) == 1 and (key := next(iter(table))) in _INTRINSICS:
        return _INTRINSICS[key](template, table[key])
    return {key: resolve(template, item) for key, item in table.items()}


def _join(template: Template, argument: Any) -> str:
    separator, parts = argument
    return separator.join(resolve(template, parts))


def _ref(template: Template, name: str) -> str:
    if name in _PSEUDO:
        return _PSEUDO[name]
    if template["Resources"][name]["Type"] == "AWS::SQS::Queue":
        return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{_physical(template, name)}"
    return _physical(template, name)


def _get_att(template: Template, argument: Any) -> str:
    name, attribute = argument
    if attribute != "Arn":
        return _physical(template, name)
    return _ARNS[template["Resources"][name]["Type"]].format(_physical(template, name))


def _physical(template: Template, name: str) -> str:
    """Return the name of a resource: its own if the template gives it one, else the logical id."""
    properties = template["Resources"][name].get("Properties", {})
    return properties.get("Name") or (f"{name}.fifo" if properties.get("FifoQueue") else name)


_INTRINSICS: Final[Mapping[str, Callable[[Template, Any], Any]]] = {
    "Fn::Join": _join,
    "Fn::GetAtt": _get_att,
    "Ref": _ref,
}
