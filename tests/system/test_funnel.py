"""Conversations by two routes and in two variants, then `gilbot flow stats` and `gilbot flow graph`."""
import hashlib
import json
import shutil
import unittest
import xml.etree.ElementTree as xml

from case import Case, now_ts
from support import slack_mention, slack_message

FLOW = """
flow: cups
title: 커피 <한> 잔
variants: {greeting: {short: 1, long: 1}}
catalog:
  cups: [{id: small, name: 작은 잔}, {id: large, name: 큰 잔}]
steps:
  - say: {variants: greeting, short: "안녕!", long: "안녕하세요, 반갑습니다."}
  - {ask: "몇 잔 \\"드세요\\"?", id: n, as: number, min: 0, max: 20, unit: 잔}
  - say: "많이 드시네요."
    when: n > 5
  - {ask: "설탕도요?", id: sugar, as: yes_no, optional: true}
  - recommend: 'cups[id = (if n > 5 then "large" else "small")][1]'
"""
SVG = "{http://www.w3.org/2000/svg}"


def arm_of(user):
    """As flows/survey/split.h has it."""
    place = int.from_bytes(hashlib.sha256(f"cups\0greeting\0{user}".encode()).digest()[:4], "big")
    return "short" if place < 2 ** 31 else "long"


class Funnel(Case):
    routes = ("  - {platform: slack, event: [direct_message], flow: cups, name: 쪽지}\n"
              "  - {platform: slack, event: [app_mention], flow: cups}")
    flows = {"cups.yaml": FLOW}

    def talk(self, n, *answers):
        """A person of their own answers in a DM; returns the user."""
        user, channel = f"U{n:09d}", f"D{n:09d}"
        for i, text in enumerate(("안녕",) + answers):
            self.bot.slack(slack_message(text, now_ts(100 * n + i), channel, user))
            self.wait_said(channel, i + 1)
            self.settle()
        return user

    def figures(self, *more):
        code, output, errors = self.bot.run("flow", "stats", "cups", "--json", *more)
        self.assertEqual((code, errors), (0, ""))
        return json.loads(output)

    def test_routes_and_variants_have_figures_of_their_own_and_the_graph_has_them_on_it(self):
        users = [self.talk(1, "7", "네"), self.talk(2, "글쎄요", "3", "아니요"), self.talk(3), self.talk(4, "2", "그만")]
        self.bot.slack(slack_mention("<@U0BOT> 안녕", now_ts(900), user="U000000005"))
        self.fake.wait(lambda: any("몇 잔" in m["text"] for m in self.fake.messages if m["conversation"] != "D000000003"), 10)
        self.settle()
        users.append("U000000005")

        with self.subTest("who began, answered, left, came to the end"):
            whole = self.figures()
            self.assertEqual([whole[k] for k in ("began", "completed", "recommended", "waiting", "stopped")],
                             [5, 2, 2, 2, 1])
            steps = {s["step"]: [s[k] for k in ("asked", "answered", "misfit", "left")] for s in whole["steps"]}
            self.assertEqual(steps, {"n": [5, 3, 1, 0], "sugar": [3, 2, 0, 1]})

        with self.subTest("by route"):
            routes = self.figures("--by", "route")["routes"]
            self.assertEqual({r["route"]: (r["began"], r["completed"]) for r in routes},
                             {"쪽지": (4, 2), "slack app_mention": (1, 0)})

        with self.subTest("by variant: each person is where the hash says, and four are too few to tell"):
            variants = self.figures("--by", "variant")["variants"]
            arms = [arm_of(user) for user in users]
            self.assertEqual({v["variant"]: v["began"] for v in variants},
                             {"short": arms.count("short"), "long": arms.count("long")})
            self.assertEqual([d["tells"] for v in variants for d in v["differences"]], [False] * 3)
            for user, arm in zip(users, arms):
                said = self.fake.said(f"D{user[1:]}")[0] if user != "U000000005" else ""
                self.assertTrue(said == "" or ("반갑습니다" in said) == (arm == "long"), said)
            code, output, _ = self.bot.run("flow", "stats", "cups", "--by", "variant")
            self.assertEqual(code, 0)
            self.assertIn("아직 알 수 없음", output)

        with self.subTest("the graph in Mermaid"):
            code, output, errors = self.bot.run("flow", "graph", "cups")
            self.assertEqual((code, errors), (0, ""))
            self.assertIn("도달 5 · 답변 3 #40;60#37;#41;", output)
            self.assertIn("떠남 1", output)
            self.assertIn('|"예 · 33#37;"|', output)
            self.assertIn("커피 #60;한#62; 잔", output)
            self.assertNotIn("도달", self.bot.run("flow", "graph", "cups", "--no-numbers")[1])

        with self.subTest("the graph as a picture"):
            if shutil.which("dot") is None:
                self.skipTest("no Graphviz here")
            code, output, errors = self.bot.run("flow", "graph", "cups", "--format", "svg")
            self.assertEqual((code, errors), (0, ""))
            picture = xml.fromstring(output)
            self.assertEqual(picture.get("role"), "img")
            self.assertEqual(picture.find(SVG + "title").text, "커피 <한> 잔")
            self.assertIn("5건", picture.find(SVG + "desc").text)
            said = "".join(t.text or "" for t in picture.iter(SVG + "text"))
            self.assertIn('몇 잔 "드세요"?', said)

        with self.subTest("a version that nobody began with has no numbers"):
            path = self.bot.folder / "flows" / "cups.yaml"
            path.write_text(path.read_text("utf-8").replace("설탕도요", "설탕은요"), "utf-8")
            code, output, errors = self.bot.run("flow", "graph", "cups")
            self.assertEqual(code, 0)
            self.assertIn("5 conversations began with another version", errors)
            self.assertNotIn("도달", output)


if __name__ == "__main__":
    unittest.main()
