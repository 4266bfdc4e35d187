"""Pages of an account, by section; each changes a person's own rows."""

from portal.accounts.routes import (
    email_change,
    factors,
    lost_factor,
    password,
    profile,
    recovery_codes,
    security,
    sign_in,
    sign_up,
)
from portal.kit.web import join

bp = join(
    "accounts",
    sign_up.bp,
    sign_in.bp,
    factors.bp,
    lost_factor.bp,
    recovery_codes.bp,
    profile.bp,
    email_change.bp,
    password.bp,
    security.bp,
)
