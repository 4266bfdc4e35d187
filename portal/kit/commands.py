"""What every command of `portal` shares: it runs inside the app, and says in one plain line what is wrong."""

from collections.abc import Callable

import click
import structlog
from flask import Flask

from portal.kit.actor import Role, System
from portal.kit.away import away
from portal.kit.settings import SettingsError
from portal.kit.unit import acting_as

NO_ANSWER = (
    "The database, the place for keys or Redis does not answer, or has no tables yet (%s). `portal db upgrade` makes them."
)

log = structlog.get_logger()


class Command(click.Command):
    """A command inside the app's context. The app is made once the arguments are read: help needs no settings.

    The group above leaves the function that makes the app as the context's object; the command finds the app there.
    One that does the work of staff says in which `role`, and writes no more than they may (P09).
    """

    role: Role | None = None

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; say in one line what is wrong, without the words of an error, which may quote data."""
        try:
            ctx.obj = _make_app(ctx.obj)
            with ctx.obj.app_context(), acting_as(System(ctx.command_path, self.role)):
                return super().invoke(ctx)
        except away() as error:
            raise click.ClickException(NO_ANSWER % type(error).__name__) from None
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            log.exception("command.failed", command=ctx.command_path)
            raise click.ClickException(f"{type(error).__name__}; the line above says where.") from None


def _make_app(make: Callable[[], Flask]) -> Flask:
    try:
        return make()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


class Group(click.Group):
    """A group of commands, and each group below it."""

    command_class = Command
    group_class = type


class AdminCommand(Command):
    """A command that does what an admin of the staff may do."""

    role = Role.ADMIN


class AdminGroup(Group):
    """A group of such commands."""

    command_class = AdminCommand
