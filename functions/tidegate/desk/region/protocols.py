"""What a request says and how a service says no, in the two protocols that matter here: query (XML) and JSON."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import parse_qsl

XML_SERVICES: Final = ("autoscaling", "ec2", "elasticloadbalancing", "iam", "sns", "sts")
"""Services that answer in XML; the others in JSON. By their name in a signature's scope."""

NAMES: Final = {"monitoring": "cloudwatch"}
"""Services whose permissions bear another name than their signatures."""


def request_of(headers: Any, body: Any) -> tuple[str, str, dict[str, Any]]:
    """Service (from the signature's scope), operation and parameters of a request."""
    plain = {key.lower(): text(value) for key, value in headers.items()}
    scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", plain.get("authorization", ""))
    service = NAMES.get(scope.group(1), scope.group(1)) if scope else "unknown"
    said = text(body or "")
    if target := plain.get("x-amz-target"):
        return service, target.rsplit(".", 1)[-1], json.loads(said or "{}")
    fields: dict[str, Any] = dict(parse_qsl(said))
    return service, fields.pop("Action", "unknown"), fields


def error_body(service: str, code: str, message: str, reasons: Sequence[str] = ()) -> str:
    """An error in the service's protocol: query services wrap it differently from EC2.

    `reasons` are DynamoDB's for a transaction that it cancelled, one for each action:
    amazondynamodb/latest/APIReference/API_CancellationReason.html
    """
    if service not in XML_SERVICES:
        canceled = {"CancellationReasons": [{"Code": reason} for reason in reasons]} if reasons else {}
        return json.dumps({"__type": code, "message": message, **canceled})
    inner = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    if service == "ec2":
        return f"<Response><Errors>{inner}</Errors><RequestID>0</RequestID></Response>"
    return f"<ErrorResponse>{inner}<RequestId>0</RequestId></ErrorResponse>"


def error_code(headers: Any, body: Any) -> str | None:
    """The error code in an answer of either protocol; rest-json says it in a header."""
    if named := headers.get("x-amzn-ErrorType"):
        return text(named).split(":")[0]
    said = text(body)
    found = re.search(r"<Code>([^<]+)</Code>", said) or re.search(r'"__type":\s*"(?:[^"#]*#)?([^"]+)"', said)
    return found.group(1) if found else None


def text(value: Any) -> str:
    """Headers and bodies come as bytes or as text."""
    return value.decode() if isinstance(value, bytes) else str(value)
