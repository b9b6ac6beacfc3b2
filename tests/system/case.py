"""A test case with both platforms' fakes and a gilbot that runs the flows below."""
import re
import time
import unittest

from support import DEADLINE_S, Gilbot, ROOT, until
from fake_platform import FakePlatform

# One sentence, no question.
HELLO = """
flow: hello
title: 인사
steps:
  - say: "안녕하세요! 길봇이에요."
"""

# Every message is said back; asks for ever.
ECHO = """
flow: echo
title: 메아리
resume: 0s   # tests move the clock by hours
steps:
  - ask: "들은 말: [{said}]"
    id: said
    as: text
    always: true
    next: said
"""

# Greets by name, recommends, gives the conversation to people.
HELP = """
flow: help
title: 상담
profile: {name: name, weight: weight}
catalog:
  products:
    - {id: salad_a, name: 가벼운 샐러드, price: 8900, url: "https://shop.example/salad-a"}
    - {id: box_b, name: 든든한 도시락, price: 9900, url: "https://shop.example/box-b"}
steps:
  - say: "안녕하세요, {name}님!"
  - ask: "몸무게가 몇 kg인가요?"
    id: weight
    as: number
    min: 20
    max: 300
    unit: kg
  - recommend: 'products[id = (if weight < 60 then "salad_a" else "box_b")][1]'
    text: "{weight}kg이면 이걸 권해요."
    button: 자세히 보기
  - hand_over: {to: cs, note: "몸무게 {weight}kg"}
expire: 1h
"""

# Two questions, one with buttons.
TWO = """
flow: two
title: 두 질문
steps:
  - ask: "어느 쪽이 좋으세요?"
    id: side
    as: choice
    options:
      - {value: tea, label: 차}
      - {value: coffee, label: 커피}
  - ask: "몇 잔 드세요?"
    id: cups
    as: number
    min: 0
    max: 20
    unit: 잔
  - say: "{side} {cups}잔, 알겠습니다."
"""

FLOWS = {"hello.yaml": HELLO, "echo.yaml": ECHO, "help.yaml": HELP, "two.yaml": TWO}


def example_flow(name):
    """A flow of flows/examples without its pauses."""
    text = (ROOT / "flows" / "examples" / name).read_text("utf-8")
    return re.sub(r"^ +pause:.*\n", "", text, flags=re.MULTILINE)


def now_ts(n=0):
    """A Slack time stamp of the present, different for each n."""
    return f"{int(time.time())}.{n:06d}"


def products_of(message):
    """The shop pages that an accepted message links to."""
    return re.findall(r"https://shop\.example/([a-z_-]+)(?![a-z/_-])", str(message["request"]))


class Case(unittest.TestCase):
    """Each test has its own service; what it runs with is the class's."""

    routes = ""
    flows = FLOWS
    extra = ""      # more sections of the configuration
    server = ""     # more keys of its `server`, e.g. ", queue_limit: 5"
    maxDiff = None

    def setUp(self):
        self.fake = FakePlatform()
        self.addCleanup(self.fake.close)
        self.bot = self.make_bot()
        self.addCleanup(self.bot.close)
        self.prepare()
        self.bot.start()

    def make_bot(self):
        return Gilbot(self.fake, self.routes, self.flows, self.extra, self.server)

    def prepare(self):
        """Before the start."""

    def tearDown(self):
        if self._outcome_failed():
            print(self.bot.tail(60))

    def _outcome_failed(self):
        outcome = self._outcome
        errors = getattr(outcome, "errors", None) or getattr(outcome.result, "failures", []) + outcome.result.errors
        return any(test is self and error for test, error in errors)

    # ── what was said ─────────────────────────────────────────────────────────────────────────────────────────────
    def wait_said(self, conversation, n, kinds=("post", "message", "response")):
        """The texts of a conversation, when there are at least n."""
        said = self.fake.wait(lambda: len(self.fake.said(conversation, kinds)) >= n, DEADLINE_S) and \
            self.fake.said(conversation, kinds)
        self.assertTrue(said, f"not {n} texts in {conversation}: {self.fake.said(conversation, kinds)}\n"
                              f"{self.bot.tail()}")
        return said

    def wait_message(self, conversation, text):
        """The accepted message of a conversation that contains the text."""
        def find():
            for message in self.fake.messages:
                if message["conversation"] == conversation and text in message["text"]:
                    return message
            return None
        message = self.fake.wait(find, DEADLINE_S)
        self.assertTrue(message, f"nobody said {text!r} in {conversation}: {self.fake.said(conversation)}")
        return message

    def settle(self, deadline_s=DEADLINE_S):
        """Waits until nothing is left to do."""
        until("everything is done", lambda: self.bot.unfinished() == 0, deadline_s)

    def ignored(self, reason):
        return self.bot.metrics().get(f'gilbot_events_ignored_total{{reason="{reason}"}}', 0)

    def assert_nothing_refused(self):
        self.assertEqual(self.fake.refused, [])
