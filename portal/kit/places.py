"""Places for costly work: of a crowd a bounded number is let in before anything is done for it, the rest is told at once."""

import threading

from flask import Flask, g

from portal.kit.refusals import Busy


class Places:
    """A bounded number at work, a bounded number waiting for a bounded time."""

    def __init__(self, *, at_once: int, waiting: int = 0, patience: float = 0) -> None:
        self._known = threading.BoundedSemaphore(at_once + waiting)
        self._at_work = threading.BoundedSemaphore(at_once)
        self._patience = patience

    def take(self) -> None:
        """Take a place, or wait for one. Raises Busy: at once when too many wait already."""
        if not self._known.acquire(blocking=False):
            raise Busy
        if not self._at_work.acquire(timeout=self._patience):
            self._known.release()
            raise Busy

    def give_back(self) -> None:
        """Leave the place to the next."""
        self._at_work.release()
        self._known.release()


def take_for_request(places: Places) -> None:
    """Take a place until the running request ends. Raises Busy."""
    places.take()
    g.setdefault("places", []).append(places)


def init_app(app: Flask) -> None:
    """Give back every place when its request ends, whatever came of it."""
    app.teardown_request(_give_back)


def _give_back(_error: BaseException | None) -> None:
    for places in reversed(g.pop("places", [])):
        places.give_back()
