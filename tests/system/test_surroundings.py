"""A full disk, a clock that jumps, thousands of idle connections."""
import collections
import itertools
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from case import FLOWS
from fake_platform import FakePlatform
from support import Gilbot, ct_message, ct_opened, until
from talks import CHAT, DM, ECHO_ROUTES, OTHER_CHAT, Talks

HERE = pathlib.Path(__file__).resolve().parent
HOUR_S = 3600
HELPED_CHAT = "69a4d300c0de00000003"


class FullDisk(Talks):
    """data_dir is a file system of 96 MB of its own; that needs root."""

    def setUp(self):
        self.disk = pathlib.Path(tempfile.mkdtemp(prefix="gilbot-disk-"))
        self.addCleanup(shutil.rmtree, self.disk, ignore_errors=True)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", self.disk], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("only root may mount a small file system")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)
        super().setUp()

    def make_bot(self):
        return Gilbot(self.fake, self.routes, self.flows, data_dir=self.disk / "data")

    def fill(self):
        """Takes the free space, all but a few bytes."""
        with open(self.disk / "filler", "ab", buffering=0) as filler:
            size = 2 ** 20
            while size > 0:
                try:
                    if filler.write(b"x" * size) < size:
                        size //= 2
                except OSError:
                    size //= 2

    def talk(self, chat, statuses, stop):
        """Messages one after the other, as a platform sends them that gives up at once; the texts that were taken."""
        for n in itertools.count(100):
            if stop.is_set():
                return
            try:
                status = self.bot.channel_talk(ct_message(chat, f"말 {n}", f"{chat}{n:08x}"))
            except OSError as fault:
                status = fault
            statuses.append((status, f"말 {n}"))
            time.sleep(0.005)

    def test_nothing_acknowledged_is_lost_and_work_goes_on_when_there_is_space(self):
        chats = [f"69a4d300c0de{n:08x}" for n in range(6)]
        self.begin(DM, *chats)
        stop, statuses = threading.Event(), {chat: [] for chat in chats}
        threads = [threading.Thread(target=self.talk, args=(chat, statuses[chat], stop)) for chat in chats]
        for thread in threads:
            thread.start()
        self.addCleanup(stop.set)
        for _ in range(3):
            time.sleep(0.5)
            self.fill()
            until("not ready any more", lambda: self.bot.get("/readyz")[0] == 503, 90)  # the log's old space is used up first
            self.assertEqual(self.bot.get("/healthz")[0], 200)
            time.sleep(0.5)
            (self.disk / "filler").unlink()
            until("ready again", lambda: self.bot.get("/readyz")[0] == 200)
        stop.set()
        for thread in threads:
            thread.join()
        self.settle(180)  # all that was said while the disk was filled
        self.assertEqual({status for chat in chats for status, _ in statuses[chat]}, {200, 503})
        for chat in chats:
            taken = [text for status, text in statuses[chat] if status == 200]
            self.assertEqual(self.fake.said(chat), self.echoes(*taken))
        self.assertEqual(self.bot.rows("PRAGMA integrity_check"), [("ok",)])
        self.assertEqual(self.bot.metrics()["gilbot_dead_letters"], 0)

    def test_a_full_disk_does_not_fill_the_log(self):
        chats = [f"69a4d300c0de{n:08x}" for n in range(6)]
        self.begin(*chats)
        stop, statuses = threading.Event(), {chat: [] for chat in chats}
        threads = [threading.Thread(target=self.talk, args=(chat, statuses[chat], stop)) for chat in chats]
        for thread in threads:
            thread.start()
        self.addCleanup(stop.set)
        self.fill()
        until("not ready any more", lambda: self.bot.get("/readyz")[0] == 503, 90)
        until("many were sent away", lambda: self.sent_away(statuses) > 1000, 90)
        stop.set()
        for thread in threads:
            thread.join()
        (self.disk / "filler").unlink()
        seconds = collections.Counter(re.findall("^ts=(.{19}).* event=event.not_recorded", self.bot.tail(10 ** 6), re.M))
        self.assertLessEqual(set(seconds.values()), {1, 2}, seconds)  # one a second, whose seconds are not the clock's
        self.assertLess(len(re.findall("level=(?:warning|error)", self.bot.tail(10 ** 6))), 100)
        until("ready again", lambda: self.bot.get("/readyz")[0] == 200)
        self.say(chats[0], "끝")
        until("the rest is told", lambda: "event=event.recorded_again" in self.bot.tail(10))
        text = self.bot.tail(10 ** 6)
        told = text.count("event=event.not_recorded") + sum(map(int, re.findall(" left_out=([0-9]+)", text)))
        self.assertEqual(told, self.sent_away(statuses))

    def sent_away(self, statuses):
        return sum(status == 503 for told in statuses.values() for status, _ in told)

    def test_a_disk_that_is_full_at_the_start_is_named(self):
        self.bot.stop()
        self.fill()
        for path in self.disk.glob("data/gilbot.db-*"):
            path.unlink()
        self.bot.start(wait=False)
        self.assertEqual(self.bot.ended(), 1)
        self.assertRegex(self.bot.tail(), "(?i)no space left|disk is full")
        (self.disk / "filler").unlink()
        self.bot.start()


PAUSES = """
flow: pauses
title: 쉼
steps:
  - say: "하나"
  - say: "둘"
    pause: 2s
  - say: "셋"
    pause: 2s
"""


class ClockJumps(Talks):
    """The wall clock of the process jumps by an hour while pauses and further attempts are pending."""

    flows = dict(FLOWS, **{"pauses.yaml": PAUSES})
    routes = """  - {platform: channel_talk, support_bot: ["48213"], text: 쉼, flow: pauses}
  - {platform: channel_talk, support_bot: ["48213"], event: [opened], flow: help}
  - {platform: channel_talk, support_bot: ["48213"], text: 상담, flow: help}
""" + ECHO_ROUTES

    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="gilbot-clock-")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.shim = pathlib.Path(folder) / "clock_shim.so"
        try:
            subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", cls.shim, HERE / "clock_shim.c"], check=True)
        except OSError:
            raise unittest.SkipTest("there is no C compiler for the clock")
        cls.offset = pathlib.Path(folder) / "offset"

    def make_bot(self):
        self.move_clock(0)
        env = {"LD_PRELOAD": str(self.shim), "CLOCK_SHIM": str(self.offset),
               "ASAN_OPTIONS": "verify_asan_link_order=0"}
        return Gilbot(self.fake, self.routes, self.flows, env=env)

    def move_clock(self, seconds):
        new = self.offset.with_suffix(".new")
        new.write_text(str(seconds))
        new.rename(self.offset)

    def pauses_and_attempts(self, jump_s, patience_s):
        self.begin(OTHER_CHAT)
        self.fake.mode(f"/open/v5/user-chats/{OTHER_CHAT}/messages", "500", times=2)
        self.say(CHAT, "쉼")
        self.wait_said(CHAT, 1)
        self.say(OTHER_CHAT, "가")
        self.say(OTHER_CHAT, "나")
        until("an attempt failed", lambda: self.fake.faults[0]["times"] < 2)
        self.move_clock(jump_s)
        begun = time.monotonic()
        self.say(OTHER_CHAT, "다")
        until("all was said", lambda: len(self.fake.said(CHAT)) == 3 and len(self.fake.said(OTHER_CHAT)) == 4, patience_s)
        self.settle()
        self.assertEqual(self.fake.said(CHAT), ["하나", "둘", "셋"])
        self.assertEqual(self.fake.said(OTHER_CHAT), self.echoes("가", "나", "다"))
        self.assertEqual(self.bot.metrics()["gilbot_dead_letters"], 0)
        return time.monotonic() - begun

    def test_an_hour_forward(self):
        self.pauses_and_attempts(HOUR_S, 60)

    def test_an_hour_back(self):
        self.pauses_and_attempts(-HOUR_S, 90)

    def test_back_and_forth_under_load(self):
        chats = [f"69a4d300c0de{n:08x}" for n in range(100, 110)]
        self.begin(*chats)
        for n, jump_s in enumerate((HOUR_S, -HOUR_S, 0, -60, 90, 0)):
            self.move_clock(jump_s)
            for chat in chats:
                self.say(chat, f"말 {n}")
            time.sleep(0.1)
        self.settle(90)
        for chat in chats:
            self.assertEqual(self.fake.said(chat), self.echoes(*[f"말 {n}" for n in range(6)]))

    def test_the_silence_after_a_hand_over_ends_in_time(self):
        self.bot.channel_talk(ct_opened(HELPED_CHAT, {"name": "은지", "weight": 62}))
        self.wait_message(HELPED_CHAT, "62kg이면")
        self.settle()
        self.say(HELPED_CHAT, "상담")
        self.move_clock(HOUR_S - 60)
        self.say(HELPED_CHAT, "상담")
        self.settle()
        self.assertEqual(self.ignored("handed_over"), 2)
        self.move_clock(HOUR_S + 60)
        self.say(HELPED_CHAT, "상담")
        self.wait_said(HELPED_CHAT, 3)
        self.assertEqual(self.ignored("handed_over"), 2)

    def test_a_survey_that_waited_too_long_begins_anew(self):
        self.say(HELPED_CHAT, "상담")
        self.wait_message(HELPED_CHAT, "몸무게가 몇 kg인가요?")
        self.move_clock(HOUR_S + 60)
        self.say(HELPED_CHAT, "상담")
        said = self.wait_said(HELPED_CHAT, 4)
        self.assertEqual(said[:2], said[2:])
        self.assertEqual(self.bot.rows("SELECT count(*) FROM sessions"), [(2,)])


class IdleConnections(unittest.TestCase):
    """Ten thousand clients that are connected and say nothing."""

    IDLE = 10000
    MAX = 10200

    def setUp(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = self.IDLE + 2000
        if hard != resource.RLIM_INFINITY and hard < wanted:
            self.skipTest(f"the limit of open files is {hard}, {wanted} are needed")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        self.fake = FakePlatform()
        self.addCleanup(self.fake.close)
        self.bot = Gilbot(self.fake, ECHO_ROUTES, FLOWS, server=f", max_connections: {self.MAX}")
        self.addCleanup(self.bot.close)
        self.bot.start()
        self.sockets = []
        self.addCleanup(lambda: [s.close() for s in self.sockets])

    def connect(self, n):
        for i in range(n):
            s = socket.socket()
            s.bind((f"127.0.0.{2 + len(self.sockets) % 4}", 0))  # more source ports than one address has
            s.connect(("127.0.0.1", self.bot.port))
            self.sockets.append(s)

    def is_closed(self, s):
        s.settimeout(5)
        try:
            return s.recv(1) == b""
        except ConnectionError:
            return True
        except TimeoutError:
            return False

    def test_events_are_answered_beside_them_and_too_many_are_closed(self):
        self.connect(self.IDLE)
        until("all are counted", lambda: self.bot.metrics()["gilbot_connections_open"] >= self.IDLE)
        for n in range(500):
            self.assertEqual(self.bot.channel_talk(ct_message(CHAT, f"말 {n}", f"{CHAT}{n:08x}")), 200)
        until("everything is done", lambda: self.bot.unfinished() == 0, 60)
        self.assertEqual(len(self.fake.said(CHAT)), 500)
        memory = self.bot.metrics()["process_resident_memory_bytes"]
        print(f"{self.IDLE} idle connections: {memory / 2 ** 20:.0f} MiB resident")
        self.connect(self.MAX - self.IDLE + 50)
        closed = [s for s in self.sockets[self.MAX:] if self.is_closed(s)]
        self.assertEqual(len(closed), len(self.sockets) - self.MAX)
        for s in self.sockets[:1000]:
            s.close()
        until("there is room again", lambda: self.answers())
        self.assertEqual(self.bot.channel_talk(ct_message(CHAT, "끝", f"{CHAT}ffffffff")), 200)

    def answers(self):
        try:
            return self.bot.get("/readyz")[0] == 200
        except OSError:
            return False


if __name__ == "__main__":
    unittest.main(verbosity=2)
