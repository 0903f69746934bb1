from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.client.provider import WORDS, Provider, speaking
from tests.integration.client.world import DUBLIN, HOME, OHIO, Stage, World, published
from tidegate.client import Fixed, NoRoute, Unavailable, chat
from tidegate.client.course import Failed
from tidegate.client.options import Options
from tidegate.client.refusal import start_hint
from tidegate.client.saying import Question
from tidegate.client.talk import Talk
from tidegate.desk.bedrock import refusal
from tidegate.desk.bedrock.trouble import TOO_MANY_REQUESTS, in_stream
from tidegate.policy.document import Candidate

# LiteLLM's import warns, and its clients leave sockets to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore")

KEY = "sk-0123456789abcdef"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with speaking() as served:
        yield served


def own(provider: Provider, **more: Any) -> Candidate:
    """Return the route to a server of one's own, in Frankfurt."""
    usual: dict[str, Any] = {"kind": "openai-compatible", "id": "llama3.2", "regions": ("eu-central-1",)}
    return Candidate(name="own", endpoint=provider.url, **usual | more)


class Keyring(Stage):
    """A stage that also holds a key."""

    def get_secret_value(self, *, SecretId: str) -> Any:  # noqa: N803 - as boto3 calls it
        self.reads += 1
        return {"SecretString": KEY}


class Locked(Stage):
    """A stage that holds a key which isn't for this role."""

    def get_parameter(self, *, Name: str, **more: object) -> Any:  # noqa: N803 - as boto3 calls it
        if more.get("WithDecryption"):
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, "GetParameter")
        return super().get_parameter(Name=Name)


def talk(world: World, *routes: Candidate, session: Any = None, extra: bool = True) -> Talk:
    """Return conversations along some routes."""
    source = Fixed({"chat": published(*routes)})
    options = Options(source=source, region="eu-central-1", session=session, clock=world.ticks.clock)
    return Talk(options, world.plain(), extra=lambda: extra)


def ask(talks: Talk, *, stream: bool = False) -> Any:
    """Ask when the tide is high."""
    question = Question(messages=[{"role": "user", "content": "When?"}], system="Be short.", max_tokens=50)
    return talks.ask("chat", question, stream=stream)


@pytest.mark.parametrize("stream", [False, True])
def test_bedrock_and_other_providers_are_asked_in_the_same_words(
    world: World, provider: Provider, stream: bool
) -> None:
    from_bedrock = ask(talk(world, HOME), stream=stream).whole()
    from_own = ask(talk(world, own(provider)), stream=stream).whole()
    assert from_bedrock.text
    assert from_own.text == "".join(WORDS)
    assert (from_bedrock.route, from_own.route) == ("home", "own")
    assert provider.asked[0]["messages"] == [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "When?"},
    ]
    assert provider.asked[0]["max_tokens"] == 50


@pytest.mark.parametrize("stream", [False, True])
def test_a_throttle_of_bedrock_leads_to_ones_own_server_and_back(
    world: World, provider: Provider, stream: bool
) -> None:
    world.fake.script(TOO_MANY_REQUESTS, region=HOME.region)
    answer = ask(talk(world, HOME, own(provider), DUBLIN), stream=stream)
    assert (answer.route, answer.failed) == ("own", (Failed("home", "throttled"),))
    answer.whole()
    provider.status, provider.message = 429, "slow down"
    answer = ask(talk(world, HOME, own(provider), DUBLIN), stream=stream)
    assert answer.whole().text
    assert (answer.route, len(answer.failed)) == ("dublin", 2)


def test_a_stream_of_bedrock_that_fails_before_output_goes_on_with_another_kind_of_route(
    world: World, provider: Provider
) -> None:
    world.fake.script(in_stream(refusal.TOO_MANY_REQUESTS), region=HOME.region)
    answer = ask(talk(world, HOME, own(provider)), stream=True)
    assert "".join(answer) == "".join(WORDS)


def test_a_stream_that_had_output_is_never_begun_again_on_any_kind_of_route(world: World, provider: Provider) -> None:
    provider.cut_after = 2
    answer = iter(ask(talk(world, own(provider), HOME), stream=True))
    heard = [next(answer), next(answer)]
    with pytest.raises(Unavailable, match=r'route "own"'):
        next(answer)
    assert heard == ["High ", "tide "]
    assert len(provider.asked) == 1
    assert not world.fake.called()


def test_when_nobody_answers_at_a_server_of_ones_own_the_error_says_which_command_starts_one(world: World) -> None:
    ollama = Candidate(
        name="ollama",
        kind="openai-compatible",
        id="llama3.2",
        regions=("eu-central-1",),
        endpoint="http://127.0.0.1:11434/v1",
    )
    vllm = replace(ollama, name="vllm", endpoint="http://127.0.0.1:9/v1", id="acme/tiny")
    with pytest.raises(Unavailable, match=r'start a server with "vllm serve acme/tiny"'):
        ask(talk(world, vllm))
    # Somebody may run one here, so it isn't asked.
    assert start_hint(ollama) == ('; start it with "ollama serve", and fetch the model with "ollama pull llama3.2"')


def test_a_key_is_read_once_by_its_name_and_stands_in_no_error(world: World, provider: Provider) -> None:
    keyring = Keyring()
    talks = talk(world, own(provider, secret="secretsmanager:own-key"), session=keyring)  # noqa: S106 - a name
    for _ in range(3):
        ask(talks)
    assert (provider.keys, keyring.reads) == ([KEY] * 3, 1)
    provider.status, provider.message = 401, f"Incorrect API key provided: {KEY}"
    with pytest.raises(Unavailable) as caught:
        ask(talks)
    assert KEY not in str(caught.value)
    assert (caught.value.failure, caught.value.status) == ("denied", 401)
    provider.status = 200
    ask(talks)
    assert keyring.reads == 2


def test_a_key_that_cannot_be_read_leads_on_and_says_what_is_missing(world: World, provider: Provider) -> None:
    deaf = Stage(fails="AccessDeniedException")
    locked = own(provider, secret="ssm:/own/key")  # noqa: S106 - a name
    assert ask(talk(world, locked, HOME, session=deaf)).route == "home"
    with pytest.raises(Unavailable, match=r"key at ssm:/own/key can't be read .* allow this role ssm:GetParameter"):
        ask(talk(world, locked, session=deaf))


def test_a_key_that_cannot_be_read_and_a_server_that_nobody_reaches_are_not_told_of(
    world: World, provider: Provider
) -> None:
    locked = own(provider, secret="ssm:/own/key")  # noqa: S106 - a name
    gone = replace(own(provider), name="gone", endpoint="http://127.0.0.1:9/v1")
    stage: Any = Locked(document=published(locked, gone, HOME))
    options = Options(stage="prod", region="eu-central-1", session=stage, clock=world.ticks.prompt)
    talks = Talk(options, world.plain())
    answer = ask(talks)
    assert (answer.route, len(answer.failed), stage.reports) == ("home", 2, [])
    provider.status, provider.message = 503, "busy"
    stage.document = published(own(provider), HOME, epoch=2)
    world.ticks.wait(20)
    assert ask(talks).route == "home"
    assert stage.reports == [("own", "unavailable", 1)]


def test_a_route_outside_of_the_boundary_is_not_asked_by_chat_either(world: World, provider: Provider) -> None:
    for outside in (own(provider, regions=()), own(provider, regions=("us-east-1",)), OHIO):
        with pytest.raises(NoRoute):
            ask(talk(world, outside))
    assert provider.asked == []
    assert not world.fake.called()


def test_a_kind_that_a_later_release_knows_is_passed_over(world: World, provider: Provider) -> None:
    assert ask(talk(world, own(provider, kind="later"), HOME)).route == "home"
    with pytest.raises(NoRoute):
        ask(talk(world, own(provider, kind="later")))


def test_without_the_extra_only_bedrock_is_asked_and_the_error_says_what_to_install(
    world: World, provider: Provider
) -> None:
    assert ask(talk(world, own(provider), HOME, extra=False)).route == "home"
    with pytest.raises(NoRoute, match=r"pip install 'tidegate\[providers\]'"):
        ask(talk(world, own(provider), extra=False))


def test_chat_takes_a_text_or_a_conversation_and_returns_the_whole_answer_or_its_pieces(world: World) -> None:
    source, client = Fixed({"chat": published(HOME)}), world.plain()
    whole = chat("chat", "When?", source=source, client=client)
    assert (whole.model, whole.route, whole.epoch) == ("chat", "home", 1)
    assert whole.usage.output_tokens
    pieces = chat("chat", [{"role": "user", "content": "When?"}], stream=True, source=source, client=client)
    assert pieces.route == "home"
    assert "".join(pieces) == whole.text
