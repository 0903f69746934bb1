"""One synthesis for all tests of the infrastructure: it takes seconds."""

import pytest

from tests.infrastructure import templates


@pytest.fixture(scope="session")
def template() -> templates.Template:
    """The template of the stage `dev`."""
    return templates.synthesized()
