"""The API's addresses, each with what answers it. A module of resources adds its own by `route`."""

from __future__ import annotations

import re
from collections.abc import Callable

from standins.stripe.params import Params
from standins.stripe.refusals import Refusal
from standins.stripe.state import Object, State

Answer = Callable[..., Object]
ROUTES: list[tuple[str, re.Pattern[str], Answer]] = []


def route(method: str, path: str) -> Callable[[Answer], Answer]:
    """Answer this method and path, in which `{}` stands for an id, by the function: state, parameters, ids."""
    pattern = re.compile(re.escape(path).replace(r"\{\}", "([A-Za-z0-9_]+)"))

    def add(answer: Answer) -> Answer:
        ROUTES.append((method, pattern, answer))
        return answer

    return add


def carry_out(state: State, method: str, path: str, params: Params) -> Object:
    """Carry a request out. Raises Refusal for one that leads nowhere, and for parameters that nobody knows."""
    for of_method, pattern, answer in ROUTES:
        found = pattern.fullmatch(path) if of_method == method else None
        if found:
            return answer(state, params, *found.groups())
    raise Refusal(f"Unrecognized request URL ({method}: {path}).", status=404)
