"""A WebSocket client of a few lines (RFC 6455): texts in JSON, over any connected socket."""
import base64
import hashlib
import json
import os
import struct

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class WebSocket:
    """Opens at once; `self.status` is 101 when that worked."""

    def __init__(self, sock, host, path="/ws", protocol="gilbot.chat", headers=None):
        self.sock = sock
        self.file = sock.makefile("rb")
        key = base64.b64encode(os.urandom(16))
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key.decode()}",
                 f"Sec-WebSocket-Protocol: {protocol}", *(f"{k}: {v}" for k, v in (headers or {}).items())]
        sock.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
        self.status = int(self.file.readline().split()[1])
        self.headers = {}
        while (line := self.file.readline().strip()):
            name, value = line.decode().split(":", 1)
            self.headers[name.strip().lower()] = value.strip()
        if self.status == 101:
            expected = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
            assert self.headers["sec-websocket-accept"] == expected, self.headers

    def close(self):
        self.file.close()
        self.sock.close()

    def _send(self, opcode, payload):
        mask = os.urandom(4)
        n = len(payload)
        size = bytes([0x80 | n]) if n < 126 else bytes([0x80 | 126]) + struct.pack("!H", n)
        self.sock.sendall(bytes([0x80 | opcode]) + size + mask +
                          bytes(b ^ mask[i % 4] for i, b in enumerate(payload)))

    def send(self, message):
        self._send(TEXT, json.dumps(message, ensure_ascii=False).encode())

    def receive(self):
        """The next message; None when the other side closed."""
        while True:
            head = self.file.read(2)
            if len(head) < 2:
                return None
            n = head[1] & 0x7f
            if n >= 126:
                n = int.from_bytes(self.file.read(2 if n == 126 else 8), "big")
            payload = self.file.read(n)
            opcode = head[0] & 0x0f
            if opcode == CLOSE:
                return None
            if opcode == PING:
                self._send(PONG, payload)
            if opcode == TEXT:
                return json.loads(payload)

    def receive_until(self, wanted):
        """Messages up to the first that `wanted` is true for."""
        seen = []
        while (message := self.receive()) is not None:
            seen.append(message)
            if wanted(message):
                return seen
        raise AssertionError(f"the socket closed after {seen}")
