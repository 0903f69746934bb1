"""Takes the route documents of a stage back, once nobody is left who would publish them again."""

from itertools import batched
from typing import TYPE_CHECKING, Final

from tidegate.policy.document import prefix

if TYPE_CHECKING:
    from types_boto3_ssm import SSMClient

_MOST_NAMES: Final = 10
"""Of one call: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameters.html"""


def withdraw(ssm: "SSMClient", stage: str) -> int:
    """Delete every route document of a stage; return how many that were. May be repeated at any time.

    A client that finds none goes on by the one that it has until that expires, and guesses nothing after that.
    """
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=prefix(stage).removesuffix("/"))
    # All are listed before the first is deleted: a page's token is no promise about what is gone by then.
    names = [one["Name"] for page in pages for one in page["Parameters"] if "Name" in one]
    # What is gone already is called invalid in the answer, and is no error.
    answers = (ssm.delete_parameters(Names=list(some)) for some in batched(names, _MOST_NAMES, strict=False))
    return sum(len(one["DeletedParameters"]) for one in answers)
