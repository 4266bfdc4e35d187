"""The WSGI entry: `wsgi:app`."""

from portal.app import create_app
from portal.kit import settings

app = create_app(settings.load())
