"""Recording visits beside the answers, opening a person's own, and letting the keys of past days die (P23)."""

from portal.traffic.service.addresses import SealedAddress as SealedAddress
from portal.traffic.service.addresses import addresses_of as addresses_of
from portal.traffic.service.addresses import visits_for as visits_for
from portal.traffic.service.days import destroy_old_keys as destroy_old_keys
from portal.traffic.service.days import oldest_day as oldest_day
from portal.traffic.service.days import oldest_day_kept as oldest_day_kept
from portal.traffic.service.deletions import delete_visits as delete_visits
from portal.traffic.service.recorder import Recorder as Recorder
from portal.traffic.service.recorder import Seen as Seen
from portal.traffic.service.recorder import this_visit_id as this_visit_id
