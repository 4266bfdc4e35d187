"""Tools that know no customer.

Owns: settings, the database session, one transaction per request, access tags, forms, tokens, throttles, audit,
the data register, keys and files. Refuses: any knowledge of an area; nothing here imports one.
"""
