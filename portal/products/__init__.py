"""Product systems of the company: told of deletions, by signed calls (Standard Webhooks).

Owns the calls, from the first try to the confirmation. Refuses: knowing why an account is deleted, and calling anybody
whom PORTAL_PRODUCTS_FILE does not name. A product is told the ID of an account or an organisation, and
nothing else about anybody.
"""
