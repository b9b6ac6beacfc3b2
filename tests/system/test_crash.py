"""SIGKILL at random moments under load: nothing acknowledged is lost, hardly anything is doubled, order is kept.

Senders behave like the platforms: they deliver an event again until it is acknowledged, and only then the next one of
the same conversation; now and then one gives up.  Every event has a text of its own, which the flow says back.

    GILBOT_KILLS=200 GILBOT_SEED=… python3 -m unittest test_crash
"""
import collections
import itertools
import os
import random
import re
import threading
import time
import unittest

from case import ECHO
from fake_platform import FakePlatform
from support import Gilbot, ct_message, slack_message

KILLS = int(os.environ.get("GILBOT_KILLS", "20"))
SEED = int(os.environ.get("GILBOT_SEED", str(int(time.time()))))
REPLIERS = 2            # threads for each platform: as many requests can be under way when the process dies
GIVES_UP = 0.1          # of the deliveries that failed
BACKLOG_S = 120

ROUTES = """  - {platform: channel_talk, support_bot: ["48213"], flow: echo}
  - {platform: slack, event: [direct_message], flow: echo}"""


class Conversation:
    def __init__(self, name):
        self.name = name
        self.sent = []           # every text, in order
        self.acknowledged = set()
        self.numbers = itertools.count()

    def next_text(self):
        text = f"{self.name[-4:]}-{next(self.numbers)}"
        self.sent.append(text)
        return text


class Sender(threading.Thread):
    """Speaks in its conversations in turn, like a platform that delivers at least once."""

    def __init__(self, bot, conversations, pause_s, seed):
        super().__init__(daemon=True)
        self.bot, self.conversations, self.pause_s = bot, conversations, pause_s
        self.random = random.Random(seed)
        self.stopping = threading.Event()
        self.started_up = threading.Event()
        self.retries = 0
        self.fault = None

    def run(self):
        try:
            for conversation in self.conversations:  # the first message only starts the flow
                self.deliver(conversation, self.event_of(conversation, conversation.next_text()), patient=True)
            self.started_up.set()
            for conversation in itertools.cycle(self.conversations):
                if self.stopping.wait(self.pause_s):
                    return
                text = conversation.next_text()
                if self.deliver(conversation, self.event_of(conversation, text)):
                    conversation.acknowledged.add(text)
        except Exception as fault:  # the test tells
            self.fault = fault
            self.started_up.set()

    def deliver(self, conversation, event, patient=False):
        while True:
            try:
                status = self.post(event)
                if status == 200:
                    return True
                if status != 503:
                    raise AssertionError(f"status {status} for {event}")
            except OSError:
                pass
            self.retries += 1
            if not patient and self.random.random() < GIVES_UP:
                return False
            time.sleep(0.02)


class ChannelTalkSender(Sender):
    def event_of(self, conversation, text):
        return ct_message(conversation.name, text, f"{conversation.name}{len(conversation.sent):08x}")

    def post(self, event):
        return self.bot.channel_talk(event)


class SlackSender(Sender):
    def event_of(self, conversation, text):
        ts = f"{int(time.time())}.{len(conversation.sent):06d}"
        return slack_message(text, ts, conversation.name, event_id=f"Ev{conversation.name}{len(conversation.sent)}")

    def post(self, event):
        return self.bot.slack(event)[0]


def without_repeats(texts):
    """Each text's neighbours that are the same, once; and how many were left out."""
    runs = [(text, len(list(group))) for text, group in itertools.groupby(texts)]
    return [text for text, _ in runs], sum(n - 1 for _, n in runs)


class Crash(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(SEED)
        self.fake = FakePlatform()
        self.addCleanup(self.fake.close)
        self.bot = Gilbot(self.fake, ROUTES, {"echo.yaml": ECHO})
        self.addCleanup(self.bot.close)

    def make_senders(self):
        chats = [[Conversation(f"69a4d300c0de{sender:04x}{n:04x}") for n in range(4)] for sender in range(4)]
        channels = [[Conversation(f"D0CRASH{sender}{n:02d}") for n in range(15)] for sender in range(3)]
        return ([ChannelTalkSender(self.bot, c, 0.01, self.random.random()) for c in chats] +
                [SlackSender(self.bot, c, 0.15, self.random.random()) for c in channels])

    def check_no_fault(self, senders):
        for sender in senders:
            if sender.fault:
                raise AssertionError("a sender failed; " + self.bot.tail()) from sender.fault

    def kill_once(self):
        """One round; now and then the process dies before it is ready."""
        early = self.random.random() < 0.2
        self.bot.start(wait=not early)
        time.sleep(self.random.uniform(0, 0.1) if early else self.random.uniform(0.02, 0.9))
        self.assertIsNone(self.bot.process.poll(), self.bot.tail())
        self.bot.kill()

    def finish(self, senders):
        self.bot.start()
        for sender in senders:
            sender.stopping.set()
        for sender in senders:
            sender.join(60)
            self.assertFalse(sender.is_alive())
        self.check_no_fault(senders)
        end = time.monotonic() + BACKLOG_S
        while self.bot.unfinished() > 0:
            self.assertLess(time.monotonic(), end, f"{self.bot.unfinished()} are never done\n{self.bot.tail()}")
            time.sleep(0.1)

    def said_by_conversation(self):
        said = collections.defaultdict(list)
        for message in self.fake.messages:
            said[message["conversation"]].append(re.fullmatch(r"들은 말: \[(.*)\]", message["text"])[1])
        return said

    def judge(self, senders):
        """What was lost, out of order or said for nothing; and the doubles, by platform."""
        said, faults, doubles, acknowledged = self.said_by_conversation(), [], collections.Counter(), 0
        for sender in senders:
            platform = "slack" if isinstance(sender, SlackSender) else "channel_talk"
            for conversation in sender.conversations:
                texts, repeats = without_repeats(said[conversation.name])
                doubles[platform] += repeats
                acknowledged += len(conversation.acknowledged) + 1
                answered = set(texts)
                expected = [""] + [t for t in conversation.sent[1:]
                                   if t in conversation.acknowledged or t in answered]
                if texts != expected:
                    lost = [t for t in expected if t not in answered]
                    faults.append(f"{conversation.name}: lost {lost}, said {texts}, expected {expected}"[:2000])
        return faults, doubles, acknowledged

    def test_killed_again_and_again(self):
        print(f"seed {SEED}")
        senders = self.make_senders()
        self.bot.start()
        for sender in senders:
            sender.start()
        for sender in senders:
            self.assertTrue(sender.started_up.wait(60))
        self.bot.kill()
        for _ in range(KILLS - 1):
            self.kill_once()
            self.check_no_fault(senders)
        self.finish(senders)
        faults, doubles, acknowledged = self.judge(senders)
        integrity = self.bot.rows("PRAGMA integrity_check")
        dead = self.bot.rows("SELECT count(*) FROM inbox WHERE state IN (4, 5) UNION ALL "
                             "SELECT count(*) FROM outbox WHERE state IN (4, 5)")
        self.bot.stop()
        resent = len(self.fake.duplicates)
        print(f"killed {KILLS} times: {acknowledged} events acknowledged "
              f"({sum(s.retries for s in senders)} deliveries failed on the way), {len(faults)} conversations with losses or "
              f"out of order, replies doubled: Slack {doubles['slack']}, Channel Talk {doubles['channel_talk']} "
              f"({resent} sent again with the same requestId), integrity {integrity[0][0]}")
        self.assertEqual(faults, [])
        self.assertEqual(integrity, [("ok",)])
        self.assertEqual(dead, [(0,), (0,)])
        self.assertEqual(doubles["channel_talk"], 0, "a reply went out again with another requestId")
        self.assertLessEqual(doubles["slack"], REPLIERS * KILLS)
        self.assertLessEqual(resent, REPLIERS * KILLS)
        self.assertEqual(self.fake.refused, [])
        self.assertGreater(acknowledged, 20 * KILLS)


if __name__ == "__main__":
    unittest.main(verbosity=2)
