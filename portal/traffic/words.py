"""What the values in the log of visits mean, to whoever reads their own data."""

import re
from collections.abc import Iterator, Mapping

from portal.kit.claims import Words
from portal.kit.running import this_app

_VARIABLE = re.compile(r"<[^>]+>")
"""The part of an address that names one thing: the log does not hold it, so a reader sees that it is left out."""


class _Pages(Mapping[str, str]):
    """Name of a page for the program -> its address, as the browser shows it."""

    def __getitem__(self, endpoint: str) -> str:
        return _VARIABLE.sub("…", next(this_app().url_map.iter_rules(endpoint)).rule)

    def __iter__(self) -> Iterator[str]:
        return iter(this_app().view_functions)

    def __len__(self) -> int:
        return len(this_app().view_functions)


PAGES: Words = _Pages()
