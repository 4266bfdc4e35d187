"""Logs: one JSON line an event, without addresses, names, paths with tokens, or the text of exceptions.

A database error quotes the row that it refused, so an exception is logged by its type and where it rose, never by its words.
"""

import logging
import sys
import time
import traceback
import uuid
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger()
OURS = Path(__file__).resolve().parents[1]


def _where_not_what(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if told := event.pop("exc_info", None):
        error = told if isinstance(told, BaseException) else sys.exc_info()[1]
        event["error"] = [{"type": type(each).__name__, "at": _frames(each)} for each in _chain(error)]
    return event


def _chain(error: BaseException | None) -> list[BaseException]:
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain


def _frames(error: BaseException) -> list[str]:
    """Return our own frames and the last one, as `kit/web.py:63`: where it rose, and who of us asked for it."""
    frames = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    return [
        f"{path.relative_to(OURS) if path.is_relative_to(OURS) else path.name}:{line}"
        for path, line in frames
        if path.is_relative_to(OURS) or (path, line) == frames[-1]
    ]


class _TypeOnly(logging.Formatter):
    """Lines of libraries: their name and level, never their words, which quote addresses and paths."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"event": f"{record.name}.{record.levelname.lower()}", "level": record.levelname.lower()}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return str(structlog.processors.JSONRenderer()(None, "", line))


def init_app(app: Flask, *, pretty: bool) -> None:
    """Write to standard output: JSON, or coloured lines on a developer's machine."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _where_not_what,
            structlog.dev.ConsoleRenderer(colors=False) if pretty else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_TypeOnly())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    # A line that cannot be written is lost; the library would print its words and values to standard error instead.
    logging.raiseExceptions = False
    app.before_request(_start)
    app.after_request(_tell)


def _start() -> None:
    g.request_id = uuid.uuid4().hex
    g.started = time.perf_counter()


def _tell(response: Response) -> Response:
    if request.endpoint not in ("static", "probes.healthz", "probes.readyz", "probes.metrics"):
        log.info(
            "request",
            id=g.get("request_id"),
            method=request.method if request.method in ("GET", "POST", "HEAD", "OPTIONS") else "OTHER",
            endpoint=request.endpoint,
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000),
        )
    return response
