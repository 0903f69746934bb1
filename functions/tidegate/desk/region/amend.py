"""How moto is amended: its functions are replaced while a Region is open, and put back when it closes."""

from collections.abc import Generator, Iterable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from moto.core.responses import BaseResponse


@dataclass(frozen=True, slots=True)
class Amendment:
    """One function of moto, replaced in AWS's favour. The replacement's docstring names AWS's own word for it."""

    owner: Any
    """A class or a module."""

    name: str
    replacement: Any
    missing: bool = False
    """moto has no such function at all."""

    def __post_init__(self) -> None:
        if not self.missing and self.name not in vars(self.owner):
            # Another release of moto: better to stop here than to run on unamended.
            raise LookupError(f"moto's {self.owner.__name__} has no {self.name}: this amendment needs another look")


@contextmanager
def amended(amendments: Iterable[Amendment]) -> Generator[None]:
    """Put the amendments in place for as long as the block runs."""
    with ExitStack() as undo:
        for each in amendments:
            if each.missing:
                undo.callback(delattr, each.owner, each.name)
            else:
                undo.callback(setattr, each.owner, each.name, vars(each.owner)[each.name])
            setattr(each.owner, each.name, each.replacement)
        yield


def param(response: BaseResponse, name: str, default: Any = None) -> Any:
    """Read a parameter of the request that moto is answering."""
    return response._get_param(name, default)  # pyright: ignore[reportPrivateUsage] - moto offers no other way
