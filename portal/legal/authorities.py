"""The authorities that one may complain to about how personal data is used, by country (P32).

From the European Data Protection Board's list of its members, and for other countries from each authority's own site.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel import Locale

from portal.kit.i18n import Country, _l

FALLBACK = "AU"
"""Where the company is, whose authority takes everybody's complaint."""


@dataclass(frozen=True)
class Authority:
    """Who takes complaints in one country, by its English name, and where."""

    name: str
    url: str


AUTHORITIES: Mapping[str, Authority] = {
    "AR": Authority("Agency of Access to Public Information", "https://www.argentina.gob.ar/aaip"),
    "AT": Authority("Austrian Data Protection Authority", "https://www.dsb.gv.at"),
    "AU": Authority(
        "Office of the Australian Information Commissioner", "https://www.oaic.gov.au/privacy/privacy-complaints"
    ),
    "BE": Authority("Belgian Data Protection Authority", "https://www.dataprotectionauthority.be"),
    "BG": Authority("Commission for Personal Data Protection", "https://www.cpdp.bg"),
    "BR": Authority("National Data Protection Authority", "https://www.gov.br/anpd"),
    "CA": Authority("Office of the Privacy Commissioner of Canada", "https://www.priv.gc.ca"),
    "CH": Authority("Federal Data Protection and Information Commissioner", "https://www.edoeb.admin.ch"),
    "CN": Authority("Cyberspace Administration of China", "https://www.12377.cn"),
    "CY": Authority("Commissioner for Personal Data Protection", "https://www.dataprotection.gov.cy"),
    "CZ": Authority("Office for Personal Data Protection", "https://www.uoou.gov.cz"),
    "DE": Authority("Federal Commissioner for Data Protection and Freedom of Information", "https://www.bfdi.bund.de"),
    "DK": Authority("Danish Data Protection Agency", "https://www.datatilsynet.dk"),
    "EE": Authority("Data Protection Inspectorate", "https://www.aki.ee"),
    "ES": Authority("Spanish Data Protection Agency", "https://www.aepd.es"),
    "FI": Authority("Office of the Data Protection Ombudsman", "https://tietosuoja.fi"),
    "FR": Authority("National Commission on Informatics and Liberty (CNIL)", "https://www.cnil.fr"),
    "GB": Authority("Information Commissioner’s Office", "https://ico.org.uk/make-a-complaint"),
    "GR": Authority("Hellenic Data Protection Authority", "https://www.dpa.gr"),
    "HK": Authority("Privacy Commissioner for Personal Data", "https://www.pcpd.org.hk"),
    "HR": Authority("Personal Data Protection Agency", "https://azop.hr"),
    "HU": Authority("National Authority for Data Protection and Freedom of Information", "https://www.naih.hu"),
    "IE": Authority("Data Protection Commission", "https://www.dataprotection.ie"),
    "IS": Authority("Icelandic Data Protection Authority", "https://www.personuvernd.is"),
    "IT": Authority("Italian Data Protection Authority", "https://www.garanteprivacy.it"),
    "JP": Authority("Personal Information Protection Commission", "https://www.ppc.go.jp"),
    "KR": Authority("Personal Information Protection Commission", "https://www.pipc.go.kr"),
    "LI": Authority("Data Protection Authority", "https://www.datenschutzstelle.li"),
    "LT": Authority("State Data Protection Inspectorate", "https://vdai.lrv.lt"),
    "LU": Authority("National Commission for Data Protection", "https://cnpd.public.lu"),
    "LV": Authority("Data State Inspectorate", "https://www.dvi.gov.lv"),
    "MT": Authority("Information and Data Protection Commissioner", "https://idpc.org.mt"),
    "NL": Authority("Dutch Data Protection Authority", "https://www.autoriteitpersoonsgegevens.nl"),
    "NO": Authority("Norwegian Data Protection Authority", "https://www.datatilsynet.no"),
    "NZ": Authority("Office of the Privacy Commissioner", "https://www.privacy.org.nz"),
    "PH": Authority("National Privacy Commission", "https://privacy.gov.ph"),
    "PL": Authority("Personal Data Protection Office", "https://uodo.gov.pl"),
    "PT": Authority("National Data Protection Commission", "https://www.cnpd.pt"),
    "RO": Authority("National Supervisory Authority for Personal Data Processing", "https://www.dataprotection.ro"),
    "SE": Authority("Swedish Authority for Privacy Protection", "https://www.imy.se"),
    "SG": Authority("Personal Data Protection Commission", "https://www.pdpc.gov.sg"),
    "SI": Authority("Information Commissioner", "https://www.ip-rs.si"),
    "SK": Authority("Office for Personal Data Protection", "https://dataprotection.gov.sk"),
    "ZA": Authority("Information Regulator", "https://inforegulator.org.za"),
}


def authority_in(country: str | None) -> Authority:
    """Return the authority of a country, else that of the company's own."""
    return AUTHORITIES.get(country or "", AUTHORITIES[FALLBACK])


@dataclass(frozen=True)
class Table:
    """The table as a page shows it: the countries to choose from, where it comes from, and of which day it is."""

    countries: Sequence[tuple[str, Any]]
    source: str
    as_of: date


_NAMES = Locale("en").territories
TABLE = Table(
    countries=[
        ("", _l("Prefer not to say")),
        *((code, Country(code)) for code in sorted(AUTHORITIES, key=lambda code: str(_NAMES[code]))),
        ("other", _l("Another country")),
    ],
    source="https://www.edpb.europa.eu/about-edpb/about-edpb/members_en",
    as_of=date(2026, 11, 30),
)
