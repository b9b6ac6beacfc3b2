"""Questions about the example company's documents: in Slack, Channel Talk, on the web page and in the terminal; without a
network; with a model, a lying one and none; killed in the middle."""
import json
import pathlib
import shutil
import subprocess
import time
import unittest

from case import TWO, Case, now_ts
from fake_llm import FakeLlm
from fake_platform import FakePlatform
from support import BINARY, Gilbot, ROOT, ct_message, slack_mention, slack_message, until
from web_talk import WebTalk

EXAMPLES = ROOT / "flows" / "examples"
ROUTES = """  - {platform: slack, event: [app_mention, direct_message], flow: answer}
  - {platform: channel_talk, support_bot: ["48213"], flow: answer}
  - {platform: web, event: [opened], flow: two}
  - {platform: web, flow: answer}"""
ANSWERS = f"answers: {{folder: {EXAMPLES / 'answers'}, hand_over: cs}}"
DM, CHAT = "D0DMALICE1", "69a4d300c0de00000001"
QUESTION, KNOWN = "육아휴직은 얼마나 쓸 수 있나요?", "육아휴직을 1년까지 쓸 수 있습니다"
UNKNOWN, NOT_THERE = "스톡옵션은 언제 행사할 수 있나요?", "문서에 없습니다"
APPROVED, PAYDAY = "급여일이 언제인가요", "25일"


def ingest(bot):
    code, _, errors = bot.run("ingest", str(EXAMPLES / "documents"))
    assert code == 0, errors


class Documents(Case):
    routes = ROUTES
    flows = {"two.yaml": TWO}
    extra = ANSWERS

    def prepare(self):
        ingest(self.bot)

    def ask_slack(self, text, n=1):
        self.assertEqual(self.bot.slack(slack_message(text, now_ts(n), DM, event_id=f"Ev{n}"))[0], 200)


class Platforms(Documents):
    def test_slack_quotes_the_document_and_names_it(self):
        self.ask_slack(QUESTION)
        message = self.wait_message(DM, KNOWN)
        self.assertIn("휴가 규정", message["text"])
        self.assert_nothing_refused()

    def test_a_mention_is_answered_in_its_thread(self):
        ts = now_ts(3)
        self.assertEqual(self.bot.slack(slack_mention(QUESTION, ts))[0], 200)
        found = until("an answer", lambda: [m for m in self.fake.messages if KNOWN in m["text"]])
        self.assertEqual(found[0]["thread_ts"], ts)

    def test_what_is_not_there_is_said_and_a_person_is_asked(self):
        self.ask_slack(UNKNOWN)
        message = self.wait_message(DM, NOT_THERE)
        self.assertEqual(self.bot.slack_form(self.fake.slack.press(message, "담당자에게 묻기"), "/slack/interactions")[0],
                         200)
        self.wait_message(DM, "담당자에게 전했어요")
        until("the staff's channel hears of it",
              lambda: [m for m in self.fake.messages if m.get("channel") == "C0STAFF001" and UNKNOWN in m["text"]])
        self.assert_nothing_refused()

    def test_forbidden_words_are_refused_and_a_greeting_is_greeted(self):
        self.ask_slack("ㅅ ㅣ 발 연차 며칠이야", 1)
        self.wait_message(DM, "답해 드릴 수 없어요")
        self.ask_slack("안녕하세요!", 2)
        self.wait_message(DM, "길봇이에요")
        self.ask_slack(APPROVED, 3)
        self.wait_message(DM, PAYDAY)

    def test_what_people_think_is_kept_with_the_reason(self):
        self.ask_slack(QUESTION)
        message = self.wait_message(DM, KNOWN)
        self.bot.slack_form(self.fake.slack.press(message, "👎 아쉬워요"), "/slack/interactions")
        why = self.wait_message(DM, "어떤 점이 아쉬웠나요")
        self.bot.slack_form(self.fake.slack.press(why, "내용이 틀려요"), "/slack/interactions")
        self.wait_message(DM, "의견 고맙습니다")
        self.settle()
        code, out, errors = self.bot.run("feedback", "--json")
        self.assertEqual((code, errors), (0, ""))
        row = json.loads(out)
        self.assertEqual((row["question"], row["vote"], row["reason"]), (QUESTION, "down", "wrong"))
        self.assertIn(KNOWN, row["answer"])

    def test_channel_talk_gets_the_whole_answer(self):
        self.assertEqual(self.bot.channel_talk(ct_message(CHAT, QUESTION, "69a4d364a1b2c300bb01")), 200)
        self.assertIn("휴가 규정", self.wait_message(CHAT, KNOWN)["text"])
        self.assert_nothing_refused()

    def test_in_the_middle_of_a_survey_a_question_is_answered_and_the_survey_goes_on(self):
        page = WebTalk(self.bot.port, "visitor-0123456789")
        self.addCleanup(page.close)
        page.wait_for("어느 쪽이 좋으세요")
        page.say(QUESTION)
        page.wait_for(KNOWN)
        page.say("차")
        page.wait_for("몇 잔")
        page.say("2")
        page.wait_for("알겠습니다")
        page.say(APPROVED)  # the survey is over: a question like any other
        page.wait_for(PAYDAY)

    def test_a_question_may_lean_on_the_one_before(self):
        self.ask_slack("국내 출장에서 팀원의 일비는 얼마인가요?", 1)
        self.wait_message(DM, "20,000원")
        self.ask_slack("그럼 식비는?", 2)
        self.wait_message(DM, "12,000원")


class Terminal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bot = Gilbot(None, ROUTES, {"two.yaml": TWO}, ANSWERS)
        cls.addClassCleanup(cls.bot.close)
        ingest(cls.bot)

    def ask(self, *words, prefix=()):
        done = subprocess.run([*prefix, BINARY, "-c", str(self.bot.config), "ask", *words], capture_output=True,
                              encoding="utf-8", timeout=60, env=self.bot.env)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_one_question_as_people_and_as_programs_read_it(self):
        self.assertIn("출처\n- 휴가 규정 › 출산과 육아 › 육아휴직", self.ask(QUESTION))
        answer = json.loads(self.ask("--json", QUESTION))
        self.assertEqual(answer["kind"], "extractive")
        self.assertEqual(answer["sources"][0]["document"], "leave.md")
        self.assertIn(KNOWN, answer["sources"][0]["quote"])
        self.assertIn("confidence in the first", self.ask("--explain", QUESTION))

    def test_the_chat_is_the_same(self):
        script = self.bot.folder / "talk.txt"
        script.write_text(f"{QUESTION}\n{UNKNOWN}\n", "utf-8")
        code, out, _ = self.bot.run("chat", "--flow", "answer", "--script", str(script))
        self.assertEqual(code, 0)
        self.assertIn(KNOWN, out)
        self.assertIn(NOT_THERE, out)

    def batch(self, prefix=()):
        questions = [json.loads(line) for line in (EXAMPLES / "answers" / "questions.jsonl").read_text("utf-8").splitlines()]
        path = pathlib.Path(self.bot.folder) / "questions.txt"
        path.write_text("".join(q["question"] + "\n" for q in questions), "utf-8")
        return questions, [json.loads(line) for line in self.ask("--batch", str(path), prefix=prefix).splitlines()]

    def test_the_shipped_questions_are_answered_as_measured(self):
        questions, answers = self.batch()
        self.assertEqual(len(answers), 60)
        first = answered = wrong = 0
        for question, answer in zip(questions, answers):
            says = answer["kind"] in ("extractive", "approved")
            passages = [passage["document"] for passage in answer["explain"]["passages"]]
            if question["documents"]:
                first += passages[:1] == question["documents"]
                answered += says
            else:
                wrong += says
        self.assertGreaterEqual((first, answered), (37, 20))
        self.assertGreaterEqual(answered, 20)
        self.assertLessEqual(wrong, 1)

    def test_without_a_network_every_answer_is_the_same(self):
        unshare = ["unshare", "--user", "--map-root-user", "--net"]
        if not shutil.which("unshare") or subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode:
            self.skipTest("this machine does not allow a network namespace of one's own")
        kept = ("question", "answer", "kind", "class", "sources")
        here, there = self.batch()[1], self.batch(prefix=unshare)[1]
        self.assertEqual([{k: a[k] for k in kept} for a in here], [{k: a[k] for k in kept} for a in there])


def claims(*pairs):
    return json.dumps({"claims": [{"text": text, "quotes": [{"passage": 1, "quote": quote}]} for text, quote in pairs]},
                      ensure_ascii=False)


class WithModel(unittest.TestCase):
    def setUp(self):
        self.platform = self.enterContext(FakePlatform())
        self.llm = self.enterContext(FakeLlm(key="sk-test"))
        provider = json.dumps({"name": "local", "base_url": self.llm.base_url, "api_key": "sk-test", "chat_model": "m-1",
                               "timeout": "30s"})
        self.bot = Gilbot(self.platform, ROUTES, {"two.yaml": TWO}, f"{ANSWERS}\nllm:\n  - {provider}\n")
        self.addCleanup(self.bot.close)
        ingest(self.bot)

    def ask(self, question):
        code, out, errors = self.bot.run("ask", "--json", question)
        self.assertEqual(code, 0, errors)
        return json.loads(out)

    def test_claims_that_are_quoted_are_the_answer(self):
        self.llm.say(claims(("육아휴직은 1년까지 쓸 수 있어요.", KNOWN)))
        answer = self.ask(QUESTION)
        self.assertEqual((answer["kind"], answer["model"]), ("generated", "m-1"))
        self.assertIn("1년까지", answer["answer"])
        self.assertIn(KNOWN, answer["sources"][0]["quote"])
        self.assertGreater(answer["tokens"], 0)

    def test_what_is_not_quoted_is_never_said(self):
        self.llm.say(claims(("육아휴직은 3년까지 쓸 수 있어요.", KNOWN), ("휴직 중에도 월급이 나와요.", "급여를 전액 지급합니다")))
        answer = self.ask(QUESTION)
        self.assertEqual(answer["kind"], "extractive")
        self.assertNotIn("3년", answer["answer"])
        self.assertNotIn("전액", answer["answer"])

    def test_no_model_is_asked_about_what_is_not_in_the_documents(self):
        self.assertEqual(self.ask(UNKNOWN)["kind"], "not_found")
        self.assertEqual(self.llm.requests, [])

    def test_a_model_that_fails_leaves_the_documents_own_words(self):
        self.llm.mode("/v1/chat", "500")
        answer = self.ask(QUESTION)
        self.assertEqual(answer["kind"], "extractive")
        self.assertIn(KNOWN, answer["answer"])

    def test_on_the_page_claims_are_seen_before_the_last_one_came(self):
        self.llm.mode("/v1/chat", "drip", seconds=0.05)
        self.llm.say(claims(("육아휴직은 1년까지 쓸 수 있어요.", KNOWN), ("신청서는 30일 전까지 내요.", "30일 전까지 인사팀에 신청서를 냅니다")))
        self.bot.start()
        page = WebTalk(self.bot.port, "visitor-0123456789")
        self.addCleanup(page.close)
        page.wait_for("어느 쪽이 좋으세요")
        page.say("차")
        page.wait_for("몇 잔")
        page.say("2")
        page.wait_for("알겠습니다")
        page.say(QUESTION)
        page.wait_for("신청서는 30일 전까지")
        page.wait_for("출처")
        heard = [json.dumps(message, ensure_ascii=False) for message in page.heard]
        first = next(i for i, message in enumerate(heard) if "1년까지 쓸 수 있어요" in message)
        whole = next(i for i, message in enumerate(heard) if "출처" in message)
        self.assertLess(first, whole)

    def test_killed_while_the_model_thinks_nothing_is_lost(self):
        self.llm.mode("/v1/chat", "hang", times=100)
        self.bot.start()
        self.assertEqual(self.bot.slack(slack_message(QUESTION, now_ts(1), DM, event_id="Ev1"))[0], 200)
        until("the model is asked", lambda: self.llm.faults[0]["times"] < 100)
        self.bot.kill()
        self.llm.clear()
        self.llm.say(claims(("육아휴직은 1년까지 쓸 수 있어요.", KNOWN)))
        self.bot.start()
        until("the answer", lambda: [m for m in self.platform.messages if "1년까지" in m["text"]], 60)
        time.sleep(0.5)
        self.assertEqual(len([m for m in self.platform.messages if "1년까지" in m["text"]]), 1)
        self.assertEqual(self.bot.unfinished(), 0)


if __name__ == "__main__":
    unittest.main()
