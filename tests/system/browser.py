"""A headless Chromium, driven by its own driver over the W3C WebDriver protocol (plain HTTP and JSON)."""
import base64
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest
import urllib.request

import support

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
PICTURES = support.ROOT / "build" / "pictures"
ENTER = "\ue007"


class Browser:
    def __init__(self, width=1100, height=800, dark=False, language="ko"):
        driver = shutil.which("chromedriver")
        if not driver or not shutil.which("chromium"):
            raise unittest.SkipTest("Chromium or its driver is not installed")
        self.port = support.free_port()
        self.folder = tempfile.mkdtemp(prefix="gilbot-chromium-")
        self.driver = subprocess.Popen([driver, f"--port={self.port}"], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                     "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
                     "--disable-sync", f"--user-data-dir={self.folder}", f"--window-size={width},{height}",
                     f"--lang={language}", f"--accept-lang={language}", "--hide-scrollbars"]
        if dark:
            arguments.append("--force-dark-mode")
            arguments.append("--blink-settings=preferredColorScheme=0")
        capabilities = {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": {"args": arguments},
                                        "goog:loggingPrefs": {"browser": "ALL"}}}
        support.until("the driver listens", self.is_up)
        self.session = ""
        self.session = "/session/" + self.call("POST", "/session", {"capabilities": capabilities})["sessionId"]

    def is_up(self):
        try:
            return self.call("GET", "/status", base="")["ready"]
        except OSError:
            return False

    def call(self, method, path, body=None, base=None):
        data = json.dumps(body if body is not None else {}).encode() if method == "POST" else None
        url = f"http://127.0.0.1:{self.port}{getattr(self, 'session', '') if base is None else base}{path}"
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()[:500]}") from error

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, css):
        return [element[ELEMENT] for element in self.call("POST", "/elements", {"using": "css selector", "value": css})]

    def one(self, css):
        return support.until(f"{css} is there", lambda: self.find(css))[-1]

    def type(self, css, text):
        self.call("POST", f"/element/{self.one(css)}/value", {"text": text})

    def click(self, element):
        self.call("POST", f"/element/{element}/click")

    def text(self):
        return self.run("return document.body.innerText")

    def wait_for(self, text, deadline_s=30):
        return support.until(f"the page shows {text!r}; it shows:\n{self.text()[-800:]}", lambda: text in self.text(),
                             deadline_s)

    def click_text(self, css, text):
        def pick():
            for element in self.find(css):
                if text in self.run("return arguments[0].innerText", {ELEMENT: element}):
                    return element
            return None
        self.click(support.until(f"{css} with {text!r}", pick))

    def faults(self):
        """What the page wrote to its console as an error."""
        return [entry["message"] for entry in self.call("POST", "/se/log", {"type": "browser"})
                if entry["level"] == "SEVERE" and "shop.example" not in entry["message"]]  # the examples' pictures

    def picture(self, name):
        PICTURES.mkdir(parents=True, exist_ok=True)
        time.sleep(0.3)  # animations
        (PICTURES / f"{name}.png").write_bytes(base64.b64decode(self.call("GET", "/screenshot")))

    def close(self):
        try:
            self.call("DELETE", "")
        except (AssertionError, OSError):
            pass
        self.driver.terminate()
        self.driver.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
