#!/usr/bin/env python3
"""Slack's Web API and Channel Talk's Open API v5 on loopback, as strict as the real ones or stricter.

    with FakePlatform() as fake:                     # fake.port, fake.url
        fake.mode("/api/chat.postMessage", "429", times=2, retry_after=1)
        ...
        fake.wait(lambda: fake.messages)             # what was accepted, in order
        assert not fake.refused                      # what a real platform would have refused

An accepted message is a dict: at (monotonic s), time (Unix s), platform, kind, conversation, text, key, id, request (the
whole body), and what the platform adds (slack: channel, thread_ts, blocks; channel_talk: chat, private).

Faults (mode): "429" (retry_after), "500", "503", "html", "close" (no answer), "hang" (until the end), "slow" (seconds),
"lost" (accepted, but the answer never arrives), "error:CODE" (Slack's ok: false).  `path` is a prefix.

The same from another process: GET /_log, POST /_mode {"path", "fault", "times", ...}, POST /_clear; run it with
    fake_platform.py [--port N]
"""
import argparse
import json
import socketserver
import threading
import time
import urllib.parse

from fake_channel_talk import FakeChannelTalk
from fake_slack import FakeSlack


class Request:
    def __init__(self, method, target, headers, body):
        self.method, self.headers, self.body = method, headers, body
        self.path, _, query = target.partition("?")
        self.query = urllib.parse.parse_qs(query, keep_blank_values=True)


class Answer(Exception):
    """What goes back; raised, so that a check deep inside can end a request."""

    def __init__(self, status, body=b"", headers=None, content_type="application/json; charset=utf-8"):
        super().__init__(status)
        self.status, self.headers, self.content_type = status, dict(headers or {}), content_type
        self.body = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()


class Connection(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle(self):
        fake = self.server.fake
        while True:
            request = self.read()
            if request is None:
                return
            answer = fake.answer(request)
            if answer is None:  # a fault: the connection ends without a word
                return
            head = [f"HTTP/1.1 {answer.status} X", f"Content-Length: {len(answer.body)}"]
            if answer.body:
                head.append(f"Content-Type: {answer.content_type}")
            head += [f"{name}: {value}" for name, value in answer.headers.items()]
            self.wfile.write("\r\n".join(head).encode() + b"\r\n\r\n" + answer.body)
            self.wfile.flush()

    def read(self):
        try:
            line = self.rfile.readline(65536)
            if not line:
                return None
            method, target, _ = line.decode("latin-1").split(" ", 2)
            headers = {}
            while (line := self.rfile.readline(65536)) not in (b"\r\n", b"\n", b""):
                name, _, value = line.decode("latin-1").partition(":")
                headers[name.strip().lower()] = value.strip()
            length = int(headers.get("content-length", 0))
            body = self.rfile.read(length)
            return Request(method, target, headers, body) if len(body) == length else None
        except (OSError, ValueError):
            return None


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        pass  # the other side went away


class FakePlatform:
    def __init__(self, port=0, slack_token="xoxb-system-test", access_key="key-1", access_secret="secret-1"):
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.closing = threading.Event()
        self.clear()
        self.slack = FakeSlack(self, Answer, slack_token)
        self.channel_talk = FakeChannelTalk(self, Answer, access_key, access_secret)
        self.server = Server(("127.0.0.1", port), Connection)
        self.server.fake = self
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    # ── what tests see ────────────────────────────────────────────────────────────────────────────────────────────
    def clear(self):
        with self.lock:
            self.messages, self.refused, self.requests, self.duplicates, self.faults = [], [], [], [], []

    def mode(self, path, fault, times=1, after=0, **more):
        """The next `times` requests under `path` (after `after` good ones) meet the fault."""
        with self.lock:
            self.faults.append({"path": path, "fault": str(fault), "times": times, "after": after, **more})

    def said(self, conversation=None, kinds=("post", "message", "response")):
        """The accepted texts of a conversation (all: None), in order."""
        with self.lock:
            return [m["text"] for m in self.messages
                    if m["kind"] in kinds and conversation in (None, m["conversation"])]

    def wait(self, condition, deadline_s=20.0):
        """The condition's first true value, looked at whenever something arrives; None when time is up."""
        end = time.monotonic() + deadline_s
        with self.changed:
            while not (value := condition()):
                left = end - time.monotonic()
                if left <= 0 or not self.changed.wait(min(left, 1.0)) and time.monotonic() >= end:
                    return None
            return value

    # ── for the platforms ─────────────────────────────────────────────────────────────────────────────────────────
    def accept(self, **message):
        with self.changed:
            message.update(at=time.monotonic(), time=time.time())
            self.messages.append(message)
            self.changed.notify_all()
            return message

    def refuse(self, request, why):
        with self.changed:
            self.refused.append({"method": request.method, "path": request.path, "why": why,
                                 "body": request.body.decode("utf-8", "replace")})
            self.changed.notify_all()

    # ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────
    def answer(self, request):
        if request.path.startswith("/_"):
            return self.control(request)
        fault = self.next_fault(request)
        kind = fault["fault"] if fault else ""
        status = None
        try:
            if kind and kind not in ("lost", "slow"):
                return self.fail(kind, fault)
            if kind == "slow":
                self.closing.wait(fault.get("seconds", 1))
            self.route(request)
            raise Answer(404, {"error": "unknown_path"})
        except Answer as answer:
            status = answer.status
            return None if kind == "lost" else answer
        finally:
            with self.changed:
                self.requests.append({"at": time.monotonic(), "method": request.method, "path": request.path,
                                      "query": request.query, "status": status, "fault": kind,
                                      "body": request.body.decode("utf-8", "replace")})
                self.changed.notify_all()

    def route(self, request):
        if request.path.startswith("/api/") or request.path.startswith("/response/"):
            self.slack.handle(request)
        elif request.path.startswith("/open/v5/"):
            self.channel_talk.handle(request)

    def next_fault(self, request):
        with self.lock:
            for fault in self.faults:
                if not request.path.startswith(fault["path"]) or fault["times"] <= 0:
                    continue
                if fault["after"] > 0:
                    fault["after"] -= 1
                    return None
                fault["times"] -= 1
                return fault
        return None

    def fail(self, kind, fault):
        if kind == "close":
            return None
        if kind == "hang":
            self.closing.wait()
            return None
        if kind == "html":
            return Answer(502, b"<html><body>502 Bad Gateway</body></html>", content_type="text/html")
        if kind.startswith("error:"):
            return Answer(200, {"ok": False, "error": kind[6:]})
        headers = {"Retry-After": str(fault.get("retry_after", 1))} if kind == "429" else {}
        return Answer(int(kind), {"ok": False, "error": "ratelimited" if kind == "429" else "internal_error"}, headers)

    def control(self, request):
        if request.path == "/_log" and request.method == "GET":
            with self.lock:
                return Answer(200, {"messages": self.messages, "refused": self.refused, "requests": self.requests,
                                    "duplicates": self.duplicates})
        if request.path == "/_mode" and request.method == "POST":
            self.mode(**json.loads(request.body))
            return Answer(200, {})
        if request.path == "/_clear" and request.method == "POST":
            self.clear()
            return Answer(200, {})
        return Answer(404, {"error": "unknown_path"})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--slack-token", default="xoxb-system-test")
    arguments = parser.parse_args()
    with FakePlatform(arguments.port, arguments.slack_token) as fake:
        print(fake.url, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
