"""Who gets through the doors of settings: read by a person, tried by tests/rules/test_who_may_enter.py."""

from portal.accounts.models import SignInSession
from tests.rules.gates import FRESH, PUBLIC, SIGNED_IN

DOORS = {
    "settings.avatar": SIGNED_IN,
    "settings.avatar_photo": SIGNED_IN,
    "settings.communication": SIGNED_IN,
    "settings.confirm_email": PUBLIC,
    "settings.email": FRESH,
    "settings.password": FRESH,
    "settings.profile": SIGNED_IN,
    "settings.remove_avatar": SIGNED_IN,
    "settings.revoke_others": SIGNED_IN,
    "settings.revoke_session": SIGNED_IN,
    "settings.security": SIGNED_IN,
    "settings.undo_email": PUBLIC,
    "settings.veto_email": PUBLIC,
}

THINGS = {
    "settings.revoke_session": ("session_id", SignInSession),
}
