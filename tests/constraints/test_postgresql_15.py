"""The oldest PostgreSQL we promise: constraints and door once more, on the system's 15 where it is installed."""

import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from webapp.config import PROJECT

BINARIES = Path("/usr/lib/postgresql/15/bin")
AGAIN = [
    "tests/constraints/test_appointments.py",
    "tests/services",
    "tests/tenancy/test_database.py",
    "tests/tenancy/test_patient_search.py",
    "tests/queries/test_patient_search.py",
]


def unprivileged() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@pytest.fixture
def server_15() -> Iterator[str]:
    user = unprivileged()
    with tempfile.TemporaryDirectory(prefix="holdfast-15-") as name:
        folder = Path(name)
        if user:
            os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        initdb = [
            BINARIES / "initdb",
            "-D",
            folder / "data",
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C",
        ]
        subprocess.run(initdb, user=user, check=True, capture_output=True, cwd=folder)
        options = f"-k {folder} -c listen_addresses= -c fsync=off"
        control = [BINARIES / "pg_ctl", "-D", folder / "data", "-w"]
        start = [*control, "-l", folder / "log", "-o", options, "start"]
        subprocess.run(start, user=user, check=True, stdout=subprocess.DEVNULL, cwd=folder)
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], user=user, stdout=subprocess.DEVNULL, cwd=folder)


@pytest.mark.skipif(not BINARIES.exists(), reason="PostgreSQL 15 is not installed on this machine (postgresql-15)")
def test_the_guards_hold_on_postgresql_15(server_15):
    env = os.environ | {"HOLDFAST_TEST_SERVER": server_15}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not race and not chaos", *AGAIN]
    again = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True)
    assert again.returncode == 0, again.stdout[-4000:]
