"""Tends one woken model: puts its ports on AWS together, and reports what became of it."""

from tidegate import process, runtime
from tidegate.journal import layout
from tidegate.loop import compose
from tidegate.model.aws import BedrockProfiles, CloudWatchTraffic, SsmDocuments
from tidegate.model.journaled import JournaledModels
from tidegate.model.reconcile import Reconciled, reconcile
from tidegate.model.records import ModelWorld


def tend(name: str, event: str, sent: float, now: float) -> None:
    """Look at a woken model and publish what it needs; `sent` and `now` in epoch seconds."""
    done = reconcile(name, event, sent, world(now), now)
    target = layout.model(name)
    log = runtime.logger.error if done.failed or done.broken else runtime.logger.info
    log(done.reason, target=target, event_id=event, code=done.code)
    for why in done.unread:
        runtime.logger.error(why, target=target, event_id=event)
    _count(done)


def world(now: float) -> ModelWorld:
    """Return what models are looked at and published by."""
    settings = process.settings()
    return ModelWorld(
        stage=settings.stage,
        home=settings.region,
        models=runtime.policy().models,
        metrics=CloudWatchTraffic(lambda region: runtime.client("cloudwatch", region=region)),
        profiles=BedrockProfiles(lambda region: runtime.client("bedrock", region=region)),
        documents=SsmDocuments(runtime.client("ssm")),
        journal=JournaledModels(compose.journal()),
        mode=runtime.mode_reader().read(now=now),
    )


def _count(done: Reconciled) -> None:
    if done.failed:
        runtime.emit("ModelsFailed", 1)
    if done.broken:
        runtime.emit("RoutesBroken", len(done.broken))
    if done.published:
        runtime.emit("RoutesPublished", 1, reason=done.code)
    elif not done.failed:
        runtime.emit("NoAction", 1, reason=done.code)
