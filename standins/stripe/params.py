"""What a request says: Stripe's bracketed form fields as a tree, each read by its type, and none unread."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from standins.stripe.refusals import Refusal

KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


class Params:
    """A group of parameters, of the request or below a name."""

    def __init__(self, tree: dict[str, Any], path: str = "") -> None:
        self._tree, self._path = tree, path
        self._read: set[str] = set()
        self._below: list[Params] = []

    def __contains__(self, name: str) -> bool:
        return name in self._tree

    def text(self, name: str, default: str | None = None, *, one_of: Iterable[str] = ()) -> str | None:
        """Return a text; what is sent empty is unset."""
        given = self._take(name)
        if isinstance(given, dict):
            raise self._wrong(name, "Invalid string", "parameter_invalid_string")
        if given and one_of and given not in one_of:
            raise self._wrong(name, f"Invalid {name}: must be one of {', '.join(one_of)}", None)
        return default if given is None else given or None

    def needed(self, name: str, *, one_of: Iterable[str] = ()) -> str:
        """Return a text that must be there."""
        given = self.text(name, one_of=one_of)
        if not given:
            raise self._wrong(name, f"Missing required param: {self._path_of(name)}.", "parameter_missing")
        return given

    def whole(self, name: str, default: int | None = None, *, least: int = 0, most: int = 99_999_999) -> int | None:
        """Return a whole number."""
        given = self.text(name)
        if given is None:
            return default
        if not re.fullmatch(r"-?[0-9]{1,12}", given):
            raise self._wrong(name, f"Invalid integer: {given}", "parameter_invalid_integer")
        if not least <= int(given) <= most:
            raise self._wrong(name, f"This value must be from {least} to {most}.", "parameter_invalid_integer")
        return int(given)

    def moment(self, name: str) -> int | None:
        """Return an instant in seconds, or `now`."""
        return self.whole(name, most=9_999_999_999)

    def flag(self, name: str, default: bool | None = None) -> bool | None:
        """Return a yes or no."""
        given = self.text(name, one_of=("true", "false"))
        return default if given is None else given == "true"

    def group(self, name: str) -> Params:
        """Return the parameters below a name; none of them when it was not sent."""
        given = self._take(name)
        below = Params(given if isinstance(given, dict) else {}, self._path_of(name))
        self._below.append(below)
        return below

    def groups(self, name: str) -> list[Params]:
        """Return a list of groups."""
        given = self._take(name)
        rows = given if isinstance(given, dict) else {}
        if not all(key.isdecimal() and isinstance(row, dict) for key, row in rows.items()):
            raise self._wrong(name, "Invalid array", None)
        made = [Params(rows[key], f"{self._path_of(name)}[{key}]") for key in sorted(rows, key=int)]
        self._below += made
        return made

    def words(self, name: str) -> list[str]:
        """Return a list of texts."""
        given = self._take(name)
        return [str(word) for word in given.values()] if isinstance(given, dict) else [given] if given else []

    def metadata(self, before: dict[str, str] | None = None) -> dict[str, str]:
        """Return metadata as this request leaves them: what is sent empty goes."""
        given = self._take("metadata")
        if given == "":
            return {}
        if isinstance(given, str):
            raise self._wrong("metadata", "Invalid hash", None)
        merged = {**(before or {}), **(given or {})}
        return {key: value for key, value in merged.items() if value != ""}

    def every(self, *names: str) -> dict[str, str | None]:
        """Return those of the texts that were sent."""
        return {name: self.text(name) for name in names if name in self._tree}

    def done(self) -> None:
        """Say that all has been read. Raises Refusal for what has not: Stripe knows no such parameter."""
        for name in self._tree:
            if name not in self._read:
                path = self._path_of(name)
                raise self._wrong(name, f"Received unknown parameter: {path}", "parameter_unknown")
        for below in self._below:
            below.done()

    def _take(self, name: str) -> Any:
        self._read.add(name)
        return self._tree.get(name)

    def _path_of(self, name: str) -> str:
        return f"{self._path}[{name}]" if self._path else name

    def _wrong(self, name: str, message: str, code: str | None) -> Refusal:
        return Refusal(message, code=code, param=self._path_of(name))


def read(pairs: Iterable[tuple[str, str]]) -> Params:
    """Make a tree of fields such as `items[0][price]`."""
    tree: dict[str, Any] = {}
    for key, value in pairs:
        found = KEY.fullmatch(key)
        if not found:
            raise Refusal(f"Invalid parameter name: {key}", code="parameter_unknown", param=key)
        *way, last = [found[1], *re.findall(r"\[([^\[\]]*)\]", found[2])]
        below = tree
        for step in way:
            below = below.setdefault(step, {})
            if not isinstance(below, dict):
                raise Refusal(f"Invalid parameter: {key}", param=key)
        below[last or str(len(below))] = value
    return Params(tree)
