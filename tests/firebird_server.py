"""A private Firebird 3.0 server: own port, own folder, own users, a plain child process that a test may kill.

It stands in for the machine where C-Plus keeps its data, so that a kill of the engine leaves the ERP alive, and the
other way round. It needs Debian's package `firebird3.0-server`, whose own service is neither used nor disturbed.

Firebird's Debian build takes firebird.conf, databases.conf and plugins.conf from $FIREBIRD, its lock files from
$FIREBIRD_LOCK and its messages from $FIREBIRD_MSG; everything else has its place compiled in.
"""

from __future__ import annotations

import fcntl
import os
import resource
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

PACKAGE = "firebird3.0-server"
SERVER = Path("/usr/sbin/firebird")
ISQL = Path("/usr/bin/isql-fb")
SECURITY_SCRIPT = Path("/usr/share/firebird/3.0/security.sql")

PORTS = range(20_000, 32_000)
"""Below those that Linux gives to whoever asks for any (from 32768): nobody takes one between a kill and a restart."""
START_S_MAX = 20.0
INSTALL_S_MAX = 300.0
# Legacy_Auth, the only login that Firebird 2.5 knows, reads 8 characters of a password and no more.
PASSWORD_BYTES = 4

CONFIGURATION = """\
RemoteServicePort = {port}
RemoteAuxPort = {aux_port}
RemoteBindAddress = 127.0.0.1
AuthServer = Srp, Legacy_Auth
UserManager = Srp, Legacy_UserManager
WireCrypt = Enabled
SecurityDatabase = {security_database}
"""

USERS = """\
create or alter user SYSDBA password '{password}' using plugin Srp;
create or alter user SYSDBA password '{password}' using plugin Legacy_UserManager;
commit;
"""


class ServerMissing(Exception):
    """There is no Firebird server on this machine, and it may not be installed; says why."""


class FirebirdServer:
    """One server process with its databases, in a temporary folder that goes with it.

    `host` and `port` say where it listens (loopback only), `password` is SYSDBA's, by Srp and by Legacy_Auth alike.
    """

    def __init__(self) -> None:
        parts = find_parts()
        self.host = "127.0.0.1"
        self.port, aux_port = two_free_ports()
        self.password = secrets.token_hex(PASSWORD_BYTES)
        self._root = Path(tempfile.mkdtemp(prefix="integra-firebird-"))
        (self._root / "lock").mkdir()
        (self._root / "data").mkdir()
        # The character sets are looked for beside the configuration, and refused through a link: without this copy
        # the server knows neither ISO8859_1 nor WIN1252.
        shutil.copytree(parts / "intl", self._root / "intl")
        self._environment = os.environ | {
            "FIREBIRD": str(self._root),
            "FIREBIRD_LOCK": str(self._root / "lock"),
            "FIREBIRD_MSG": str(parts),
        }
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._write_configuration(aux_port)
            self._create_users()
            self._start()
        except BaseException:
            self.stop()
            raise

    def create_path(self, name: str) -> str:
        """The path, on the server, where a test may create a database of this name."""
        return str(self._root / "data" / name)

    @property
    def running(self) -> bool:
        """Whether the process is up; False between kill() and restart()."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """kill -9: what was not committed is lost, and every client sees its connection break."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def restart(self) -> None:
        """Start again on the same port with the same databases, killing the old process if it still runs."""
        self.kill()
        self._start()

    def limit_files(self, bytes_max: int | None) -> None:
        """No file of the server grows beyond that, as on a full disk; None: there is space again."""
        assert self._process is not None, "a server that runs"
        unlimited = resource.RLIM_INFINITY
        soft = unlimited if bytes_max is None else bytes_max
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (soft, unlimited))

    def stop(self) -> None:
        """End the server and remove its databases."""
        # Not SIGTERM: once a database was open, Firebird 3.0 takes 10 s to obey it.
        self.kill()
        shutil.rmtree(self._root, ignore_errors=True)

    def _write_configuration(self, aux_port: int) -> None:
        text = CONFIGURATION.format(port=self.port, aux_port=aux_port, security_database=self._security_database)
        (self._root / "firebird.conf").write_text(text)
        (self._root / "databases.conf").write_text("")
        (self._root / "plugins.conf").write_text("")

    @property
    def _security_database(self) -> Path:
        return self._root / "security3.fdb"

    def _create_users(self) -> None:
        script = f"create database '{self._security_database}';\n{SECURITY_SCRIPT.read_text()}\ncommit;\n"
        script += USERS.format(password=self.password)
        command = [str(ISQL), "-quiet", "-bail", "-user", "SYSDBA"]
        done = subprocess.run(command, input=script, env=self._environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"the users of the test server could not be created: {done.stderr.strip()}")

    def _start(self) -> None:
        self._process = subprocess.Popen(
            [SERVER],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            restore_signals=False,  # SIGXFSZ stays ignored: `limit_files` makes a write fail, not the server end
        )
        deadline = time.monotonic() + START_S_MAX
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                _, errors = self._process.communicate()
                raise RuntimeError(f"Firebird ended at its start: {errors.decode(errors='replace').strip()}")
            with socket.socket() as probe:
                if probe.connect_ex((self.host, self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError(f"Firebird did not listen on port {self.port} within {START_S_MAX:.0f} s")


def make_sure_it_is_installed() -> None:
    """Install the server where this user may; else raise ServerMissing with the reason."""
    if SERVER.exists() and ISQL.exists():
        return
    apt = shutil.which("apt-get")
    if apt is None:
        raise ServerMissing(f"{SERVER} is missing, and this is no Debian that could install {PACKAGE}")
    if os.geteuid() != 0:
        raise ServerMissing(f"{SERVER} is missing; as root: apt-get install {PACKAGE}")
    with Path(__file__).open(encoding="utf-8") as ourselves:
        fcntl.flock(ourselves, fcntl.LOCK_EX)  # of the processes that run tests, one installs it for all
        errors = "" if SERVER.exists() else _install(apt)
    if not SERVER.exists():
        raise ServerMissing(f"{PACKAGE} could not be installed: {errors or 'apt-get gave no reason'}")


def _install(apt: str) -> str:
    """What apt-get complained of at last."""
    errors = ""
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", PACKAGE]):
        done = subprocess.run(
            [apt, "--quiet", *arguments],
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=INSTALL_S_MAX,
            check=False,
        )
        errors = done.stderr.strip()
    return errors


def find_parts() -> Path:
    """The folder of the server's messages and character sets, whose name holds the machine's architecture."""
    for found in Path("/usr/lib").glob("*/firebird/3.0/firebird.msg"):
        return found.parent
    raise ServerMissing("firebird.msg is missing: the Firebird 3.0 packages are not complete")


def two_free_ports() -> tuple[int, int]:
    """Two ports that nobody listens on now: Firebird's service and its channel for events."""
    with socket.socket() as one, socket.socket() as other:
        return _take_any(one), _take_any(other)


def _take_any(probe: socket.socket) -> int:
    while True:
        with suppress(OSError):
            probe.bind(("127.0.0.1", secrets.choice(PORTS)))
            return int(probe.getsockname()[1])
