"""Every alarm leads to its runbook, and every runbook belongs to an alarm."""

import re

from tests.infrastructure.templates import PROJECT, Template, resources

PAGE = PROJECT / "docs/operations.md"


def anchors() -> set[str]:
    """Return the anchors of the sections about alarms, as a forge makes them of headings."""
    alarms = PAGE.read_text(encoding="utf-8").split("\n## Alarms\n")[1].split("\n## ")[0]
    titles: list[str] = re.findall(r"^### (.+)$", alarms, re.MULTILINE)
    return {re.sub(r"[^a-z -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_alarm_names_a_section_and_every_section_is_named_by_an_alarm(template: Template) -> None:
    alarms = resources(template, "AWS::CloudWatch::Alarm").values()
    named = [alarm["AlarmDescription"].rpartition("Runbook: docs/operations.md#")[2] for alarm in alarms]
    assert len(named) == len(set(named))
    assert set(named) == anchors()
