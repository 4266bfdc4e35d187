"""Commands of an operator: what still needs an old secret key."""

import contextlib
import json
import sys

import click

from portal.kit import keys, rotation
from portal.kit.rotation import KeyState
from portal.kit.sealed import UNNAMED
from portal.kit.unit import unit_of_work


def rotate_keys(*, as_json: bool, lost: str | None) -> None:
    """Seal everything under the newest key, and tell what still needs another one. Exit status 1 when something does."""
    # The work writes its log; what a program reads stays alone on standard output.
    with contextlib.redirect_stdout(sys.stderr):
        resealed = _reseal()
        states = _look(lost)
    newest = keys.key_ids()[0]
    if as_json:
        click.echo(json.dumps({"newest": newest, "resealed": resealed, "keys": [_plain(each) for each in states]}, indent=2))
    else:
        click.echo(f"Re-sealed {resealed} values. Key 1 of PORTAL_SECRET_KEYS ({newest}) now seals and signs everything.")
        for each in states:
            click.echo("\n".join(_words(each)))
        if not states:
            click.echo("Nothing needs any other key.")
    if not all(each.is_free for each in states):
        raise SystemExit(1)


def _look(lost: str | None) -> list[KeyState]:
    with unit_of_work():
        rotation.note_use()
        if lost and not rotation.give_up(lost):
            raise click.ClickException("No key with this id is missing, so none was given up.")
        return rotation.states()


def _reseal() -> int:
    with unit_of_work():
        rotation.note_keys()
        waiting = rotation.count_waiting()
    after, done = None, 0
    with click.progressbar(length=waiting, label="Re-sealing", file=sys.stderr) as bar:
        while True:
            with unit_of_work():
                after = rotation.reseal_some(after)
            if after is None:
                return done
            done += after.done
            bar.update(after.done)


def _plain(state: KeyState) -> dict[str, object]:
    until = state.links_until.isoformat() if state.links_until else None
    return {
        "id": state.key_id,
        "place": state.place,
        "sealed": dict(state.sealed),
        "links_until": until,
        "free": state.is_free,
    }


def _words(state: KeyState) -> list[str]:
    name = f"Key {state.place} ({state.key_id})" if state.place else f"Key {state.key_id}"
    if state.is_free:
        return [f"{name} is free: nothing needs it. Take it out of PORTAL_SECRET_KEYS and restart."]
    needs = [f"  still sealed with it: {count} ({what})" for what, count in sorted(state.sealed.items())]
    if state.key_id == UNNAMED:
        return [
            "No key in PORTAL_SECRET_KEYS opens some values. Put back the key that sealed them, and restart:",
            *needs,
        ]
    if state.is_missing:
        return [f"{name} is missing from PORTAL_SECRET_KEYS and still needed. Put it back, and restart:", *needs]
    if state.links_until:
        until = f"{state.links_until:%d %b %Y, %H:%M} UTC"
        needs.append(f"  signed with it: links in emails and cookies; the last of them work until {until}")
    return [f"{name} is still needed. Leave it in PORTAL_SECRET_KEYS:", *needs]
