"""Who gets through the doors of licences: read by a person, tried by tests/rules/test_who_may_enter.py.

Everybody tried there is in no organisation: to them each licence is absent. Its own people are tried in test_pages.py here.
"""

from portal.licences.models import Licence
from tests.rules.gates import FRESH, PUBLIC, SIGNED_IN

DOORS = {
    "licences.overview": SIGNED_IN,
    "licences.licence": SIGNED_IN,
    "licences.licence_file": SIGNED_IN,
    "licences.activate_by_file": FRESH,
    "licences.machine": FRESH,
    "licences.activation_file": FRESH,
    "licences.deactivate_by_hand": FRESH,
    "licences.release": FRESH,
    "licences.activate": PUBLIC,
    "licences.deactivate": PUBLIC,
    "licences.revoked": PUBLIC,
    "licences.verifier": PUBLIC,
    "licences.vectors": PUBLIC,
}

THINGS = {
    endpoint: ("licence_id", Licence) for endpoint, gate in DOORS.items() if gate != PUBLIC and "overview" not in endpoint
}
