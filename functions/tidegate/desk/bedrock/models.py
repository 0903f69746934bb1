"""Bedrock's two service models, as botocore ships them: the truth about paths, shapes and errors."""

from typing import Final

from botocore.loaders import Loader
from botocore.model import ServiceModel


def _load(name: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(name, "service-2"), name)


RUNTIME: Final = _load("bedrock-runtime")
CONTROL: Final = _load("bedrock")
