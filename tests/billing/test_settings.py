"""Payments are on or off, never half; a test key takes no real orders, and a key goes to Stripe or to this machine alone."""

from __future__ import annotations

import pytest

from portal.kit import clock
from portal.kit.settings import SettingsError, load
from portal.legal import vendors
from tests.kit.test_settings import GOOD

KEY, SECRET = "sk_live_NobodyMayReadThis1", "whsec_NorThisEither123"
ON = {"PORTAL_STRIPE_API_KEY": KEY, "PORTAL_STRIPE_WEBHOOK_SECRET": SECRET}


def test_without_them_payments_are_off_and_the_portal_starts(tmp_path):
    settings = load(GOOD, instance=tmp_path)
    assert (settings.stripe_api_key, settings.stripe_host) == (None, None)


def test_with_both_they_are_on_and_stripe_is_a_vendor_in_force(tmp_path):
    settings = load({**GOOD, **ON}, instance=tmp_path)
    assert settings.stripe_host == "api.stripe.com"
    assert "api.stripe.com" in vendors.outgoing_hosts(settings)
    vendors.refuse_strangers(settings, today=clock.today())
    assert KEY not in repr(settings) and SECRET not in repr(settings)


def test_another_host_is_no_vendor_and_stops_the_start(tmp_path):
    settings = load({**GOOD, **ON, "PORTAL_STRIPE_API_BASE": "https://stripe.example.com"}, instance=tmp_path)
    with pytest.raises(SettingsError, match=r"stripe\.example\.com"):
        vendors.refuse_strangers(settings, today=clock.today())


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"PORTAL_STRIPE_WEBHOOK_SECRET": ""}, "PORTAL_STRIPE_WEBHOOK_SECRET: missing beside the API key"),
        ({"PORTAL_STRIPE_API_KEY": ""}, "PORTAL_STRIPE_API_KEY: missing beside the webhook secret"),
        ({"PORTAL_STRIPE_API_KEY": "sk_test_NobodyMayReadThis1"}, "PORTAL_STRIPE_API_KEY: is a test key"),
        ({"PORTAL_STRIPE_API_KEY": "rk_test_NobodyMayReadThis1"}, "PORTAL_STRIPE_API_KEY: is a test key"),
        ({"PORTAL_STRIPE_API_KEY": "pk_live_NobodyMayReadThis1"}, "PORTAL_STRIPE_API_KEY: needs to start with"),
        ({"PORTAL_STRIPE_API_KEY": f"{KEY}\r\nX: y"}, "PORTAL_STRIPE_API_KEY: needs to start with"),
        ({"PORTAL_STRIPE_WEBHOOK_SECRET": "NorThisEither123"}, "PORTAL_STRIPE_WEBHOOK_SECRET: needs to start with whsec_"),
        ({"PORTAL_STRIPE_API_BASE": "http://api.stripe.com"}, "PORTAL_STRIPE_API_BASE: needs to start with https://"),
        ({"PORTAL_STRIPE_API_BASE": "http://10.0.0.1"}, "PORTAL_STRIPE_API_BASE: needs to start with https://"),
        ({"PORTAL_STRIPE_API_BASE": "https://u:p@api.stripe.com"}, "PORTAL_STRIPE_API_BASE: needs to be an origin"),
    ],
)
def test_half_or_wrong_stops_the_start_by_name_only(tmp_path, changed, told):
    with pytest.raises(SettingsError) as caught:
        load({**GOOD, **ON, **changed}, instance=tmp_path)
    assert told in str(caught.value)
    assert "MayReadThis" not in str(caught.value) and "Either123" not in str(caught.value)


def test_in_development_a_test_key_and_this_machine_will_do(tmp_path):
    given = {
        "PORTAL_ENV": "development",
        "PORTAL_STRIPE_WEBHOOK_SECRET": SECRET,
        "PORTAL_STRIPE_API_KEY": KEY.replace("live", "test"),
    }
    settings = load({**given, "PORTAL_STRIPE_API_BASE": "http://127.0.0.1:8020"}, instance=tmp_path)
    assert settings.stripe_api_base == "http://127.0.0.1:8020"
