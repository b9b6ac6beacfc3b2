"""What the system tests share: the real binary as a process, and the platforms' side of the conversation."""
import contextlib
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
BINARY = os.environ.get("GILBOT", str(ROOT / "build" / "dev" / "gilbot"))
sys.path.insert(0, str(ROOT / "tests" / "fakes"))

SLACK_SECRET = "system-test-signing-secret"
CT_TOKEN = "00112233445566778899aabbccddeeff"
DEADLINE_S = float(os.environ.get("TEST_DEADLINE", "20"))


def need_shared():
    if not SHARED.is_dir():
        raise unittest.SkipTest("the folder ../shared is not here")


def until(what, condition, deadline_s=DEADLINE_S):
    """The condition's first true value; fails with `what` when it never comes."""
    end = time.monotonic() + deadline_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline_s:.0f} s: {what}")
        time.sleep(0.005)


def free_port():
    """A port that nobody listens on, and below those that the system gives to outgoing connections: until it is used,
    and while a process that listened on it is started again, no connection of a test takes it."""
    with open("/proc/sys/net/ipv4/ip_local_port_range") as f:
        end = min(int(f.read().split()[0]), 32768)
    while True:
        port = random.randrange(10000, end)
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(("127.0.0.1", port))
            return port


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a socket that is a file."""

    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Gilbot:
    """One data folder and the processes that serve it, one after the other.  `listen`: None is a port, "unix" a file in
    the folder, "systemd" a socket that is handed over."""

    def __init__(self, fake, routes, flows=None, extra="", server="", env=None, data_dir=None,
                 prefix=(), listen=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gilbot-test-"))
        self.data = pathlib.Path(data_dir) if data_dir else self.folder / "data"
        self.port = free_port()
        self.listen = {None: f"127.0.0.1:{self.port}", "unix": f"unix:{self.folder}/gilbot.sock"}.get(listen, listen)
        self.socket = None
        if listen == "systemd":  # the socket outlives the processes, as systemd's does
            self.socket = socket.create_server(("127.0.0.1", 0), backlog=128)
            self.port = self.socket.getsockname()[1]
        self.fake = fake
        self.process = None
        self.prefix = list(prefix)
        self.env = {**os.environ, "NO_COLOR": "1", "no_proxy": "127.0.0.1",
                    "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "detect_leaks=1"), **(env or {})}
        flow_dir = self.folder / "flows"
        flow_dir.mkdir()
        for name, text in (flows or {}).items():
            (flow_dir / name).write_text(text, encoding="utf-8")
        url = f"http://127.0.0.1:{fake.port}" if fake else "http://127.0.0.1:9"
        self.config = self.folder / "gilbot.yaml"
        self.config.write_text(f"""
server: {{listen: "{self.listen}"{server}}}
data_dir: {self.data}
flows: [{flow_dir}]
log: {{level: debug}}
slack:
  signing_secret: {SLACK_SECRET}
  bot_token: xoxb-system-test
  staff_channel: C0STAFF001
  api_url: {url}/api/
  people: {{cs: {{channel: C0STAFF001}}}}
channel_talk:
  webhook_token: "{CT_TOKEN}"
  access_key: key-1
  access_secret: secret-1
  signing_key: 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
  bot_name: 길봇
  api_url: {url}
  people: {{cs: {{managers: ["123"], mention: all}}}}
routes:
{routes}
{extra}
""", encoding="utf-8")

    def start(self, wait=True):
        assert self.process is None
        self.log = open(self.folder / "log", "ab")
        words, passed = self.prefix + [BINARY, "-c", str(self.config), "serve"], []
        if self.socket is not None:
            passed = [self.socket.fileno()]
            words = ["bash", "-c", f'exec 3<&{passed[0]}; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "systemd", *words]
        self.process = subprocess.Popen(words, stdout=self.log, stderr=self.log, env=self.env,
                                        stdin=subprocess.DEVNULL, pass_fds=passed)
        if wait:
            until("gilbot is ready\n" + self.tail(), self.is_ready)
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"gilbot ended with {self.process.returncode}\n{self.tail()}")
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    def stop(self, how=signal.SIGTERM, expect=0):
        """Ends the process; a SIGTERM must end it with 0 within 10 s."""
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            code = self.process.wait(10 if how == signal.SIGTERM else 5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            self.process = None
            raise AssertionError(f"gilbot did not stop\n{self.tail()}")
        self.process = None
        self.log.close()
        if how == signal.SIGTERM and expect is not None and code != expect:
            raise AssertionError(f"gilbot ended with {code}\n{self.tail()}")

    def kill(self):
        self.stop(signal.SIGKILL)

    def ended(self):
        """The exit status of a process that was to end by itself."""
        code = self.process.wait(DEADLINE_S)
        self.process = None
        self.log.close()
        return code

    def close(self):
        try:
            if self.process is not None:
                self.stop()
        finally:
            if self.process is not None:
                self.process.kill()
                self.process.wait()
                self.process = None
            if self.socket is not None:
                self.socket.close()
            if not os.environ.get("KEEP"):
                shutil.rmtree(self.folder, ignore_errors=True)

    def tail(self, lines=40):
        with contextlib.suppress(OSError):
            return "\n".join((self.folder / "log").read_text("utf-8", "replace").splitlines()[-lines:])
        return ""

    def database(self):
        return sqlite3.connect(f"file:{self.data}/gilbot.db?mode=ro", uri=True)

    def rows(self, sql, *values):
        with contextlib.closing(self.database()) as db:
            return db.execute(sql, values).fetchall()

    def unfinished(self):
        """Events and replies that wait, are ready or under way."""
        (events,), (replies,) = self.rows("SELECT count(*) FROM inbox WHERE state NOT IN (3, 4, 5) UNION ALL "
                                          "SELECT count(*) FROM outbox WHERE state NOT IN (3, 4, 5)")
        return events + replies

    def run(self, *arguments, stdin=None, timeout=60):
        """Another command with the same configuration: its exit status, standard output and standard error."""
        done = subprocess.run([BINARY, "-c", str(self.config), *arguments], env=self.env, input=stdin, timeout=timeout,
                              capture_output=True, encoding="utf-8")
        return done.returncode, done.stdout, done.stderr

    # ── HTTP ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def request(self, method, target, body=None, headers=None, timeout=10):
        if self.listen.startswith("unix:"):
            connection = UnixConnection(self.listen.removeprefix("unix:"), timeout)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, target, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    def get(self, target):
        status, body, _ = self.request("GET", target, timeout=3)
        return status, body.decode("utf-8", "replace")

    def metrics(self):
        values = {}
        for line in self.get("/metrics")[1].splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                values[name] = float(value)
        return values

    def channel_talk(self, body, token=CT_TOKEN):
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return self.request("POST", f"/channel-talk/webhook?token={token}", data,
                            {"Content-Type": "application/json"})[0]

    def slack(self, body, path="/slack/events", content_type="application/json", extra=None):
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return self.request("POST", path, data, slack_headers(data, content_type, extra))[0:2]

    def slack_form(self, fields, path="/slack/commands"):
        return self.slack(urllib.parse.urlencode(fields).encode(), path, "application/x-www-form-urlencoded")


def slack_headers(data, content_type="application/json", extra=None, now=None, secret=SLACK_SECRET):
    stamp = str(int(now if now is not None else time.time()))
    mac = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + data, hashlib.sha256).hexdigest()
    return {"Content-Type": content_type, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": "v0=" + mac,
            **(extra or {})}


# ── payloads, after the shapes in ../shared/fixtures ────────────────────────────────────────────────────────────────
def slack_message(text, ts, channel="D0DMALICE1", user="U0HUMAN001", event_id=None, **more):
    event = {"type": "message", "user": user, "text": text, "ts": ts, "event_ts": ts, "channel": channel,
             "team": "T0F1XTURE1", "channel_type": "im" if channel.startswith("D") else "channel", **more}
    return {"token": "x", "team_id": "T0F1XTURE1", "api_app_id": "A0F1XTURE1", "event": event,
            "type": "event_callback", "event_id": event_id or f"Ev{channel}{ts}", "event_time": int(float(ts)),
            "authorizations": [{"enterprise_id": None, "team_id": "T0F1XTURE1", "user_id": "U0BOTUSER1",
                                "is_bot": True, "is_enterprise_install": False}]}


def slack_mention(text, ts, channel="C0GENERAL1", user="U0HUMAN001", **more):
    payload = slack_message(f"<@U0BOTUSER1> {text}", ts, channel, user, **more)
    payload["event"]["type"] = "app_mention"
    del payload["event"]["channel_type"]
    return payload


def ct_user(profile=None, user="697017007c1d02aa91f0"):
    return {"id": user, "channelId": "210077", "type": "member", "name": (profile or {}).get("name", "김하늘"),
            "profile": profile or {}, "language": "ko"}


def ct_chat(chat, bot="48213", opened_at=1772409695000, version=7, tags=("큐레이션",)):
    source = {"page": "https://shop.example.com/health", "medium": {"mediumType": "native"}}
    if bot:
        source["supportBot"] = {"id": bot, "revisionId": "1", "sectionPath": ["A"]}
    return {"id": chat, "channelId": "210077", "state": "opened", "managed": True,
            "userId": "697017007c1d02aa91f0", "name": "김하늘", "tags": list(tags), "profile": {}, "source": source,
            "firstOpenedAt": opened_at, "openedAt": opened_at, "createdAt": opened_at - 5000,
            "updatedAt": opened_at, "version": version}


def ct_opened(chat, profile=None, **more):
    return {"event": "push", "type": "userChat", "entity": ct_chat(chat, **more),
            "refers": {"user": ct_user(profile)}}


def ct_message(chat, text, message_id, profile=None, person="user", **more):
    entity = {"chatKey": f"userChat-{chat}", "id": message_id, "channelId": "210077", "chatType": "userChat",
              "chatId": chat, "personType": person, "personId": "697017007c1d02aa91f0", "language": "ko",
              "createdAt": 1772409700412, "version": 1, "blocks": [{"type": "text", "value": text}],
              "plainText": text, "state": "sent"}
    return {"event": "push", "type": "message", "entity": entity,
            "refers": {"user": ct_user(profile), "userChat": ct_chat(chat, **more)}}
