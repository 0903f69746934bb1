"""The page and its pictures: one file, the same each time, that says what is to be seen."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tidegate.desk.mixes.compare import RULES, Played, played
from tidegate.desk.mixes.page import INK, page
from tidegate.desk.mixes.plot import draw
from tidegate.desk.mixes.story import generated
from tidegate.desk.mixes.table import COLUMNS, document
from tidegate.desk.mixes.told import marks


@pytest.fixture(scope="module")
def stories() -> list[Played]:
    wanted = {one.name: one for one in generated()}
    # A drought until a little after its fallback, a wave, and with it what Tidegate doesn't change.
    short = replace(wanted["drought"], parts=(replace(wanted["drought"].parts[0], seconds=9000),))
    return [played(short), played(wanted["wave"])]


@pytest.fixture(scope="module")
def text(stories: list[Played]) -> str:
    return page(stories)


class Reader(HTMLParser):
    """Collects ids, references, titles and addresses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        said = dict(attrs)
        self.ids += [one for one in (said.get("id"),) if one]
        self.addresses += [one for name in ("src", "href", "xlink:href") if (one := said.get(name))]


def test_the_page_is_one_file_that_fetches_nothing(text: str) -> None:
    read = Reader(text)
    assert {one[0] for one in read.addresses} == {"#"}
    assert "@import" not in text
    assert not re.findall(r"url\((?!#)", text)
    assert "script" not in read.tags


def test_every_id_is_there_once_and_every_reference_has_its_id(text: str) -> None:
    read = Reader(text)
    assert len(read.ids) == len(set(read.ids))
    referred = {one[1:] for one in read.addresses} | set(re.findall(r"url\(#([^)]+)\)", text))
    assert referred <= set(read.ids)


def test_every_story_has_its_picture_its_figures_and_its_reasons(stories: list[Played], text: str) -> None:
    read = Reader(text)
    assert read.tags.count("svg") == read.tags.count("section") == len(stories)
    for one in stories:
        assert f"<h2>{one.story.name}</h2>" in text
        assert one.story.told in text
    for words in (*COLUMNS, *RULES, "on-demand in service", "spot in service", "missing", "desired", "no spot"):
        assert words in text
    assert "18 machines of spot missing, launching spot failed (capacity): from 2 to 20 on-demand" in text


def test_a_mark_says_what_it_stands_for(stories: list[Played], text: str) -> None:
    numbered = [mark for one in stories for mark in marks(one.drawn("Tidegate"))]
    assert len(re.findall(r"<g><title>", text)) == len(numbered) > 2
    assert f"<g><title>{numbered[0].lines[0]}" in text


def test_lines_and_letters_have_the_colour_of_the_text(text: str) -> None:
    assert INK not in text
    assert "fill: currentColor" in text
    assert "prefers-color-scheme: dark" in text


def test_the_same_stories_are_the_same_page_and_picture_without_a_date(
    stories: list[Played], text: str, tmp_path: Path
) -> None:
    assert page(stories) == text
    for name in ("one.svg", "two.svg"):
        draw(stories[0], tmp_path / name)
    one = (tmp_path / "one.svg").read_bytes()
    assert one == (tmp_path / "two.svg").read_bytes()
    assert b"<dc:date>" not in one


def test_machines_are_told_each_rule_of_each_story(stories: list[Played]) -> None:
    told = document(stories)
    assert [(one["story"], one["rule"]) for one in told] == [
        (one.story.name, rule) for one in stories for rule in RULES
    ]
    assert all(isinstance(one["missing"], float) and one["missing"] > 0 for one in told)
