"""Refusals: a rule of the house said no. They carry a name and values; routes and templates find the words."""


class Refusal(Exception):
    """A rule said no. `values` fill the sentence that the form or the page chooses."""

    def __init__(self, **values: object) -> None:
        super().__init__(type(self).__name__)
        self.values = values


class LinkDead(Refusal):
    """The link has expired, was used, or the state it would change has moved on."""


class NotFound(Refusal):
    """No such thing, or not for this person: the two are never told apart (v5.0.0-8.2.2)."""


class TooManyTries(Refusal):
    """A throttle is spent; `retry_after` is in seconds."""

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(retry_after=retry_after)
        self.retry_after = retry_after


class Unavailable(Refusal):
    """The fault is on our side and will pass; try again in `retry_after` seconds."""

    retry_after = 600


class Busy(Unavailable):
    """The machine is busy with as much costly work as it may do at once."""

    retry_after = 30
