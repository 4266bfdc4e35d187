"""People: sign-up, sign-in, sessions, factors, the User Account itself.

Owns: the account (name, address, language, time zone, photo), its password, sessions, second factor and sign-in history.
Refuses: saying whether an address has an account; what a person may do elsewhere. An account exists only once its address
is confirmed; before that there is a sign-up, which is purged.
"""
