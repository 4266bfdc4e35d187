"""Python runs this first in a process that a test has started: the process stands at the test's clock."""

import os
from datetime import UTC, datetime, timedelta

import faketime_sleep
import time_machine

faketime_sleep.mend()
_ahead = timedelta(seconds=float(os.environ["TEST_CLOCK_AHEAD"]))
time_machine.travel(datetime.now(UTC) + _ahead, tick=True).start()
