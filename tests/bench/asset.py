"""What is uploaded, and unpacked before every cold start: the zipped asset."""

import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from cdk.bundling import bundle
from tests.bench.figure import Figure
from tidegate.policy.read import parse


def measure() -> Iterator[Figure]:
    """Bundle the smallest policy and zip it as the CDK CLI does: deflated, every file."""
    with tempfile.TemporaryDirectory() as folder:
        root, archive = Path(folder, "asset"), Path(folder, "asset.zip")
        bundle(root, policy=parse({"stage": {"dev": {}}, "profile": {"default": {}}}, where="bench"), stage="dev")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
            for path in sorted(root.rglob("*")):
                zipped.write(path, path.relative_to(root))
        yield Figure("zipped asset", archive.stat().st_size / 1e6, "MB", bound=1.5)
