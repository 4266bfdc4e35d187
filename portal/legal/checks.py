"""The promises that this area keeps, each with its check."""

from collections.abc import Iterator

from flask import current_app
from jinja2 import nodes

from portal.kit import clock
from portal.kit.checks import Check, Finding, failed, failed_by, passed, state
from portal.kit.i18n import _, _l, listed, ngettext
from portal.kit.settings import current_settings
from portal.legal import documents, vendors

POLICY = "legal.privacy"
PERSONAL_FIELDS = frozenset({"name", "email", "phone", "message", "photo", "files", "address"})


def _policy_linked() -> Finding:
    faults = [
        state("not_linked", template=template, part=macro)
        for template, macro in (("components/site.html", "footer"), ("components/forms.html", "form"))
        if not _links_policy(template, macro)
    ]
    pages = current_app.jinja_env.list_templates(filter_func=lambda name: not name.startswith("components/"))
    faults += [state("asks_unlinked", page=page) for page in pages if _asks_unlinked(page)]
    return failed_by(faults) if faults else passed("templates", pages=len(pages))


def _parse(template: str) -> tuple[str, nodes.Template]:
    source = documents.source(template, current_app.jinja_env)
    return source, current_app.jinja_env.parse(source)


def _links_policy(template: str, macro: str) -> bool:
    _source, tree = _parse(template)
    return any(
        constant.value == POLICY
        for each in tree.find_all(nodes.Macro)
        if each.name == macro
        for constant in each.find_all(nodes.Const)
    )


def _asks_unlinked(template: str) -> bool:
    """Tell whether a form goes round the one component, or switches its link off though it asks something personal."""
    source, tree = _parse(template)
    by_hand = "<form" in source and any(f'name="{name}"' in source for name in PERSONAL_FIELDS)
    return by_hand or any(PERSONAL_FIELDS & _fields(form) for form in _unlinked_forms(tree))


def _unlinked_forms(tree: nodes.Template) -> Iterator[nodes.CallBlock]:
    for block in tree.find_all(nodes.CallBlock):
        for option in block.call.kwargs:
            if option.key == "personal" and isinstance(option.value, nodes.Const) and not option.value.value:
                yield block


def _fields(form: nodes.CallBlock) -> set[str]:
    """Return the names that a form speaks of; what the page knows of the actor is not asked of anybody."""
    return {
        attribute.attr
        for part in form.body
        for attribute in part.find_all(nodes.Getattr)
        if not (isinstance(attribute.node, nodes.Name) and attribute.node.name == "actor")
    }


def _only_vendors_reached() -> Finding:
    hosts = vendors.outgoing_hosts(current_settings())
    strange = vendors.strangers(hosts, today=clock.today())
    if strange:
        return failed("strangers", hosts=strange)
    return passed("hosts", hosts=hosts) if hosts else passed("no_host")


def _vendors_complete() -> Finding:
    lacking = [
        vendor.key
        for vendor in vendors.VENDORS
        if not (vendor.purpose and vendor.entity and vendor.countries and vendor.links and vendor.history)
    ]
    hasty = [vendor.key for vendor in vendors.VENDORS if not vendor.had_notice]
    faults = [state(code, vendors=keys) for code, keys in (("incomplete", lacking), ("without_notice", hasty)) if keys]
    return failed_by(faults) if faults else passed("in_force", vendors=len(vendors.in_force(clock.today())))


def _words_as_published() -> Finding:
    changed = documents.changed_without_version(current_app.jinja_env, today=clock.today())
    if changed:
        return failed("no_new_version", documents=changed)
    understated = documents.more_than_wording()
    if understated:
        return failed("more_than_wording", documents=understated)
    return passed("as_published", documents=len(documents.DOCUMENTS))


def _titles(keys: list[str]) -> str:
    return listed(documents.get(key).title for key in keys)


CHECKS = [
    Check(
        promise="P01",
        name="policy_linked",
        what=_l("The footer of every page and every form that asks for personal data link to the policy."),
        run=_policy_linked,
        says={
            "not_linked": lambda template, part: _(
                "%(part)s in %(template)s has no link to the policy.", template=template, part=part
            ),
            "asks_unlinked": lambda page: _("%(page)s asks for personal data without a link to the policy.", page=page),
            "templates": lambda pages: ngettext("%(num)s template checked.", "%(num)s templates checked.", pages),
        },
    ),
    Check(
        promise="P04",
        name="only_vendors_reached",
        what=_l("Every host that the portal is set up to contact belongs to a vendor in force."),
        run=_only_vendors_reached,
        says={
            "strangers": lambda hosts: _("Set up, but not a vendor in force: %(hosts)s.", hosts=listed(hosts)),
            "hosts": lambda hosts: _("Set up: %(hosts)s.", hosts=listed(hosts)),
            "no_host": lambda: _("Nothing outside is set up."),
        },
    ),
    Check(
        promise="P05",
        name="vendors_complete",
        what=_l("Every vendor has a purpose, entity, country, links and history, and was announced in time."),
        run=_vendors_complete,
        says={
            "incomplete": lambda vendors: _("Incomplete: %(vendors)s.", vendors=listed(vendors)),
            "without_notice": lambda vendors: _("Not announced in time: %(vendors)s.", vendors=listed(vendors)),
            "in_force": lambda vendors: ngettext("%(num)s vendor in force.", "%(num)s vendors in force.", vendors),
        },
    ),
    Check(
        promise="P42",
        name="words_as_published",
        what=_l("The words and figures shown are those of the version in force."),
        run=_words_as_published,
        says={
            "no_new_version": lambda documents: _(
                "Changed without a new version: %(documents)s.", documents=_titles(documents)
            ),
            "more_than_wording": lambda documents: _(
                "More than the wording changed: %(documents)s.", documents=_titles(documents)
            ),
            "as_published": lambda documents: ngettext("%(num)s document checked.", "%(num)s documents checked.", documents),
        },
    ),
]
