"""The figures that the company binds itself to, and its particulars."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from portal.app import AREAS
from portal.kit import claims
from portal.legal import policy

PROMISED = {
    "confirmation_link": timedelta(hours=24),
    "never_confirmed": timedelta(days=7),
    "reset_link": timedelta(minutes=30),
    "email_change_confirm": timedelta(minutes=60),
    "email_change_undo": timedelta(days=7),
    "invitation": timedelta(hours=72),
    "hand_over": timedelta(hours=72),
    "dissolution": timedelta(days=14),
    "orphaned": timedelta(days=90),
    "recovery": timedelta(days=14),
    "human_code": timedelta(minutes=10),
    "session_idle": timedelta(hours=12),
    "session_absolute": timedelta(hours=24),
    "session_remembered": timedelta(days=30),
    "fresh": timedelta(minutes=30),
    "sign_in_history": timedelta(days=90),
    "throttle": timedelta(hours=24),
    "audit": timedelta(days=730),
    "visits": timedelta(days=14),
    "consent": timedelta(days=182),
    "research_max": timedelta(days=730),
    "export_ready": timedelta(days=7),
    "deletion_undo": timedelta(days=14),
    "backups": timedelta(days=60),
    "request_answer": timedelta(days=30),
    "request_alarm_first": timedelta(days=15),
    "request_alarm_second": timedelta(days=23),
    "request_alarm_third": timedelta(days=28),
    "breach_notice": timedelta(hours=72),
}


@pytest.mark.parametrize("name", PROMISED)
def test_each_promised_period_is_set_as_promised(name):
    assert policy.period(name) == PROMISED[name]


def test_a_period_that_no_policy_sets_is_not_made_up():
    with pytest.raises(KeyError):
        policy.period("for_ever")


def test_every_rule_of_the_register_names_a_period_of_the_policy():
    for claim in (area.claim for area in AREAS):
        for table in claim.tables:
            for rule in table.rules:
                if isinstance(rule, claims.RetainFor):
                    assert rule.period in policy.PERIODS, f"{claim.area} keeps {table.name} for an unknown {rule.period}"


def test_another_company_runs_the_portal_under_its_own_name():
    settings = SimpleNamespace(company_name="Example Looms", company_countries="Portugal, Spain", company_since="1999")
    company = policy.company_from(settings)
    assert (company.name, company.countries, company.since) == ("Example Looms", ("Portugal", "Spain"), 1999)
    assert company.abn == policy.COMPANY.abn


def test_the_defaults_are_the_particulars_of_the_company():
    company = policy.company_from(SimpleNamespace())
    assert company.legal_entity == "Loggia Corp Pty Ltd"
    assert company.abn == "72 275 176 798"
    assert company.privacy_email == "contact@3clicksapparel.com"
    assert company.general_email == "contact@3clickscloud.com"
    assert company.phone == "+1 (61) 1300 794 220"
    assert company.since == 2006
