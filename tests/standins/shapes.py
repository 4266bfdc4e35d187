"""How an object of the stand-in is held to Stripe's: by the published sample of its kind, and by the SDK's own types."""

from __future__ import annotations

import json
import types
import typing
from decimal import Decimal
from pathlib import Path
from typing import Any

import stripe
from stripe._object_classes import get_object_class

FIXTURES = json.loads((Path(__file__).resolve().parents[2] / "standins" / "stripe" / "fixtures.json").read_text())
FREE = ("metadata", "fraud_details", "payment_method_options", "previous_attributes")
"""What holds keys of anybody's choice."""


def differences(ours: dict[str, Any], kind: str | None = None) -> list[str]:
    """Name what an object has that Stripe's has not, what it lacks, and what is of another JSON type."""
    kind = kind or ours["object"]
    declared = None if kind == "deleted_customer" else get_object_class("V1", kind)
    return list(_differ(ours, FIXTURES.get(kind), declared, kind))


def _differ(ours: object, sample: object, declared: object, place: str) -> typing.Iterator[str]:
    if ours is None:
        if sample is not None and declared is not None and not _may_be_none(declared):
            yield f"{place}: null, and Stripe's never is"
    elif isinstance(ours, dict):
        yield from _differ_in_keys(ours, sample, declared, place)
    elif sample is not None and _json_type(ours) != _json_type(sample):
        yield f"{place}: {_json_type(ours)}, and Stripe's is {_json_type(sample)}"
    elif isinstance(ours, list):
        of_sample = sample[0] if isinstance(sample, list) and sample else None
        of_declared = next(
            (typing.get_args(each)[0] for each in _choices(declared) if typing.get_origin(each) is list), None
        )
        for number, each in enumerate(ours):
            yield from _differ(each, of_sample, of_declared, f"{place}[{number}]")
    elif declared is not None and not any(_fits(ours, each) for each in _choices(declared)):
        yield f"{place}: {ours!r} is nothing that the SDK declares"


def _differ_in_keys(ours: dict[str, Any], sample: object, declared: object, place: str) -> typing.Iterator[str]:
    if place.rpartition(".")[2] in FREE or place == "event.data.object":
        return
    if not isinstance(sample, dict) and "object" in ours:  # an id that was expanded
        sample = FIXTURES.get(ours["object"])
    of_sample = sample if isinstance(sample, dict) else {}
    shape = next(
        (each for each in _choices(declared) if isinstance(each, type) and issubclass(each, stripe.StripeObject)), None
    )
    if "object" in ours and ours["object"] != "list" and shape is None:
        shape = get_object_class("V1", ours["object"])
    known = getattr(shape, "__annotations__", {})
    if sample is not None and not isinstance(sample, dict):
        yield f"{place}: an object, and Stripe's is {_json_type(sample)}"
    yield from (f"{place}.{key}: missing" for key in of_sample if key not in ours and key != "source")
    strange = [key for key in ours if key not in of_sample and key not in known]
    if (of_sample or known) and ours.get("object") != "list":
        yield from (f"{place}.{key}: unknown to Stripe" for key in strange)
    for key, value in ours.items():
        yield from _differ(value, of_sample.get(key), known.get(key), f"{place}.{key}")


def _choices(declared: object) -> tuple[Any, ...]:
    if isinstance(declared, str):
        declared = None if "Optional" not in declared else typing.Optional[typing.ForwardRef("str")]  # noqa: UP045
    if typing.get_origin(declared) in (typing.Union, types.UnionType):
        return tuple(choice for each in typing.get_args(declared) for choice in _choices(each))
    return (declared,)


def _may_be_none(declared: object) -> bool:
    return any(each is type(None) for each in _choices(declared))


def _fits(ours: object, declared: Any) -> bool:
    if typing.get_origin(declared) is typing.Literal:
        return ours in typing.get_args(declared)
    if declared in (int, float, bool):
        return type(ours) is declared
    if declared is Decimal or declared is str:
        return isinstance(ours, str | Decimal)  # a sum in parts of a unit travels as a string
    return not isinstance(declared, type) or not isinstance(ours, str | int | bool)


def _json_type(value: object) -> str:
    names = {
        bool: "boolean", int: "number", float: "number", str: "string", Decimal: "string", list: "array", dict: "object",
        type(None): "null",
    }  # fmt: skip
    return names[type(value)]
