#!/usr/bin/env python3
"""An OpenAI-compatible server on loopback, as strict as the original or stricter.

    with FakeLlm(key="sk-1", chat_model="m-1") as fake:      # fake.port, fake.base_url (…/v1)
        fake.say("15일입니다.")                               # the next answers, in order; the last one stays
        fake.mode("/v1/chat/completions", "429", times=1, retry_after=3600)
        ...
        fake.requests                                        # (path, body) of all that were accepted, in order
        assert not fake.refused                              # what the original would have refused

An answer is a text, or a function of the request's body.  Without any, it is "Echo: " and the last message.  Embeddings are
made of the text's bytes, of `dimension` numbers; rerank scores are the share of the query's characters.

Faults (mode): "429" (retry_after), "500", "503", "401", "404", "html", "close" (no answer), "hang" (until the end),
"slow" (seconds before the answer), "drip" (seconds between pieces), "cut" (the connection ends in the middle), "half" (half
of the JSON), "garbage" (a stream of bytes that are none), "error" (an error inside the stream), "stall" (a piece, then
silence), "wide" (vectors of another size), "noschema" (response_format is refused).  `path` is a prefix.

By itself:  fake_llm.py [--port N] [--key K]
"""
import argparse
import datetime
import email.utils
import hashlib
import json
import socketserver
import threading
import time

ROLES = {"system", "user", "assistant", "developer", "tool"}
CHAT_KEYS = {"model", "messages", "max_tokens", "max_completion_tokens", "temperature", "response_format", "stream",
             "stream_options", "top_p", "n", "stop", "seed", "user", "tools", "tool_choice"}


class Refusal(Exception):
    def __init__(self, status, message, code="invalid_request_error"):
        super().__init__(message)
        self.status, self.body = status, {"error": {"message": message, "type": code, "param": None, "code": code}}


def check(condition, message, status=400):
    if not condition:
        raise Refusal(status, message)


def tokens_of(text):
    """Not any model's count, but one that grows as theirs do."""
    return max(1, len(text.encode()) // 3)


class Connection(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    wbufsize = 0

    def handle(self):
        while self.one():
            pass

    def one(self):
        try:
            line = self.rfile.readline(65536)
            if not line:
                return False
            method, target, _ = line.decode("latin-1").split(" ", 2)
            headers = {}
            while (line := self.rfile.readline(65536)) not in (b"\r\n", b"\n", b""):
                name, _, value = line.decode("latin-1").partition(":")
                headers[name.strip().lower()] = value.strip()
            body = self.rfile.read(int(headers.get("content-length", 0)))
            return self.server.fake.answer(self, method, target, headers, body)
        except (OSError, ValueError):
            return False

    def head(self, status, more):
        date = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.server.fake.clock_skew_s)
        lines = [f"HTTP/1.1 {status} X", f"Date: {email.utils.format_datetime(date, usegmt=True)}", *more]
        self.wfile.write("\r\n".join(lines).encode() + b"\r\n\r\n")

    def reply(self, status, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self.head(status, [f"Content-Length: {len(data)}", "Content-Type: application/json", *headers])
        self.wfile.write(data)
        return True

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # the other side went away


class FakeLlm:
    def __init__(self, port=0, key="sk-test", chat_model="m-1", embedding_model="e-1", rerank_model="r-1", dimension=8):
        self.key, self.chat_model, self.embedding_model, self.rerank_model = key, chat_model, embedding_model, rerank_model
        self.dimension, self.clock_skew_s = dimension, 0
        self.lock, self.closing = threading.RLock(), threading.Event()
        self.clear()
        self.server = Server(("127.0.0.1", port), Connection)
        self.server.fake = self
        self.port = self.server.server_address[1]
        self.base_url = f"http://127.0.0.1:{self.port}/v1"
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
            self.requests, self.refused, self.faults, self.answers = [], [], [], []

    def say(self, *answers):
        with self.lock:
            self.answers = list(answers)

    def mode(self, path, fault, times=1 << 30, **more):
        with self.lock:
            self.faults.append({"path": path, "fault": fault, "times": times, **more})

    def fault_for(self, path):
        with self.lock:
            for fault in self.faults:
                if path.startswith(fault["path"]) and fault["times"] > 0:
                    fault["times"] -= 1
                    return fault
        return {"fault": ""}

    def next_answer(self, body):
        with self.lock:
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0] if self.answers else None
        if callable(answer):
            return answer(body)
        return answer if answer is not None else "Echo: " + body["messages"][-1]["content"]

    # ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────
    def answer(self, connection, method, target, headers, raw):
        path = target.partition("?")[0]
        fault = self.fault_for(path)
        kind = fault["fault"]
        if kind == "close":
            return False
        if kind == "hang":
            self.closing.wait()
            return False
        if kind == "slow":
            self.closing.wait(fault.get("seconds", 1))
        if kind == "html":
            return connection.reply(200, b"<html>It works!</html>")
        if kind in ("429", "500", "503", "401", "404"):
            more = [f"Retry-After: {fault['retry_after']}"] if "retry_after" in fault else []
            return connection.reply(int(kind), {"error": {"message": "on purpose", "code": kind}}, more)
        if path in ("/", "/v1"):  # somebody only looks at the date
            return connection.reply(404, {"error": {"message": "unknown path"}})
        try:
            body = self.checked(method, path, headers, raw, kind)
        except Refusal as refusal:
            with self.lock:
                self.refused.append((path, str(refusal)))
            return connection.reply(refusal.status, refusal.body)
        with self.lock:
            self.requests.append((path, body))
        if path == "/v1/models":
            return connection.reply(200, {"object": "list", "data": [{"id": self.chat_model, "object": "model"}]})
        if path == "/v1/chat/completions":
            return self.chat(connection, body, fault)
        result = self.embed(body, kind) if path == "/v1/embeddings" else self.rerank(body)
        data = json.dumps(result).encode()
        return connection.reply(200, data[:len(data) // 2] if kind == "half" else data)

    def checked(self, method, path, headers, raw, kind):
        if self.key:
            check(headers.get("authorization") == f"Bearer {self.key}", "Incorrect API key provided", 401)
        if path == "/v1/models":
            check(method == "GET", "GET is needed", 405)
            return {}
        checks = {"/v1/chat/completions": self.check_chat, "/v1/embeddings": self.check_embed,
                  "/v1/rerank": self.check_rerank}
        check(path in checks, f"unknown path {path}", 404)
        check(method == "POST", "POST is needed", 405)
        check(headers.get("content-type", "").startswith("application/json"), "Content-Type is not JSON", 415)
        try:
            body = json.loads(raw)
        except ValueError:
            raise Refusal(400, "the body is no JSON") from None
        check(isinstance(body, dict), "the body is no object")
        checks[path](body, kind)
        return body

    def check_chat(self, body, kind):
        check(body.get("model") == self.chat_model, f"The model `{body.get('model')}` does not exist", 404)
        check(set(body) <= CHAT_KEYS, f"Unrecognized request argument supplied: {sorted(set(body) - CHAT_KEYS)}")
        messages = body.get("messages")
        check(isinstance(messages, list) and messages, "messages: at least one is needed")
        for message in messages:
            check(message.get("role") in ROLES, f"messages: unknown role {message.get('role')!r}")
            check(isinstance(message.get("content"), str), "messages: content must be a string")
        most = body.get("max_tokens", body.get("max_completion_tokens", 1))
        check(isinstance(most, int) and most > 0, "max_tokens must be a positive integer")
        check(0 <= body.get("temperature", 1) <= 2, "temperature must be between 0 and 2")
        form = body.get("response_format")
        check(form is None or kind != "noschema", "response_format is not supported by this server")
        if form is not None:
            check(form.get("type") in ("text", "json_object", "json_schema"), "response_format.type")
            if form["type"] == "json_schema":
                schema = form.get("json_schema", {})
                check(isinstance(schema.get("name"), str) and isinstance(schema.get("schema"), dict),
                      "response_format.json_schema needs name and schema")
        check("stream_options" not in body or body.get("stream"), "stream_options is only allowed with stream")

    def check_embed(self, body, kind):
        check(body.get("model") == self.embedding_model, f"The model `{body.get('model')}` does not exist", 404)
        texts = body.get("input")
        check(isinstance(texts, (str, list)) and texts, "input must be a string or an array of strings")
        check(isinstance(texts, str) or (len(texts) <= 2048 and all(isinstance(t, str) and t for t in texts)),
              "input holds an empty or no string, or too many")

    def check_rerank(self, body, kind):
        check(body.get("model") == self.rerank_model, f"The model `{body.get('model')}` does not exist", 404)
        check(isinstance(body.get("query"), str) and body["query"], "query is needed")
        check(isinstance(body.get("documents"), list) and body["documents"], "documents are needed")

    # ── answers ───────────────────────────────────────────────────────────────────────────────────────────────────
    def chat(self, connection, body, fault):
        text = self.next_answer(body)
        asked = sum(tokens_of(message["content"]) + 4 for message in body["messages"])
        usage = {"prompt_tokens": asked, "completion_tokens": tokens_of(text), "total_tokens": asked + tokens_of(text)}
        common = {"id": "chatcmpl-1", "created": int(time.time()), "model": self.chat_model}
        if body.get("stream"):
            return self.stream(connection, body, (text, usage, common), fault)
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        data = json.dumps({**common, "object": "chat.completion", "choices": [choice], "usage": usage},
                          ensure_ascii=False).encode()
        if fault["fault"] in ("half", "cut", "stall"):
            data = data[:len(data) // 2]
        return connection.reply(200, b"\x00\xff garbage" if fault["fault"] == "garbage" else data)

    def stream(self, connection, body, said, fault):
        text, usage, common = said
        kind = fault["fault"]
        connection.head(200, ["Content-Type: text/event-stream", "Transfer-Encoding: chunked"])

        def event(data):
            connection.chunk(b"data: " + (data if isinstance(data, bytes) else
                                          json.dumps(data, ensure_ascii=False).encode()) + b"\n\n")

        def piece(delta, finish=None):
            event({**common, "object": "chat.completion.chunk",
                   "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

        piece({"role": "assistant", "content": ""})
        for at in range(0, len(text), 3):
            if at >= len(text) // 2:
                if kind in ("cut", "half"):
                    return False
                if kind == "stall":
                    self.closing.wait()
                    return False
                if kind == "garbage":
                    event(b"\xff\xfe{{{")
                    return False
                if kind == "error":
                    event({"error": {"message": "on purpose", "code": 500}})
                    return False
            piece({"content": text[at:at + 3]})
            if kind == "drip":
                self.closing.wait(fault.get("seconds", 0.1))
        piece({}, "stop")
        if body.get("stream_options", {}).get("include_usage"):
            event({**common, "object": "chat.completion.chunk", "choices": [], "usage": usage})
        event(b"[DONE]")
        connection.wfile.write(b"0\r\n\r\n")
        return True

    def embed(self, body, kind):
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        dimension = self.dimension + (1 if kind == "wide" else 0)
        data = [{"object": "embedding", "index": i, "embedding": self.vector(text, dimension)}
                for i, text in enumerate(texts)]
        asked = sum(map(tokens_of, texts))
        return {"object": "list", "data": data, "model": self.embedding_model,
                "usage": {"prompt_tokens": asked, "total_tokens": asked}}

    @staticmethod
    def vector(text, dimension):
        """Texts with the same characters are near each other."""
        values = [0.0] * dimension
        for char in text:
            values[hashlib.md5(char.encode()).digest()[0] % dimension] += 1.0
        return values

    def rerank(self, body):
        query = set(body["query"])
        scores = [len(query & set(text)) / len(query) for text in body["documents"]]
        order = sorted(range(len(scores)), key=lambda i: -scores[i])
        return {"results": [{"index": i, "relevance_score": scores[i]} for i in order]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=11434)
    parser.add_argument("--key", default="")
    parser.add_argument("--dimension", type=int, default=8)
    words = parser.parse_args()
    with FakeLlm(port=words.port, key=words.key, dimension=words.dimension) as fake:
        print(fake.base_url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
