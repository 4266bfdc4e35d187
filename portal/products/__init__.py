"""Product systems of the company: told when an account is deleted, by signed calls (Standard Webhooks).

Owns the calls, from the first try to the confirmation. Refuses: knowing why an account is deleted, and calling anybody
whom PORTAL_PRODUCTS_FILE does not name. A product is told an account's ID, and nothing else about anybody.
"""
