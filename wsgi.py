"""The WSGI entry: `wsgi:app`."""

from portal.app import create_app
from portal.kit import settings
from portal.traffic import routes as traffic_routes

app = create_app(settings.load())
# Visits are written beside the answers, by a thread that the first of them starts.
traffic_routes.recorder(app).in_background = True
