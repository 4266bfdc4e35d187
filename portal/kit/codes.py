"""Codes that people type: the digits of every keyboard, however they are grouped."""

import unicodedata


def typed(code: str) -> str:
    """Return a code as it was meant: full-width characters and the digits of any script as ASCII, no spaces or hyphens."""
    plain = (char for char in unicodedata.normalize("NFKC", code) if char.isalnum())
    return "".join(str(unicodedata.decimal(char, char)) for char in plain)


def grouped(code: str) -> str:
    """Return a long code in groups of four, as people read, copy and type it."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
