"""Every promise in words, with how it stands and what its checks saw."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.kit import periods
from portal.kit.checks import checks
from portal.kit.db import db
from portal.promises.catalogue import SECTIONS, Promise
from portal.promises.models import CheckResult
from portal.promises.service.runs import CheckRun
from portal.promises.service.standing import PromiseStatus, Standing


class _Figures(dict[str, str]):
    """Every period of the policy by its name, said in the reader's language."""

    def __missing__(self, name: str) -> str:
        return periods.describe(periods.period(name))


def _with_figures(words: object) -> str:
    return str(words) % _Figures()


@dataclass(frozen=True)
class Line:
    """One promise with its status and the check runs that say so."""

    promise: Promise
    status: PromiseStatus
    runs: Sequence[CheckRun]

    @property
    def title(self) -> str:
        """The promise in a few words, with the policy's own figures."""
        return _with_figures(self.promise.title)

    @property
    def text(self) -> str:
        """The promise in a sentence or two, with the policy's own figures."""
        return _with_figures(self.promise.text)


@dataclass(frozen=True)
class Chapter:
    """A section of the policy with its lines."""

    title: str
    lines: Sequence[Line]


def board(standing: Standing) -> list[Chapter]:
    """Return every promise with its status and what its checks saw, by section of the policy. One query."""
    results = {result.name: result for result in db.session.scalars(select(CheckResult))}
    runs: dict[str, list[CheckRun]] = defaultdict(list)
    for check in checks():
        runs[check.promise].append(CheckRun(check, results.get(check.name)))
    statuses = iter(standing.statuses)
    return [
        Chapter(str(section.title), [Line(each, next(statuses), runs.get(each.id, ())) for each in section.promises])
        for section in SECTIONS
    ]
