"""Lost access: a forgotten password, "This wasn't me", and reports of misuse by those who are locked out.

Owns: the links that give access back, and what happens when somebody says that an account is in other hands.
Refuses: saying whether an address has an account, signing anybody in, skipping the second factor. It holds no table: its
links are signed and stamped with the state that they change.
"""
