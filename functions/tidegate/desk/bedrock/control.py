"""The operations of the control plane that say where a profile processes, and what a Region's models are good for."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from tidegate.desk.bedrock.lookup import Catalog
from tidegate.desk.bedrock.refusal import Refusal, Refused
from tidegate.desk.bedrock.things import Foundation, model_arn, profile_arn

type Parameters = Mapping[str, Any]

_BEGAN: Final = datetime(2025, 10, 1, tzinfo=UTC)


def told(catalog: Catalog, region: str, operation: str, parameters: Parameters) -> dict[str, Any]:
    """Return the answer of an operation. Raises `Refused`."""
    if operation not in OPERATIONS:
        raise Refused(Refusal("ResourceNotFoundException", f"the fake Bedrock doesn't know {operation}"))
    return OPERATIONS[operation](catalog, region, parameters)


def _profile(catalog: Catalog, region: str, parameters: Parameters) -> dict[str, Any]:
    return _summary(catalog, region, parameters["inferenceProfileIdentifier"])


def _summary(catalog: Catalog, region: str, profile: str) -> dict[str, Any]:
    """One profile with its destinations: API_GetInferenceProfile.html, API_InferenceProfileSummary.html."""
    arn, model, destinations = catalog.destinations(region, profile)
    ours = ":application-inference-profile/" in arn
    return {
        "inferenceProfileName": arn.rsplit("/", 1)[1].replace(".", " ").replace(":", " ")[:64],
        "createdAt": _BEGAN,
        "updatedAt": _BEGAN,
        "inferenceProfileArn": arn,
        "models": [{"modelArn": model_arn(each, model)} for each in destinations],
        "inferenceProfileId": arn.rsplit("/", 1)[1],
        "status": "ACTIVE",
        "type": "APPLICATION" if ours else "SYSTEM_DEFINED",
    }


def _profiles(catalog: Catalog, region: str, parameters: Parameters) -> dict[str, Any]:
    """ListInferenceProfiles: system-defined ones unless the type says otherwise, in pages: its API page."""
    wanted = parameters.get("typeEquals", "SYSTEM_DEFINED")
    system = [profile_arn(region, one.id) for one in catalog.profiles.values() if region in one.destinations]
    own = [one.arn for one in catalog.aliases.values() if one.region == region and one.kind.startswith("application")]
    found = sorted(system if wanted == "SYSTEM_DEFINED" else own)
    start, most = int(parameters.get("nextToken", 0)), int(parameters.get("maxResults", 1000))
    more = {"nextToken": str(start + most)} if start + most < len(found) else {}
    page = found[start : start + most]
    return {"inferenceProfileSummaries": [_summary(catalog, region, one) for one in page], **more}


def _models(catalog: Catalog, region: str, parameters: Parameters) -> dict[str, Any]:
    """ListFoundationModels: byInferenceType and byProvider narrow it: API_ListFoundationModels.html."""
    kind, maker = parameters.get("byInferenceType"), parameters.get("byProvider", "").lower()
    found = (one for one in catalog.models.values() if region in one.regions)
    told = (one for one in found if kind in (None, *one.inference_types) and maker in ("", one.id.split(".")[0]))
    return {"modelSummaries": list(_model_summaries(region, told))}


def _model_summaries(region: str, models: Iterator[Foundation]) -> Iterator[dict[str, Any]]:
    for one in models:
        maker, name = one.id.split(".", 1)
        yield {
            "modelArn": model_arn(region, one.id),
            "modelId": one.id,
            "modelName": name.split("-v")[0][:20],
            "providerName": maker.capitalize(),
            "inputModalities": ["TEXT"],
            "outputModalities": ["TEXT"],
            "responseStreamingSupported": True,
            "inferenceTypesSupported": list(one.inference_types),
            "modelLifecycle": {"status": "ACTIVE"},
        }


OPERATIONS: Final[Mapping[str, Callable[[Catalog, str, Parameters], dict[str, Any]]]] = {
    "GetInferenceProfile": _profile,
    "ListInferenceProfiles": _profiles,
    "ListFoundationModels": _models,
}
"""What is known here of Bedrock's control plane."""
