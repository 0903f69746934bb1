"""DynamoDB's typed attributes, and the plain values that the journal keeps in them."""

from collections.abc import Mapping
from typing import Any

type Value = str | float | bool
type Item = Mapping[str, str | int | float | bool]


def attributes(values: Mapping[str, Value]) -> dict[str, Any]:
    """Return plain values as typed attributes."""
    return {name: attribute(value) for name, value in values.items()}


def attribute(value: Value) -> dict[str, Any]:
    """Return one plain value as a typed attribute; numbers keep milliseconds."""
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"S": value} if isinstance(value, str) else {"N": f"{value:.3f}".rstrip("0").rstrip(".")}


def plain(item: Mapping[str, Any]) -> Item:
    """Return an item's attributes as plain values; those of a type that the journal doesn't write are left out."""
    return {name: _value(typed) for name, typed in item.items() if typed.keys() & {"S", "N", "BOOL"}}


def _value(typed: Mapping[str, Any]) -> str | int | float | bool:
    if "N" in typed:
        number = float(typed["N"])
        return int(number) if number.is_integer() else number
    return typed["S"] if "S" in typed else typed["BOOL"]
