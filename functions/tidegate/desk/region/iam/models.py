"""Which permissions Bedrock's operations need: on the model, and on every place a profile may take it to.

Sources: service-authorization/latest/reference/list_amazonbedrock.html, and of profiles
bedrock/latest/userguide/inference-profiles-prereq.html and global-cross-region-inference.html (its model's ARN has no
Region there, and the key aws:RequestedRegion is `unspecified`).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tidegate.desk.bedrock.lookup import Catalog
from tidegate.desk.bedrock.refusal import Refused
from tidegate.desk.bedrock.things import UNSPECIFIED, Alias, model_arn
from tidegate.desk.region.iam.evaluate import Need

ACTIONS: Final = {
    "Converse": "bedrock:InvokeModel",
    "ConverseStream": "bedrock:InvokeModelWithResponseStream",
}
"""Operations that are permitted under another's name: API_runtime_Converse.html, API_runtime_ConverseStream.html"""


def needs(catalog: Catalog, operation: str, named: Mapping[str, Any]) -> list[Need]:
    """Return the permissions of a call; `named` holds the Region and what is called, as the request says it.

    What can't be found needs the operation on any resource: the answer is another refusal.
    """
    action = ACTIONS.get(operation, f"bedrock:{operation}")
    region = named.get("region", "")
    try:
        if "inferenceProfileIdentifier" in named:
            return [Need(action, catalog.destinations(region, named["inferenceProfileIdentifier"])[0])]
        if "modelId" in named:
            return list(_on_model(catalog, action, region, named["modelId"]))
    except Refused:
        pass
    return [Need(action, None)]


def _on_model(catalog: Catalog, action: str, region: str, called: str) -> Iterator[Need]:
    target = catalog.target(region, called)
    alias: Alias | None = catalog.aliases.get(called)
    if alias and not alias.kind.startswith("application"):
        yield Need(action, alias.arn)
        return
    if alias or target.scope != "on-demand":
        yield Need(action, catalog.destinations(region, called)[0])
    for each in target.destinations:
        asked = "unspecified" if each == UNSPECIFIED else each
        yield Need(action, model_arn(each, target.model.id), {"aws:RequestedRegion": [asked]})
