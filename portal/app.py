"""Wiring: the one module that knows every area. It builds the app from settings and decides nothing else."""

from pathlib import Path

from portal.accounts import checks as accounts_checks
from portal.accounts import claim as accounts_claim
from portal.accounts import jobs as accounts_jobs  # noqa: F401 (registers its background verbs)
from portal.accounts import routes as accounts_routes
from portal.accounts import service as accounts
from portal.accounts.events import AccountFrozen, AddressChanged
from portal.admin import checks as admin_checks
from portal.admin import claim as admin_claim
from portal.admin import routes as admin_routes
from portal.consent import browser as consent_browser
from portal.consent import checks as consent_checks
from portal.consent import claim as consent_claim
from portal.consent import routes as consent_routes
from portal.consent import service as consent
from portal.home import routes as home_routes
from portal.jobs import claim as jobs_claim
from portal.kit import (
    access,
    checks,
    claims,
    clock,
    db,
    errors,
    events,
    files,
    forms,
    headers,
    i18n,
    keys,
    lasting,
    logs,
    page_language,
    passwords,
    periods,
    probes,
    templating,
    throttle,
    web,
)
from portal.kit import claim as kit_claim
from portal.kit.settings import Settings
from portal.legal import checks as legal_checks
from portal.legal import claim as legal_claim
from portal.legal import policy, vendors
from portal.legal import routes as legal_routes
from portal.mail import claim as mail_claim
from portal.mail import jobs as mail_jobs  # noqa: F401 (registers its background verbs)
from portal.mail import routes as mail_routes
from portal.newsletter import checks as newsletter_checks
from portal.newsletter import claim as newsletter_claim
from portal.newsletter import routes as newsletter_routes
from portal.newsletter import service as newsletter
from portal.privacy import checks as privacy_checks
from portal.privacy import claim as privacy_claim
from portal.privacy import jobs as privacy_jobs  # noqa: F401 (registers its background verbs)
from portal.privacy import routes as privacy_routes
from portal.privacy import service as privacy
from portal.promises import claim as promises_claim
from portal.promises import jobs as promises_jobs  # noqa: F401 (registers its background verbs)
from portal.promises import routes as promises_routes
from portal.recovery import checks as recovery_checks
from portal.recovery import claim as recovery_claim
from portal.recovery import jobs as recovery_jobs  # noqa: F401 (registers its background verbs)
from portal.recovery import routes as recovery_routes
from portal.recovery.events import MisuseReported
from portal.settings import claim as settings_claim
from portal.settings import routes as settings_routes
from portal.support import checks as support_checks
from portal.support import claim as support_claim
from portal.support import routes as support_routes
from portal.support import service as support
from portal.traffic import checks as traffic_checks
from portal.traffic import claim as traffic_claim
from portal.traffic import jobs as traffic_jobs  # noqa: F401 (registers its background verbs)
from portal.traffic import routes as traffic_routes

ROOT = Path(__file__).resolve().parents[1]
LARGEST_REQUEST = 12 * 1024 * 1024
LARGEST_FORM_PART = 256 * 1024
MOST_FORM_PARTS = 200

BLUEPRINTS = (
    legal_routes.bp,
    consent_routes.bp,
    traffic_routes.bp,
    accounts_routes.bp,
    recovery_routes.bp,
    newsletter_routes.bp,
    support_routes.bp,
    privacy_routes.bp,
    promises_routes.bp,
    home_routes.bp,
    settings_routes.bp,
    admin_routes.bp,
)

CLAIMS = (
    kit_claim.CLAIM,
    jobs_claim.CLAIM,
    mail_claim.CLAIM,
    legal_claim.CLAIM,
    consent_claim.CLAIM,
    traffic_claim.CLAIM,
    accounts_claim.CLAIM,
    recovery_claim.CLAIM,
    newsletter_claim.CLAIM,
    support_claim.CLAIM,
    privacy_claim.CLAIM,
    promises_claim.CLAIM,
    settings_claim.CLAIM,
    admin_claim.CLAIM,
)
"""Every claim, in the order of the layers, low to high."""

CHECKS = (
    *legal_checks.CHECKS,
    *consent_checks.CHECKS,
    *traffic_checks.CHECKS,
    *accounts_checks.CHECKS,
    *recovery_checks.CHECKS,
    *newsletter_checks.CHECKS,
    *support_checks.CHECKS,
    *privacy_checks.CHECKS,
    *admin_checks.CHECKS,
)
"""Every check of a promise."""

LASTING = (*consent.LASTING, *newsletter.LASTING, *privacy.LASTING)
"""Every purpose of links and hashes that outlives the secret which made them."""

EVENTS: events.Wiring = {
    AccountFrozen: (support.open_frozen_ticket,),
    AddressChanged: (newsletter.follow_address, support.follow_address),
    MisuseReported: (support.open_misuse_ticket,),
}
"""What a lower area tells -> what higher areas do about it."""


LOAD_ACTOR = accounts.ActorLoader((accounts.FACTOR, accounts.ROLES))
"""Who acts, by one statement: the session's row, and what each area adds to it."""


def create_app(settings: Settings) -> web.Portal:
    """Build the portal. Raises SettingsError for a provider that is no vendor in force, RuntimeError for a missing tag."""
    vendors.refuse_strangers(settings, today=clock.today())
    app = web.Portal("portal", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(
        SECRET_KEY=settings.secret_keys[0].get_secret_value(),
        SECRET_KEY_FALLBACKS=[key.get_secret_value() for key in settings.secret_keys[1:]],
        # Oldest first; the last one signs. A form that was open while the secret changed is taken all the same.
        WTF_CSRF_SECRET_KEY=[key.get_secret_value() for key in reversed(settings.secret_keys)],
        DEBUG=False,
        TRUSTED_HOSTS=[settings.host_name] + ([] if settings.is_production else ["127.0.0.1", "localhost"]),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM_PART,
        MAX_FORM_PARTS=MOST_FORM_PARTS,
        PERMANENT_SESSION_LIFETIME=policy.period("session_remembered"),
    )
    _install_kit(app, settings)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if not settings.is_production:
        app.register_blueprint(mail_routes.bp)
    access.check_all_tagged(app)
    return app


def _install_kit(app: web.Portal, settings: Settings) -> None:
    web.init_app(app, settings)
    logs.init_app(app, pretty=not settings.is_production)
    db.init_app(app, settings.database_url.get_secret_value())
    headers.init_app(app, settings, extra_sources=consent_browser.extra_sources)
    i18n.init_app(app, choose=page_language.choose)
    periods.init_app(app, {name: period.length for name, period in policy.PERIODS.items()})
    keys.init_app(app, settings)
    lasting.init_app(app, LASTING)
    throttle.init_app(app, settings)
    files.init_app(app, settings)
    passwords.init_app(app, settings)
    forms.init_app(app)
    access.init_app(app, LOAD_ACTOR)
    claims.init_app(app, CLAIMS)
    checks.init_app(app, CHECKS)
    events.init_app(app, EVENTS)
    templating.init_app(app, company=policy.company_from(settings))
    errors.init_app(app)
    probes.init_app(app)
    access.public(app.view_functions["static"])
