"""Links to pages of ours that are followed from elsewhere: emails, downloads, other people's sites."""

from typing import Any

from portal.kit.running import this_app
from portal.kit.settings import current_settings


def external_url(endpoint: str, **values: Any) -> str:
    """Build an absolute link from PORTAL_BASE_URL, never from the Host header."""
    settings = current_settings()
    scheme = "https" if settings.is_https else "http"
    adapter = this_app().url_map.bind(settings.host, url_scheme=scheme)
    return str(adapter.build(endpoint, values, force_external=True))
