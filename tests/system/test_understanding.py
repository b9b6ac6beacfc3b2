"""Why something was recommended, and what a changed flow would recommend: from conversations that the real binary had."""
import json
import unittest

import support
from case import Case, FLOWS, now_ts
from support import ct_message, ct_opened, slack_message
from test_modals import GOOD, MODAL
from web_talk import WebTalk

DM = "D0DMALICE1"
CHAT = "69a4d300c0de00000001"
SINCE = ("--since", "2020-01-01")

# A table, a button, a question that hangs on another, a profile, a reminder.
BODY = """
flow: body
title: 몸
profile: {name: name, weight: weight}
catalog:
  products:
    - {id: salad_a, name: 샐러드 A, price: 8900, url: "https://shop.example/salad-a"}
    - {id: box_b, name: 든든한 도시락, price: 9900, url: "https://shop.example/box-b"}
    - {id: soup_c, name: 따뜻한 국, price: 5900, url: "https://shop.example/soup-c"}
tables:
  product:
    hit: F
    inputs: [weight, side]
    outputs: [id]
    rules:
      - ['< 59', '-', '"salad_a"']
      - ['-', '"soup"', '"soup_c"']
      - ['-', '-', '"box_b"']
steps:
  - say: "안녕하세요{if name = null then \\"\\" else \\", \\" + name + \\"님\\"}!"
  - {ask: "몸무게가 몇 kg인가요?", id: weight, label: 몸무게, as: number, min: 20, max: 300, unit: kg}
  - ask: "어느 쪽이 좋으세요?"
    id: side
    as: choice
    options:
      - {value: rice, label: 밥}
      - {value: soup, label: 국}
  - {ask: "몇 그릇 드세요?", id: bowls, as: number, integer: true, min: 0, max: 9, when: 'side = "soup"'}
  - recommend: 'products[id = product][1]'
    text: "{weight}kg이면 이걸 권해요."
remind: {after: 2s, text: "아직 계세요?", times: 1}
"""
ROUTES = """  - {platform: web, flow: body}
  - {platform: channel_talk, support_bot: ["48213"], flow: body}
  - {platform: slack, command: /survey, flow: modal}
  - {platform: slack, event: [direct_message], flow: body}"""


class Understanding(Case):
    flows = {**FLOWS, "body.yaml": BODY, "modal.yaml": MODAL}
    routes = ROUTES

    # ── talks ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def in_slack(self):
        """Words, a button, an old button that changes an answer, a word to go back; then a product."""
        self.bot.slack(slack_message("안녕", now_ts(1)))
        self.wait_message(DM, "몇 kg")
        self.bot.slack(slack_message("글쎄요", now_ts(2)))
        self.bot.slack(slack_message("65킬로", now_ts(3)))
        question = self.wait_message(DM, "어느 쪽이 좋으세요?")
        self.bot.slack_form(self.fake.slack.press(question, "국"), "/slack/interactions")
        self.wait_message(DM, "몇 그릇")
        self.bot.slack(slack_message("이전", now_ts(4)))
        self.bot.slack_form(self.fake.slack.press(question, "국"), "/slack/interactions")
        self.bot.slack(slack_message("아까 몸무게 60이에요", now_ts(5)))
        self.wait_message(DM, "고쳤어요: 몸무게 60kg")
        self.bot.slack(slack_message("두 그릇", now_ts(6)))
        self.wait_message(DM, "60kg이면")

    def in_channel_talk(self, reminded=False):
        """A profile that knows the weight, perhaps a reminder (they come by the minute), an answer."""
        self.bot.channel_talk(ct_opened(CHAT, {"name": "은지", "weight": 60}))
        self.wait_message(CHAT, "어느 쪽이 좋으세요?")
        if reminded:
            self.assertTrue(self.fake.wait(lambda: "아직 계세요?" in self.fake.said(CHAT), 90), self.bot.tail())
        self.bot.channel_talk(ct_message(CHAT, "1번", "69a4d364a1b2c300bb01"))
        self.wait_message(CHAT, "60kg이면")

    def in_the_web_chat(self):
        page = WebTalk(self.bot.port, "visitor-0123456789")
        self.addCleanup(page.close)
        page.wait_for("몇 kg")
        page.say("오십팔 킬로")
        page.wait_for("어느 쪽이")
        page.choose("rice", "side")
        page.wait_for("58kg이면")

    def with_a_modal(self):
        self.bot.slack_form(self.fake.slack.command("/survey", user="U0HUMAN002"))
        views = lambda: [m for m in self.fake.messages if m["kind"] == "view"]
        self.assertTrue(self.fake.wait(lambda: len(views()) >= 1, 20), self.bot.tail())
        form = self.fake.slack.submit(views()[0], GOOD)
        self.assertEqual(self.bot.slack_form(form, "/slack/interactions")[0], 200)
        self.wait_message("D0HUMAN002", "62.5kg이면")

    def talk_everywhere(self, reminded=False):
        self.in_slack()
        self.in_channel_talk(reminded)
        self.in_the_web_chat()
        self.settle()

    # ── commands ──────────────────────────────────────────────────────────────────────────────────────────────────
    def flow(self, *arguments, expect=0):
        code, output, errors = self.bot.run("flow", *arguments)
        self.assertEqual(code, expect, output + errors)
        return output

    def replay(self, *arguments, **how):
        return json.loads(self.flow("replay", *SINCE, "--json", *arguments, **how))

    def changed(self, *changes):
        text = BODY
        for before, after in changes:
            self.assertIn(before, text)
            text = text.replace(before, after)
        path = self.bot.folder / "changed.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    def session(self, platform):
        return str(self.bot.rows("SELECT id FROM sessions WHERE platform = ?", platform)[0][0])

    # ── replay ────────────────────────────────────────────────────────────────────────────────────────────────────
    def test_the_unchanged_flow_gives_what_happened_bit_for_bit(self):
        self.talk_everywhere(reminded=True)
        self.with_a_modal()
        self.settle()
        told = self.replay()
        self.assertEqual(told, {"sessions": [], "conversations": 4, "same": 4, "exact": 4, "different": 0,
                                "not_replayed": 0})
        self.assertIn("한 글자까지 같음 4", self.flow("replay", *SINCE))

    def test_bit_for_bit_sees_one_other_word(self):
        self.in_channel_talk()
        self.settle()
        self.bot.stop()
        with support.contextlib.closing(support.sqlite3.connect(f"{self.bot.data}/gilbot.db")) as db, db:
            db.execute("UPDATE messages SET text = '2번' WHERE direction = 0")
        told = self.replay()
        self.assertEqual((told["same"], told["not_replayed"]), (0, 1))

    def test_a_changed_border_shows_who_would_get_something_else_and_by_which_rules(self):
        self.talk_everywhere()
        changed = self.changed(("'< 59'", "'< 61'"))
        told = self.replay("--with", changed)
        self.assertEqual((told["conversations"], told["same"], told["different"]), (3, 1, 2))
        by_session = {str(one["session"]): one for one in told["sessions"]}
        slack = by_session[self.session("slack")]
        self.assertEqual([one["item"] for one in slack["before"]], ["soup_c"])
        self.assertEqual([one["item"] for one in slack["after"]], ["salad_a"])
        self.assertEqual(slack["before"][0]["why"]["tables"][0]["rules"], [2])
        self.assertEqual(slack["after"][0]["why"]["tables"][0]["rules"], [1])
        self.assertEqual(slack["after"][0]["why"]["tables"][0]["inputs"][0], {"expr": "weight", "value": 60})
        text = self.flow("replay", *SINCE, "--with", changed)
        self.assertIn("그때 든든한 도시락 (box_b)  product 3 (weight = 60, side = rice)", text)
        self.assertIn("이제 샐러드 A (salad_a)  product 1 (weight = 60, side = rice)", text)
        self.assertIn("대화 3: 같음 1", text)
        self.flow("replay", *SINCE, "--with", changed, "--exit-code", expect=1)
        self.flow("replay", *SINCE, "--exit-code")

    def test_a_new_question_and_an_answer_that_fits_no_more_are_said(self):
        self.in_channel_talk()
        self.in_the_web_chat()
        self.settle()
        new = self.changed(("  - recommend:", "  - {ask: 키는요?, id: height, as: number}\n  - recommend:"))
        self.assertEqual([one["why_not"] for one in self.replay("--with", new)["sessions"]],
                         ["`height`에 답한 적이 없어요"] * 2)
        gone = self.changed(("      - {value: rice, label: 밥}\n", "      - {value: bread, label: 빵}\n"))
        told = self.replay("--with", gone)
        self.assertEqual(told["not_replayed"], 2)
        self.assertIn("`side`의 답이", told["sessions"][0]["why_not"])

    def test_a_talk_that_was_left_is_replayed_as_far_as_it_went(self):
        self.bot.slack(slack_message("안녕", now_ts(1)))
        self.wait_message(DM, "몇 kg")
        self.settle()
        self.assertEqual(self.replay()["exact"], 1)
        self.assertEqual(self.replay("--with", self.changed(("'< 59'", "'< 61'")))["same"], 1)

    def test_the_period_and_the_flow_can_be_told(self):
        self.in_channel_talk()
        self.settle()
        self.assertEqual(self.replay("--until", "2020-02-29")["conversations"], 0)
        self.assertEqual(self.replay("--flow", "two")["conversations"], 0)
        self.assertEqual(self.replay("--flow", "body")["conversations"], 1)
        for wrong in (["replay"], ["replay", "--since", "gestern"], ["replay", *SINCE, "--flow", "nobody"],
                      ["replay", *SINCE, "--with", "/nowhere.yaml"]):
            self.flow(*wrong, expect=2)

    def test_nothing_is_written(self):
        self.in_channel_talk()
        self.settle()
        tables = ("sessions", "messages", "survey_answers", "survey_recommendations", "flow_versions")
        before = [self.bot.rows(f"SELECT * FROM {table}") for table in tables]
        self.replay()
        self.replay("--with", self.changed(("'< 59'", "'< 61'")))
        self.flow("why", self.session("channel_talk"))
        self.assertEqual([self.bot.rows(f"SELECT * FROM {table}") for table in tables], before)

    # ── why ───────────────────────────────────────────────────────────────────────────────────────────────────────
    def test_why_names_the_rule_the_values_and_the_smallest_change(self):
        self.talk_everywhere()
        text = self.flow("why", self.session("channel_talk"))
        self.assertIn("추천: 든든한 도시락 (box_b)", text)
        self.assertIn("product (F): weight = 60, side = rice", text)
        self.assertIn('규칙 3: - → "box_b"', text)
        self.assertIn("가장 작은 변화: 몸무게가 60이 아니라 58.9 이하였다면 샐러드 A", text)
        told = json.loads(self.flow("why", self.session("web"), "--json"))
        self.assertEqual(told["recommendations"][0]["item"], "salad_a")
        self.assertEqual(told["recommendations"][0]["why"]["tables"][0]["rules"], [1])
        self.assertEqual((told["nearest"]["question"], told["nearest"]["was"], told["nearest"]["now"]),
                         ("weight", 58, 59))
        self.assertEqual((told["nearest"]["reach"], told["nearest"]["items"]), ("up", ["box_b"]))

    def test_a_session_is_found_by_its_conversation_and_its_user_too(self):
        self.talk_everywhere()
        (conversation, user), = self.bot.rows("SELECT conversation, user FROM sessions WHERE platform = 'slack'")
        for name in (self.session("slack"), conversation, user):
            self.assertIn("따뜻한 국 (soup_c)", self.flow("why", name))
        listed = self.flow("why").splitlines()
        self.assertEqual(len(listed), 3)
        self.assertIn("샐러드 A", listed[0])
        self.assertEqual(len(json.loads(self.flow("why", "--json"))), 3)
        self.flow("why", "nobody", expect=2)

    def test_a_flow_that_was_changed_since_is_explained_by_the_version_it_ran_with(self):
        self.in_channel_talk()
        self.settle()
        (self.bot.folder / "flows" / "body.yaml").write_text(BODY.replace("'< 59'", "'< 40'"), encoding="utf-8")
        self.assertIn("58.9 이하였다면 샐러드 A", self.flow("why", self.session("channel_talk")))

    def test_english_where_the_service_speaks_it(self):
        self.in_channel_talk()
        self.settle()
        config = self.bot.config.read_text("utf-8") + "\nlocale: en\n"
        self.bot.config.write_text(config, encoding="utf-8")
        text = self.flow("why", self.session("channel_talk"))
        self.assertIn("recommended: 든든한 도시락 (box_b)", text)
        self.assertIn("smallest change: had 몸무게 been 58.9 or less, not 60: 샐러드 A", text)
        self.assertIn("1 conversations: 1 the same (1 of them bit for bit)", self.flow("replay", *SINCE))


if __name__ == "__main__":
    unittest.main()
