"""Verbs of the promises, by use case."""

from portal.promises.service.board import board as board
from portal.promises.service.runs import never_checked as never_checked
from portal.promises.service.runs import run_checks as run_checks
from portal.promises.service.standing import PromiseStatus as PromiseStatus
from portal.promises.service.standing import Standing as Standing
from portal.promises.service.standing import standing as standing
