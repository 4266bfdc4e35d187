"""Codes that people type: the digits of every keyboard, however they are grouped."""

import unicodedata


def typed(code: str) -> str:
    """Return a code as it was meant: full-width characters and the digits of any script as ASCII, no spaces or hyphens."""
    plain = (char for char in unicodedata.normalize("NFKC", code) if char.isalnum())
    return "".join(str(unicodedata.decimal(char, char)) for char in plain)
