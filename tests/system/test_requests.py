"""What is answered to a request, and what comes of it: the table of surface.md, "HTTP", and all fixtures."""
import base64
import hashlib
import hmac
import json
import socket
import time
import unittest

from case import Case, HELLO, now_ts
from support import (CT_TOKEN, SHARED, SLACK_SECRET, ct_message, ct_opened, need_shared, slack_headers, slack_message,
                     until)

CT_FIXTURES = SHARED / "fixtures" / "channel-talk"
SLACK_FIXTURES = SHARED / "fixtures" / "slack"
CHAT = "69a4d300c0de00000001"
WEBHOOK = f"/channel-talk/webhook?token={CT_TOKEN}"
JSON = {"Content-Type": "application/json"}
FORM = "application/x-www-form-urlencoded"


class Requests(Case):
    flows = {"hello.yaml": HELLO}
    routes = """  - {platform: channel_talk, support_bot: ["48213"], flow: hello}
  - {platform: slack, command: /ask, flow: hello}
  - {platform: slack, event: [app_mention, direct_message], flow: hello}"""

    def stored(self):
        return self.bot.rows("SELECT count(*) FROM inbox")[0][0]

    def raw(self, request):
        """The status of what comes back for these bytes."""
        with socket.create_connection(("127.0.0.1", self.bot.port), timeout=10) as s:
            s.sendall(request)
            answer = b""
            while b"\r\n\r\n" not in answer:
                piece = s.recv(65536)
                if not piece:
                    break
                answer += piece
        return int(answer.split(b" ", 2)[1]) if answer else None

    # ── genuine or not ────────────────────────────────────────────────────────────────────────────────────────────
    def test_slack_signatures(self):
        body = json.dumps(slack_message("안녕", now_ts(1))).encode()
        good, now = slack_headers(body), time.time()
        forged = dict(good, **{"X-Slack-Signature": good["X-Slack-Signature"][:-1] + "z"})
        cases = {
            "another secret": slack_headers(body, secret="wrong"),
            "another body": slack_headers(body + b" "),
            "altered": forged,
            "too old": slack_headers(body, now=now - 301),
            "too early": slack_headers(body, now=now + 302),
            "no signature": {k: v for k, v in good.items() if k != "X-Slack-Signature"},
            "no time stamp": {k: v for k, v in good.items() if k != "X-Slack-Request-Timestamp"},
            "an empty signature": dict(good, **{"X-Slack-Signature": "v0="}),
        }
        for name, headers in cases.items():
            for path in ("/slack/events", "/slack/commands", "/slack/interactions"):
                with self.subTest(name=name, path=path):
                    status, answer, _ = self.bot.request("POST", path, body, headers)
                    self.assertEqual(status, 401)
                    self.assertNotIn(SLACK_SECRET.encode(), answer)
        self.assertEqual(self.stored(), 0)
        self.assertEqual(self.bot.request("POST", "/slack/events", body, slack_headers(body, now=now - 295))[0], 200)

    def test_a_doubled_signature_is_refused(self):
        body = json.dumps(slack_message("안녕", now_ts(1))).encode()
        lines = [f"{k}: {v}" for k, v in slack_headers(body).items()]
        signature = next(line for line in lines if "Signature" in line)
        head = ["POST /slack/events HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", "Connection: close"]
        for doubled in (signature, "X-Slack-Signature: v0=00"):
            request = "\r\n".join(head + lines + [doubled]).encode() + b"\r\n\r\n" + body
            self.assertEqual(self.raw(request), 401)
        self.assertEqual(self.raw("\r\n".join(head + lines).encode() + b"\r\n\r\n" + body), 200)

    def test_a_signature_is_checked_before_the_body(self):
        for body in (b"{", b"\xff\xfe", b""):
            self.assertEqual(self.bot.request("POST", "/slack/events", body, JSON)[0], 401)
            self.assertEqual(self.bot.request("POST", "/channel-talk/webhook?token=no", body, JSON)[0], 401)

    def test_the_webhooks_token(self):
        need_shared()
        described = json.loads((CT_FIXTURES / "webhook-http-cases.json").read_text("utf-8"))
        self.assertEqual(described["configuredToken"], CT_TOKEN)
        for case in described["cases"]:
            with self.subTest(case["name"]):
                target = case["target"].replace(described["path"], "/channel-talk/webhook")
                body = (CT_FIXTURES / case["body"]).read_bytes()
                status, answer, _ = self.bot.request("POST", target, body, JSON)
                self.assertEqual(status, case["status"])
                if status == 200:
                    self.assertEqual(answer, b"")
                else:
                    self.assertIn("code", json.loads(answer)["error"])
        self.assertEqual(self.stored(), 1)

    # ── bodies ────────────────────────────────────────────────────────────────────────────────────────────────────
    def test_what_is_no_json_is_refused(self):
        need_shared()
        for path in sorted((CT_FIXTURES / "raw").iterdir()):
            with self.subTest(path.name):
                self.assertEqual(self.bot.channel_talk(path.read_bytes()), 400)
        deep = b'{"event":' + b"[" * 64 + b"]" * 64 + b"}"
        for body in (b"nul", b"{}{}", b"\xef\xbb\xbf{}", b'{"a":1,"a":2}', b'{"a":"\\u0000"}', deep, b"\0"):
            with self.subTest(body=body):
                self.assertEqual(self.bot.channel_talk(body), 400)
                self.assertEqual(self.bot.slack(body)[0], 400)
        self.assertEqual(self.stored(), 0)

    def test_what_is_no_form_is_refused(self):
        for body in (b"command=%zz", b"command=%00", b"payload=%ff", b"a=1&a=2", b"payload={", b"payload=nul"):
            with self.subTest(body=body):
                self.assertEqual(self.bot.slack(body, "/slack/commands", FORM)[0], 400)
        self.assertEqual(self.stored(), 0)

    def test_json_of_any_shape_is_taken(self):
        for body in (b"[]", b"{}", b"1", b'"x"', b"null", b'[{"event":"push"}]', b'{"type":7,"event":[]}',
                     b'{"type":"message","entity":[]}', b'{"type":"event_callback","event":{"type":"new_thing"}}'):
            with self.subTest(body=body):
                self.assertEqual(self.bot.channel_talk(body), 200)
                self.assertEqual(self.bot.slack(body), (200, b""))
        self.settle()
        self.assertEqual(self.fake.messages, [])

    def test_slacks_certificate_check_looks_at_nothing_else(self):
        for body in (b"ssl_check=1&token=x", b"ssl_check=1&command=%2Fask&user_id=U1&trigger_id=1.1&team_id=T0F1XTURE1"):
            for path in ("/slack/commands", "/slack/events", "/slack/interactions"):
                status, answer, _ = self.bot.request("POST", path, body, {"Content-Type": FORM})
                self.assertEqual((status, answer), (200, b""))
        self.settle()
        self.assertEqual((self.stored(), self.fake.messages), (0, []))

    def test_the_challenge_comes_back_as_plain_text(self):
        body = json.dumps({"token": "x", "challenge": "3eZbrw1aB10FEMAGAZd4FyFQ", "type": "url_verification"}).encode()
        for path in ("/slack/events", "/slack/commands", "/slack/interactions"):
            status, answer, headers = self.bot.request("POST", path, body, slack_headers(body))
            self.assertEqual((status, answer), (200, b"3eZbrw1aB10FEMAGAZd4FyFQ"))
            self.assertEqual(headers.get_content_type(), "text/plain")
        self.assertEqual(self.bot.request("POST", "/slack/events", body, JSON)[0], 401)

    # ── HTTP ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def test_unknown_paths_and_wrong_methods(self):
        for path in ("/nothing", "/slack", "/slack/events/x", "/channel-talk", "/hook/channel-talk", "/admin/queue"):
            self.assertEqual(self.bot.request("POST", path, b"{}", JSON)[0], 404, path)
        for method, path, allowed in (("GET", "/slack/events", "POST"), ("PUT", WEBHOOK, "POST"),
                                      ("POST", "/channel-talk/function", "PUT"), ("POST", "/healthz", "GET"),
                                      ("DELETE", "/metrics", "GET")):
            status, _, headers = self.bot.request(method, path, b"{}" if method != "GET" else None, JSON)
            self.assertEqual(status, 405, (method, path))
            self.assertIn(allowed, headers["Allow"])

    def test_a_body_of_unknown_length_is_refused(self):
        head = f"POST {WEBHOOK} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        self.assertEqual(self.raw(f"{head}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n".encode()), 411)

    def test_a_body_that_is_too_long_is_refused(self):
        head = f"POST {WEBHOOK} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        self.assertEqual(self.raw(f"{head}Content-Length: {2 ** 20 + 1}\r\n\r\n".encode()), 413)
        body = b'{"event":"push","x":"' + b"a" * (2 ** 20 - 23) + b'"}'
        self.assertEqual(len(body), 2 ** 20)
        self.assertEqual(self.bot.channel_talk(body), 200)

    def test_connections_are_kept_and_pipelined(self):
        body = b'{"event":"push","type":"none"}'
        one = f"POST {WEBHOOK} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        with socket.create_connection(("127.0.0.1", self.bot.port), timeout=10) as s:
            for _ in range(3):
                s.sendall(one)
                self.assertTrue(s.recv(65536).startswith(b"HTTP/1.1 200"))
            s.sendall(one * 3)
            answers = b""
            while answers.count(b"HTTP/1.1 200") < 3:
                piece = s.recv(65536)
                self.assertTrue(piece)
                answers += piece

    def test_the_metrics_of_the_surface_are_there(self):
        self.bot.slack(slack_message("안녕", now_ts(1)))
        self.bot.channel_talk(ct_opened(CHAT, bot="1"))
        self.bot.channel_talk(b"{", token="no")
        self.settle()
        names = {name.partition("{")[0] for name in self.bot.metrics()}
        for name in ("events_received_total", "events_ignored_total", "requests_rejected_total",
                     "ack_duration_seconds_bucket", "turn_duration_seconds_bucket", "reply_latency_seconds_bucket",
                     "deliveries_total", "inbox_pending", "outbox_pending", "dead_letters",
                     "db_commit_duration_seconds_bucket", "survey_steps_total", "surveys_total"):
            self.assertIn("gilbot_" + name, names)
        for name in ("process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"):
            self.assertIn(name, names)

    def test_alive_and_ready(self):
        self.assertEqual(self.bot.get("/healthz")[0], 200)
        self.assertEqual(self.bot.get("/readyz"), (200, "ready\n"))


class Overfull(Case):
    """A queue that is full, because Channel Talk does not answer look-ups."""

    flows = {"hello.yaml": HELLO}
    routes = '  - {platform: channel_talk, support_bot: ["48213"], flow: hello}'
    server = ", queue_limit: 5"

    def test_more_than_the_queue_takes_is_sent_away_until_there_is_room(self):
        chats = [f"69a4d300c0de0000000{n}" for n in range(6)]
        for chat in chats:
            self.fake.channel_talk.chats[chat] = {"userChat": ct_message(chat, "", "")["refers"]["userChat"]}
        self.fake.mode("/open/v5/user-chats/", "slow", times=2, seconds=2)

        def send(n):
            message = ct_message(chats[n], "안녕", f"69a4d364a1b2c300be{n:02x}")
            message["refers"] = None
            return self.bot.request("POST", WEBHOOK, json.dumps(message).encode(), JSON)
        for n in range(5):
            self.assertEqual(send(n)[0], 200)
        status, _, headers = send(5)
        self.assertEqual(status, 503)
        self.assertGreater(int(headers["Retry-After"]), 0)
        self.assertEqual(self.bot.get("/readyz")[0], 503)
        self.assertEqual(self.bot.get("/healthz")[0], 200)
        self.settle()
        self.assertEqual(self.bot.get("/readyz")[0], 200)
        self.assertEqual(send(5)[0], 200)
        self.settle()
        for chat in chats:
            self.assertEqual(len(self.fake.said(chat)), 1)


class ChannelTalkFixtures(Case):
    """Every webhook of ../shared/fixtures/channel-talk against a service of its own, as its manifest says."""

    flows = {"hello.yaml": HELLO}
    routes = '  - {platform: channel_talk, support_bot: ["48213", "771204"], flow: hello}'

    def prepare(self):
        need_shared()
        answer = json.loads((CT_FIXTURES / "api-user-chat-get-200.json").read_text("utf-8"))
        self.fake.channel_talk.chats[CHAT] = answer["response"]["body"]

    def send(self, name):
        return self.bot.channel_talk((CT_FIXTURES / name).read_bytes())

    def said(self):
        return [m for m in self.fake.messages if m["kind"] == "message"]

    def expect_react(self, name):
        self.assertEqual(self.send(name), 200)
        self.wait_said(None, 1)
        self.settle()
        self.assertEqual(len(self.said()), 1)

    expect_react_open = expect_react_nontext = expect_react

    def expect_react_open_again(self, name):
        self.expect_react("webhook-userchat-opened-supportbot.json")
        self.assertEqual(self.send(name), 200)
        self.wait_said(None, 2)
        self.assertEqual(self.bot.rows("SELECT count(*) FROM sessions"), [(2,)])

    def expect_lookup(self, name):
        self.expect_react(name)
        self.assertEqual([r["path"] for r in self.fake.requests if r["method"] == "GET"],
                         [f"/open/v5/user-chats/{CHAT}"])

    def expect_ignore(self, name):
        self.assertEqual(self.send(name), 200)
        self.settle()
        self.assertEqual(self.fake.messages, [])
        self.assertGreater(sum(v for k, v in self.bot.metrics().items() if "events_ignored_total" in k), 0)

    expect_bad_body = expect_ignore  # valid JSON is taken, whatever it is: refusals count towards the platform's block

    def expect_takeover(self, name):
        self.expect_ignore(name)
        self.assertEqual(self.send("webhook-message-user-supportbot-curation.json"), 200)
        self.settle()
        self.assertEqual((self.fake.messages, self.ignored("taken_over")), ([], 1))

    def expect_react_or_ignore_no_crash(self, name):
        self.assertEqual(self.send(name), 200)
        self.settle()
        self.assertEqual(self.bot.get("/healthz")[0], 200)
        self.assertEqual(self.bot.rows("SELECT count(*) FROM inbox WHERE state IN (4, 5)"), [(0,)])

    def call_function(self, name):
        body = (CT_FIXTURES / name).read_bytes()
        mac = base64.b64encode(hmac.new(bytes(range(32)), body, hashlib.sha256).digest()).decode()
        status, answer, headers = self.bot.request("PUT", "/channel-talk/function", body,
                                                   {"Content-Type": "application/json", "X-Signature": mac})
        self.assertEqual((status, headers.get_content_type()), (200, "application/json"))
        return json.loads(answer)

    def expect_ok(self, name):
        self.assertEqual(set(self.call_function(name)), {"result"})

    def expect_error(self, name):
        answer = self.call_function(name)
        self.assertEqual(set(answer), {"error"})
        self.assertLessEqual({"type", "message"}, set(answer["error"]))

    def test_functions_are_called_with_their_signature_only(self):
        body = (CT_FIXTURES / "function-call-command.json").read_bytes()
        vectors = json.loads((CT_FIXTURES / "signature-vectors.json").read_text("utf-8"))["channelTalkAppFunction"]
        for case in vectors["rejectFor"]["cases"]:
            status, _, _ = self.bot.request("PUT", "/channel-talk/function", body,
                                            dict(JSON, **{"X-Signature": case["xSignature"]}))
            self.assertEqual(status, 401, case["name"])


def add_fixture_tests():
    manifest = CT_FIXTURES / "MANIFEST.json"
    if not manifest.is_file():
        return
    for fixture in json.loads(manifest.read_text("utf-8"))["fixtures"]:
        expect = fixture.get("expect")
        if not expect:
            continue

        def test(self, fixture=fixture, expect=expect):
            getattr(self, "expect_" + expect.replace("-", "_"))(fixture["file"])
        name = fixture["file"].removesuffix(".json").replace("-", "_")
        setattr(ChannelTalkFixtures, f"test_{name}_is_{expect.replace('-', '_')}", test)


add_fixture_tests()


class SlackFixtures(Case):
    """Whatever Slack may send, signed: it is acknowledged, and nothing of it stays undone or dies."""

    flows = {"hello.yaml": HELLO}
    routes = """  - {platform: slack, event: [app_mention, direct_message, message], flow: hello}
  - {platform: slack, command: /ask, flow: hello}"""

    def prepare(self):
        need_shared()

    def check_all_done(self):
        self.settle()
        self.assertEqual(self.bot.get("/healthz")[0], 200)
        self.assertEqual(self.bot.rows("SELECT id, error FROM inbox WHERE state IN (4, 5)"), [])
        self.assert_nothing_refused()

    def test_every_event(self):
        names = sorted(p for p in SLACK_FIXTURES.glob("event_*.json") if not p.name.endswith(".http.json"))
        self.assertGreater(len(names), 30)
        for path in names:
            with self.subTest(path.name):
                self.assertEqual(self.bot.slack(path.read_bytes())[0], 200)
        self.check_all_done()

    def test_every_interaction_and_command(self):
        forms = {p.name: p.read_bytes().rstrip(b"\n") for p in SLACK_FIXTURES.glob("*.form.txt")}
        self.assertGreater(len(forms), 3)
        for name, body in forms.items():
            for path in ("/slack/interactions", "/slack/commands", "/slack/events"):
                with self.subTest(name, path=path):
                    self.assertEqual(self.bot.slack(body, path, FORM)[0], 200)
        for path in SLACK_FIXTURES.glob("interaction_*.json"):
            if "response" in path.name:
                continue
            with self.subTest(path.name):
                payload = {"payload": path.read_text("utf-8")}
                self.assertEqual(self.bot.slack_form(payload, "/slack/interactions")[0], 200)
        # commands of the fixtures answer at hooks.slack.com, which is not here
        until("events are done", lambda: self.bot.rows("SELECT count(*) FROM inbox WHERE state NOT IN (3, 4, 5)") == [(0,)])
        self.assertEqual(self.bot.rows("SELECT id, error FROM inbox WHERE state IN (4, 5)"), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
