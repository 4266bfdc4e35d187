"""What is raised while something that the portal stands on cannot be reached."""

import sys

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_LIBRARIES = (("psycopg", "OperationalError"), ("redis.exceptions", "RedisError"))


def away() -> tuple[type[Exception], ...]:
    """Return what is raised while the database, the place for keys or Redis cannot be reached.

    A library that was not loaded raises nothing: to load it only for its errors' names would cost each process 15 MB.
    """
    loaded = [getattr(sys.modules[module], name) for module, name in _LIBRARIES if module in sys.modules]
    return (OperationalError, InterfaceError, PoolTimeout, *loaded)
