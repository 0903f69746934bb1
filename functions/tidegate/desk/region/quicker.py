"""What moto computes anew for each call, although it is always the same: remembered while a Region is open.

A Region answers thousands of calls, and so waits for moto alone.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from moto.core import responses
from moto.core.serialize import AttributePickerContext, XFormedAttributePicker

from tidegate.desk.region.amend import Amendment


def amendments() -> list[Amendment]:
    """Return what changes in moto: how long it takes, and nothing else."""
    return [
        Amendment(responses, "method_names_from_class", cache(vars(responses)["method_names_from_class"])),
        Amendment(responses, "camelcase_to_underscores", cache(vars(responses)["camelcase_to_underscores"])),
        Amendment(
            XFormedAttributePicker, "get_possible_keys", keys_remembered(XFormedAttributePicker.get_possible_keys)
        ),
    ]


def keys_remembered(
    plain: Callable[[XFormedAttributePicker, AttributePickerContext], Iterator[str]],
) -> Callable[[XFormedAttributePicker, AttributePickerContext], tuple[str, ...]]:
    """Return the names under which a value may be found, which depend on its class, its shape and its name alone."""
    known: dict[tuple[type, int, str], tuple[Any, tuple[str, ...]]] = {}

    def possible_keys(picker: XFormedAttributePicker, context: AttributePickerContext) -> tuple[str, ...]:
        of: object = context.obj
        place = (type(of), id(context.shape), context.key)
        if place not in known:
            # The shape is kept as well: another one could else come to have its id.
            known[place] = (context.shape, tuple(plain(picker, context)))
        return known[place][1]

    return possible_keys
