"""Every alarm has its section in `docs/operations.md`, every section its alarm, and the commands name what is there."""

import re
from typing import Final

from tests.infrastructure.templates import PROJECT, Template, resources

PAGES: Final = {path.name: path.read_text(encoding="utf-8") for path in PROJECT.glob("docs/*.md")}
OPERATIONS: Final = PAGES["operations.md"]
RUNBOOK: Final = re.compile(r" Runbook: docs/operations\.md#([a-z-]+)$")
PARTS: Final = ("**It means:**", "**Meanwhile**", "**Look:**", "**End it:**")


def anchor(heading: str) -> str:
    """Return the anchor that a heading gets: lower case, hyphens for blanks, no punctuation."""
    return re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-")


def sections() -> dict[str, str]:
    """Return the text of each alarm's section by its anchor."""
    alarms = re.split(r"^## ", OPERATIONS, flags=re.MULTILINE)
    (chapter,) = (one for one in alarms if one.startswith("Alarms\n"))
    parts = re.split(r"^### ", chapter, flags=re.MULTILINE)[1:]
    return {anchor(part.splitlines()[0]): part for part in parts}


def test_every_alarm_ends_with_the_section_that_tells_of_it_and_every_section_has_its_alarm(template: Template) -> None:
    texts = [alarm["AlarmDescription"] for alarm in resources(template, "AWS::CloudWatch::Alarm").values()]
    named = [RUNBOOK.findall(text) for text in texts]
    assert [text for text, found in zip(texts, named, strict=True) if not found] == []
    assert sorted(one for found in named for one in found) == sorted(sections())


def test_every_section_says_what_it_means_what_happens_meanwhile_where_to_look_and_how_to_end_it() -> None:
    assert [(name, part) for name, text in sections().items() for part in PARTS if part not in text] == []


def test_every_command_names_one_resource_that_the_stack_has(template: Template) -> None:
    named = {(page, name) for page, text in PAGES.items() for name in re.findall(r"\$\(id (\w+)\)", text)}
    assert named
    found = {
        (page, name): [one for one in template["Resources"] if re.fullmatch(f"{name}[0-9A-F]{{8}}", one)]
        for page, name in named
    }
    assert {key: ids for key, ids in found.items() if len(ids) != 1} == {}


def test_every_link_between_the_pages_leads_somewhere() -> None:
    anchors = {
        page: {anchor(one.replace("`", "")) for one in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
        for page, text in PAGES.items()
    }
    links = [
        (page, target or page, name)
        for page, text in PAGES.items()
        for target, name in re.findall(r"\]\(([\w.-]*)#([\w-]+)\)", text)
    ]
    assert [link for link in links if link[2] not in anchors[link[1]]] == []
