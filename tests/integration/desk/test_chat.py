"""`tidegate chat` with servers that speak as OpenAI's API does, on this machine."""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.client.provider import WORDS, Provider, speaking
from tests.integration.desk.machine import locally, project
from tidegate.desk.operate.chat import begin

# LiteLLM's import warns, and its clients leave sockets to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore")

ROUTE = """
[[model.chat.route]]
name = "{name}"
kind = "openai-compatible"
id = "tiny"
endpoint = "{url}"
stages = ["local"]
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """Two servers, in the order in which the model's routes name them."""

    first: Provider
    second: Provider


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with speaking() as first, speaking() as second:
        routes = ROUTE.format(name="first", url=first.url) + ROUTE.format(name="second", url=second.url)
        with project(tmp_path, f'[stage.dev]\n[model.chat]\nresidency = "anywhere"\n{routes}'):
            yield Machine(first, second)


def test_one_prompt_gets_its_answer_and_says_which_route_gave_it(machine: Machine) -> None:
    done = locally("chat", "chat", "When?", "--system", "Be short.", "--max-tokens", "9", stage=None)
    assert (done.exit_code, done.stdout) == (0, "".join(WORDS) + "\n")
    assert done.stderr.startswith("first, ")
    (asked,) = machine.first.asked
    assert [one["role"] for one in asked["messages"]] == ["system", "user"]
    assert (asked["max_tokens"], asked["stream"]) == (9, True)


def test_a_route_that_fails_is_named_below_the_answer_of_the_next(machine: Machine) -> None:
    machine.first.status, machine.first.message = 429, "slow down"
    done = locally("chat", "chat", stage=None, typed="When?\n")
    assert done.stdout == "".join(WORDS) + "\n"
    assert done.stderr.startswith("second, ")
    assert done.stderr.endswith("; before it: first (throttled)\n")


def test_for_machines_it_is_one_object(machine: Machine) -> None:
    machine.first.status, machine.first.message = 503, "busy"
    told = json.loads(locally("chat", "chat", "When?", "--json").stdout)
    assert (told["stage"], told["model"], told["route"], told["text"]) == ("local", "chat", "second", "".join(WORDS))
    assert told["failed"] == [{"route": "first", "failure": "unavailable"}]
    assert told["epoch"] > 0


def test_a_conversation_remembers_what_was_answered_and_forgets_what_failed(machine: Machine) -> None:
    talk, shown, below = begin("chat", (None, None, None)), list[str](), list[str]()

    def prompts() -> Iterator[str]:
        yield "When?"
        machine.first.status, machine.first.message = 400, "no"
        machine.second.status, machine.second.message = 400, "no"
        yield "Why?"
        machine.first.status = 200
        yield "  "
        yield "And then?"

    talk.go_on(prompts(), lambda: nullcontext(shown.append), below.append)
    first, failed, last = below
    assert first.startswith("first, ")
    assert failed.startswith('tidegate: route "')
    assert last.startswith("first, ")
    said = [one["content"] for one in machine.first.asked[-1]["messages"]]
    assert said == ["When?", "".join(WORDS), "And then?"]
    assert "".join(shown) == f"{''.join(WORDS)}\n" * 2


def test_an_answer_that_breaks_off_is_told_in_one_line(machine: Machine) -> None:
    machine.first.cut_after = 2
    done = locally("chat", "chat", "When?")
    assert (done.exit_code, done.stdout) == (2, "High tide ")
    assert done.stderr.splitlines()[-1].startswith('tidegate: route "first" (openai-compatible)')


def test_when_no_server_answers_one_line_says_which_command_starts_one(tmp_path: Path) -> None:
    policy = (
        f'[stage.dev]\n[model.chat]\nresidency = "anywhere"\n{ROUTE.format(name="vllm", url="http://127.0.0.1:9/v1")}'
    )
    with project(tmp_path, policy):
        done = locally("chat", "chat", "When?", stage=None)
    (line,) = done.stderr.splitlines()
    assert line == (
        'tidegate: route "vllm" (openai-compatible): nothing answers at http://127.0.0.1:9/v1; '
        'start a server with "vllm serve tiny"'
    )
    assert (done.exit_code, done.stdout) == (2, "")


REFUSED = {
    "without a prompt": ("", "there is no prompt"),
    "with blanks alone": ("  \n", "there is no prompt"),
}


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(("typed", "why"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_in_one_line(typed: str, why: str) -> None:
    done = locally("chat", "chat", typed=typed)
    assert why in done.stderr
    assert done.exit_code == 2


@pytest.mark.usefixtures("machine")
def test_a_model_without_a_route_here_is_named_with_those_that_have_one() -> None:
    done = locally("chat", "chta", "When?")
    (line,) = done.stderr.splitlines()
    assert "tidegate.toml has no model chta with a route for this machine: there is chat; did you mean chat?" in line
    assert done.exit_code == 2
