"""Behind Debian's Caddy, with the Caddyfile of deploy/caddy and a certificate of Caddy's own authority."""
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from caddy import CADDYFILE, Caddy, need_caddy
from case import FLOWS, Case, now_ts
from support import CT_TOKEN, Gilbot, ct_message, ct_opened, slack_headers, slack_message, until
from talks import CHAT, DM
from web_socket import WebSocket


class Behind(Case):
    """What must work through the proxy does."""

    routes = """  - {platform: channel_talk, support_bot: ["48213"], flow: help}
  - {platform: slack, event: [direct_message], flow: echo}
  - {platform: web, flow: two}"""

    def setUp(self):
        super().setUp()
        self.caddy = Caddy(self.upstream())
        self.addCleanup(self.caddy.close)

    def upstream(self):
        return f"127.0.0.1:{self.bot.port}"

    def open_socket(self, **how):
        ws = WebSocket(self.caddy.connect(), self.caddy.host, **how)
        self.addCleanup(ws.close)
        return ws

    def test_the_page_and_its_socket_hold_a_conversation(self):
        status, page, headers = self.caddy.request("GET", "/chat", headers={"Accept-Encoding": "gzip"})
        self.assertEqual((status, headers["Content-Encoding"], page[:2]), (200, "gzip", b"\x1f\x8b"))
        ws = self.open_socket(headers={"Origin": self.caddy.origin})
        self.assertEqual((ws.status, ws.headers["sec-websocket-protocol"]), (101, "gilbot.chat"))
        ws.send({"type": "hello", "visitor": "behind-a-proxy-0001"})
        ws.receive_until(lambda m: m["type"] == "choices")
        ws.send({"type": "choose", "value": "tea"})
        ws.receive_until(lambda m: "몇 잔" in m.get("text", ""))
        ws.send({"type": "text", "text": "두 잔이요"})
        ws.receive_until(lambda m: "2잔, 알겠습니다" in m.get("text", ""))

    def test_a_page_of_another_origin_may_not_open_the_socket(self):
        ws = self.open_socket(headers={"Origin": "https://elsewhere.example"})
        self.assertEqual(ws.status, 403)

    def test_slack_is_answered(self):
        body = json.dumps(slack_message("안녕", now_ts(1), DM)).encode()
        self.assertEqual(self.caddy.request("POST", "/slack/events", body, slack_headers(body))[:2], (200, b""))
        self.wait_said(DM, 1)
        forged = {**slack_headers(body), "X-Slack-Signature": "v0=" + "0" * 64}
        self.assertEqual(self.caddy.request("POST", "/slack/events", body, forged)[0], 401)

    def test_channel_talk_is_answered_and_its_token_is_in_no_log(self):
        target = f"/channel-talk/webhook?token={CT_TOKEN}"
        for event in (ct_opened(CHAT, {"name": "김하늘"}), ct_message(CHAT, "59", "m1")):
            body = json.dumps(event, ensure_ascii=False).encode()
            self.assertEqual(self.caddy.request("POST", target, body, {"Content-Type": "application/json"})[0], 200)
        self.wait_message(CHAT, "59kg")
        self.assertEqual(self.caddy.request("POST", target.replace("0", "9"), b"{}")[0], 401)
        until("the proxy logged it", lambda: self.caddy.access_log().count("/channel-talk/webhook") >= 3)
        self.assertIn("REDACTED", self.caddy.access_log())
        self.assertNotIn(CT_TOKEN, self.caddy.access_log() + self.bot.tail(1000))

    def test_the_token_is_in_no_log_when_gilbot_is_away(self):
        if self.bot.socket is not None:
            self.skipTest("somebody listens always")
        self.bot.stop()
        self.assertEqual(self.caddy.request("POST", f"/channel-talk/webhook?token={CT_TOKEN}", b"{}")[0], 502)
        until("the proxy logged it", lambda: "/channel-talk/webhook" in self.caddy.fault_log())
        self.assertIn("REDACTED", self.caddy.fault_log())
        self.assertNotIn(CT_TOKEN, self.caddy.access_log() + self.caddy.fault_log())

    def test_http_2_works(self):
        body = json.dumps(slack_message("둘", now_ts(2), DM)).encode()
        words = ["curl", "--silent", "--http2", "--cacert", str(self.caddy.root), "--data-binary", "@-",
                 "--write-out", "%{http_version} %{http_code}", f"{self.caddy.origin}/slack/events"]
        for name, value in slack_headers(body).items():
            words += ["--header", f"{name}: {value}"]
        done = subprocess.run(words, input=body, capture_output=True, timeout=30, check=True)
        self.assertEqual(done.stdout, b"2 200")
        self.wait_said(DM, 1)

    def test_a_chunked_body_is_refused_with_a_clear_word_and_the_next_request_works(self):
        body = json.dumps(slack_message("조각", now_ts(3), DM)).encode()
        status, answer, _ = self.caddy.request("POST", "/slack/events", iter([body[:20], body[20:]]),
                                               {**slack_headers(body), "Transfer-Encoding": "chunked"}, chunked=True)
        self.assertEqual((status, json.loads(answer)["error"]["code"]), (411, "length_required"))
        self.assertIn("Content-Length", json.loads(answer)["error"]["message"])
        self.assertEqual(self.caddy.request("POST", "/slack/events", body, slack_headers(body))[0], 200)
        self.wait_said(DM, 1)

    def test_large_bodies_are_refused_as_by_gilbot_itself(self):
        body = b"x" * (2 * 1024 * 1024)
        status, answer, _ = self.caddy.request("POST", "/slack/events", body, slack_headers(body))
        self.assertEqual((status, json.loads(answer)["error"]["code"]), (413, "too_large"))

    def send_until_taken(self, person, n):
        """As a platform does; how often it was sent away."""
        message = ct_message(f"69a4d300c0de{person:08x}", str(n), f"m{person}{n:08x}")
        for refused in range(1000):
            status = self.caddy.request("POST", f"/channel-talk/webhook?token={CT_TOKEN}",
                                        json.dumps(message).encode(), {"Content-Type": "application/json"})[0]
            if status == 200:
                return refused
            self.assertEqual(status, 502)
            time.sleep(0.02)
        raise AssertionError("never taken")

    def restart_under_load(self):
        """Every event is kept, once; how many requests were sent away."""
        sent, refused, stop = [0] * 4, [], threading.Event()

        def talk(person):
            while not stop.is_set():
                refused.append(self.send_until_taken(person, sent[person]))
                sent[person] += 1

        threads = [threading.Thread(target=talk, args=(person,)) for person in range(len(sent))]
        for thread in threads:
            thread.start()
        for _ in range(3):
            time.sleep(0.5)
            self.bot.stop()
            self.bot.start()
        time.sleep(0.5)
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(len(refused), sum(sent))
        self.assertEqual(self.bot.rows("SELECT count(*) FROM inbox"), [(sum(sent),)])
        return sum(refused)

    def test_a_restart_loses_no_event(self):
        self.restart_under_load()

    def test_the_socket_is_opened_again_after_a_restart_and_knows_what_was_said(self):
        hello = {"type": "hello", "visitor": "behind-a-proxy-0002"}
        first = self.open_socket(headers={"Origin": self.caddy.origin})
        first.send(hello)
        first.receive_until(lambda m: m["type"] == "choices")
        self.bot.stop()
        self.assertIsNone(first.receive())
        self.bot.start()
        again = self.open_socket(headers={"Origin": self.caddy.origin})
        again.send(hello)
        history = again.receive_until(lambda m: m["type"] == "history")[-1]["messages"]
        self.assertIn("어느 쪽이 좋으세요?", [m.get("text") for m in history])
        again.send({"type": "choose", "value": "tea"})
        again.receive_until(lambda m: "몇 잔" in m.get("text", ""))

    def test_figures_and_health_stay_inside(self):
        for path in ("/metrics", "/healthz", "/readyz", "//metrics", "/x/../metrics", "/%6detrics", "/metrics?x"):
            self.assertEqual(self.caddy.request("GET", path)[0], 404, path)
        self.assertEqual(self.bot.get("/metrics")[0], 200)


class BehindOnAUnixSocket(Behind):
    """The same through a file instead of a port."""

    def make_bot(self):
        return Gilbot(self.fake, self.routes, self.flows, self.extra, self.server, listen="unix")

    def upstream(self):
        return f"unix/{self.bot.listen.removeprefix('unix:')}"

    def test_only_the_owner_and_the_group_may_connect(self):
        path = pathlib.Path(self.bot.listen.removeprefix("unix:"))
        self.assertEqual(path.stat().st_mode & 0o777, 0o660)


class BehindOnSystemdsSocket(Behind):
    """The same with deploy/systemd/gilbot.socket, which listens on while gilbot is started again."""

    def make_bot(self):
        return Gilbot(self.fake, self.routes, self.flows, self.extra, self.server, listen="systemd")

    def test_a_restart_loses_no_event(self):
        self.assertEqual(self.restart_under_load(), 0)


class Recorder:
    """Instead of gilbot: keeps each request's head as the proxy sent it, and answers 200."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.heads = []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client, client.makefile("rb") as lines:
                head = [lines.readline().decode().strip()]
                while (line := lines.readline().decode().strip()):
                    head.append(line)
                if len(head) > 1:
                    self.heads.append((head[0], {k.lower(): v.strip() for k, v in
                                                 (field.split(":", 1) for field in head[1:])}))
                    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def close(self):
        self.listener.close()


class Forwarded(unittest.TestCase):
    """What gilbot sees: whose request it is, and an upgrade only where a WebSocket may be."""

    def setUp(self):
        self.recorder = Recorder()
        self.addCleanup(self.recorder.close)
        self.caddy = Caddy(f"127.0.0.1:{self.recorder.port}")
        self.addCleanup(self.caddy.close)

    def test_the_client_cannot_say_who_it_is(self):
        self.caddy.request("GET", "/chat", headers={"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "http",
                                                    "X-Forwarded-Host": "elsewhere.example"})
        head = self.recorder.heads[-1][1]
        self.assertEqual([head[f"x-forwarded-{name}"] for name in ("for", "proto", "host")],
                         ["127.0.0.1", "https", self.caddy.host])
        self.assertEqual(head["host"], self.caddy.host)
        until("the proxy logged it", lambda: "/chat" in self.caddy.access_log())
        self.assertEqual(json.loads(self.caddy.access_log().splitlines()[-1])["request"]["remote_ip"], "127.0.0.1")

    def forwarded(self, path, upgrade, connection="Upgrade"):
        n = len(self.recorder.heads)
        with self.caddy.connect() as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: {self.caddy.host}\r\nUpgrade: {upgrade}\r\n"
                           f"Connection: {connection}\r\nHTTP2-Settings: AAMAAABk\r\n\r\n".encode())
            self.assertIn(b" 200 ", client.makefile("rb").readline())
        self.assertEqual(len(self.recorder.heads), n + 1)
        return self.recorder.heads[-1][1].get("upgrade"), self.recorder.heads[-1][1].get("connection")

    def test_only_a_websocket_and_only_on_its_path(self):
        for path in ("/", "/chat", "/slack/events", "/wss", "/ws/", "/ws/x", "/x/../chat"):
            for upgrade in ("h2c", "websocket", "foo", "websocket, h2c"):
                self.assertIsNone(self.forwarded(path, upgrade)[0], (path, upgrade))
        for upgrade in ("h2c", "foo", "TLS/1.0"):
            self.assertIsNone(self.forwarded("/ws", upgrade)[0], upgrade)
        for connection in ("Upgrade", "keep-alive, Upgrade", "upgrade", "UPGRADE"):
            self.assertEqual(self.forwarded("/ws", "websocket", connection)[0], "websocket", connection)
        for upgrade in ("WebSocket", "WEBSOCKET"):
            self.assertEqual(self.forwarded("/ws?flow=two", upgrade)[0].lower(), "websocket")


class File(unittest.TestCase):
    def test_it_is_valid_as_it_is_installed(self):
        need_caddy()
        with tempfile.TemporaryDirectory(prefix="gilbot-caddy-") as folder:
            text = CADDYFILE.read_text("utf-8").replace("/var/log/caddy", folder)
            config = pathlib.Path(folder) / "Caddyfile"
            config.write_text(text, "utf-8")
            env = {**os.environ, "XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder}
            done = subprocess.run(["caddy", "validate", "--config", str(config), "--adapter", "caddyfile"], env=env,
                                  capture_output=True, encoding="utf-8", timeout=30, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn('"level":"warn"', done.stderr)


if __name__ == "__main__":
    unittest.main()
