"""Lists by pages, and ids that are expanded into the objects they name."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

from standins.stripe.params import Params
from standins.stripe.refusals import Refusal, missing
from standins.stripe.state import Object, State

DEEPEST = 4
COMPARED: dict[str, Callable[[int, int], bool]] = {
    "gte": lambda made, bound: made >= bound,
    "gt": lambda made, bound: made > bound,
    "lte": lambda made, bound: made <= bound,
    "lt": lambda made, bound: made < bound,
}


def listed(objects: Iterable[Object], url: str) -> Object:
    """Return a list that is whole."""
    return {"object": "list", "data": list(objects), "has_more": False, "url": url}


def page(state: State, kind: str, params: Params, url: str, keep: Callable[[Object], bool] = lambda _each: True) -> Object:
    """Return a page of a kind's objects, newest first, as `limit`, the cursors and `created` ask."""
    limit = params.whole("limit", 10, least=1, most=100) or 10
    after, before = params.text("starting_after"), params.text("ending_before")
    created = params.group("created")
    bounds = [(COMPARED[word], bound) for word in COMPARED if (bound := created.moment(word)) is not None]
    found = list(state.all(kind))
    ids = [each["id"] for each in found]
    for name, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor and cursor not in ids:
            raise missing(kind, cursor, name)
    found = found[ids.index(after) + 1 if after else 0 : ids.index(before) if before else None]
    found = [each for each in found if keep(each) and all(holds(each["created"], bound) for holds, bound in bounds)]
    shown = found[-limit:] if before else found[:limit]
    return {**listed(shown, url), "has_more": len(found) > limit}


Included = Callable[[State, Object], Any]


def expanded(state: State, answer: Object, paths: Iterable[str], included: dict[tuple[str, str], Included]) -> Object:
    """Return an answer in which the ids that the paths lead to are objects. `included` are parts that are shown only so."""
    answer = copy.deepcopy(answer)
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST:
            raise Refusal(f"You cannot expand more than {DEEPEST} levels of a property.", param="expand")
        _expand(state, [answer], steps, path, included)
    return answer


def _expand(
    state: State, places: list[Object], steps: list[str], path: str, included: dict[tuple[str, str], Included]
) -> None:
    for step in steps:
        below: list[Object] = []
        for place in places:
            if (place.get("object", ""), step) in included and step not in place:
                place[step] = copy.deepcopy(included[place["object"], step](state, place))
            elif step not in place:
                raise Refusal(f"This property cannot be expanded ({path}).", param="expand")
            elif isinstance(place[step], str):
                place[step] = copy.deepcopy(state.by_id(place[step])) or place[step]
            found = place[step]
            below += [each for each in (found if isinstance(found, list) else [found]) if isinstance(each, dict)]
        places = below
