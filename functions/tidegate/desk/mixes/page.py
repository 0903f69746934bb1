"""The stories on one page: pictures, figures and reasons in a single file that needs no network."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files
from itertools import islice
from typing import Final

from tidegate.desk.mixes.compare import TIDEGATE, Played
from tidegate.desk.mixes.plot import svg
from tidegate.desk.mixes.story import OWNED, UNITS
from tidegate.desk.mixes.table import COLUMNS, cells
from tidegate.desk.mixes.told import Line, Mark, marks

INK: Final = "#010203"
"""A colour that nothing else has: on the page it is the colour of the text, in the light and in the dark."""

LISTED: Final = 12
"""So many of Tidegate's marks are told at once; the others unfold."""

_ID: Final = re.compile(r' id="([^"]+)"')
_REFERRED: Final = re.compile(r'(?:url\(#|href="#)([^")]+)')
_HEAD: Final = re.compile(r"\A.*?(?=<svg)|<metadata>.*?</metadata>", re.DOTALL)


def page(stories: Iterable[Played]) -> str:
    """Return the whole page."""
    told = list(stories)
    style = (files(__package__) / "page.css").read_text(encoding="utf-8")
    links = " ".join(f'<a href="#{_anchor(one)}">{escape(one.story.name)}</a>' for one in told)
    parts = [_section(one) for one in told]
    return "\n".join(
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>Tidegate: the mix, played</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>",
            f"<h1>The mix, played</h1>\n{_introduction()}\n<nav>{links}</nav>",
            *parts,
            "</main>\n</body>\n</html>\n",
        )
    )


def inline(drawn: str, numbered: Iterable[Mark], name: str) -> str:
    """Return a picture as part of a page: without ids that others may have, its marks saying what they stand for."""
    drawn = _HEAD.sub("", drawn)
    for mark in numbered:
        title = escape("\n".join(str(line) for line in mark.lines), quote=False)
        drawn = drawn.replace(f'<g id="mark-{mark.number}">', f"<g><title>{title}</title>")
    referred = set(_REFERRED.findall(drawn))
    drawn = _ID.sub(lambda found: found[0] if found[1] in referred else "", drawn)
    return drawn.replace(INK, "currentColor").replace("<svg ", f'<svg role="img" aria-label="{escape(name)}" ', 1)


def _introduction() -> str:
    return (
        f"<p>A fleet of {UNITS} machines, {OWNED} of them on-demand by its owner's base and the rest spot, in a "
        "simulated world. It plays each story three times: with Tidegate, which releases dying machines at once; with "
        "Tidegate and <code>drain_seconds</code>, which lets them serve on while their replacements start; and left to "
        "Auto Scaling alone. All on-demand would miss nothing in any of them, and cost 100 %.</p>\n"
        "<p><em>Missing</em> is what the work needs and isn't in service. What doesn't run costs nothing: a low cost "
        "beside much that is missing is no saving. <em>Replaced</em> are machines that Auto Scaling ended only because "
        "others took their place, <em>lost</em> those that EC2 took back.</p>"
    )


def _section(one: Played) -> str:
    numbered = marks(one.drawn(TIDEGATE))
    picture = inline(svg(one, INK), numbered, f"{one.story.name}: {one.story.told}")
    drawn = f" The picture is of window {one.story.drawn}, the figures are of all." if len(one.story.parts) > 1 else ""
    return "\n".join(
        (
            f'<section id="{_anchor(one)}">\n<h2>{escape(one.story.name)}</h2>',
            f"<p>{escape(one.story.told)}{drawn}</p>",
            _figures(one),
            f"<figure>{picture}</figure>",
            *_reasons(numbered),
            "</section>",
        )
    )


def _figures(one: Played) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in ("rule", *COLUMNS))
    told = {rule: "".join(f"<td>{cell}</td>" for cell in cells(one.figures(rule))) for rule in one.runs}
    rows = "\n".join(f'<tr><th scope="row">{escape(rule)}</th>{some}</tr>' for rule, some in told.items())
    return f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>'


def _reasons(numbered: tuple[Mark, ...]) -> Iterator[str]:
    """Yield what Tidegate did and why, by the numbers in the picture."""
    if not numbered:
        yield "<p>Tidegate changed nothing.</p>"
        return
    items = (f"<li>{_lines(mark.lines)}</li>" for mark in numbered)
    yield f"<h3>What Tidegate did, and why</h3>\n<ol>\n{'\n'.join(islice(items, LISTED))}\n</ol>"
    if len(numbered) > LISTED:
        rest = "\n".join(items)
        summary = f"<summary>{len(numbered) - LISTED} more</summary>"
        yield f'<details>{summary}\n<ol start="{LISTED + 1}">\n{rest}\n</ol></details>'


def _lines(lines: Iterable[Line]) -> str:
    return "<br>".join(f"<time>{one.clock}</time> <b>{escape(one.what)}</b> {escape(one.reason)}" for one in lines)


def _anchor(one: Played) -> str:
    return one.story.name.replace(" ", "-")
