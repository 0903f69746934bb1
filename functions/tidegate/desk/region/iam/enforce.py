"""Enforces a role's policies on every call made with its credentials; all other calls are an administrator's."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from moto.core.authorization import ActionAuthenticatorMixin
from moto.iam.access_control import AssumedRoleAccessKey
from moto.sts.models import sts_backends
from werkzeug.exceptions import HTTPException

from tidegate.desk.region.amend import Amendment
from tidegate.desk.region.clients import Clients
from tidegate.desk.region.iam.evaluate import Need, allowed
from tidegate.desk.region.iam.permissions import needs
from tidegate.desk.region.place import ACCOUNT
from tidegate.desk.region.protocols import XML_SERVICES, error_body, request_of

ROLE: Final = "tidegate-function"
"""The role's name, where nobody asks for another."""

CREDENTIAL: Final = re.compile(r"Credential=([^/,]+)/")

type Document = Mapping[str, Any] | Sequence[Mapping[str, Any]]


def amendments(denied: Callable[[Need], None]) -> list[Amendment]:
    """Return what changes in moto; `denied` hears of each permission that was missing."""

    def authorize(response: Any, _resource: str = "*") -> None:
        """Every call of an assumed role needs its permissions, on the resource, under the policy's conditions."""
        # A query request's body was read as a form before it came here.
        body = response.raw_body or urlencode(response.normalized_request.form)
        service, operation, parameters = request_of(response.headers, body)
        if missing := lacking(response.headers, lambda: needs(service, operation, parameters)):
            who, need = missing
            denied(need)
            raise refusal(service, who, need)

    return [Amendment(ActionAuthenticatorMixin, "_authenticate_and_authorize_normal_action", authorize)]


def lacking(headers: Mapping[str, str], needed: Callable[[], Sequence[Need]]) -> tuple[str, Need] | None:
    """Return whose call lacks a permission, and which; None: it may, or whoever calls bears no role."""
    signed = CREDENTIAL.search(headers.get("Authorization", ""))
    access_key = signed[1] if signed else ""
    if not any(each.access_key_id == access_key for each in sts_backends[ACCOUNT]["aws"].assumed_roles):
        return None
    key = AssumedRoleAccessKey(ACCOUNT, "aws", access_key, dict(headers))
    statements = [each for policy in key.collect_policies() for each in statements_of(policy)]
    missing = next((each for each in needed() if not allowed(each, statements)), None)
    return (key.arn, missing) if missing else None


def statements_of(policy: Any) -> Sequence[Mapping[str, Any]]:
    """The statements of an inline policy, as moto keeps it."""
    document: Any = json.loads(policy if isinstance(policy, str) else policy["policy_document"])
    return [document["Statement"]] if isinstance(document["Statement"], dict) else document["Statement"]


def refusal(service: str, who: str, need: Need) -> HTTPException:
    """How the service says no: JSON services AccessDeniedException (moto answers a bare 403), EC2 its own word.

    CloudWatch speaks JSON and keeps the codes that it had in XML (awsQueryCompatible in its service model).

    Sources: the "Common errors" page of each API reference; AWSEC2/latest/APIReference/errors-overview.html
    """
    code = "AccessDenied" if service in (*XML_SERVICES, "cloudwatch") else "AccessDeniedException"
    if service == "ec2":
        code = "UnauthorizedOperation"
    refused = HTTPException(error_body(service, code, sentence(who, need)))
    refused.code = 403 if service in XML_SERVICES else 400
    return refused


def sentence(who: str, need: Need) -> str:
    """Return how AWS says that a permission is missing."""
    return need.said or f"User: {who} is not authorized to perform: {need.action} on resource: {need.resource}"


def assume(clients: Clients, document: Document, role: str = ROLE) -> Clients:
    """Give a role these statements and assume it; the clients under its credentials."""
    statements = document.get("Statement", []) if isinstance(document, Mapping) else document
    policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    iam = clients("iam")
    if not any(each["RoleName"] == role for each in iam.list_roles()["Roles"]):
        iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
    iam.put_role_policy(RoleName=role, PolicyName="inline", PolicyDocument=policy)
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    got = clients("sts").assume_role(RoleArn=arn, RoleSessionName="function")["Credentials"]
    return Clients(got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"])
