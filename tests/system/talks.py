"""A test case that talks: every event is said back by the flow, so it shows what was lost, doubled or disordered."""
import time

from case import Case, now_ts
from support import ct_message, slack_message

CHAT, OTHER_CHAT = "69a4d300c0de00000001", "69a4d300c0de00000002"
DM, OTHER_DM = "D0DMALICE1", "D0DMBOB0001"
SOON_S = 2.0  # a reply that nothing holds up

ECHO_ROUTES = """  - {platform: channel_talk, support_bot: ["48213"], flow: echo}
  - {platform: slack, event: [direct_message], flow: echo}"""


class Talks(Case):
    """Conversations with the echo flow: event number 0 starts it, each later one is said back."""

    routes = ECHO_ROUTES

    def setUp(self):
        super().setUp()
        self.numbers = {}

    def say(self, where, text):
        """An event that is acknowledged."""
        n = self.numbers[where] = self.numbers.get(where, 0) + 1
        if where.startswith("D"):
            self.assertEqual(self.bot.slack(slack_message(text, now_ts(n), where, event_id=f"Ev{where}{n}"))[0], 200)
        else:
            self.assertEqual(self.bot.channel_talk(ct_message(where, text, f"{where}{n:08x}")), 200)

    def begin(self, *conversations):
        for where in conversations:
            self.say(where, "시작")
        for where in conversations:
            self.wait_said(where, 1)

    def echoes(self, *texts):
        return ["들은 말: []"] + [f"들은 말: [{text}]" for text in texts]

    def answered_soon(self, where, text):
        begun = time.monotonic()
        self.say(where, text)
        self.wait_message(where, f"[{text}]")
        self.assertLess(time.monotonic() - begun, SOON_S, f"{where} had to wait")
