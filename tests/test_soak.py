"""The soak of `make prove` sees what is kept, and does not take a hash at work for it."""

from benchmarks.soak import MOST_GROWTH, levels

SECONDS = 300.0


def held(kept: float, *, hash_every: int) -> list[tuple[float, float]]:
    """Return what a process holds, half a second after the other: `kept` megabytes a minute stay, a hash takes 64."""
    return [(at / 2, 150 + kept * at / 120 + (64 if at % hash_every else 0)) for at in range(int(2 * SECONDS))]


def test_what_is_kept_of_each_request_shows_behind_hashes():
    _first, second, third = levels(held(3.0, hash_every=5), SECONDS)
    assert third - second > MOST_GROWTH


def test_a_process_that_keeps_nothing_is_level_however_often_it_hashes():
    assert levels(held(0.0, hash_every=5), SECONDS) == levels(held(0.0, hash_every=1), SECONDS) == [150.0, 150.0, 150.0]
