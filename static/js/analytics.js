/* Google Analytics in its narrowest form. The server puts this file into a page only after consent (P22). */
"use strict";
(() => {
  const { measurementId, secondsLeft } = document.currentScript.dataset;
  window.dataLayer = window.dataLayer || [];
  function gtag() { window.dataLayer.push(arguments); }
  const originOf = (address) => { try { return new URL(address).origin; } catch { return ""; } };

  gtag("consent", "default", {
    analytics_storage: "granted", ad_storage: "denied", ad_user_data: "denied", ad_personalization: "denied",
  });
  gtag("set", "ads_data_redaction", true);
  gtag("js", new Date());
  gtag("config", measurementId, {
    allow_google_signals: false,
    allow_ad_personalization_signals: false,
    anonymize_ip: true,
    // On this host alone, so that our own answer can remove them; never longer than the consent itself.
    cookie_domain: "none",
    cookie_expires: Number(secondsLeft),
    cookie_flags: "SameSite=Lax" + (location.protocol === "https:" ? ";Secure" : ""),
    // The path is enough: no query leaves, and of the page before only its site.
    page_location: location.origin + location.pathname,
    page_referrer: originOf(document.referrer),
  });
})();
