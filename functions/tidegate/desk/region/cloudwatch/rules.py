"""Rules of composite alarms: ALARM("x"), OK(x), INSUFFICIENT_DATA(x), TRUE, FALSE, with AND, OR, NOT and brackets.

Source: AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html (AlarmRule)
"""

import re
from collections.abc import Callable
from typing import Final

TOKEN: Final = re.compile(
    r"""\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"(?P<quoted>[^"]+)"|(?P<plain>[^\s()"]+))\s*\)
    |(?P<word>AND|OR|NOT|TRUE|FALSE)\b|(?P<bracket>[()]))""",
    re.VERBOSE | re.IGNORECASE,
)

type StateOf = Callable[[str], str]
"""The state of an alarm by its name."""


class Malformed(ValueError):
    """A rule that can't be read."""


def children(rule: str) -> frozenset[str]:
    """Return the names of the alarms that a rule looks at."""
    return frozenset(name for _, name in tokens(rule) if name)


def holds(rule: str, state_of: StateOf) -> bool:
    """Whether a rule holds now."""
    reader = Reader(tokens(rule), state_of)
    value = reader.either()
    if reader.rest:
        raise Malformed(f"unexpected {reader.rest[0][0]} in the rule {rule}")
    return value


def tokens(rule: str) -> list[tuple[str, str]]:
    """Split a rule into words and states; a state comes with the alarm's name, whatever way it was named."""
    found: list[tuple[str, str]] = []
    place, rule = 0, rule.rstrip()
    while place < len(rule):
        match = TOKEN.match(rule, place)
        if not match:
            raise Malformed(f"the rule can't be read from here on: {rule[place:]}")
        name = match["quoted"] or match["plain"] or ""
        found.append(((match["state"] or match["word"] or match["bracket"]).upper(), name.rsplit(":alarm:", 1)[-1]))
        place = match.end()
    return found


class Reader:
    """Reads and evaluates in one go: NOT binds closest, then AND, then OR."""

    def __init__(self, words: list[tuple[str, str]], state_of: StateOf) -> None:
        self.rest: Final = words
        self._state_of: Final = state_of

    def either(self) -> bool:
        """Read a chain of ORs."""
        value = self.both()
        while self._take("OR"):
            value = self.both() or value
        return value

    def both(self) -> bool:
        """Read a chain of ANDs."""
        value = self.single()
        while self._take("AND"):
            value = self.single() and value
        return value

    def single(self) -> bool:
        """Read a state, a constant, a negation or a bracket."""
        if self._take("NOT"):
            return not self.single()
        if self._take("("):
            value = self.either()
            if not self._take(")"):
                raise Malformed("a bracket isn't closed")
            return value
        if not self.rest:
            raise Malformed("the rule ends too early")
        word, name = self.rest.pop(0)
        if word in ("TRUE", "FALSE"):
            return word == "TRUE"
        if not name:
            raise Malformed(f"unexpected {word}")
        return self._state_of(name) == word

    def _take(self, word: str) -> bool:
        taken = bool(self.rest) and self.rest[0][0] == word
        if taken:
            self.rest.pop(0)
        return taken
