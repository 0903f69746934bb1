"""Where the real traces lie."""

import os
from pathlib import Path

import pytest


def traces() -> Path:
    """Return the folder of the real traces; skip the test where nobody says where that is.

    They are measured elsewhere and are no part of the project, so not everybody has them.
    """
    folder = os.environ.get("TIDEGATE_TRACES")
    if not folder:
        pytest.skip("TIDEGATE_TRACES names no folder with traces")
    return Path(folder)
