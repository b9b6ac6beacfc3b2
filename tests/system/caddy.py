"""Debian's Caddy in front of a local address, with the Caddyfile of deploy/caddy and Caddy's own authority."""
import http.client
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import unittest

from support import ROOT, free_port, until

CADDYFILE = ROOT / "deploy" / "caddy" / "Caddyfile"


def need_caddy():
    """Without Caddy its tests are left out, but never in continuous integration."""
    if shutil.which("caddy") is None:
        absent = AssertionError if os.environ.get("CI") else unittest.SkipTest
        raise absent("Caddy is not installed; scripts/setup installs it")


class Caddy:
    """`upstream`: HOST:PORT or unix//PATH, as Caddy writes them."""

    def __init__(self, upstream):
        need_caddy()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gilbot-caddy-"))
        self.port = free_port()
        self.config = self.folder / "Caddyfile"
        self.config.write_text(self.changed(upstream), "utf-8")
        env = {**os.environ, "XDG_DATA_HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder)}
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(["caddy", "run", "--config", str(self.config), "--adapter", "caddyfile"],
                                        env=env, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)
        self.root = self.folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        try:
            until("caddy serves", self.is_ready)
        except AssertionError:
            self.close()
            raise

    def changed(self, upstream):
        """The file as it is installed, but for names, ports and what touches the machine."""
        text = CADDYFILE.read_text("utf-8")
        for old, new in (("{\n\tservers {", "{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n"
                                            "\tservers {"),
                         ("\nbot.example.com {", f"\n{self.host} {{"),
                         ("127.0.0.1:8080", upstream),
                         ("/var/log/caddy/", f"{self.folder}/access-")):
            assert old in text, old
            text = text.replace(old, new)
        return text

    @property
    def host(self):
        return f"localhost:{self.port}"

    @property
    def origin(self):
        return f"https://{self.host}"

    def is_ready(self):
        assert self.process.poll() is None, (self.folder / "log").read_text("utf-8")
        try:
            self.connect().close()
            return True
        except OSError:
            return False

    def context(self):
        return ssl.create_default_context(cafile=str(self.root))

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        return self.context().wrap_socket(plain, server_hostname="localhost")

    def request(self, method, target, body=None, headers=None, chunked=False):
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=20, context=self.context())
        try:
            connection.request(method, target, body, headers or {}, encode_chunked=chunked)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    def access_log(self):
        path = self.folder / "access-gilbot.log"
        return path.read_text("utf-8") if path.exists() else ""

    def fault_log(self):
        return (self.folder / "log").read_text("utf-8")

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
