"""The one asset that every function of a stage shares, built without Docker."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import botocore
import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

from tidegate.policy import read
from tidegate.policy.read import Policy

_PROJECT: Final = Path(__file__).parent.parent
_FUNCTIONS: Final = _PROJECT / "functions"
_LOCK: Final = _PROJECT / "requirements" / "lambda.txt"

# What a person runs has no business in Lambda.
_ON_A_DESK: Final = _FUNCTIONS / "tidegate" / "desk"

# The service model of the botocore this project is locked to and tested with. TerminateInstanceInAutoScalingGroup takes
# InstanceIds together with the group's name only since a botocore between 1.43.60 and 1.43.100, and nothing says that
# Lambda's is as new. AWS_DATA_PATH goes before botocore's own data, file by file: paginators and endpoint rules, which
# are not in here, still come from the runtime.
_MODEL: Final = Path("autoscaling", "2011-01-01", "service-2.json.gz")

# Paths of the machine that built, locks and caches: with these the same sources would hash differently.
_DEBRIS: Final = ("bin", "*.dist-info/RECORD", "*.dist-info/REQUESTED", ".lock", "**/__pycache__", "**/*.pyc")

_FOR_LAMBDA: Final = ["--python-platform", "aarch64-manylinux2014", "--python-version", "3.13"]
_AS_LOCKED: Final = ["--only-binary", ":all:", "--no-deps", "--require-hashes"]
# Copies, since what is linked would share its changes with uv's cache. No colour: under the CDK CLI, which sets
# FORCE_COLOR=0, uv would put its codes into our error message.
_APART: Final = ["--link-mode", "copy", "--no-color"]


def bundled(*, policy: Policy, stage: str) -> lambda_.Code:
    """Return the code of a stage: its packages, our own, its policy and the service model that they need."""
    return lambda_.Code.from_asset(
        str(_FUNCTIONS),
        asset_hash_type=AssetHashType.OUTPUT,
        bundling=BundlingOptions(
            image=DockerImage.from_registry("never-used"),  # required by the type; `try_bundle` succeeds or raises
            command=[stage],  # CDK bundles once for equal options, and a stage has a policy of its own
            local=_Bundler(policy=policy, stage=stage),
        ),
    )


def bundle(output: Path, *, policy: Policy, stage: str) -> None:
    """Fill `output` with what Lambda unpacks as /var/task. Equal inputs give equal files, on any machine."""
    _install(output)
    for debris in _DEBRIS:
        for path in sorted(output.glob(debris)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(_FUNCTIONS, output, dirs_exist_ok=True, ignore=_not_for_lambda)
    output.joinpath("policy.json").write_text(read.dump(policy, stage), encoding="utf-8")
    model = output / "models" / _MODEL
    model.parent.mkdir(parents=True)
    shutil.copyfile(Path(botocore.__file__).parent / "data" / _MODEL, model)


def _install(output: Path) -> None:
    """Install the locked packages for Lambda's machine, whatever this one is."""
    uv = Path(sys.executable).with_name("uv")  # not by PATH: the virtual environment need not be active
    command = [uv, "pip", "install", *_FOR_LAMBDA, *_AS_LOCKED, *_APART]
    command += ["--python", sys.executable, "--requirement", _LOCK, "--target", output]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    except FileNotFoundError:
        raise RuntimeError(f"{uv} is missing: make install puts it there") from None
    if done.returncode:
        raise RuntimeError(f"{_LOCK.name} can't be installed for Lambda:\n{done.stderr}")


def _not_for_lambda(folder: str, names: list[str]) -> set[str]:
    """Return which of `names` in `folder` stay behind; compiled files are for this machine's processor and paths."""
    return {
        name
        for name in names
        if name == "__pycache__" or name.endswith(".pyc") or name.startswith(".") or Path(folder, name) == _ON_A_DESK
    }


@jsii.implements(ILocalBundling)
class _Bundler:
    def __init__(self, *, policy: Policy, stage: str) -> None:
        self._policy = policy
        self._stage = stage

    def try_bundle(self, output_dir: str, *_options: object) -> bool:
        """Bundle, or raise: on False the CDK would go on to look for Docker."""
        bundle(Path(output_dir), policy=self._policy, stage=self._stage)
        return True
