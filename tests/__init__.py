"""The tests. Before any module of the portal is read, sleeping is put right where libfaketime breaks it."""

from tests.process_clock import faketime_sleep

faketime_sleep.mend()
