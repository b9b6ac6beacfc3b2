"""Language models: the ladder with a scripted endpoint, the ledger, `gilbot llm`, `gilbot doctor`, the air gap."""
import json
import os
import statistics
import subprocess
import time
import unittest

from support import BINARY, Gilbot, free_port, slack_mention, slack_message, until
from case import Case, now_ts
from fake_llm import FakeLlm
from fake_platform import FakePlatform

KEY = "sk-system-test-key"


def provider(name, fake, **more):
    words = {"name": name, "base_url": fake if isinstance(fake, str) else fake.base_url, "api_key": KEY,
             "chat_model": "m-1", "timeout": "5s", **more}
    return "  - " + json.dumps(words)


class Models(unittest.TestCase):
    def setUp(self):
        self.platform = self.enterContext(FakePlatform())
        self.first = self.enterContext(FakeLlm(key=KEY))
        self.second = self.enterContext(FakeLlm(key=KEY))
        self.addCleanup(lambda: self.assertEqual(self.first.refused + self.second.refused, []))

    def configure(self, *providers, top=""):
        self.bot = Gilbot(self.platform, "", extra="\n".join(["llm:", *providers, top]))
        self.addCleanup(self.bot.close)
        return self.bot

    def gilbot(self, *words, env=None, prefix=()):
        return subprocess.run([*prefix, BINARY, "-c", str(self.bot.config), *words], capture_output=True, text=True,
                              timeout=60, env={**self.bot.env, **(env or {})})

    def say(self, text="연차는 며칠?", *more):
        result = self.gilbot("llm", "say", text, "--json", *more)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def ledger(self):
        return [json.loads(line) for line in self.gilbot("llm", "--last", "100", "--json").stdout.splitlines()]


class Ladder(Models):
    def test_an_answer_stands_in_the_ledger_with_what_it_cost(self):
        self.configure(provider("first", self.first, price={"input": 1000, "output": 2000}))
        self.first.say("15일이에요.")
        said = self.say()
        self.assertEqual((said["text"], said["provider"], said["finish"]), ("15일이에요.", "first", "stopped"))
        self.assertAlmostEqual(said["cost_usd"], (said["tokens_in"] + 2 * said["tokens_out"]) / 1000)
        (call,) = self.ledger()
        self.assertEqual((call["outcome"], call["purpose"], call["cost_usd"]), ("ok", "say", said["cost_usd"]))
        shown = json.loads(self.gilbot("llm", "--json").stdout)
        self.assertEqual(shown["models"][0]["today"]["calls"], 1)

    def test_whatever_is_wrong_with_the_first_the_second_answers(self):
        faults = [{"fault": "500"}, {"fault": "503", "retry_after": 3600}, {"fault": "429", "retry_after": 3600},
                  {"fault": "401"}, {"fault": "404"}, {"fault": "html"}, {"fault": "close"}, {"fault": "half"},
                  {"fault": "cut"}, {"fault": "garbage"}, {"fault": "hang"}, {"fault": "slow", "seconds": 30}]
        self.configure(provider("first", self.first, timeout="700ms"), provider("second", self.second))
        for fault in faults:
            with self.subTest(**fault):
                self.first.clear()
                self.first.mode("/v1/chat", **fault)
                began = time.monotonic()
                self.assertEqual(self.say()["provider"], "second")
                self.assertLess(time.monotonic() - began, 5)
        self.assertEqual({call["outcome"] for call in self.ledger() if call["provider"] == "first"},
                         {"failed", "busy", "refused", "timed_out"})

    def test_a_stream_that_breaks_begins_anew_with_the_second(self):
        self.configure(provider("first", self.first, timeout="1s"), provider("second", self.second))
        self.first.say("이 답은 중간에 끊어집니다.")
        self.second.say("이 답은 끝까지 갑니다.")
        for fault in ("cut", "garbage", "error", "stall"):
            with self.subTest(fault=fault):
                self.first.mode("/v1/chat", fault, times=1)
                result = self.gilbot("llm", "say", "?")
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertTrue(result.stdout.endswith("\n이 답은 끝까지 갑니다.\n"), result.stdout)
                self.assertIn("the next one is asked", result.stderr)
                self.assertIn("second (m-1)", result.stderr)

    def test_when_all_are_broken_it_is_said_within_the_time_and_without_secrets(self):
        self.configure(provider("first", self.first), provider("second", f"http://127.0.0.1:{free_port()}/v1"))
        self.first.mode("/v1/chat", "hang")
        began = time.monotonic()
        result = self.gilbot("llm", "say", "비밀 질문", "--budget", "3")
        self.assertEqual(result.returncode, 1)
        self.assertLess(time.monotonic() - began, 6)
        self.assertTrue(result.stderr.startswith("gilbot: model "), result.stderr)
        self.assertNotIn(KEY, result.stderr)
        self.assertNotIn("비밀", result.stderr)

    def test_a_server_without_schemas_streams_and_options_is_got_along_with(self):
        self.configure(provider("first", self.first))
        self.first.mode("/v1/chat", "noschema")
        self.assertEqual(self.say("안녕")["text"], "Echo: 안녕")

    def test_the_days_money_is_kept_across_processes_and_then_the_next_one_is_asked(self):
        self.configure(provider("first", self.first, price={"input": 100, "output": 10}, daily_budget=0.03),
                       provider("second", self.second))
        asked = [self.say("가" * 60)["provider"] for _ in range(4)]
        self.assertEqual(asked[0], "first")
        self.assertEqual(asked[-1], "second")
        spent = json.loads(self.gilbot("llm", "--json").stdout)["models"][0]["today"]["cost_usd"]
        self.assertGreater(spent, 0)
        self.assertLessEqual(spent, 0.03)

    def test_pieces_are_handed_on_as_they_come(self):
        self.configure(provider("first", self.first))
        self.first.say("가나다라마바사아자차카타파하" * 2)
        self.first.mode("/v1/chat", "drip", seconds=0.15)
        process = subprocess.Popen([BINARY, "-c", str(self.bot.config), "llm", "say", "?"], stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, env=self.bot.env)
        first = os.read(process.stdout.fileno(), 3)
        at_first = time.monotonic()
        rest = process.stdout.read()
        process.stdout.close()
        self.assertEqual(process.wait(), 0)
        self.assertEqual((first + rest).decode(), "가나다라마바사아자차카타파하" * 2 + "\n")
        self.assertGreater(time.monotonic() - at_first, 0.5)


class WithService(Models):
    def test_while_the_service_runs_calls_of_commands_stand_in_its_ledger(self):
        self.configure(provider("first", self.first)).start()
        self.say()
        self.assertEqual(self.bot.rows("SELECT provider, outcome FROM model_calls"), [("first", "ok")])
        shown = json.loads(self.gilbot("llm", "--json").stdout)
        self.assertTrue(shown["service"])
        self.assertEqual(shown["models"][0]["state"], "well")

    def test_nothing_of_what_was_asked_stands_in_the_ledger(self):
        self.configure(provider("first", self.first))
        self.say("주민번호는 비밀이에요")
        row = str(self.bot.rows("SELECT * FROM model_calls"))
        self.assertNotIn("주민번호", row)
        self.assertNotIn(KEY, row)


LEAVE = "# 휴가 규정\n\n## 연차 휴가\n\n연차 휴가는 한 해에 15일을 씁니다. 남은 연차 휴가는 다음 해 3월까지 쓸 수 있습니다.\n"
QUOTE = "연차 휴가는 한 해에 15일을 씁니다."
CLAIM = "연차 휴가는 한 해에 15일이에요."
DM = "D0DMALICE1"


class Answers(Case):
    """A question in Slack, answered from a document by a model, whatever the endpoint does."""

    routes = "  - {platform: slack, event: [app_mention, direct_message], flow: answer}"

    def make_bot(self):
        self.llm = FakeLlm(key=KEY)
        self.addCleanup(self.llm.close)
        self.llm.say(self.claims)
        bot = Gilbot(self.fake, self.routes, {}, extra="llm:\n" + provider("first", self.llm, timeout="1s"))
        document = bot.folder / "leave.md"
        document.write_text(LEAVE, encoding="utf-8")
        done = subprocess.run([BINARY, "-c", str(bot.config), "ingest", str(document)], capture_output=True, text=True,
                              env=bot.env, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return bot

    @staticmethod
    def claims(body):
        return json.dumps({"claims": [{"text": CLAIM, "quotes": [{"passage": 1, "quote": QUOTE}]}]}, ensure_ascii=False)

    def ask(self, text="연차 휴가는 며칠인가요?", n=1):
        self.assertEqual(self.bot.slack(slack_message(text, now_ts(n), DM, event_id=f"Ev{n}"))[0], 200)

    def outcomes(self):
        return [row[0] for row in self.bot.rows("SELECT outcome FROM model_calls ORDER BY id")]

    def test_a_model_answers_and_the_ledger_knows_the_flow_and_a_pseudonym(self):
        self.ask()
        self.wait_message(DM, CLAIM)
        self.settle()
        ((flow, purpose, user, outcome),) = self.bot.rows("SELECT flow, purpose, user, outcome FROM model_calls")
        self.assertEqual((flow, purpose, outcome), ("answer", "answer", "ok"))
        self.assertRegex(user, "^[0-9a-f]{16}$")
        metrics = self.bot.metrics()
        self.assertEqual(metrics['gilbot_llm_requests_total{provider="first",result="ok"}'], 1)

    def assert_answered_without(self, outcomes, within_s=10):
        """The document's own sentence answers, soon enough."""
        began = time.monotonic()
        self.ask()
        self.wait_message(DM, QUOTE)
        self.assertLess(time.monotonic() - began, within_s)
        self.settle()
        self.assertLessEqual(set(self.outcomes()), outcomes)
        self.assertEqual(len(self.fake.messages), 1)

    def test_told_to_wait_for_an_hour_the_documents_answer_at_once(self):
        self.llm.mode("/v1/chat", "429", retry_after=3600)
        self.assert_answered_without({"busy"}, within_s=5)
        self.ask(n=2)
        until("the second answer", lambda: len(self.fake.messages) == 2)
        self.settle()
        self.assertEqual(self.outcomes(), ["busy"])

    def test_an_endpoint_that_hangs_is_given_up_in_time(self):
        self.llm.mode("/v1/chat", "hang")
        self.assert_answered_without({"timed_out"})

    def test_garbage_half_an_answer_and_errors_lead_to_the_documents(self):
        for n, fault in enumerate(("garbage", "half", "500", "close")):
            self.llm.mode("/v1/chat", fault, times=1)
        self.assert_answered_without({"failed"})

    def test_a_quote_that_stands_nowhere_is_not_believed(self):
        self.llm.say(json.dumps({"claims": [{"text": "연차는 30일이에요.",
                                             "quotes": [{"passage": 1, "quote": "연차 휴가는 한 해에 30일을 씁니다."}]}]}))
        self.assert_answered_without({"ok"})

    def test_in_a_thread_the_answer_is_seen_claim_by_claim_and_then_whole(self):
        self.llm.say(json.dumps({"claims": [
            {"text": CLAIM, "quotes": [{"passage": 1, "quote": QUOTE}]},
            {"text": "연차는 99일이에요.", "quotes": [{"passage": 1, "quote": QUOTE}]},
            {"text": CLAIM, "quotes": [{"passage": 1, "quote": QUOTE}]}]}, ensure_ascii=False))
        self.llm.mode("/v1/chat", "drip", seconds=0.002)
        ts = now_ts(1)
        self.assertEqual(self.bot.slack(slack_mention("연차 휴가는 며칠인가요?", ts))[0], 200)
        until("the answer", lambda: any(m["kind"] == "update" for m in self.fake.messages))
        self.settle()
        seen = [m for m in self.fake.messages if m["kind"] in ("stream", "append", "update", "post")]
        self.assertEqual(seen[0]["kind"], "stream")
        self.assertEqual(seen[-1]["kind"], "update")
        self.assertEqual({m["ts"] for m in seen}, {seen[0]["ts"]})
        self.assertEqual(seen[0]["thread_ts"], ts)
        for message in seen:
            self.assertIn("15", message["text"])
            self.assertNotIn("99", message["text"])
        self.assertEqual(self.bot.rows("SELECT count(*) FROM live_messages"), [(0,)])

    def test_killed_in_the_middle_of_an_answer_the_whole_one_takes_its_place(self):
        self.llm.mode("/v1/chat", "stall", times=1)
        self.llm.say(self.claims)
        ts = now_ts(1)
        self.assertEqual(self.bot.slack(slack_mention("연차 휴가는 며칠인가요?", ts))[0], 200)
        until("the model is asked", lambda: not self.llm.faults or self.llm.faults[0]["times"] == 0)
        self.bot.kill()
        self.bot.start()
        until("the answer", lambda: any(CLAIM in m["text"] for m in self.fake.messages))
        self.settle()
        self.assertEqual(len({m["ts"] for m in self.fake.messages if m.get("thread_ts") == ts}), 1)

    def test_killed_while_a_model_thinks_the_question_is_answered_after_the_start(self):
        self.llm.mode("/v1/chat", "hang", times=1)
        self.ask()
        until("the model is asked", lambda: not self.llm.faults or self.llm.faults[0]["times"] == 0)
        self.bot.kill()
        self.bot.start()
        self.wait_message(DM, CLAIM)
        self.settle()
        self.assertEqual(len(self.fake.messages), 1)


class Vectors(Case):
    """Vectors of the documents: made while the service runs, kept, and used where they help."""

    routes = "  - {platform: slack, event: [direct_message], flow: answer}"

    def make_bot(self):
        self.llm = FakeLlm(key=KEY)
        self.addCleanup(self.llm.close)
        bot = Gilbot(self.fake, self.routes, {}, extra="llm:\n" + provider("first", self.llm, embedding_model="e-1"))
        self.ingest(bot, "leave.md", LEAVE)
        return bot

    def ingest(self, bot, name, text):
        document = bot.folder / name
        document.write_text(text, encoding="utf-8")
        done = subprocess.run([BINARY, "-c", str(bot.config), "ingest", str(document)], capture_output=True, text=True,
                              env=bot.env, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)

    def missing(self):
        ((n,),) = self.bot.rows("SELECT count(*) FROM chunks WHERE id NOT IN (SELECT chunk_id FROM chunk_vectors)")
        return n

    def embedded(self):
        return sum(len(body["input"]) for path, body in self.llm.requests if path == "/v1/embeddings")

    def test_chunks_get_their_vectors_once_also_those_that_come_later(self):
        until("vectors", lambda: self.missing() == 0)
        first = self.embedded()
        self.ingest(self.bot, "trip.md", "# 출장\n\n출장비는 실비로 지급합니다.\n")
        until("vectors of the second", lambda: self.missing() == 0 and self.embedded() > first)
        until("the graph's file", lambda: (self.bot.data / "vectors.sum").exists())
        self.bot.stop()
        self.bot.start()
        self.assertEqual(self.embedded(), self.bot.rows("SELECT count(*) FROM chunk_vectors")[0][0])

    def test_an_endpoint_that_fails_takes_nothing_away(self):
        until("vectors", lambda: self.missing() == 0)
        kept = self.bot.rows("SELECT count(*), dimension FROM chunk_vectors, vector_info")
        self.llm.mode("/v1/embeddings", "500")
        self.ingest(self.bot, "trip.md", "# 출장\n\n출장비는 실비로 지급합니다.\n")
        until("it was tried", lambda: "event=background.failed" in (self.bot.folder / "log").read_text())
        self.assertEqual(self.bot.rows("SELECT count(*), dimension FROM chunk_vectors, vector_info"), kept)

    def test_whether_they_help_is_tried_on_the_operators_questions(self):
        until("vectors", lambda: self.missing() == 0)
        self.bot.stop()
        questions = self.bot.folder / "questions.jsonl"
        document = self.bot.rows("SELECT key FROM documents")[0][0]
        questions.write_text("".join(json.dumps({"question": q, "documents": [document]}, ensure_ascii=False) + "\n"
                                     for q in ("연차는 며칠인가요?", "쉬는 날이 며칠이죠?", "휴가 일수")), encoding="utf-8")
        done = subprocess.run([BINARY, "-c", str(self.bot.config), "eval", "--choose", "--json", str(questions)],
                              capture_output=True, text=True, env=self.bot.env, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        chosen = json.loads(done.stdout)
        self.assertEqual(chosen["n"], 3)
        self.assertGreaterEqual(chosen["best"], chosen["words"])
        self.assertRegex((self.bot.data / "hybrid").read_text(), r"^coverage [0-9.]+ vectors [0-9.]+\n$")


class Doctor(Models):
    def doctor(self, *words, status=0, **more):
        result = self.gilbot("doctor", "--json", *words, **more)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        self.assertNotIn(KEY, result.stdout + result.stderr)
        found = json.loads(result.stdout)
        return found, {check["part"]: check for check in found["checks"]}

    def whole(self, top=""):
        return self.configure(provider("first", self.first, embedding_model="e-1", rerank_model="r-1"), top=top)

    def test_when_all_is_well_it_says_so_and_names_every_address(self):
        self.whole()
        found, checks = self.doctor()
        self.assertTrue(found["ok"])
        for part in ("Slack", "채널톡", "모델 first (chat)", "모델 first (rerank)", "데이터 폴더", "디스크", "데이터베이스", "시계"):
            self.assertEqual(checks[part]["state"], "ok", part)
        self.assertIn("8차원", checks["모델 first (embedding)"]["message"])
        self.assertEqual([address["url"] for address in found["addresses"]],
                         [f"{self.platform.url}/api/", "https://hooks.slack.com", self.platform.url,
                          self.first.base_url])
        self.assertEqual(self.platform.messages, [])  # nobody is written to

    def test_it_speaks_english_too(self):
        self.whole(top="locale: en")
        _, checks = self.doctor()
        self.assertEqual(checks["Slack"]["message"], "it knows the bot token")
        self.assertIn("8 numbers", checks["model first (embedding)"]["message"])

    def test_what_is_broken_is_named_with_what_to_do(self):
        self.whole()
        self.first.mode("/v1/embeddings", "401")
        self.platform.mode("/api/auth.test", "error:invalid_auth")
        found, checks = self.doctor(status=1)
        self.assertFalse(found["ok"])
        self.assertEqual(checks["모델 first (embedding)"]["state"], "bad")
        self.assertIn("api_key", checks["모델 first (embedding)"]["mend"])
        self.assertEqual(checks["모델 first (chat)"]["state"], "ok")
        self.assertEqual(checks["Slack"]["state"], "bad")
        self.assertIn("봇 토큰", checks["Slack"]["mend"])

    def test_a_clock_that_is_wrong_is_told_from_their_date(self):
        self.whole()
        self.first.clock_skew_s = 600
        _, checks = self.doctor(status=1)
        self.assertRegex(checks["시계"]["message"], "(599|600)초 느려요")
        self.first.clock_skew_s = -60
        _, checks = self.doctor()
        self.assertRegex(checks["시계"]["message"], "6[01]초 빨라요")
        self.assertEqual(checks["시계"]["state"], "note")

    def test_without_a_network_it_says_what_works_all_the_same(self):
        closed = f"http://127.0.0.1:{free_port()}/v1"
        self.platform.close()
        self.configure(provider("first", closed))
        found, checks = self.doctor(status=1)
        self.assertIn("그대로 돼요", checks["네트워크"]["message"])
        self.assertNotIn("시계", checks)
        _, checks = self.doctor("--offline")
        self.assertIn("--offline", checks["네트워크"]["message"])

    def test_cut_off_from_every_network_it_ends_in_time(self):
        self.whole()
        cut = ("unshare", "-r", "-n")
        if subprocess.run([*cut, "true"], capture_output=True).returncode != 0:
            self.skipTest("namespaces may not be made here")
        began = time.monotonic()
        _, checks = self.doctor(status=1, prefix=cut)
        self.assertIn("그대로 돼요", checks["네트워크"]["message"])
        self.assertLess(time.monotonic() - began, 30)

    def test_a_folder_that_cannot_be_written_is_found(self):
        self.whole()
        self.bot.config.write_text(self.bot.config.read_text().replace(str(self.bot.data), "/proc/nowhere/data"))
        _, checks = self.doctor(status=1)
        self.assertEqual(checks["데이터 폴더"]["state"], "bad")

    def test_behind_an_air_gap_only_written_addresses_are_left(self):
        self.whole(top="airgap: true")
        found, _ = self.doctor(env={"http_proxy": "http://127.0.0.1:9", "no_proxy": ""})
        self.assertTrue(found["airgap"])
        self.assertTrue(all(address["written"] for address in found["addresses"]))
        self.assertEqual({address["url"] for address in found["addresses"]},
                         {f"{self.platform.url}/api/", self.platform.url, self.first.base_url})

    def test_a_proxy_of_the_environment_is_an_address_too(self):
        self.whole()
        result = self.gilbot("doctor", "--offline", env={"https_proxy": "http://me:password@proxy.example:3128"})
        self.assertIn("proxy.example:3128", result.stdout)
        self.assertNotIn("password", result.stdout)
        self.assertIn("https_proxy", result.stdout)

    def test_behind_an_air_gap_an_address_that_is_not_written_is_a_fault(self):
        self.whole(top="airgap: true")
        text = self.bot.config.read_text()
        self.bot.config.write_text(text.replace(f"  api_url: {self.platform.url}/api/\n", ""))
        result = self.gilbot("doctor", "--json")
        self.assertEqual(result.returncode, 2)
        self.assertIn("write slack.api_url out", result.stderr)


class Overhead(Models):
    """What is between the model's first byte and the first byte that is handed on."""

    def test_a_first_piece_is_handed_on_within_20_ms(self):
        self.configure(provider("first", self.first))
        waits = []
        for _ in range(7):
            result = self.gilbot("llm", "say", "?")
            waits.append(int(result.stderr.split("first word after ")[1].split(" ms")[0]))
        print(f"\n  first piece after {statistics.median(waits)} ms (median of {len(waits)}, connection included)")
        self.assertLessEqual(statistics.median(waits), 20)


if __name__ == "__main__":
    unittest.main()
