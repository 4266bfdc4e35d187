"""Pages of organisations, by subject: the organisation itself, its people, invitations, and what happened."""

from portal.kit.web import join
from portal.organisations.routes import activity, invitations, members, organisations

bp = join("organisations", organisations.bp, members.bp, invitations.bp, activity.bp)
