"""What this area does and writes, in words."""

from portal.kit.claims import AreaWords
from portal.kit.i18n import _l

AREA_WORDS = AreaWords(
    events={
        "recovery.reset_requested": _l("Password reset requested"),
        "recovery.misuse_reported": _l("Misuse of the account reported"),
        "recovery.password_reset": _l("Password reset"),
        "recovery.account_secured": _l("Account secured: everyone signed out, and a new password needed"),
    },
    tasks={
        "recovery.send_reset_link": _l("Sending a reset link"),
        "recovery.send_secure_link": _l("Sending a link to secure the account"),
    },
    emails={
        "recovery/account_closing": _l("Your account is closed"),
        "recovery/reset_link": _l("Choose a new password"),
        "recovery/secure_link": _l("Someone reported misuse of your account"),
        "recovery/account_secured": _l("Your account is secured: choose a new password"),
    },
)
