"""A conversation as an email file (.eml, RFC 5322 with a digest of RFC 2046), a person as a card (.vcf, RFC 6350)."""

import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from portal.kit.claims import Conversation, Said
from portal.legal.policy import Company

LINE = 75
"""Bytes of a line of a card, without its end."""
_ESCAPED = re.compile(r"([\\,;])")


def as_email(conversation: Conversation, *, company: Company, paths: Mapping[str, str]) -> Iterator[bytes]:
    """Yield a conversation as one email file, each message in it a message of its own, one at a time.

    Files are named by their `paths` in the copy: they lie beside it.
    """
    boundary = f"=_{uuid.uuid4().hex}"
    head = _message(conversation, company, subject=conversation.title, at=conversation.opened_at, is_own=True)
    kind = f'MIME-Version: 1.0\r\nContent-Type: multipart/digest; boundary="{boundary}"\r\n\r\n'
    yield head.as_bytes().rstrip(b"\r\n") + b"\r\n" + kind.encode()
    for number, said in enumerate(conversation.said(), start=1):
        text = "\n\n".join(filter(None, (said.text, said.note, "\n".join(paths.get(name, "") for name in said.files))))
        part = _part(conversation, said, company, subject=f"{'Re: ' * (number > 1)}{conversation.title}", text=text)
        yield f"--{boundary}\r\nContent-Type: message/rfc822\r\n\r\n".encode() + part + b"\r\n"
    yield f"--{boundary}--\r\n".encode()


def _part(conversation: Conversation, said: Said, company: Company, *, subject: str, text: str) -> bytes:
    message = _message(conversation, company, subject=subject, at=said.at, is_own=not said.author, author=said.author)
    message.set_content(text, cte="base64")
    return message.as_bytes()


def _message(
    conversation: Conversation, company: Company, *, subject: str, at: datetime, is_own: bool, author: str = ""
) -> EmailMessage:
    message = EmailMessage(policy.SMTP if conversation.by_email.isascii() else policy.SMTPUTF8)
    theirs = _address(conversation.by_name, conversation.by_email)
    ours = _address(author or company.name, company.general_email)
    message["From"], message["To"] = (theirs, ours) if is_own else (ours, theirs)
    message["Subject"] = _line(subject)
    message["Date"] = format_datetime(at)
    message["Keywords"] = _line(conversation.name)
    return message


def _address(name: str, email: str) -> Address | str:
    try:
        return Address(_line(name), addr_spec=email)
    except (ValueError, IndexError):
        # Erased, or of a form that the library does not know.
        return Address(_line(name) or "-")


def _line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def as_card(*, name: str, email: str, language: str, time_zone: str) -> bytes:
    """Return a person as a card that address books read."""
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"FN:{_value(name)}", f"EMAIL:{_value(email)}"]
    lines += [f"LANG:{_value(language)}", f"TZ:{_value(time_zone)}", "END:VCARD"]
    return b"".join(_folded(line) for line in lines)


def _value(text: str) -> str:
    return _ESCAPED.sub(r"\\\1", _line(text))


def _folded(line: str) -> bytes:
    folded, size = [], 0
    for char in line:
        length = len(char.encode())
        if size + length > LINE:
            folded.append("\r\n ")
            size = 1
        folded.append(char)
        size += length
    return "".join([*folded, "\r\n"]).encode()
