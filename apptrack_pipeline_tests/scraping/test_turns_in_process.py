"""Turns at a host, by a clock that stands still but for sleeping."""

from __future__ import annotations

import threading

import pytest

from apptrack_pipeline.scraping.turns import TurnsInProcess


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def turns(clock: Clock) -> TurnsInProcess:
    return TurnsInProcess(clock=clock, sleep=clock.sleep)


def test_the_first_turn_waits_for_nobody(turns, clock) -> None:
    with turns.turn("a.example"), turns.turn("b.example"):
        pass
    assert clock.slept == []


def test_the_next_turn_comes_a_second_after_the_last_one_has_ended(turns, clock) -> None:
    with turns.turn("a.example"):
        clock.now += 7
    clock.now += 0.25
    with turns.turn("a.example"):
        pass
    assert clock.slept == [0.75]


def test_a_longer_spacing_is_kept(turns, clock) -> None:
    for spacing_s in (1.0, 10.0, 1.0):
        with turns.turn("a.example", spacing_s=spacing_s):
            pass
    assert clock.slept == [10.0, 1.0]


def test_a_turn_that_fails_counts_as_one(turns, clock) -> None:
    with pytest.raises(RuntimeError), turns.turn("a.example"):
        raise RuntimeError
    with turns.turn("a.example"):
        pass
    assert clock.slept == [1.0]


def test_who_comes_second_waits_until_the_first_has_gone(turns) -> None:
    inside = threading.Semaphore(0)
    order: list[str] = []

    def second() -> None:
        inside.release()
        with turns.turn("a.example"):
            order.append("second")

    with turns.turn("a.example"):
        thread = threading.Thread(target=second)
        thread.start()
        inside.acquire(timeout=5)
        order.append("first")
    thread.join(timeout=5)
    assert order == ["first", "second"]
