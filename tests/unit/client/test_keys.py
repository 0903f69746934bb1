from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.client.documents import candidate
from tidegate.client.errors import Unavailable
from tidegate.client.keys import Keys, hidden
from tidegate.client.refusal import refused

SECRET = "secretsmanager:own-key"  # noqa: S105 - a name
OWN = candidate("own", kind="openai-compatible", region="", endpoint="http://127.0.0.1:1/v1")


@dataclass(frozen=True, slots=True)
class Holder:
    """Secrets Manager, with one key."""

    key: str

    def get_secret_value(self, **_: object) -> Any:
        return {"SecretString": self.key}


def read(key: str) -> str:
    """Return a key as it is read."""
    return Keys(lambda _: Holder(key)).key(SECRET)


def test_what_stands_around_a_key_is_no_part_of_it() -> None:
    assert read("  sk-0123\n") == "sk-0123"


@pytest.mark.parametrize("key", ["", " \n", "sk-01\n23", "sk-\x0023", "sk-0123\u200b4", "sk-schl\u00fcssel"])
def test_what_is_no_key_is_refused_in_words_that_show_nothing_of_it(key: str) -> None:
    with pytest.raises(Unavailable, match="what lies at secretsmanager:own-key is no key") as caught:
        read(key)
    assert "sk-" not in str(caught.value)
    assert (caught.value.__cause__, caught.value.heard) == (None, False)


printable = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=12, max_size=40)


@given(printable.map(str.strip).filter(lambda key: len(key) > 11), st.integers(0, 320))
def test_a_key_is_hidden_as_it_is_and_as_python_and_json_write_it_before_a_text_is_shortened(
    key: str, before: int
) -> None:
    for form in (key, repr(key), repr([key]), repr({"k": key.encode()})):
        assert key not in hidden(f"{form} was refused", key)
        said = str(refused(OWN, ValueError("." * before + form), key))
        assert repr(key)[1:-1][:12] not in said
