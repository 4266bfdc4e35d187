"""Emails about rights in use, by subject."""

from portal.privacy.mail.deletions import deletion_begun as deletion_begun
from portal.privacy.mail.deletions import deletion_complete as deletion_complete
from portal.privacy.mail.deletions import deletion_receipt as deletion_receipt
from portal.privacy.mail.deletions import deletion_undone as deletion_undone
from portal.privacy.mail.deletions import products_late_officer as products_late_officer
from portal.privacy.mail.deletions import steps_late as steps_late
from portal.privacy.mail.deletions import steps_late_officer as steps_late_officer
from portal.privacy.mail.exports import export_ready as export_ready
from portal.privacy.mail.holds import hold_set as hold_set
from portal.privacy.mail.leaving_packs import leaving_pack_ready as leaving_pack_ready
from portal.privacy.mail.orders import orders_changed as orders_changed
from portal.privacy.mail.orders import orders_ended as orders_ended
from portal.privacy.mail.orders import still_here as still_here
from portal.privacy.mail.requests import copy_code as copy_code
from portal.privacy.mail.requests import copy_ready as copy_ready
from portal.privacy.mail.requests import request_closed as request_closed
from portal.privacy.mail.requests import request_code as request_code
from portal.privacy.mail.requests import request_confirmed as request_confirmed
from portal.privacy.mail.requests import request_due as request_due
from portal.privacy.mail.requests import request_paused as request_paused
from portal.privacy.mail.requests import request_withdrawn as request_withdrawn
from portal.privacy.mail.requests import statement_code as statement_code
