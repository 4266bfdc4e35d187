"""Emails about rights in use, by subject."""

from portal.privacy.mail.deletions import deletion_begun as deletion_begun
from portal.privacy.mail.deletions import deletion_receipt as deletion_receipt
from portal.privacy.mail.deletions import deletion_undone as deletion_undone
from portal.privacy.mail.exports import export_ready as export_ready
from portal.privacy.mail.holds import hold_set as hold_set
