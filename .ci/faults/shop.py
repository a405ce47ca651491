"""The generated shop, and what it needs: each a process on a port of its own, all below one folder."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import signal
import subprocess
import time

SECRET = "a secret that is long enough for tests"
POSTGRES, PROXY, REDIS, REPLICAS = 15433, 15434, 16380, [18481, 18482]
SETTINGS = {
    "DATABASE_URL": f"postgres://postgres@127.0.0.1:{PROXY}/postgres?sslmode=disable",
    "REDIS_URL": f"redis://127.0.0.1:{REDIS}/0",
    "JWT_SECRET": SECRET,
    "API_KEYS": "nobody has this one",
    "REQUEST_TIMEOUT_SECONDS": "5",
    "DATABASE_ACQUIRE_SECONDS": "2",
    # High enough that nobody is refused, and asked all the same.
    "RATE_LIMIT_PER_MINUTE": "10000000",
    "RUST_LOG": "warn",
}


def token():
    """A bearer token that may write."""
    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    claims = {"sub": "load", "scope": "items:write", "exp": int(time.time()) + 86_400}
    head = ".".join(part(json.dumps(value).encode()) for value in [{"alg": "HS256", "typ": "JWT"}, claims])
    return f"{head}.{part(hmac.digest(SECRET.encode(), head.encode(), hashlib.sha256))}"


class Postgres:
    """A server that only this run uses; it is durable, as those in production are."""

    def __init__(self, root):
        self.bin = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        self.root = root
        root.mkdir()
        # The server refuses to be root.
        self.user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        if self.user:
            subprocess.run(["chown", "postgres", root], check=True)
        self.tool("initdb", "-D", root / "db", "-A", "trust", "-U", "postgres")
        self.start()

    def tool(self, name, *arguments):
        subprocess.run([*self.user, self.bin / name, *arguments], check=True, cwd="/", stdout=subprocess.DEVNULL)

    def start(self):
        options = f"-p {POSTGRES} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.root}"
        self.tool("pg_ctl", "-D", self.root / "db", "-w", "-l", self.root / "log", "start", "-o", options)

    def stop(self):
        self.tool("pg_ctl", "-D", self.root / "db", "-m", "immediate", "-w", "stop")

    def psql(self, sql):
        """What a script prints, in tuples without decoration."""
        command = ["psql", "-h", "127.0.0.1", "-p", str(POSTGRES), "-U", "postgres", "-AtqX", "-c", sql]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


class Network:
    """What stands between the service and its database. `cut` is silent, as a host that vanishes is: what is
    connected hears nothing any more, and new connections work."""

    def __init__(self):
        self.era, self.held = 0, set()

    async def start(self):
        self.server = await asyncio.start_server(self.carry, "127.0.0.1", PROXY)

    def cut(self):
        self.era += 1

    async def carry(self, reader, writer):
        era = self.era
        try:
            back, out = await asyncio.open_connection("127.0.0.1", POSTGRES)
        except OSError:
            writer.close()
            return
        self.held |= {writer, out}
        # Cancelled when the run is over.
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(self.pump(era, reader, out), self.pump(era, back, writer))

    async def pump(self, era, reader, writer):
        try:
            while data := await reader.read(65_536):
                if era != self.era:
                    return
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        if era == self.era:
            writer.close()
            self.held.discard(writer)


class Process:
    """A program that is started, signalled and started again."""

    def __init__(self, command, log, settings=None):
        self.command, self.log, self.settings = command, log, settings or {}
        self.start()

    def start(self):
        with open(self.log, "a") as log:
            self.child = subprocess.Popen(self.command, env=os.environ | self.settings, stdout=log, stderr=log)

    async def end(self, how):
        """Signals it, and tells its exit code and how long it took."""
        start = time.monotonic()
        self.child.send_signal(how)
        code = await asyncio.to_thread(self.child.wait)
        return code, time.monotonic() - start

    def memory(self):
        """What it holds in memory, in MB."""
        status = pathlib.Path(f"/proc/{self.child.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def kill(self):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGCONT)
            self.child.kill()
            self.child.wait()


class Redis(Process):
    def __init__(self, root):
        root.mkdir()
        command = ["redis-server", "--port", str(REDIS), "--dir", str(root), "--save", "", "--bind", "127.0.0.1"]
        super().__init__(command, root / "log")


class Replica(Process):
    def __init__(self, binary, port, root):
        self.port = port
        super().__init__([binary], root / f"{port}.log", SETTINGS | {"LISTEN": f"127.0.0.1:{port}"})
