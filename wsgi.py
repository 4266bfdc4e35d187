"""The WSGI entry: `wsgi:app`."""

import multiprocessing
import signal
from typing import cast

from portal.kit import password_strength

# First: the memory that the lists take until they are made small is used again by what is loaded after them.
password_strength.load_lists()

# isort: split
from portal.app import create_app
from portal.kit import collector, settings
from portal.kit.ending import end_with
from portal.traffic import routes as traffic_routes

if parent := multiprocessing.parent_process():
    # Of `portal serve`; another server looks after its own.
    end_with(cast(int, parent.pid))
# Ctrl-C reaches every process of a terminal at once. Only the first of ours acts on it, and ends the others by SIGTERM;
# two signals in the same moment left a granian worker waiting for ever in 6 of 10 tries.
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

app = create_app(settings.load())
# Visits are written beside the answers, by a thread that the first of them starts.
traffic_routes.recorder(app).in_background = True
collector.look_only_at_new()
