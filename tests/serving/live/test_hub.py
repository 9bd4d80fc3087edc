"""What the hub passes on: the snapshot first, then the newest state of each topic, and nothing twice."""

import asyncio
import json
import threading

import pytest

from genai.errors import ConfigError
from genai.language.strings import both
from genai.serving.live.hub import Hub, Seen
from tests import loop


class Numbers:
    """A source of topics whose states are in `states`."""

    def __init__(self, **states):
        self.states = {f"number/{name}": state for name, state in states.items()}
        self.opened, self.closed = [], []

    def open(self, topic):
        self.opened.append(topic)
        if topic not in self.states:
            raise ConfigError("{name}: no such number.", name=topic)
        return self.states[topic]

    def close(self, topic):
        self.closed.append(topic)


class Broken:
    """A source that fails at everything."""

    def open(self, topic):
        if topic.endswith("json"):
            return {"set"}
        if topic.endswith("opens"):
            return 1
        raise ZeroDivisionError("secret")

    def close(self, topic):
        raise ZeroDivisionError("secret")


def explain(error):
    return {"en": str(error)} if isinstance(error, ConfigError) else both("bug")


def hub_of(**states):
    hub, source = Hub(), Numbers(**states)
    hub.add_source("number", source)
    return hub, source


def subscribe(hub, *topics, seen=None):
    return hub.subscribe(topics, explain, seen)


async def events(viewer):
    """The events that wait for a viewer: (id, topic, state)."""
    await asyncio.sleep(0)  # what was published reaches the viewers in the next turn of the loop
    if not viewer._waiting:
        return []
    found = []
    for block in (await viewer.take()).decode().split("\n\n")[:-1]:
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((fields.get("id"), fields["event"], json.loads(fields["data"])))
    return found


async def states(viewer):
    return [(topic, state) for _, topic, state in await events(viewer)]


def test_snapshot_first_then_what_is_published():
    async def check():
        hub, source = hub_of(a=1, b=None)
        viewer = subscribe(hub, "number/a", "number/b")
        assert await states(viewer) == [("number/a", 1)]
        hub.publish("number/b", {"text": "人\n\nid: 5"})
        hub.publish("number/c", 3)  # nobody watches it
        assert await states(viewer) == [("number/b", {"text": "人\n\nid: 5"})]
        assert (source.opened, source.closed) == (["number/a", "number/b"], [])

    loop.run(check())


def test_a_slow_viewer_gets_only_the_newest_state_of_each_topic():
    async def check():
        hub, _ = hub_of(a=0, b=0)
        viewer = subscribe(hub, "number/a", "number/b")
        for n in range(1, 1001):
            hub.publish("number/a", n)
            if n == 500:
                hub.publish("number/b", n)
            await asyncio.sleep(0)
        assert len(viewer._waiting) == 2
        assert await states(viewer) == [("number/b", 500), ("number/a", 1000)]  # in the order of their ids

    loop.run(check())


def test_publishing_while_the_loop_is_busy_piles_nothing_up():
    async def check():
        hub, _ = hub_of(a=0)
        viewer = subscribe(hub, "number/a")
        calls, soon = [], asyncio.get_running_loop().call_soon_threadsafe
        hub._loop = type("Loop", (), {"call_soon_threadsafe": lambda _, call: (calls.append(call), soon(call))})()
        for n in range(1000):
            hub.publish("number/a", n)
        assert (len(calls), len(hub._published)) == (1, 1)
        assert await states(viewer) == [("number/a", 999)]

    loop.run(check())


def test_publishing_from_other_threads_and_before_the_loop_runs():
    hub, _ = hub_of(**{f"t{n}": None for n in range(8)})
    hub.publish("number/t0", "nobody can hear this")

    async def check():
        viewer = subscribe(hub, *(f"number/t{n}" for n in range(8)))

        def work(topic):
            for n in range(200):
                hub.publish(topic, n)

        threads = [threading.Thread(target=work, args=[f"number/t{n}"]) for n in range(8)]
        for thread in threads:
            thread.start()
        latest = {}
        while set(latest.values()) != {199} or len(latest) < 8:
            latest.update(await states(viewer))
            await asyncio.sleep(0.001)
        for thread in threads:
            thread.join()

    loop.run(asyncio.wait_for(check(), 10))
    hub.publish("number/t0", "the loop has ended")  # which harms no publisher


def test_a_viewer_who_comes_back_gets_what_it_has_not_seen():
    async def check():
        hub, source = hub_of(a=1, b=1, c=1)
        first = subscribe(hub, "number/a", "number/b")
        last = (await events(first))[-1][0]
        hub.unsubscribe(first)
        source.states["number/b"] = 2
        seen = Seen(last, frozenset(["number/a", "number/b"]))
        assert await states(subscribe(hub, "number/a", "number/b", "number/c", seen=seen)) == [
            ("number/b", 2),
            ("number/c", 1),
        ]

    loop.run(check())


def test_a_new_topic_is_sent_whatever_the_last_event_was():
    async def check():
        hub, _ = hub_of(a=1, b=1)
        subscribe(hub, "number/a")
        viewer = subscribe(hub, "number/b")
        last = (await events(viewer))[-1][0]
        again = subscribe(hub, "number/a", "number/b", seen=Seen(last, frozenset(["number/b"])))
        assert await states(again) == [("number/a", 1)]

    loop.run(check())


def test_a_snapshot_that_others_were_not_sent_counts_as_seen_by_nobody_else():
    async def check():
        hub, source = hub_of(a=1, b=1)
        first = subscribe(hub, "number/a", "number/b")
        await events(first)
        source.states["number/a"] = 2  # which was not published
        subscribe(hub, "number/a")
        hub.publish("number/b", 9)
        last = (await events(first))[-1][0]
        again = subscribe(hub, "number/a", seen=Seen(last, frozenset(["number/a"])))
        assert await states(again) == [("number/a", 2)]

    loop.run(check())


@pytest.mark.parametrize("last", ["", "x", "-", "0-99", "-99", "9" * 5000, "x-" + "9" * 5000, "€-²"])
def test_an_id_of_another_server_or_of_nobody_means_nothing(last):
    async def check():
        hub, _ = hub_of(a=1)
        viewer = subscribe(hub, "number/a", seen=Seen(last, frozenset(["number/a"])))
        assert await states(viewer) == [("number/a", 1)]

    loop.run(check())


def test_a_source_hears_when_the_last_viewer_has_gone():
    async def check():
        hub, source = hub_of(a=1)
        viewers = [subscribe(hub, "number/a") for _ in range(3)]
        assert hub.viewers("number/a") == 3
        for viewer in viewers:
            assert source.closed == []
            hub.unsubscribe(viewer)
        assert (source.closed, hub.viewers("number/a")) == (["number/a"], 0)
        assert hub._viewers == {}

    loop.run(check())


def test_a_topic_that_cannot_be_watched_says_so_and_spares_the_others():
    async def check():
        hub, source = hub_of(a=1)
        hub.add_source("broken", Broken())
        topics = ["broken/x", "broken/json", "broken/opens", "number/none", "nothing/x", "number/a"]
        viewer = subscribe(hub, *topics)
        found = await events(viewer)
        assert [topic for _, topic, _ in found] == [*topics[:2], *topics[3:5], "broken/opens", "number/a"]
        sentences = [state["sentence"] for _, _, state in found[:4]]
        assert sentences[:2] == [both("bug"), both("bug")]
        assert sentences[2] == {"en": "number/none: no such number."}
        assert "'nothing/x'" in sentences[3]["en"]
        assert [event_id for event_id, _, _ in found[:4]] == [None] * 4  # no browser remembers them
        hub.unsubscribe(viewer)
        assert source.closed == ["number/a"]

    loop.run(check())


def test_a_state_that_is_no_json_is_its_publisher_s_error():
    async def check():
        hub, _ = hub_of(a=1)
        viewer = subscribe(hub, "number/a")
        await events(viewer)
        for state in ({1}, float("nan"), "\ud83d"):
            with pytest.raises((TypeError, ValueError)):
                hub.publish("number/a", state)
        hub.publish("number/a", 2)
        assert await states(viewer) == [("number/a", 2)]

    loop.run(check())


def test_a_prefix_has_one_source():
    hub, _ = hub_of()
    with pytest.raises(ValueError, match="number"):
        hub.add_source("number", Numbers())


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr("genai.serving.live.hub.MAX_REMEMBERED", 10)

    async def check():
        hub, _ = hub_of(**{f"t{n}": n for n in range(50)})
        subscribe(hub, *(f"number/t{n}" for n in range(50)))
        assert len(hub._newest) == 10

    loop.run(check())


def test_a_change_while_the_snapshot_is_taken_reaches_the_first_viewer():
    async def check():
        hub, source = hub_of(a=1)

        def open_while_it_changes(topic):
            hub.publish(topic, 2)
            return 1

        source.open = open_while_it_changes
        viewer = subscribe(hub, "number/a")
        assert (await states(viewer))[-1] == ("number/a", 2)

    loop.run(check())


def test_a_refused_viewer_is_not_counted():
    async def check():
        hub, _ = hub_of(a=1)
        viewer = subscribe(hub, "number/a", "number/b")
        assert (hub.viewers("number/a"), hub.viewers("number/b")) == (1, 0)
        hub.unsubscribe(viewer)
        assert hub.viewers("number/a") == 0

    loop.run(check())
