"""Emails about requests. None of them quotes what somebody typed: a stranger may have named the address."""

from datetime import datetime

from portal.kit.links import external_url
from portal.mail import service as mail
from portal.privacy.models import Request


def page_url(token: str) -> str:
    """Return the address of a request's page: by its link, or in the account of whoever has one."""
    return external_url("privacy.own_request", token=token) if token else external_url("privacy.requests")


def request_code(request: Request, *, code: str, token: str) -> None:
    """Send the code that proves whose request it is, to the address that was typed: the same email for everybody."""
    mail.send(
        "privacy/request_code",
        to=mail.Recipient(request.email or "", request.language),
        request=request,
        code=code,
        url=page_url(token),
    )


def request_confirmed(request: Request, *, to: mail.Recipient, token: str) -> None:
    """Say that we have the request, until when it is answered, and where it can be followed."""
    mail.send("privacy/request_confirmed", to=to, request=request, url=page_url(token))


def request_paused(request: Request, *, to: mail.Recipient, token: str) -> None:
    """Say that we wait for the person, and for what."""
    mail.send("privacy/request_paused", to=to, request=request, url=page_url(token))


def request_closed(request: Request, *, to: mail.Recipient, token: str, authority: object) -> None:
    """Say how the request ended and why, whom one may complain to, and ask for the last word."""
    mail.send("privacy/request_closed", to=to, request=request, url=page_url(token), authority=authority)


def request_withdrawn(request: Request, *, to: mail.Recipient, token: str) -> None:
    """Say that a request was taken back, and why."""
    mail.send("privacy/request_withdrawn", to=to, request=request, url=page_url(token))


def request_due(request: Request, *, days: int, to: mail.Recipient) -> None:
    """Remind our team of an open request, and say nothing of whose it is."""
    mail.send("privacy/request_due", to=to, request=request, days=days, url=external_url("admin.overview"))


def copy_ready(request: Request, *, token: str, secret: str, until: datetime) -> None:
    """Say that the copy of somebody without an account can be fetched. The link holds its only key, and asks for a code."""
    mail.send(
        "privacy/copy_ready",
        to=mail.Recipient(request.email or "", request.language),
        until=until,
        url=external_url("privacy.fetch_copy", token=token, secret=secret),
    )


def copy_code(request: Request, *, code: str) -> None:
    """Send the code that opens a copy, without the link to it: neither opens anything alone."""
    mail.send("privacy/copy_code", to=mail.Recipient(request.email or "", request.language), code=code)


def statement_code(request: Request, *, code: str) -> None:
    """Send the code by which somebody without an account says something of data that was not corrected."""
    mail.send("privacy/statement_code", to=mail.Recipient(request.email or "", request.language), code=code)
