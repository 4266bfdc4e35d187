"""Promises of the policy: accounts."""

from portal.kit.i18n import _l
from portal.promises.catalogue.vocabulary import Built, Promise, Section

SECTION = Section(
    _l("Accounts"),
    (
        Promise(
            "P06",
            Built.WHOLLY,
            _l("A cookie to keep you signed in"),
            _l("Signing in needs one cookie. If your browser refuses it, we tell you so plainly."),
            _l("The sign-in page notices when the cookie is missing and says so."),
            "accounts.login",
        ),
        Promise(
            "P07",
            Built.WHOLLY,
            _l("Passwords that nobody can read"),
            _l("We only keep a hash of your password that is slow to guess. Nobody here can see the password itself."),
            _l("We use argon2id, and rehash when we raise its cost. No log, download or report contains a password."),
            "legal.security",
        ),
        Promise(
            "P08",
            Built.WHOLLY,
            _l("A safe way back in"),
            _l("If you forget your password, you choose a new one with a link we email you."),
            _l("The link expires and works once. Any change of password ends it; opening it doesn’t use it up."),
            "recovery.forgot_password",
        ),
        Promise(
            "P09",
            Built.PARTLY,
            _l("Staff never touch your password"),
            _l("Our staff never set a password for you, and never change your Owners or Billing Administrators."),
            _l("Everything our staff write passes a guard that knows what each role may write, and refuses the rest."),
            missing=_l("A second guard, in the database itself, will follow."),
        ),
        Promise(
            "P10",
            Built.WHOLLY,
            _l("“This wasn’t me”"),
            _l("If someone was in your account, one click signs everyone out, blocks sensitive changes and alerts us."),
            _l("It’s in every security email and in your settings, with a page for anyone who is locked out."),
            "recovery.report_misuse",
        ),
    ),
)
