"""The promises that this area keeps, each with its check."""

from collections.abc import Iterator

from flask import current_app
from jinja2 import nodes

from portal.kit import clock
from portal.kit.checks import Check, Finding, failed, passed
from portal.kit.i18n import _l
from portal.kit.settings import current_settings
from portal.legal import documents, vendors

POLICY = "legal.privacy"
PERSONAL_FIELDS = frozenset({"name", "email", "phone", "message", "photo", "files", "address"})


def _policy_linked() -> Finding:
    faults = [
        f"{macro} of {template} has no link to the policy"
        for template, macro in (("components/site.html", "footer"), ("components/forms.html", "form"))
        if not _links_policy(template, macro)
    ]
    pages = current_app.jinja_env.list_templates(filter_func=lambda name: not name.startswith("components/"))
    faults += [f"{page} asks for personal data without a link to the policy" for page in pages if _asks_unlinked(page)]
    return failed("; ".join(faults)) if faults else passed(f"{len(pages)} templates")


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
        return failed("configured, but no vendor in force: " + ", ".join(strange))
    return passed(", ".join(hosts) or "nothing outside is configured")


def _vendors_complete() -> Finding:
    lacking = [
        vendor.key
        for vendor in vendors.VENDORS
        if not (vendor.purpose and vendor.entity and vendor.countries and vendor.links and vendor.history)
    ]
    hasty = [vendor.key for vendor in vendors.VENDORS if not vendor.had_notice]
    if lacking or hasty:
        return failed(f"incomplete: {', '.join(lacking) or 'none'}; without notice: {', '.join(hasty) or 'none'}")
    return passed(f"{len(vendors.in_force(clock.today()))} vendors in force")


def _words_as_published() -> Finding:
    changed = documents.changed_without_version(current_app.jinja_env, today=clock.today())
    if changed:
        return failed("changed without a new version: " + ", ".join(changed))
    understated = documents.more_than_wording()
    if understated:
        return failed("called a change of wording, but a figure changed: " + ", ".join(understated))
    today = clock.today()
    return passed(", ".join(f"{each.key} {each.in_force(today).number}" for each in documents.DOCUMENTS.values()))


CHECKS = [
    Check(
        promise="P01",
        name="policy_linked",
        what=_l("The foot of every page and the one component for forms link the policy, and no form goes round it."),
        run=_policy_linked,
    ),
    Check(
        promise="P04",
        name="only_vendors_reached",
        what=_l("Every host that the portal is set up to talk to belongs to a vendor in force."),
        run=_only_vendors_reached,
    ),
    Check(
        promise="P05",
        name="vendors_complete",
        what=_l("Every vendor has purpose, entity, country, links and history, and came with notice."),
        run=_vendors_complete,
    ),
    Check(
        promise="P42",
        name="words_as_published",
        what=_l("The words and figures shown are those of the version in force."),
        run=_words_as_published,
    ),
]
