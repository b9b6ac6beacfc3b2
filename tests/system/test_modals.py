"""Surveys that Slack shows as one modal: opened, mended, sent, and gone on with in words."""
import json
import time
import unittest
import urllib.parse

from case import Case, FLOWS, now_ts
from support import slack_headers, slack_message

ALICE = "U0HUMAN001"
DM = "D0DMALICE1"
STAFF = "C0STAFF001"

# Every kind of question; two hang on another's answer.
MODAL = """
flow: modal
title: 2분 건강 설문
about: 맞는 제품을 추천합니다.
slack: modal
catalog:
  products:
    - {id: salad_a, name: 가벼운 샐러드, price: 8900, url: "https://shop.example/salad-a"}
    - {id: box_b, name: 든든한 도시락, price: 9900, url: "https://shop.example/box-b"}
steps:
  - say: "안녕하세요!"
  - {ask: "몸무게가 **몇** kg인가요?", id: weight, as: number, min: 20, max: 300, unit: kg}
  - ask: "어느 쪽이 좋으세요?"
    id: side
    as: choice
    options:
      - {value: tea, label: 차}
      - {value: coffee, label: 커피}
  - {ask: "몇 잔 드세요?", id: cups, as: number, integer: true, min: 0, max: 20, when: 'side = "coffee"'}
  - ask: "무엇을 좋아하세요?"
    id: likes
    as: choices
    optional: true
    options:
      - {value: sea, label: 바다}
      - {value: hill, label: 산}
  - {ask: "운동하세요?", id: sport, as: yes_no}
  - {ask: "만족도는요?", id: rate, as: scale, min: 1, max: 10}
  - {ask: "언제 시작하셨어요?", id: begun, as: date, optional: true, max: today}
  - {ask: "전화번호는요?", id: phone, as: phone, optional: true}
  - {ask: "한마디 해 주세요.", id: word, as: text, min: 2, max: 100, optional: true}
  - say: "{side}, {likes}, {sport}, {rate}점, {phone}"
  - recommend: 'products[id = (if weight < 60 then "salad_a" else "box_b")][1]'
    text: "{weight}kg이면 이걸 권해요."
  - hand_over: {to: cs, note: "몸무게 {weight}kg"}
"""

GOOD = {"weight": "62.5", "side": "차", "sport": "예", "rate": "7"}


class Modals(Case):
    flows = {**FLOWS, "modal.yaml": MODAL}
    routes = """  - {platform: slack, command: /survey, flow: modal}
  - {platform: slack, event: [direct_message], flow: modal}
  - {platform: channel_talk, flow: modal}"""

    def command(self):
        """The modal that a slash command opens."""
        status, body = self.bot.slack_form(self.fake.slack.command("/survey"))
        self.assertEqual((status, body), (200, b""))
        return self.opened()

    def opened(self, n=1):
        views = lambda: [m for m in self.fake.messages if m["kind"] == "view"]
        self.assertTrue(self.fake.wait(lambda: len(views()) >= n, 20), f"{self.fake.refused}\n{self.bot.tail()}")
        return views()[n - 1]

    def submit(self, view, careless=False, **answers):
        status, body = self.bot.slack_form(self.fake.slack.submit(view, answers, careless), "/slack/interactions")
        self.assertEqual(status, 200)
        return json.loads(body) if body else None

    def wait_outcome(self):
        note = self.wait_message(STAFF, "몸무게")
        self.settle()
        self.assert_nothing_refused()
        return note

    def test_a_command_opens_a_modal_with_every_question_in_its_element(self):
        view = self.command()["view"]
        elements = {block["block_id"]: block["element"] for block in view["blocks"]}
        self.assertEqual([(block, element["type"]) for block, element in elements.items()], [
            ("ask:weight", "number_input"), ("ask:side", "radio_buttons"), ("ask:cups", "number_input"),
            ("ask:likes", "checkboxes"), ("ask:sport", "radio_buttons"), ("ask:rate", "static_select"),
            ("ask:begun", "datepicker"), ("ask:phone", "plain_text_input"), ("ask:word", "plain_text_input")])
        self.assertEqual((elements["ask:weight"]["min_value"], elements["ask:weight"]["max_value"]), ("20", "300"))
        self.assertIs(elements["ask:cups"]["is_decimal_allowed"], False)
        self.assertEqual((elements["ask:word"]["min_length"], elements["ask:word"]["max_length"]), (2, 100))
        self.assertEqual([block["optional"] for block in view["blocks"]],
                         [False, False, True, True, False, False, True, True, True])
        self.assertEqual(view["blocks"][0]["label"]["text"], "몸무게가 몇 kg인가요?")
        self.assertEqual((view["title"]["text"], view["submit"]["text"]), ("2분 건강 설문", "보내기"))
        self.assertEqual(self.wait_said(DM, 1), ["안녕하세요!"])
        self.settle()
        self.assert_nothing_refused()

    def test_a_sent_modal_is_one_turn_with_recommendation_and_hand_over(self):
        view = self.command()
        self.assertIsNone(self.submit(view, **GOOD, likes=["바다", "산"], phone="010-1234-5678"))
        self.wait_message(DM, "차, 바다, 산, 예, 7점, +821012345678")
        self.wait_message(DM, "62.5kg이면")
        self.wait_outcome()
        answers = dict(self.bot.rows("SELECT variable, value FROM survey_answers"))
        self.assertEqual(answers, {"weight": "62.5", "side": '"tea"', "likes": '["sea", "hill"]', "sport": "true",
                                   "rate": "7", "phone": '"+821012345678"'})
        self.assertFalse(any("몇 잔" in text for text in self.fake.said(DM)))

    def test_a_modal_sent_twice_counts_once(self):
        form = self.fake.slack.submit(self.command(), GOOD)
        for _ in range(2):
            self.assertEqual(self.bot.slack_form(form, "/slack/interactions"), (200, b""))
        self.wait_outcome()
        self.assertEqual(self.bot.rows("SELECT count(*) FROM survey_handovers"), [(1,)])

    def test_what_does_not_fit_is_said_at_its_question_and_nothing_is_kept(self):
        view = self.command()
        self.settle()
        before = self.bot.rows("SELECT count(*) FROM inbox")
        faults = self.submit(view, careless=True, **{**GOOD, "weight": "7", "sport": None}, phone="전화 없음")
        self.assertEqual(faults["response_action"], "errors")
        self.assertEqual(list(faults["errors"]), ["ask:weight", "ask:sport", "ask:phone"])
        self.assertEqual(faults["errors"]["ask:weight"], "20에서 300 사이의 숫자로 적어 주세요. (단위: kg)")
        self.assertEqual(self.bot.rows("SELECT count(*) FROM inbox"), before)
        self.assertIsNone(self.submit(view, **GOOD))
        self.wait_outcome()

    def test_a_forged_modal_is_refused(self):
        view = self.command()
        body = urllib.parse.urlencode(self.fake.slack.submit(view, GOOD)).encode()
        headers = slack_headers(body, "application/x-www-form-urlencoded", secret="somebody else's")
        self.assertEqual(self.bot.request("POST", "/slack/interactions", body, headers)[0], 401)
        self.settle()
        self.assertEqual(self.bot.rows("SELECT count(*) FROM survey_answers"), [(0,)])

    def test_a_message_is_answered_with_a_button_that_opens_the_modal_each_time(self):
        self.bot.slack(slack_message("안녕", now_ts()))
        message = self.wait_message(DM, "버튼을 누르면")
        self.assertIn("2분 건강 설문", message["text"])
        for n in (1, 2):
            self.bot.slack_form(self.fake.slack.press(message, "설문 시작"), "/slack/interactions")
            view = self.opened(n)
            self.assertEqual(self.bot.slack_form(self.fake.slack.close(view), "/slack/interactions"), (200, b""))
        self.assertIsNone(self.submit(view, **GOOD))
        self.wait_outcome()

    def test_a_question_that_turned_out_to_be_needed_is_asked_in_words(self):
        view = self.command()
        self.submit(view, **{**GOOD, "side": "커피"}, word="좋아요")
        self.wait_message(DM, "몇 잔 드세요?")
        self.settle()
        self.bot.slack(slack_message("세 잔", now_ts(7)))
        self.wait_message(DM, "커피, , 예, 7점")
        self.wait_outcome()
        answers = dict(self.bot.rows("SELECT variable, value FROM survey_answers"))
        self.assertEqual((answers["cups"], answers["word"], answers["rate"]), ("3", '"좋아요"', "7"))

    def test_who_writes_instead_is_asked_one_by_one(self):
        self.command()
        self.bot.slack(slack_message("그냥 물어봐 주세요", now_ts(1)))
        self.wait_message(DM, "몸무게가")
        self.bot.slack(slack_message("62", now_ts(2)))
        self.wait_message(DM, "어느 쪽이 좋으세요?")
        self.settle()
        self.assert_nothing_refused()

    def test_a_trigger_that_is_spent_leaves_the_button(self):
        fields = self.fake.slack.command("/survey")
        self.fake.slack.triggers[fields["trigger_id"]] = (time.monotonic() - 4, ALICE)
        self.bot.slack_form(fields)
        message = self.wait_message(DM, "버튼을 누르면")
        self.assertEqual([refused["why"] for refused in self.fake.refused], ["expired_trigger_id"])
        self.bot.slack_form(self.fake.slack.press(message, "설문 시작"), "/slack/interactions")
        self.assertIsNone(self.submit(self.opened(), **GOOD))
        self.wait_message(STAFF, "몸무게")

    def test_a_modal_of_a_session_that_is_over_changes_nothing(self):
        old = self.command()
        self.bot.slack_form(self.fake.slack.command("/survey"))
        new = self.opened(2)
        self.assertIsNone(self.submit(old, **GOOD))
        self.settle()
        self.assertEqual(self.ignored("old_sheet"), 1)
        self.assertIsNone(self.submit(new, **GOOD))
        self.wait_outcome()


class Checks(Case):
    """What `gilbot check` says of flows that no modal can show."""
    routes = "  - {platform: slack, command: /survey, flow: two}"

    def faults(self, steps):
        (self.bot.folder / "flows" / "bad.yaml").write_text(f"flow: bad\nslack: modal\nsteps:\n{steps}", "utf-8")
        status, _, errors = self.bot.run("check")
        self.assertEqual(status, 2 if "modal" in errors else 0, errors)
        return errors

    def test_loops_files_many_questions_and_answers_in_questions_are_refused(self):
        many = "".join(f"  - {{ask: \"질문 {n}\", id: q{n}, as: text}}\n" for n in range(11))
        self.assertIn("bad.yaml:14:5: a modal (`slack: modal`) shows 10 questions", self.faults(many))
        loop = "  - {ask: 나이, id: age, as: number, always: true}\n  - {ask: 또, id: more, as: yes_no, always: true,"
        self.assertIn("goes back to `age`", self.faults(loop + " next: [{when: more, go: age}, {go: bye}]}\n  - {say: 네, id: bye}\n"))
        self.assertIn("takes no files", self.faults("  - {ask: 사진, id: photo, as: file}\n"))
        leaning = "  - {ask: 이름, id: name, as: text}\n  - {ask: \"{name}님, 나이는요?\", id: age, as: number}\n"
        self.assertIn("without `{name}`", self.faults(leaning))


if __name__ == "__main__":
    unittest.main()
