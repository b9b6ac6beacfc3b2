"""The life of the service and what its operator does to it."""
import json
import re
import signal
import subprocess
import threading
import time
import unittest

from case import Case, FLOWS, HELLO, now_ts
from support import BINARY, Gilbot, ct_message, slack_message, until

CHAT = "69a4d300c0de00000001"


class Life(Case):
    routes = """  - {platform: channel_talk, support_bot: ["48213"], flow: echo}
  - {platform: slack, event: [direct_message], flow: hello}"""

    def test_sigterm_under_load_loses_nothing_that_was_acknowledged(self):
        stop, kept, lock = threading.Event(), {}, threading.Lock()

        def talk(person):
            chat = f"69a4d300c0de{person:08x}"
            texts = kept[chat] = []
            n = 0
            while not stop.is_set():
                text = f"{person}-{n}" if n else "시작"
                try:
                    status = self.bot.channel_talk(ct_message(chat, text, f"{chat}{n:06x}"))
                except OSError:
                    return
                if status == 200:
                    with lock:
                        texts.append(text)
                n += 1

        threads = [threading.Thread(target=talk, args=(person,)) for person in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(1.5)
        begun = time.monotonic()
        self.bot.stop()
        self.assertLess(time.monotonic() - begun, 10)
        stop.set()
        for thread in threads:
            thread.join()
        self.bot.start()
        self.settle(60)
        self.assertGreater(sum(map(len, kept.values())), 20)
        for chat, texts in kept.items():
            self.assertEqual(self.fake.said(chat), ["들은 말: []"] * bool(texts)
                             + [f"들은 말: [{text}]" for text in texts[1:]])

    def test_sigterm_ends_it_while_a_platform_hangs(self):
        self.fake.mode("/open/v5/", "hang", times=10)
        self.fake.mode("/api/", "hang", times=10)
        self.bot.channel_talk(ct_message(CHAT, "시작", "69a4d364a1b2c300aa01"))
        self.bot.slack(slack_message("안녕", now_ts(1)))
        self.assertTrue(until("requests hang", lambda: sum(f["times"] < 10 for f in self.fake.faults) >= 1))
        begun = time.monotonic()
        self.bot.stop()
        self.assertLess(time.monotonic() - begun, 10)
        self.fake.faults.clear()
        self.bot.start()
        self.settle()
        self.assertEqual(self.fake.said(CHAT), ["들은 말: []"])

    def test_a_second_instance_on_the_same_folder_is_refused(self):
        code, _, errors = self.bot.run("serve", "--listen", "127.0.0.1:0")
        self.assertEqual(code, 1)
        self.assertIn(str(self.bot.data), errors)
        self.assertEqual(self.bot.get("/readyz")[0], 200)

    def test_sighup_reads_flows_anew_but_never_broken_ones(self):
        self.bot.slack(slack_message("하나", now_ts(1)))
        self.wait_said("D0DMALICE1", 1)
        flow = self.bot.folder / "flows" / "hello.yaml"
        flow.write_text(HELLO.replace("- say:", "- shout:"), "utf-8")
        self.bot.process.send_signal(signal.SIGHUP)
        until("the broken flow is refused", lambda: "flows.refused" in self.bot.tail(200))
        self.assertRegex(self.bot.tail(200), r"flows\.refused.*hello\.yaml:\d+:\d+")
        self.bot.slack(slack_message("둘", now_ts(2)))
        self.assertEqual(self.wait_said("D0DMALICE1", 2)[1], "안녕하세요! 길봇이에요.")
        flow.write_text(HELLO.replace("안녕하세요!", "반갑습니다!"), "utf-8")
        self.bot.process.send_signal(signal.SIGHUP)
        until("the flow is reloaded", lambda: "flows.reloaded" in self.bot.tail(200))
        self.bot.slack(slack_message("셋", now_ts(3)))
        self.assertEqual(self.wait_said("D0DMALICE1", 3)[2], "반갑습니다! 길봇이에요.")

    def test_a_changed_file_is_read_by_itself_and_a_broken_one_is_refused(self):
        flow = self.bot.folder / "flows" / "hello.yaml"
        flow.write_text(HELLO.replace("- say:", "- shout:"), "utf-8")
        until("the broken flow is refused", lambda: "flows.refused" in self.bot.tail(200))
        self.assertEqual(self.bot.metrics()['gilbot_flow_reloads_total{result="refused"}'], 1)
        beside = flow.with_suffix(".new")
        beside.write_text(HELLO.replace("안녕하세요!", "반갑습니다!"), "utf-8")
        beside.rename(flow)
        until("the flow is reloaded", lambda: "flows.reloaded" in self.bot.tail(200))
        self.bot.slack(slack_message("하나", now_ts(1)))
        self.assertEqual(self.wait_said("D0DMALICE1", 1)[0], "반갑습니다! 길봇이에요.")

    def test_a_flow_that_goes_away_under_a_route_is_no_reload(self):
        (self.bot.folder / "flows" / "hello.yaml").unlink()
        self.bot.process.send_signal(signal.SIGHUP)
        until("the flows are refused", lambda: "flows.refused" in self.bot.tail(200))
        self.bot.slack(slack_message("하나", now_ts(1)))
        self.wait_said("D0DMALICE1", 1)


CUPS = """flow: cups
steps:
  - {ask: "몇 잔?", id: n, as: number}
  - say: "FIRST {n}잔"
"""


class Versions(Case):
    """A session goes on with the flow it began with."""
    routes = "  - {platform: slack, event: [direct_message], flow: cups}"
    flows = {"cups.yaml": CUPS}

    def change(self):
        (self.bot.folder / "flows" / "cups.yaml").write_text(
            CUPS.replace("FIRST", "SECOND").replace("몇 잔?", "몇 컵?"), "utf-8")

    def both(self):
        self.bot.slack(slack_message("3", now_ts(2)))
        self.assertEqual(self.wait_said("D0DMALICE1", 2)[1], "FIRST 3잔")
        self.bot.slack(slack_message("안녕", now_ts(3)))
        self.assertEqual(self.wait_said("D0DMALICE1", 3)[2], "몇 컵?")
        self.bot.slack(slack_message("4", now_ts(4)))
        self.assertEqual(self.wait_said("D0DMALICE1", 4)[3], "SECOND 4잔")

    def test_after_a_reload(self):
        self.bot.slack(slack_message("안녕", now_ts(1)))
        self.wait_said("D0DMALICE1", 1)
        self.change()
        until("the flow is reloaded", lambda: "flows.reloaded" in self.bot.tail(200))
        self.both()

    def test_or_is_moved_when_its_question_is_the_same(self):
        self.bot.slack(slack_message("안녕", now_ts(1)))
        self.wait_said("D0DMALICE1", 1)
        self.change()
        until("the flow is reloaded", lambda: "flows.reloaded" in self.bot.tail(200))
        code, output, _ = self.bot.run("flow", "migrate", "cups")
        self.assertEqual((code, output.splitlines()[-1]), (0, "1 can be moved, 0 stay; --apply moves them"))
        code, output, _ = self.bot.run("flow", "migrate", "cups", "--apply")
        self.assertEqual((code, output.splitlines()[-1]), (0, "1 moved, 0 stay"))
        self.bot.slack(slack_message("3", now_ts(2)))
        self.assertEqual(self.wait_said("D0DMALICE1", 2)[1], "SECOND 3잔")

    def test_and_is_not_moved_when_its_question_is_another(self):
        self.bot.slack(slack_message("안녕", now_ts(1)))
        self.wait_said("D0DMALICE1", 1)
        self.settle()
        self.bot.stop()
        (self.bot.folder / "flows" / "cups.yaml").write_text(CUPS.replace("as: number", "as: text"), "utf-8")
        code, output, _ = self.bot.run("flow", "migrate", "cups", "--apply")
        self.assertEqual((code, output.splitlines()[-1]), (0, "0 moved, 1 stay"))
        self.assertIn("n (number)  stays: the question is of another type", output)

    def test_after_a_restart_with_changed_files(self):
        self.bot.slack(slack_message("안녕", now_ts(1)))
        self.wait_said("D0DMALICE1", 1)
        self.settle()
        self.bot.stop()
        self.change()
        self.bot.start()
        self.both()


class Stats(Case):
    """`gilbot flow stats`: what became of conversations."""
    routes = "  - {platform: slack, event: [direct_message], flow: cups}"
    flows = {"cups.yaml": CUPS}

    def test_the_funnel_counts_who_began_answered_and_came_to_the_end(self):
        for person in range(3):
            channel = f"D0DMALICE{person}"
            self.bot.slack(slack_message("안녕", now_ts(10 * person), channel=channel))
            self.wait_said(channel, 1)
        self.bot.slack(slack_message("글쎄요", now_ts(31), channel="D0DMALICE0"))
        self.wait_said("D0DMALICE0", 2)
        self.bot.slack(slack_message("3", now_ts(32), channel="D0DMALICE0"))
        self.wait_said("D0DMALICE0", 3)
        self.bot.slack(slack_message("그만", now_ts(33), channel="D0DMALICE1"))
        self.wait_said("D0DMALICE1", 2)
        self.settle()
        code, output, errors = self.bot.run("flow", "stats", "cups", "--json")
        self.assertEqual((code, errors), (0, ""))
        figures = json.loads(output)
        self.assertEqual([figures[k] for k in ("began", "completed", "recommended", "consulted", "waiting", "stopped")],
                         [3, 1, 0, 0, 1, 1])
        (step,) = figures["steps"]
        self.assertGreaterEqual(step.pop("median_ms"), 0)
        self.assertGreaterEqual(step.pop("p90_ms"), 0)
        self.assertEqual(step, {"step": "n", "asked": 3, "answered": 1, "misfit": 1, "skipped": 0, "left": 1})
        self.assertEqual([(p["platform"], p["began"], p["completed"]) for p in figures["platforms"]], [("slack", 3, 1)])
        self.assertEqual([(r["route"], r["began"]) for r in figures["routes"]], [("slack direct_message", 3)])
        code, output, _ = self.bot.run("flow", "stats", "cups", "--since", "2020-02-29")
        self.assertEqual(code, 0)
        self.assertRegex(output, r"끝까지 +1 +33\.3 %  ████████")
        self.assertEqual(self.bot.run("flow", "stats", "cups", "--since", "2021-02-29")[0], 2)
        self.assertEqual(self.bot.run("flow", "stats", "nobody")[0], 2)


class Configuration(unittest.TestCase):
    """Faults are told with file, line and column, and end the command with 2."""

    def setUp(self):
        self.bot = Gilbot(None, '  - {platform: slack, command: /hello, flow: hello}', FLOWS)
        self.addCleanup(self.bot.close)

    def refused(self, file, line, *words):
        code, output, errors = self.bot.run("serve", "--listen", "127.0.0.1:0")
        self.assertEqual((code, output), (2, ""), errors)
        found = re.match(r"gilbot: (.*?):(\d+):(\d+): (.*)", errors)
        self.assertTrue(found, errors)
        self.assertEqual((found[1], int(found[2])), (str(file), line), errors)
        for word in words:
            self.assertIn(word, errors)

    def change(self, old, new):
        text = self.bot.config.read_text("utf-8")
        self.assertIn(old, text)
        self.bot.config.write_text(text.replace(old, new, 1), "utf-8")
        return text[:text.index(old)].count("\n") + 1

    def test_an_unknown_key(self):
        line = self.change("data_dir:", "date_dir:")
        self.refused(self.bot.config, line, "date_dir")

    def test_a_wrong_type(self):
        line = self.change("server: {listen:", "server: {max_connections: many, listen:")
        self.refused(self.bot.config, line, "max_connections")

    def test_broken_yaml(self):
        self.change("routes:", "routes: [")
        code, _, errors = self.bot.run("serve")
        self.assertEqual(code, 2)
        self.assertRegex(errors, r"gilbot\.yaml:\d+:\d+: ")

    def test_a_route_to_no_flow(self):
        line = self.change("flow: hello", "flow: helo")
        self.refused(self.bot.config, line, "helo")

    def test_a_missing_variable(self):
        line = self.change("bot_token: xoxb-system-test", "bot_token: ${GILBOT_TEST_NOT_SET}")
        self.refused(self.bot.config, line, "GILBOT_TEST_NOT_SET")

    def test_a_broken_flow(self):
        path = self.bot.folder / "flows" / "two.yaml"
        path.write_text(path.read_text("utf-8").replace("as: number", "as: numbr"), "utf-8")
        line = path.read_text("utf-8").split("numbr")[0].count("\n") + 1
        self.refused(path, line, "numbr")

    def test_no_message_shows_a_secret(self):
        self.change("access_secret: secret-1", "access_secret: [secret-1]")
        _, output, errors = self.bot.run("serve")
        self.assertNotIn("secret-1", output + errors)

    def test_no_file_at_all(self):
        self.bot.config.unlink()
        code, _, errors = self.bot.run("serve")
        self.assertEqual(code, 2)
        self.assertIn(str(self.bot.config), errors)

    def test_bad_usage(self):
        for words in (["nonsense"], ["serve", "--loud"], ["inbox"], ["inbox", "show"], ["outbox", "list", "lost"],
                      ["inbox", "retry", "x"]):
            code, output, errors = self.bot.run(*words)
            self.assertEqual((code, output), (2, ""), words)
            self.assertTrue(errors.startswith("gilbot: "), errors)

    def test_a_result_that_cannot_be_written_is_a_failure(self):
        for words in (["feel", "1 + 1"], ["help"], ["check"], ["check", "--json"]):
            with open("/dev/full", "w", encoding="ascii") as full:
                done = subprocess.run([BINARY, "-c", str(self.bot.config), *words], stdout=full, stderr=subprocess.PIPE,
                                      env=self.bot.env, timeout=60, encoding="utf-8", check=False)
            self.assertEqual(done.returncode, 1, words)
            self.assertIn("gilbot: standard output", done.stderr)


class Queues(Case):
    """`gilbot inbox` and `gilbot outbox`, beside the service and without it."""

    routes = """  - {platform: channel_talk, support_bot: ["48213"], flow: echo}
  - {platform: slack, event: [direct_message], text: 상담, flow: help}
  - {platform: slack, event: [direct_message], flow: hello}"""

    def rows(self, *words):
        code, output, errors = self.bot.run(*words, "--json")
        self.assertEqual(code, 0, errors)
        return [json.loads(line) for line in output.splitlines()]

    def change(self, *words):
        code, output, errors = self.bot.run(*words)
        self.assertEqual(code, 0, errors)
        return output

    def dead_reply(self):
        self.fake.channel_talk.unknown_chats.add(CHAT)
        self.bot.channel_talk(ct_message(CHAT, "시작", "69a4d364a1b2c300ab01"))
        self.bot.channel_talk(ct_message(CHAT, "다음", "69a4d364a1b2c300ab02"))
        until("the replies died", lambda: len(self.rows("outbox", "list")) == 2)
        first, second = self.rows("outbox", "list")
        self.assertEqual((first["state"], first["platform"]), ("dead", "channel_talk"))
        self.assertIn("404", first["error"])
        return first["id"], second["id"]

    def test_dead_replies_are_listed_shown_sent_again_and_dropped(self):
        for serving in (True, False):
            with self.subTest(serving=serving):
                self.fake.clear()
                first, second = self.dead_reply() if serving else self.rows_after_restart()
                code, output, _ = self.bot.run("outbox", "show", str(first))
                self.assertEqual(code, 0)
                self.assertIn("들은 말: []", output)
                self.assertEqual(self.bot.metrics()["gilbot_dead_letters"], 2)
                if not serving:
                    self.bot.stop()
                self.assertIn("dropped", self.change("outbox", "drop", str(second)))
                self.fake.channel_talk.unknown_chats.clear()
                self.assertIn("tried again", self.change("outbox", "retry", str(first)))
                if not serving:
                    self.assertEqual([r["id"] for r in self.rows("outbox", "list", "ready")], [first])
                    self.bot.start()
                chat = self.rows("outbox", "show", str(first))[0]["conversation"].partition(":")[2]
                self.assertEqual(self.wait_said(chat, 1), ["들은 말: []"])
                self.settle()
                self.assertEqual(self.bot.metrics()["gilbot_dead_letters"], 0)

    def rows_after_restart(self):
        """The same once more in another chat."""
        chat = CHAT[:-1] + "2"
        self.fake.channel_talk.unknown_chats.add(chat)
        self.bot.channel_talk(ct_message(chat, "시작", "69a4d364a1b2c300ab03"))
        self.bot.channel_talk(ct_message(chat, "다음", "69a4d364a1b2c300ab04"))
        until("the replies died", lambda: len(self.rows("outbox", "list")) == 2)
        return [row["id"] for row in self.rows("outbox", "list")]

    def test_an_event_whose_platform_is_gone_dies_and_lives_again(self):
        self.fake.mode("/api/users.info", "hang")
        self.bot.slack(slack_message("상담", now_ts(1)))
        until("the look-up hangs", lambda: self.fake.faults[0]["times"] == 0)
        self.bot.kill()
        config = self.bot.config.read_text("utf-8")
        without = re.sub(r"^slack:\n(  .*\n)+|^ +- {platform: slack.*\n", "", config, flags=re.MULTILINE)
        self.bot.config.write_text(without, "utf-8")
        self.bot.start()
        until("the event died", lambda: len(self.rows("inbox", "list")) == 1)
        dead = self.rows("inbox", "list")[0]
        self.assertIn("not configured", dead["error"])
        self.assertIn("D0DMALICE1", self.rows("inbox", "show", str(dead["id"]))[0]["body"])
        self.bot.stop()
        self.bot.config.write_text(config, "utf-8")
        self.assertIn("tried again", self.change("inbox", "retry", str(dead["id"])))
        self.bot.start()
        self.wait_said("D0DMALICE1", 1)

    def test_what_cannot_be_done_is_said(self):
        self.bot.slack(slack_message("안녕", now_ts(1)))
        self.settle()
        done = self.rows("inbox", "list", "done")[0]["id"]
        for serving in (True, False):
            if not serving:
                self.bot.stop()
            for words in (["inbox", "retry", str(done)], ["inbox", "drop", str(done)], ["outbox", "retry", "999"],
                          ["inbox", "show", "999"]):
                with self.subTest(serving=serving, words=words):
                    code, output, errors = self.bot.run(*words)
                    self.assertEqual((code, output), (2, ""), errors)
                    self.assertTrue(errors.startswith("gilbot: "), errors)

    def test_a_socket_that_a_killed_service_left_is_no_obstacle(self):
        first, second = self.dead_reply()
        self.bot.kill()
        self.assertTrue((self.bot.data / "admin.sock").exists())
        self.assertIn("dropped", self.change("outbox", "drop", str(second)))
        self.bot.start()
        self.assertEqual([r["id"] for r in self.rows("outbox", "list")], [first])


if __name__ == "__main__":
    unittest.main(verbosity=2)
