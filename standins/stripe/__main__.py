"""Serve a stand-in until Ctrl-C: `python -m standins.stripe`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from threading import Event

from portal.kit.ending import end_with
from standins.stripe.account import Account
from standins.stripe.serving import serving
from standins.stripe.state import State
from standins.stripe.wares import stock

KEY, SECRET = "PORTAL_STRIPE_API_KEY", "PORTAL_STRIPE_WEBHOOK_SECRET"


def main(arguments: list[str]) -> int:
    """Serve. The key that opens it and the secret that signs its webhooks come from the environment, as the portal's do."""
    parser = argparse.ArgumentParser(prog="standins.stripe", description="A Stripe to develop with: no money moves.")
    parser.add_argument("--port", type=int, default=8020)
    parser.add_argument("--webhooks", default="http://127.0.0.1:8000/webhooks/stripe", help="where its webhooks go")
    parser.add_argument("--file", type=Path, default=Path("instance/stripe.json"), help="where its state is kept")
    parser.add_argument("--beside", type=int, metavar="PID", help="end when this process, which started it, has ended")
    wanted = parser.parse_args(arguments)
    missing = [name for name in (KEY, SECRET) if not os.environ.get(name)]
    if missing:
        print(f"Set {' and '.join(missing)}: any text of your own that starts with sk_test_ and whsec_.")
        return 2
    if wanted.beside:
        end_with(wanted.beside)
    stop = Event()
    for wish in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wish, lambda *_about: stop.set())
    wanted.file.parent.mkdir(parents=True, exist_ok=True)
    account = Account(State(wanted.file), os.environ[KEY])
    stock(account)
    account.listen(wanted.webhooks, os.environ[SECRET])
    with serving(account, port=wanted.port, is_alive=True) as url:
        if not wanted.beside:
            print(f"Stripe’s stand-in is at {url}.", flush=True)
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
