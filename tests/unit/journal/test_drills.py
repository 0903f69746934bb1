"""Whose drill a record permits: a target, or in records from before models the name of a fleet alone."""

from typing import Any, cast

import pytest

from tests.bench.wave.table import Table
from tests.fakes import NOW
from tidegate.journal import layout
from tidegate.journal.items import Value
from tidegate.journal.table import Journal

RECORDS: dict[str, tuple[dict[str, Value | None], str | None]] = {
    "a fleet's": ({"target": "fleet/chat", "expires": NOW + 1}, "fleet/chat"),
    "a fleet's, by its name alone": ({"target": "chat", "expires": NOW + 1}, "fleet/chat"),
    "that of a fleet whose name begins like a target": (
        {"target": "fleet/model/x", "expires": NOW + 1},
        "fleet/model/x",
    ),
    "a model's": ({"target": "model/chat", "expires": NOW + 1}, "model/chat"),
    "one that has expired": ({"target": "fleet/chat", "expires": NOW}, None),
    "one without a target": ({"expires": NOW + 1}, None),
}


@pytest.mark.parametrize(("record", "target"), RECORDS.values(), ids=RECORDS)
def test_a_record_permits_the_drill_of_one_target_until_it_expires(
    record: dict[str, Value | None], target: str | None
) -> None:
    journal = Journal(cast(Any, Table(lambda _: None)), "journal", days=90, pause=lambda _: None)
    journal.write([journal.put(layout.drill_record("n1"), record, at=NOW)])
    assert journal.drill_target("n1", now=NOW) == target
    assert journal.drill_target("n2", now=NOW) is None
    assert journal.drill_target("", now=NOW) is None
