"""Platforms that fail: every reply arrives, in order, and others do not wait for it."""
import json
import time
import unittest

from support import until
from talks import CHAT, DM, OTHER_CHAT, OTHER_DM, Talks

MESSAGES = f"/open/v5/user-chats/{CHAT}/messages"
POST = "/api/chat.postMessage"

# fault → how often it strikes, and more of fake.mode
FAULTS = {
    "429": (2, {"retry_after": 2}),
    "500": (3, {}),
    "503": (2, {}),
    "html": (2, {}),
    "close": (3, {}),
    "lost": (2, {}),
    "slow": (2, {"seconds": 3}),
    "hang": (1, {}),
}


class DeliveryFaults(Talks):
    def check(self, where, path, others, fault):
        times, more = FAULTS[fault]
        self.begin(where, *others)
        if where == DM:
            time.sleep(1)  # Slack's pace
        self.fake.mode(path, fault, times, **more)
        for text in ("하나", "둘", "셋"):
            self.say(where, text)
        until("the fault struck", lambda: self.fake.faults[0]["times"] < times)
        for other in others:
            self.answered_soon(other, "나는 멀쩡해")
        self.wait_message(where, "[셋]")
        self.settle(40)
        self.assertEqual(self.fake.said(where), self.echoes("하나", "둘", "셋"))
        self.assertEqual(self.bot.metrics()["gilbot_dead_letters"], 0)
        if fault == "429":
            self.check_waited(path, 2 - 0.05)

    def check_waited(self, path, at_least_s):
        """After each refusal the next request came no sooner than was asked."""
        requests = [r for r in self.fake.requests if r["path"].startswith(path)]
        gaps = [b["at"] - a["at"] for a, b in zip(requests, requests[1:]) if a["fault"] == "429"]
        self.assertEqual(len(gaps), 2)
        self.assertGreaterEqual(min(gaps), at_least_s)


def add_delivery_tests():
    for fault in FAULTS:
        def slack(self, fault=fault):
            self.check(DM, POST, [CHAT], fault)

        def channel_talk(self, fault=fault):
            self.check(CHAT, MESSAGES, [OTHER_CHAT, DM], fault)
        setattr(DeliveryFaults, f"test_slack_that_answers_with_{fault}", slack)
        setattr(DeliveryFaults, f"test_channel_talk_that_answers_with_{fault}", channel_talk)


add_delivery_tests()


class Separation(Talks):
    """A platform that hangs holds up nobody else."""

    routes = """  - {platform: channel_talk, support_bot: ["48213"], flow: echo}
  - {platform: slack, event: [direct_message], text: 상담, flow: help}
  - {platform: slack, event: [direct_message], flow: echo}"""

    def test_slack_hangs_channel_talk_goes_on(self):
        self.begin(CHAT, DM, OTHER_DM)
        self.fake.mode("/api/", "hang", times=6)
        for where in (DM, OTHER_DM):
            self.say(where, "여보세요")
        until("both repliers hang", lambda: self.fake.faults[0]["times"] <= 4)
        for n in range(5):
            self.answered_soon(CHAT, f"말 {n}")
        self.settle(60)
        for where in (DM, OTHER_DM):
            self.assertEqual(self.fake.said(where), self.echoes("여보세요"))

    def test_look_ups_that_hang_hold_up_no_survey(self):
        self.begin(CHAT, DM)
        self.fake.mode("/api/users.info", "hang", times=4)
        for n in range(4):
            self.say(f"D0NEW{n:05d}", "상담")
        until("look-ups hang", lambda: self.fake.faults[0]["times"] <= 2)
        self.answered_soon(CHAT, "여기는")
        self.answered_soon(DM, "저기도")
        self.settle(60)
        for n in range(4):
            self.assertEqual(len(self.fake.said(f"D0NEW{n:05d}")), 1)


class DeadLetters(Talks):
    def dead(self):
        _, output, _ = self.bot.run("outbox", "list", "--json")
        return [json.loads(line) for line in output.splitlines()]

    def check(self, where, path, fault):
        self.begin(where)
        if where == DM:
            time.sleep(1)
        self.fake.mode(path, fault)
        for text in ("하나", "둘"):
            self.say(where, text)
        self.wait_message(where, "[둘]")
        self.settle()
        self.assertEqual(self.fake.said(where), self.echoes("둘"))
        dead = self.dead()
        self.assertEqual(len(dead), 1)
        self.assertEqual(self.bot.metrics()["gilbot_dead_letters"], 1)
        self.assertEqual(self.bot.run("outbox", "retry", str(dead[0]["id"]))[0], 0)
        self.wait_message(where, "[하나]")
        self.settle()
        self.assertEqual(self.fake.said(where), self.echoes("둘", "하나"))
        self.assertEqual((self.dead(), self.bot.metrics()["gilbot_dead_letters"]), ([], 0))

    def test_what_slack_refuses_for_good_is_kept_and_can_be_sent_again(self):
        self.check(DM, POST, "error:channel_not_found")

    def test_what_channel_talk_refuses_for_good_is_kept_and_can_be_sent_again(self):
        self.check(CHAT, MESSAGES, "404")

    def test_blocks_that_slack_does_not_like_go_out_as_text(self):
        self.begin(DM)
        self.fake.slack.refuse_blocks = True
        self.say(DM, "하나")
        self.assertEqual(self.wait_message(DM, "[하나]")["blocks"], [])

    def test_blocks_that_channel_talk_does_not_like_go_out_as_text(self):
        self.begin(CHAT)
        self.fake.channel_talk.refuse_blocks = True
        self.say(CHAT, "하나")
        self.assertIn("plainText", self.wait_message(CHAT, "[하나]")["request"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
