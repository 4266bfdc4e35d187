"""What the database is told about the disk."""

from flask import Flask

from portal.kit.db import db


def test_a_commit_is_on_the_disk_before_anybody_hears_of_it(sqlite_app: Flask):
    with sqlite_app.app_context(), db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
