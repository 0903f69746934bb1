"""Which models the sweep wakes: those with a route to be tried again, each in its turn, and all once they change."""

from collections.abc import Callable, Collection, Mapping
from hashlib import sha256

from tidegate.policy.model import Model


def wanted(
    models: Mapping[str, Model], unfinished: Collection[str], swept: str, due: Callable[[str], bool]
) -> dict[str, str]:
    """Return the models to wake, and why, by name.

    `unfinished`: those that the journal says want another look; `swept`: the digest of the models that the last sweep
    knew; `due`: whether it is a model's turn.
    """
    if swept != digest(models):
        return dict.fromkeys(models, "the policy has other models than before")
    found = {name: "it is looked at every ten minutes" for name in models if due(name)}
    return found | {name: "a route is to be tried again" for name in models if name in unfinished}


def digest(models: Mapping[str, Model]) -> str:
    """Return what tells one set of models from another; empty for none."""
    return sha256(repr(sorted(models.items())).encode()).hexdigest()[:16] if models else ""
