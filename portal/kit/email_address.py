"""Email addresses: the one form in which they are compared. Two spellings of one mailbox's address are one key."""

import idna


def lookup_key(address: str) -> str:
    """Return the form of an address by which it is looked up; a key is its own key.

    The local part is case-folded, the domain written as the mail itself is sent (RFC 5891).
    """
    local, _at, domain = address.strip().rpartition("@")
    try:
        # IDNA 2008: the older rule of the standard library takes two domains for one.
        domain = idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        domain = domain.lower()
    return f"{local.casefold()}@{domain}"
