"""The running app: where each tool puts what it made at the start, and finds it again while it serves.

The one module through which tools, services and emails know Flask; they need no request for it.
"""

from typing import Generic, TypeAlias, TypeVar, cast

from flask import Flask, current_app
from flask.ctx import _AppCtxGlobals
from flask.globals import _cv_app as running  # `current_app` and `g` look for it at each of their attributes

App: TypeAlias = Flask
Value = TypeVar("Value")


class Installed(Generic[Value]):
    """What a tool has put into each app, by the tool's name."""

    def __init__(self, name: str) -> None:
        self._key = f"portal.{name}"

    def install(self, app: App, value: Value) -> None:
        """Put the value into an app, in the place of the one before."""
        app.extensions[self._key] = value

    def get(self) -> Value:
        """Return the value of the app that runs. Raises LookupError when none runs, or the tool is not installed in it."""
        return self.within(running.get().app)

    def within(self, app: App) -> Value:
        """Return the value of an app. Raises KeyError when the tool is not installed in it."""
        return cast(Value, app.extensions[self._key])


def this_app() -> App:
    """Return the app that runs here. Raises RuntimeError where none does."""
    return current_app


def passing() -> _AppCtxGlobals | None:
    """Return what lives as long as this request or command and no longer; None where no app runs."""
    context = running.get(None)
    return context.g if context else None
