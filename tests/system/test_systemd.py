"""The units of deploy/systemd, and the socket that systemd hands over."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from case import Case, now_ts
from support import BINARY, ROOT, Gilbot, slack_message
from talks import DM

UNITS = ROOT / "deploy" / "systemd"
MOST_EXPOSED = 15  # tenths, of 100; what the network costs is most of it


def need(program):
    if shutil.which(program) is None:
        absent = AssertionError if os.environ.get("CI") else unittest.SkipTest
        raise absent(f"{program} is not installed; scripts/setup installs it")


def analyze(*words):
    done = subprocess.run(["systemd-analyze", "--no-pager", *words], capture_output=True, encoding="utf-8", timeout=60,
                          check=False)
    return done.returncode, done.stdout + done.stderr


class Units(unittest.TestCase):
    def setUp(self):
        need("systemd-analyze")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gilbot-units-"))
        self.addCleanup(shutil.rmtree, self.folder)
        for unit in UNITS.iterdir():
            text = unit.read_text("utf-8").replace("/usr/local/bin/gilbot", BINARY)
            (self.folder / unit.name).write_text(text, "utf-8")

    def test_systemd_understands_every_line(self):
        for unit in sorted(self.folder.iterdir()):
            self.assertEqual(analyze("--man=no", "verify", str(unit)), (0, ""), unit.name)

    def test_the_sandbox_is_tight(self):
        status, told = analyze("--offline=yes", f"--threshold={MOST_EXPOSED}", "security",
                               str(self.folder / "gilbot.service"))
        self.assertEqual(status, 0, told)


class Activated(Case):
    routes = "  - {platform: slack, event: [direct_message], flow: hello}"

    def make_bot(self):
        need("systemd-socket-activate")
        bot = Gilbot(self.fake, self.routes, self.flows, listen="systemd")
        bot.socket.close()  # the real thing opens it
        bot.socket, bot.prefix = None, ["systemd-socket-activate", "-l", f"127.0.0.1:{bot.port}"]
        return bot

    def test_the_first_request_starts_it(self):
        self.assertEqual(self.bot.slack(slack_message("안녕", now_ts(1), DM))[0], 200)
        self.wait_said(DM, 1)

    def test_without_a_socket_it_says_what_to_do(self):
        self.bot.stop()
        self.bot.prefix = []
        self.bot.start(wait=False)
        self.assertEqual(self.bot.ended(), 2)
        self.assertIn("gilbot.socket", self.bot.tail())


if __name__ == "__main__":
    unittest.main()
