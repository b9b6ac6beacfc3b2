"""Whole conversations on both platforms, through the real binary."""
import unittest

from case import Case, FLOWS, example_flow, now_ts, products_of
from support import (ct_chat, ct_message, ct_opened, ct_user, slack_mention, slack_message, until)

ALICE, BOB = "U0HUMAN001", "U0HUMAN002"
DM = "D0DMALICE1"
CHANNEL = "C0GENERAL1"
STAFF = "C0STAFF001"
CHAT = "69a4d300c0de00000001"

# One body for every platform; the example recommends tofu_bowl for it.
BODY = {"name": "은지", "sex": "female", "weight": 62, "height": 165, "age": 31, "activation": 2, "goal": -5,
        "hydrate": "1.2", "number_dining": 3}
PRODUCT = "tofu-bowl"


class ChannelTalk(Case):
    routes = """  - {platform: channel_talk, support_bot: ["48213", "771204"], text: 메아리, flow: echo}
  - {platform: channel_talk, support_bot: ["48213", "771204"], flow: help}"""

    def of_chat(self, chat=CHAT):
        return [m for m in self.fake.messages if m["conversation"] == chat]

    def test_an_opened_chat_with_a_profile_is_answered_in_order_and_handed_over(self):
        self.assertEqual(self.bot.channel_talk(ct_opened(CHAT, {"name": "은지", "weight": 62})), 200)
        self.assertTrue(self.fake.wait(lambda: len(self.of_chat()) >= 4), self.bot.tail())
        self.settle()
        greeting, product, note, assignment = self.of_chat()
        self.assertEqual((greeting["kind"], greeting["text"]), ("message", "안녕하세요, 은지님!"))
        self.assertEqual(product["kind"], "message")
        self.assertIn("62kg이면 이걸 권해요.", product["text"])
        self.assertIn("box-b", products_of(product))
        self.assertEqual(note["kind"], "note")
        self.assertIn("몸무게 62kg", note["text"])
        self.assertEqual((assignment["kind"], assignment["managers"]), ("assign", ["123"]))
        self.assert_nothing_refused()

    def test_an_incomplete_profile_is_asked_for_what_is_missing(self):
        self.bot.channel_talk(ct_opened(CHAT, {"name": "은지"}))
        self.assertEqual(self.wait_said(CHAT, 2), ["안녕하세요, 은지님!", "몸무게가 몇 kg인가요?"])
        self.bot.channel_talk(ct_message(CHAT, "쉰여덟 킬로요", "69a4d364a1b2c300bb01"))
        self.assertIn("salad-a", products_of(self.wait_message(CHAT, "58kg이면")))
        self.assertTrue(self.fake.wait(lambda: any(m["kind"] == "assign" for m in self.of_chat())))
        self.assert_nothing_refused()

    def test_a_chat_of_another_support_bot_is_left_alone_and_counted(self):
        self.assertEqual(self.bot.channel_talk(ct_opened(CHAT, {"name": "은지"}, bot="99999")), 200)
        self.assertEqual(self.bot.channel_talk(ct_message(CHAT, "여보세요", "69a4d364a1b2c300bb02", bot="99999")), 200)
        self.settle()
        self.assertEqual(self.of_chat(), [])
        self.assertEqual(self.ignored("no_route"), 2)

    def test_the_same_opening_starts_one_session_whatever_comes_later(self):
        for version in (7, 8, 7, 9):
            self.assertEqual(self.bot.channel_talk(ct_opened(CHAT, {"name": "은지"}, version=version)), 200)
        self.settle()
        self.assertEqual(self.wait_said(CHAT, 2), ["안녕하세요, 은지님!", "몸무게가 몇 kg인가요?"])
        self.assertEqual(self.ignored("opened_before"), 2)

    def test_a_chat_that_is_opened_again_begins_anew(self):
        self.bot.channel_talk(ct_opened(CHAT, {"name": "은지"}))
        self.wait_said(CHAT, 2)
        self.bot.channel_talk(ct_opened(CHAT, {"name": "은지"}, opened_at=1772499600000, version=31))
        self.assertEqual(self.wait_said(CHAT, 4), ["안녕하세요, 은지님!", "몸무게가 몇 kg인가요?"] * 2)

    def test_a_manager_who_writes_takes_the_conversation_over(self):
        self.bot.channel_talk(ct_opened(CHAT, {"name": "은지"}))
        self.wait_said(CHAT, 2)
        self.bot.channel_talk(ct_message(CHAT, "제가 도와드릴게요", "69a4d364a1b2c300bb03", person="manager"))
        self.bot.channel_talk(ct_message(CHAT, "62kg이요", "69a4d364a1b2c300bb04"))
        self.settle()
        self.assertEqual(len(self.of_chat()), 2)
        self.assertEqual((self.ignored("manager"), self.ignored("taken_over")), (1, 1))
        self.bot.channel_talk(ct_opened(CHAT, {"name": "은지"}, opened_at=1772499600000, version=31))
        self.assertEqual(len(self.wait_said(CHAT, 4)), 4)

    def test_after_a_hand_over_the_bot_is_silent_until_a_new_opening(self):
        self.bot.channel_talk(ct_opened(CHAT, {"name": "은지", "weight": 62}))
        self.settle()
        self.assertEqual(len(self.of_chat()), 4)
        self.bot.channel_talk(ct_message(CHAT, "고맙습니다", "69a4d364a1b2c300bb05"))
        self.settle()
        self.assertEqual(len(self.of_chat()), 4)
        self.assertEqual(self.ignored("handed_over"), 1)
        self.bot.channel_talk(ct_opened(CHAT, {"name": "은지", "weight": 50}, opened_at=1772499600000, version=31))
        self.assertTrue(self.fake.wait(lambda: len(self.of_chat()) >= 8), self.bot.tail())

    def test_the_order_of_one_chat_is_kept(self):
        self.bot.channel_talk(ct_message(CHAT, "메아리", "69a4d364a1b2c300bc00"))
        words = [f"말 {n}" for n in range(30)]
        for n, word in enumerate(words):
            self.assertEqual(self.bot.channel_talk(ct_message(CHAT, word, f"69a4d364a1b2c300bc{n + 1:02x}")), 200)
        expected = ["들은 말: []"] + [f"들은 말: [{word}]" for word in words]
        self.assertEqual(self.wait_said(CHAT, len(expected)), expected)

    def test_a_webhook_of_the_older_version_is_understood(self):
        message = ct_message(CHAT, "메아리", "69a4d364a1b2c300bb06")
        chat = message["refers"]["userChat"]
        del chat["source"]
        chat.update(handling="supportBot", sourcePage="https://shop.example.com/health",
                    supportBot={"id": "48213", "revisionId": "1", "sectionPath": ["A"]})
        self.bot.channel_talk(message)
        self.assertEqual(self.wait_said(CHAT, 1), ["들은 말: []"])

    def test_a_webhook_that_tells_only_ids_is_looked_up(self):
        self.fake.channel_talk.chats[CHAT] = {"userChat": ct_chat(CHAT), "user": ct_user({"name": "은지"})}
        message = ct_message(CHAT, "안녕하세요", "69a4d364a1b2c300bb07")
        message["refers"] = {"userChat": {"id": CHAT, "channelId": "210077"}}
        self.bot.channel_talk(message)
        self.assertEqual(self.wait_said(CHAT, 2), ["안녕하세요, 은지님!", "몸무게가 몇 kg인가요?"])
        self.assertEqual([r["path"] for r in self.fake.requests if r["method"] == "GET"],
                         [f"/open/v5/user-chats/{CHAT}"])

    def test_a_look_up_that_names_another_bot_keeps_the_bot_silent(self):
        self.fake.channel_talk.chats[CHAT] = {"userChat": ct_chat(CHAT, bot="99999"), "user": ct_user()}
        message = ct_message(CHAT, "안녕하세요", "69a4d364a1b2c300bb08")
        message["refers"] = None
        self.bot.channel_talk(message)
        self.settle()
        self.assertEqual(self.of_chat(), [])
        self.assertEqual(self.ignored("no_route"), 1)

    def test_what_a_user_typed_is_never_markup(self):
        self.bot.channel_talk(ct_message(CHAT, "메아리", "69a4d364a1b2c300bb09"))
        nasty = '<b>굵게</b> & "따옴표" {1 + 1} **별표** <link type="url" value="https://evil.example">x</link>'
        self.bot.channel_talk(ct_message(CHAT, nasty, "69a4d364a1b2c300bb0a"))
        self.assertEqual(self.wait_said(CHAT, 2)[1], f"들은 말: [{nasty}]")
        self.assert_nothing_refused()


class Slack(Case):
    routes = """  - {platform: slack, command: /hello, flow: hello}
  - {platform: slack, command: /two, flow: two}
  - {platform: slack, event: [direct_message], text: 상담, flow: help}
  - {platform: slack, event: [app_mention, direct_message], flow: two}"""

    def test_a_direct_message_begins_a_flow_and_buttons_answer_it(self):
        self.assertEqual(self.bot.slack(slack_message("안녕", now_ts(1))), (200, b""))
        question = self.wait_message(DM, "어느 쪽이 좋으세요?")
        self.assertEqual(self.bot.slack_form(self.fake.slack.press(question, "커피"), "/slack/interactions")[0], 200)
        self.wait_message(DM, "몇 잔 드세요?")
        self.bot.slack(slack_message("두 잔이요", now_ts(2)))
        self.wait_message(DM, "커피 2잔, 알겠습니다.")
        updates = [m for m in self.fake.messages if m["kind"] == "update"]
        self.assertEqual([m["id"] for m in updates], [question["id"]])
        self.assertNotIn("actions", [block["type"] for block in updates[0]["blocks"]])
        self.assert_nothing_refused()

    def test_a_button_pressed_twice_answers_once(self):
        self.bot.slack(slack_message("안녕", now_ts(1)))
        question = self.wait_message(DM, "어느 쪽이 좋으세요?")
        for _ in range(2):
            self.bot.slack_form(self.fake.slack.press(question, "차"), "/slack/interactions")
        self.bot.slack(slack_message("3", now_ts(2)))
        self.wait_message(DM, "차 3잔, 알겠습니다.")
        self.assertEqual(self.fake.said(DM)[1:], ["몇 잔 드세요?", "차 3잔, 알겠습니다."])

    def test_a_button_of_an_earlier_question_changes_that_answer(self):
        self.bot.slack(slack_message("안녕", now_ts(1)))
        question = self.wait_message(DM, "어느 쪽이 좋으세요?")
        self.bot.slack_form(self.fake.slack.press(question, "차"), "/slack/interactions")
        self.wait_message(DM, "몇 잔 드세요?")
        self.bot.slack_form(self.fake.slack.press(question, "커피"), "/slack/interactions")
        self.wait_message(DM, "고쳤어요: 커피")
        self.bot.slack(slack_message("3", now_ts(2)))
        self.wait_message(DM, "커피 3잔, 알겠습니다.")

    def test_a_delivery_that_slack_repeats_is_answered_once(self):
        event = slack_message("안녕", now_ts(1), event_id="Ev0REPEATED")
        for retry in range(3):
            extra = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"} if retry else {}
            self.assertEqual(self.bot.slack(event, extra=extra), (200, b""))
        self.settle()
        self.assertEqual(len(self.fake.said(DM)), 1)
        self.assertEqual(self.bot.rows("SELECT count(*) FROM inbox"), [(1,)])

    def test_a_mention_that_comes_as_a_message_too_is_answered_once(self):
        for first in (slack_mention, slack_message):
            with self.subTest(first=first.__name__):
                ts = now_ts(10 + (first is slack_message))
                mention = slack_mention("안녕", ts, event_id=f"Ev1{ts}")
                message = slack_message("<@U0BOTUSER1> 안녕", ts, CHANNEL, event_id=f"Ev2{ts}")
                for event in (mention, message) if first is slack_mention else (message, mention):
                    self.assertEqual(self.bot.slack(event), (200, b""))
                self.settle()
                self.assertEqual(len([m for m in self.fake.messages if m["thread_ts"] == ts]), 1)

    def test_in_a_thread_only_the_person_who_began_answers(self):
        ts = now_ts(1)
        self.bot.slack(slack_mention("시작", ts, user=ALICE))
        question = self.wait_message(CHANNEL, "어느 쪽이 좋으세요?")
        self.assertEqual(question["thread_ts"], ts)
        self.bot.slack(slack_message("커피!", now_ts(2), CHANNEL, user=BOB, thread_ts=ts))
        self.bot.slack(slack_message("저는 차요", now_ts(3), CHANNEL, user=BOB))
        self.settle()
        self.assertEqual(len(self.fake.said(CHANNEL)), 1)
        self.assertEqual(self.ignored("other_user"), 1)
        self.bot.slack(slack_message("차", now_ts(4), CHANNEL, user=ALICE, thread_ts=ts))
        self.assertEqual(self.wait_message(CHANNEL, "몇 잔 드세요?")["thread_ts"], ts)

    def test_two_threads_are_two_conversations(self):
        first, second = now_ts(1), now_ts(2)
        self.bot.slack(slack_mention("시작", first, user=ALICE))
        self.bot.slack(slack_mention("시작", second, user=BOB))
        self.wait_said(CHANNEL, 2)
        self.bot.slack(slack_message("차", now_ts(3), CHANNEL, user=ALICE, thread_ts=first))
        self.bot.slack(slack_message("커피", now_ts(4), CHANNEL, user=BOB, thread_ts=second))
        self.wait_said(CHANNEL, 4)
        self.bot.slack(slack_message("1", now_ts(5), CHANNEL, user=ALICE, thread_ts=first))
        self.bot.slack(slack_message("2", now_ts(6), CHANNEL, user=BOB, thread_ts=second))
        self.assertEqual(self.wait_message(CHANNEL, "차 1잔")["thread_ts"], first)
        self.assertEqual(self.wait_message(CHANNEL, "커피 2잔")["thread_ts"], second)

    def test_a_command_that_needs_no_answer_is_answered_once_at_its_response_url(self):
        command = self.fake.slack.command("/hello")
        self.assertEqual(self.bot.slack_form(command), (200, b""))
        path = command["response_url"][len(self.fake.url):]
        self.assertEqual(self.wait_said(path, 1), ["안녕하세요! 길봇이에요."])
        self.settle()
        self.assertEqual(self.fake.slack.response_uses, {path: 1})
        self.assertEqual([m["kind"] for m in self.fake.messages], ["response"])
        self.assertEqual(self.fake.messages[0]["request"]["response_type"], "ephemeral")

    def test_a_command_whose_flow_waits_goes_on_in_a_direct_message(self):
        self.assertEqual(self.bot.slack_form(self.fake.slack.command("/two", user=BOB)), (200, b""))
        question = self.fake.wait(lambda: [m for m in self.fake.messages if "어느 쪽" in m["text"]])[0]
        self.assertEqual((question["kind"], question["channel"]), ("post", "D0HUMAN002"))
        self.bot.slack_form(self.fake.slack.press(question, "차", user=BOB), "/slack/interactions")
        self.wait_message("D0HUMAN002", "몇 잔 드세요?")
        self.bot.slack(slack_message("4", now_ts(1), "D0HUMAN002", user=BOB))
        self.wait_message("D0HUMAN002", "차 4잔, 알겠습니다.")

    def test_a_response_url_elsewhere_is_never_called(self):
        command = dict(self.fake.slack.command("/hello"), response_url="https://evil.example/commands/1")
        self.assertEqual(self.bot.slack_form(command), (200, b""))
        self.settle()
        self.assertEqual(self.fake.messages, [])

    def test_staff_get_a_note_and_their_done_ends_the_silence(self):
        self.bot.slack(slack_message("상담", now_ts(1)))
        self.wait_message(DM, "몸무게가 몇 kg인가요?")
        self.bot.slack(slack_message("70", now_ts(2)))
        self.assertIn("box-b", products_of(self.wait_message(DM, "70kg이면")))
        note = self.wait_message(STAFF, "몸무게 70kg")
        self.settle()
        said = len(self.fake.said(DM))
        self.bot.slack(slack_message("여보세요?", now_ts(3)))
        self.settle()
        self.assertEqual(len(self.fake.said(DM)), said)
        self.assertEqual(self.ignored("handed_over"), 1)
        done = next(e for b in note["blocks"] if b["type"] == "actions" for e in b["elements"])
        self.bot.slack_form(self.fake.slack.press(note, done["text"]["text"], user=BOB), "/slack/interactions")
        self.settle()
        self.bot.slack(slack_message("안녕", now_ts(4)))
        self.wait_message(DM, "어느 쪽이 좋으세요?")
        self.assert_nothing_refused()

    def test_our_own_messages_and_those_of_other_bots_start_nothing(self):
        self.bot.slack(slack_message("메아리", now_ts(1), user="U0BOTUSER1", bot_id="B0BOTPROF1"))
        self.bot.slack(slack_message("광고", now_ts(2), user="U0OTHERBOT", bot_id="B0OTHERBOT"))
        self.bot.slack(slack_message("고침", now_ts(3), subtype="message_changed"))
        self.settle()
        self.assertEqual(self.fake.messages, [])


class HealthSurvey(Case):
    """The shipped example: one body, one product, wherever and however it is asked."""

    flows = {"health.yaml": example_flow("health.yaml")}
    routes = """  - {platform: channel_talk, support_bot: ["48213"], flow: health}
  - {platform: slack, event: [app_mention, direct_message], flow: health}"""

    def product_in(self, conversation):
        self.settle()
        pages = [page for m in self.fake.messages if m["conversation"] == conversation for page in products_of(m)]
        return set(pages)

    def test_channel_talk_with_a_profile_asks_nothing(self):
        self.bot.channel_talk(ct_opened(CHAT, BODY))
        self.wait_message(CHAT, "의학적 진단이나 처방은 아니에요")
        self.assertEqual(self.product_in(CHAT), {PRODUCT})
        kinds = [m["kind"] for m in self.fake.messages]
        self.assertEqual(kinds[-2:], ["note", "assign"])
        self.assertEqual(set(kinds[:-2]), {"message"})
        texts = self.fake.said(CHAT)
        areas = [next(i for i, t in enumerate(texts) if word in t)
                 for word in ("안녕하세요, 은지님", "체질량 지수(BMI)는 22.8", "식사를 볼게요", "운동이에요",
                              "물은 하루", "일상 활동이에요", "가볍게 시작해", "의학적 진단")]
        self.assertEqual(areas, sorted(areas))
        self.assert_nothing_refused()

    def test_channel_talk_without_a_profile_takes_typed_answers(self):
        self.bot.channel_talk(ct_opened(CHAT, {"name": "은지"}))
        answers = (("성별", "여성"), ("나이는", "서른한 살"), ("키는", "165센티"), ("몸무게", "육십이 킬로"),
                   ("움직이세요", "2번"), ("체중은 어떻게", "많이 감량 (5kg 이상)"), ("몇 끼", "세 끼"),
                   ("몇 리터", "1.2리터"))
        for n, (question, answer) in enumerate(answers):
            self.wait_message(CHAT, question)
            self.bot.channel_talk(ct_message(CHAT, answer, f"69a4d364a1b2c300bd{n:02x}", {"name": "은지"}))
        self.wait_message(CHAT, "의학적 진단이나 처방은 아니에요")
        self.assertEqual(self.product_in(CHAT), {PRODUCT})
        self.assert_nothing_refused()

    def test_slack_with_buttons_and_typed_answers(self):
        self.bot.slack(slack_message("안녕", now_ts(1)))
        answers = (("성별", "press", "여성"), ("나이는", "type", "서른한 살이요"), ("키는", "type", "1미터 65"),
                   ("몸무게", "type", "62kg"), ("움직이세요", "press", "조금 움직여요 (주 1~2회 운동)"),
                   ("체중은 어떻게", "press", "많이 감량 (5kg 이상)"), ("몇 끼", "type", "3"),
                   ("몇 리터", "type", "1.2"))
        for n, (question, how, answer) in enumerate(answers):
            message = self.wait_message(DM, question)
            if how == "press":
                self.bot.slack_form(self.fake.slack.press(message, answer), "/slack/interactions")
            else:
                self.bot.slack(slack_message(answer, now_ts(2 + n)))
        self.wait_message(DM, "의학적 진단이나 처방은 아니에요")
        self.assertEqual(self.product_in(DM), {PRODUCT})
        self.wait_message(STAFF, "건강 설문 완료")
        self.assert_nothing_refused()


if __name__ == "__main__":
    unittest.main(verbosity=2)
