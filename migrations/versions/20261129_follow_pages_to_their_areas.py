"""Follow pages to their areas in the visits: they stand by the endpoint that was opened, and its person sees which.

On the way back each page is again where it was.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

visit = sa.table("visit", sa.column("endpoint", sa.String()))
MOVED = {
    "settings.avatar": "accounts.avatar",
    "settings.avatar_photo": "accounts.avatar_photo",
    "settings.confirm_email": "accounts.confirm_email",
    "settings.email": "accounts.email",
    "settings.password": "accounts.password",
    "settings.profile": "accounts.profile",
    "settings.remove_avatar": "accounts.remove_avatar",
    "settings.revoke_others": "accounts.revoke_others",
    "settings.revoke_session": "accounts.revoke_session",
    "settings.security": "accounts.security",
    "settings.undo_email": "recovery.undo_email",
    "settings.veto_email": "accounts.veto_email",
}


def upgrade() -> None:
    _rename(MOVED)


def downgrade() -> None:
    _rename({new: old for old, new in MOVED.items()})


def _rename(names: dict[str, str]) -> None:
    op.execute(sa.update(visit).where(visit.c.endpoint.in_(names)).values(endpoint=sa.case(names, value=visit.c.endpoint)))
