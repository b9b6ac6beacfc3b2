"""The web chat without a browser: its WebSocket, as the page uses it (RFC 6455)."""
import base64
import json
import os
import socket
import struct

DEADLINE_S = float(os.environ.get("TEST_DEADLINE", "20"))


class WebTalk:
    """A visitor's page."""

    def __init__(self, port, visitor):
        self.visitor = visitor
        self.heard = []
        self.bytes = b""
        self.socket = socket.create_connection(("127.0.0.1", port), DEADLINE_S)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
                             "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                             f"Sec-WebSocket-Protocol: gilbot.chat\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode())
        head = self.take_until(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            raise AssertionError(head.decode())
        self.send(type="hello", visitor=visitor)

    def close(self):
        self.socket.close()

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            raise AssertionError(f"the service closed the socket; heard: {self.heard}")
        self.bytes += data

    def take_until(self, end):
        while end not in self.bytes:
            self.more()
        taken, self.bytes = self.bytes.split(end, 1)
        return taken

    def take(self, n):
        while len(self.bytes) < n:
            self.more()
        taken, self.bytes = self.bytes[:n], self.bytes[n:]
        return taken

    def send(self, **message):
        data, mask = json.dumps(message, ensure_ascii=False).encode(), os.urandom(4)
        length = struct.pack("!B", 0x80 | len(data)) if len(data) < 126 else struct.pack("!BH", 0x80 | 126, len(data))
        self.socket.sendall(b"\x81" + length + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def hear(self):
        """The next message of the page's protocol; what is a ping is passed over."""
        kind, length = struct.unpack("!BB", self.take(2))
        if length == 126:
            length, = struct.unpack("!H", self.take(2))
        elif length == 127:
            length, = struct.unpack("!Q", self.take(8))
        data = self.take(length)
        if kind & 0x0F == 1:
            self.heard.append(json.loads(data))

    def wait_for(self, text):
        """Until somebody said that."""
        while not any(text in json.dumps(message, ensure_ascii=False) for message in self.heard):
            self.hear()

    def say(self, text):
        self.send(type="text", id=os.urandom(8).hex(), text=text)

    def choose(self, value, step):
        self.send(type="choose", id=os.urandom(8).hex(), value=value, step=step)
