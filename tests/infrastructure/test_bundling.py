"""The asset that is really uploaded: bundled here without Docker, which takes a few seconds."""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.loaders import Loader

from cdk import bundling
from cdk.stages import build
from tests.infrastructure.templates import context, policy
from tidegate.policy.read import parse

MOST_BYTES = 1_500_000


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def asset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked asset of the stage `dev`."""
    folder = tmp_path_factory.mktemp("asset")
    bundling.bundle(folder, policy=policy(), stage="dev")
    return folder


def test_the_asset_holds_the_handlers_and_their_packages_but_nothing_that_runs_on_a_desk(asset: Path) -> None:
    assert (asset / "tidegate/reactions/spot_interruption/handler.py").is_file()
    assert (asset / "aws_lambda_powertools").is_dir()
    assert not (asset / "tidegate/desk").exists()
    assert not [name for name in ("boto3", "botocore", "moto", "typer", "aws_cdk") if (asset / name).exists()]


def test_the_asset_holds_nothing_that_differs_from_machine_to_machine(asset: Path) -> None:
    names = {path.name for path in asset.rglob("*")}
    assert not names & {"bin", "RECORD", ".lock", "__pycache__"}
    assert not [name for name in names if name.endswith((".pyc", ".so"))]
    home = str(bundling.__file__).removesuffix("/cdk/bundling.py").encode()
    assert not [name for name, content in files(asset).items() if home in content]


def test_the_same_sources_give_the_same_bytes_whatever_the_installer_is_told_elsewhere(
    asset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_COMPILE_BYTECODE", "1")
    monkeypatch.setenv("UV_LINK_MODE", "symlink")
    bundling.bundle(tmp_path, policy=policy(), stage="dev")
    assert files(tmp_path) == files(asset)


def test_the_zipped_asset_is_small(asset: Path, tmp_path: Path) -> None:
    path = tmp_path / "asset.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files(asset).items():
            archive.writestr(name, content)
    assert path.stat().st_size < MOST_BYTES


def test_the_policy_of_the_stage_travels_in_the_asset(asset: Path) -> None:
    assert parse(json.loads((asset / "policy.json").read_text(encoding="utf-8")), where="asset") == policy()


def test_every_stage_has_an_asset_with_its_own_policy(tmp_path: Path) -> None:
    two = parse({"stage": {"dev": {"journal_days": 7}, "live": {"journal_days": 365}}}, where="test")
    build(two, context={**context(), "aws:cdk:bundling-stacks": ["**"]}, outdir=str(tmp_path)).synth()
    policies = [json.loads(path.read_text(encoding="utf-8")) for path in tmp_path.glob("asset.*/policy.json")]
    assert sorted(one["stage"].popitem() for one in policies) == [
        ("dev", {"journal_days": 7}),
        ("live", {"journal_days": 365}),
    ]


def test_a_package_that_cannot_be_installed_ends_synth_instead_of_falling_back_to_docker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "lambda.txt"
    lock.write_text("aws-lambda-powertools==3.37.0 --hash=sha256:" + "0" * 64, encoding="utf-8")
    monkeypatch.setattr(bundling, "_LOCK", lock)
    with pytest.raises(RuntimeError, match=r"lambda\.txt can't be installed for Lambda"):
        bundling.bundle(tmp_path / "asset", policy=policy(), stage="dev")


@pytest.fixture
def older_runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A botocore data folder of an older runtime: all as here, but for Auto Scaling's old service model."""
    data = Path(botocore.__file__).parent / "data" / "autoscaling"
    shutil.copytree(data, tmp_path / "autoscaling")
    model: dict[str, Any] = Loader().load_service_model("autoscaling", "service-2")
    older = json.loads(json.dumps(model))
    del older["shapes"]["TerminateInstanceInAutoScalingGroupType"]["members"]["InstanceIds"]
    (tmp_path / "autoscaling/2011-01-01/service-2.json.gz").unlink()
    (tmp_path / "autoscaling/2011-01-01/service-2.json").write_text(json.dumps(older), encoding="utf-8")
    monkeypatch.setattr(Loader, "BUILTIN_DATA_PATH", str(tmp_path))
    monkeypatch.setattr(Loader, "CUSTOMER_DATA_PATH", str(tmp_path / "none"))


def members(loader: Loader) -> dict[str, Any]:
    model = loader.load_service_model("autoscaling", "service-2")
    return model["shapes"]["TerminateInstanceInAutoScalingGroupType"]["members"]


@pytest.mark.usefixtures("older_runtime")
def test_on_an_older_runtime_the_service_model_in_the_asset_wins(asset: Path) -> None:
    assert "InstanceIds" not in members(Loader())
    assert {"InstanceIds", "AutoScalingGroupName"} <= members(Loader([str(asset / "models")])).keys()


@pytest.mark.usefixtures("older_runtime")
def test_what_the_asset_does_not_bring_still_comes_from_the_runtime(asset: Path) -> None:
    loader = Loader([str(asset / "models")])
    for kind in ("paginators-1", "endpoint-rule-set-1"):
        assert loader.load_service_model("autoscaling", kind)
        assert not list((asset / "models").rglob(f"{kind}*"))
