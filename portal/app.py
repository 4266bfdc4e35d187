"""Wiring: the one module that knows every area. It builds the app from settings and decides nothing else."""

from pathlib import Path

from portal.accounts import service as accounts
from portal.accounts.area import AREA as ACCOUNTS
from portal.admin.area import AREA as ADMIN
from portal.billing.area import AREA as BILLING
from portal.consent import browser as consent_browser
from portal.consent import service as consent
from portal.consent.area import AREA as CONSENT
from portal.disabling.area import AREA as DISABLING
from portal.home.area import AREA as HOME
from portal.jobs.area import AREA as JOBS
from portal.kit import (
    access,
    browser_marks,
    checks,
    claims,
    clock,
    compression,
    db,
    errors,
    events,
    files,
    fixed_parts,
    form_guard,
    hash_pages,
    headers,
    heavy,
    i18n,
    job_kinds,
    keys,
    lasting,
    leaving_packs,
    logs,
    one_use,
    outgoing,
    page_language,
    passwords,
    periods,
    places,
    probes,
    scopes,
    staff_writes,
    static_files,
    templating,
    throttle,
    uploads,
    visibility,
    web,
)
from portal.kit.area import AREA as KIT
from portal.kit.settings import Settings
from portal.legal import policy, vendors
from portal.legal.area import AREA as LEGAL
from portal.licences.area import AREA as LICENCES
from portal.mail import gate as mail_gate
from portal.mail.area import AREA as MAIL
from portal.newsletter.area import AREA as NEWSLETTER
from portal.organisations import service as organisations
from portal.organisations.area import AREA as ORGANISATIONS
from portal.privacy.area import AREA as PRIVACY
from portal.products import service as products
from portal.products.area import AREA as PRODUCTS
from portal.promises.area import AREA as PROMISES
from portal.recovery.area import AREA as RECOVERY
from portal.settings.area import AREA as SETTINGS
from portal.support.area import AREA as SUPPORT
from portal.traffic.area import AREA as TRAFFIC

ROOT = Path(__file__).resolve().parents[1]
LARGEST_REQUEST = 12 * 1024 * 1024
LARGEST_FORM_PART = 256 * 1024
MOST_FORM_PARTS = 200

AREAS = (
    KIT,
    JOBS,
    MAIL,
    LEGAL,
    PRODUCTS,
    CONSENT,
    TRAFFIC,
    ACCOUNTS,
    RECOVERY,
    ORGANISATIONS,
    DISABLING,
    LICENCES,
    NEWSLETTER,
    BILLING,
    SUPPORT,
    PRIVACY,
    PROMISES,
    HOME,
    SETTINGS,
    ADMIN,
)
"""Every folder of the portal, in the order of the layers, low to high."""

LOAD_ACTOR = accounts.ActorLoader((accounts.FACTOR, accounts.ROLES, organisations.ORGANISATIONS, organisations.STANDING))
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
    for area in AREAS:
        if area.blueprint:
            app.register_blueprint(area.blueprint)
        if area.development_blueprint and not settings.is_production:
            app.register_blueprint(area.development_blueprint)
    access.check_all_tagged(app)
    return app


def _install_kit(app: web.Portal, settings: Settings) -> None:
    web.init_app(app, settings)
    fixed_parts.init_app(app)
    logs.init_app(app, pretty=not settings.is_production)
    db.init_app(app, settings.database_url.get_secret_value())
    scopes.init_app(app)
    headers.init_app(app, settings, extra_sources=consent_browser.extra_sources)
    compression.init_app(app)
    static_files.init_app(app)
    i18n.init_app(app, choose=page_language.choose)
    periods.init_app(app, {name: period.length for name, period in policy.PERIODS.items()})
    keys.init_app(app, settings)
    lasting.init_app(app, [purpose for area in AREAS for purpose in area.lasting])
    throttle.init_app(app, settings)
    files.init_app(app, settings)
    heavy.init_app(app, settings)
    outgoing.init_app(app, _may_be_called)
    passwords.init_app(app, settings)
    places.init_app(app)
    hash_pages.init_app(app, settings)
    uploads.init_app(app, owner_now=access.owner_now)
    form_guard.init_app(app, owner_now=access.owner_now, stamp=access.person_stamp)
    app.answering = one_use.answer
    access.init_app(app, LOAD_ACTOR)
    mail_gate.init_app(app, may_email=consent.may_email)
    browser_marks.init_app(app)
    claims.init_app(app, [area.claim for area in AREAS])
    staff_writes.init_app(app)
    checks.init_app(app, [check for area in AREAS for check in area.checks])
    events.init_app(app, [area.events for area in AREAS])
    job_kinds.init_app(app, [kind for area in AREAS for kind in area.jobs])
    visibility.init_app(app, [each for area in AREAS for each in area.visible])
    leaving_packs.init_app(app, [area.in_pack for area in AREAS if area.in_pack])
    templating.init_app(app, company=policy.company_from(settings))
    errors.init_app(app)
    probes.init_app(app)


def _may_be_called(host: str) -> bool:
    """Tell whether a host is a vendor's in force or a product's own (P04)."""
    known = {system.host for system in products.systems().values()}
    return host in known or not vendors.strangers([host], today=clock.today())
