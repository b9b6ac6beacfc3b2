"""Documents in: by the command, by a watched folder, by HTTP; good ones and hostile ones."""
import json
import os
import re
import resource
import signal
import subprocess
import time
import unittest

import files
from support import BINARY, Gilbot, until

TOKEN = "0123456789abcdef-token"
ROUTES = "  - {platform: web, flow: hello}"
FLOWS = {"hello.yaml": "flow: hello\ntitle: 인사\nsteps:\n  - say: {ko: 안녕하세요}\n"}
SUMMARY = re.compile(r"(\d+) added, (\d+) replaced, (\d+) unchanged, (\d+) removed, (\d+) failed.*; (\d+) chunks")


class Ingest(unittest.TestCase):
    extra = ""

    def setUp(self):
        self.bot = Gilbot(None, ROUTES, FLOWS, extra=self.extra)
        self.addCleanup(self.bot.close)
        self.docs = self.bot.folder / "docs"
        self.docs.mkdir()

    def write(self, name, content):
        path = self.docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    def ingest(self, *words):
        """Exit status, the six numbers of the summary, standard error."""
        status, out, err = self.bot.run("ingest", *words, timeout=180)
        found = SUMMARY.search(out)
        self.assertIsNotNone(found, out + err)
        return status, [int(n) for n in found.groups()], err

    def documents(self):
        return {key: (title, pages) for key, title, pages in
                self.bot.rows("SELECT key, title, pages FROM documents WHERE collection = 'default'")}

    def bodies(self, key):
        return self.bot.rows("SELECT c.page, c.heading, c.body FROM chunks c JOIN documents d ON d.id = c.document_id "
                             "WHERE d.key = ? ORDER BY ordinal", key)

    def good_ones(self):
        self.write("hr/규칙.pdf", files.pdf(files.RULES))
        self.write("배송.md", "# 배송 안내\n\n배송은 3일 걸린다.\n")
        self.write("출장.docx", files.docx("출장비는 하루 3만원이다."))
        self.write("옛글.txt", "연차 휴가 15일".encode("cp949"))
        self.write("faq.jsonl", '{"id": "q1", "text": "환불은 7일 안에 된다.", "title": "환불"}\n{"id": 2, "text": "교환"}\n')


class Command(Ingest):
    def test_what_is_new_comes_what_changed_is_replaced_and_what_is_gone_goes_when_asked(self):
        self.good_ones()
        self.write("한글.hwp", "x")
        status, numbers, err = self.ingest(self.docs)
        self.assertEqual((status, numbers[:5], err), (0, [6, 0, 0, 0, 0], ""))
        self.assertEqual(self.documents(), {"hr/규칙.pdf": ("취업규칙 안내", 2), "배송.md": ("배송 안내", 0),
                                            "출장.docx": ("출장", 0), "옛글.txt": ("옛글", 0), "q1": ("환불", 0), "2": ("", 0)})
        self.assertEqual(self.bodies("hr/규칙.pdf"), [
            (1, "제1장 휴가", "연차 휴가는 1년에 15일이며, 입사한 해에는 한 달에 하루씩 준다. 이월은 없다.\n"
                          "등급 | 한도 | 비고\n사원 | 10만원 | 국내"),
            (2, "제2장 출장", "출장비는 다음 달에 준다.")])
        self.assertEqual(self.bodies("옛글.txt"), [(0, "", "연차 휴가 15일")])

        self.assertEqual(self.ingest(self.docs)[1], [0, 0, 6, 0, 0, 0])
        self.write("배송.md", "# 배송 안내\n\n배송은 2일 걸린다.\n")
        (self.docs / "출장.docx").unlink()
        self.assertEqual(self.ingest(self.docs)[1][:5], [0, 1, 4, 0, 0])
        self.assertEqual(self.ingest("--prune", self.docs)[1][:5], [0, 0, 5, 1, 0])
        self.assertEqual(self.bodies("배송.md"), [(0, "", "배송은 2일 걸린다.")])
        self.assertNotIn("출장.docx", self.documents())
        self.assertEqual(self.ingest("--chunk-size", "60", self.docs)[1][:3], [0, 5, 0])  # cut otherwise: another hash

    def test_a_file_that_fails_is_told_and_the_rest_goes_on(self):
        self.good_ones()
        self.write("잠김.pdf", files.pdf(files.RULES, encrypted=True))
        self.write("z.jsonl", '{"id": "a"}\nnot json\n{"id": "b", "text": "남는다"}\n')
        status, numbers, err = self.ingest(self.docs)
        self.assertEqual((status, numbers[0], numbers[4]), (1, 7, 3))
        self.assertIn("잠김.pdf: this PDF is encrypted; save it without a password", err)
        self.assertIn("z.jsonl:1: \"text\" is missing", err)
        self.assertIn("z.jsonl:2: ", err)
        self.assertIn("b", self.documents())

    def test_bad_words_are_refused(self):
        for words in ([], ["--nonsense", "x"], ["--collection"], ["--chunk-size", "3", "x"]):
            self.assertEqual(self.bot.run("ingest", *words)[0], 2, words)
        status, _, err = self.bot.run("ingest", "/no/such/folder")
        self.assertEqual((status, "No such file" in err), (2, True))

    def test_a_service_that_runs_takes_the_documents(self):
        self.good_ones()
        self.bot.start()
        self.assertEqual(self.ingest(self.docs)[1][:5], [6, 0, 0, 0, 0])
        self.assertEqual(self.ingest(self.docs)[1], [0, 0, 6, 0, 0, 0])
        (self.docs / "출장.docx").unlink()
        self.assertEqual(self.ingest("--prune", self.docs)[1][:5], [0, 0, 5, 1, 0])
        self.assertEqual(len(self.documents()), 5)

    def test_killed_in_the_middle_the_next_run_goes_on_and_nothing_is_half(self):
        lines = [{"id": f"d{i}", "title": f"문서 {i}", "text": " ".join(f"{i}번 문서의 {k}째 문장이다." for k in range(60))}
                 for i in range(3000)]
        self.write("many.jsonl", "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        for _ in range(3):
            process = subprocess.Popen([BINARY, "-c", str(self.bot.config), "ingest", str(self.docs)], env=self.bot.env,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(1.2)
            process.send_signal(signal.SIGKILL)
            process.wait()
        kept = len(self.documents())
        status, numbers, _ = self.ingest(self.docs)
        self.assertEqual((status, numbers[0], numbers[2]), (0, 3000 - kept, kept))
        self.assertEqual(self.bot.rows("SELECT count(*) FROM documents d WHERE chunks != (SELECT count(*) FROM chunks c "
                                       "WHERE c.document_id = d.id) OR chunks = 0"), [(0,)])


class Hostile(Ingest):
    def hostile_ones(self):
        self.write("encrypted.pdf", files.pdf(files.RULES, encrypted=True))
        self.write("scan.pdf", files.pdf([[]]))
        self.write("no-pages.pdf", files.pdf([]))
        self.write("half.pdf", files.pdf(files.RULES)[:700])
        self.write("noise.pdf", b"%PDF-1.7\n" + os.urandom(200000))
        self.write("bomb.docx", files.bomb())
        self.write("cut.docx", files.docx("가" * 1000)[:-30])
        self.write("other.xlsx", files.archive(mimetype="x"))
        self.write("laughs.docx", files.archive(**{"word__document.xml": "<!DOCTYPE d [<!ENTITY a 'x'>]><d>&a;</d>"}))
        self.write("deep.pptx", files.archive(**{"ppt__presentation.xml": "<a>" * 100000}))
        self.write("noise.txt", bytes(range(256)) * 1000)
        with open(self.write("large.pdf", ""), "wb") as large:
            large.truncate(2 ** 30)
        return 12

    def test_each_is_a_reason_in_bounded_time_and_memory(self):
        self.good_ones()
        n = self.hostile_ones()
        began = time.monotonic()
        status, numbers, err = self.ingest(self.docs)
        self.assertEqual((status, numbers[0], numbers[4]), (1, 6, n), err)
        self.assertLess(time.monotonic() - began, 120)
        for name, why in {"encrypted.pdf": "encrypted", "scan.pdf": "it is a scan", "no-pages.pdf": "no pages",
                          "noise.pdf": "broken", "bomb.docx": "unpacks to more", "other.xlsx": "broken",
                          "laughs.docx": "entities", "deep.pptx": "broken", "large.pdf": "1024 MB"}.items():
            self.assertRegex(err, f"{name}: .*{why}")

    def test_heavy_ones_end(self):
        """They may come through or be refused, but they end, and what stands beside them comes in."""
        self.write("fonts.pdf", files.pdf([[(72, 700, 11, i, "가") for i in range(0, 10000, 7)]], fonts=10000))
        self.write("tables.html", "<table><tr><td>" * 200000 + "바닥")
        self.write("stream.pdf", files.quine_stream_pdf(60))
        self.write("wide.csv", "가," * 300000 + "\n" + "1," * 300000)
        self.write("quotes.csv", '"' * 1000001)
        self.write("stars.md", "*" * 200000 + "a" + "[" * 100000 + "\n")
        self.write("good.md", "# 좋은 글\n\n내용이다.\n")
        began = time.monotonic()
        self.bot.run("ingest", str(self.docs), timeout=300)
        self.assertLess(time.monotonic() - began, 240)
        self.assertIn("good.md", self.documents())
        if "detect_leaks" not in self.bot.env.get("ASAN_OPTIONS", ""):  # a sanitizer's memory says nothing
            self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, 900 * 1024)


class Service(Ingest):
    extra = f"""
documents: [{{path: ./docs, category: 인사, chunk: {{size: 300, overlap: 50}}}}]
api: {{tokens: {{erp: {{token: {TOKEN}}}}}, max_body: 2MiB}}
"""

    def post(self, body, query="", content_type="application/octet-stream", token=TOKEN, method="POST"):
        headers = {"Content-Type": content_type, **({"Authorization": f"Bearer {token}"} if token else {})}
        status, answer, _ = self.bot.request(method, "/api/v1/documents" + query, body, headers, timeout=40)
        return status, json.loads(answer)

    def test_a_watched_folder_is_kept_up_to_date(self):
        self.write("배송.md", "# 배송\n\n3일.\n")
        self.bot.start()
        until("the first file", lambda: "배송.md" in self.documents())
        self.write("hr/규칙.pdf", files.pdf(files.RULES))
        until("a file in a new folder", lambda: "hr/규칙.pdf" in self.documents())
        self.write("hr/둘째.md", "둘째 글이다.")
        until("another one there", lambda: "hr/둘째.md" in self.documents())
        self.write("배송.md", "# 배송\n\n2일.\n")
        until("the change", lambda: self.bodies("배송.md") == [(0, "", "2일.")])
        (self.docs / "hr/규칙.pdf").unlink()
        until("the removal", lambda: "hr/규칙.pdf" not in self.documents())
        self.assertEqual(self.bot.rows("SELECT DISTINCT category, source FROM documents"), [("인사", "docs")])

    def test_other_programs_send_documents(self):
        self.bot.start()
        record = json.dumps({"id": "r1", "text": "환불은 7일 안에.", "title": "환불"})
        self.assertEqual(self.post(record, content_type="application/json", token=None)[0], 401)
        self.assertEqual(self.post(record, content_type="application/json", token=TOKEN[:-1])[0], 401)
        self.assertEqual(self.post(record, content_type="application/json"),
                         (200, {"collection": "default", "id": "r1", "result": "added", "chunks": 1}))
        self.assertEqual(self.post(record, content_type="application/json")[1]["result"], "unchanged")
        answer = self.post(files.pdf(files.RULES), "?name=rules.pdf&collection=hr&id=7")
        self.assertEqual(answer, (200, {"collection": "hr", "id": "7", "result": "added", "chunks": 2}))
        self.assertEqual(self.post(None, "?collection=hr&id=7", method="DELETE")[1]["result"], "removed")
        self.assertEqual(self.post(None, "?collection=hr&id=7", method="DELETE")[0], 404)
        self.assertEqual(self.post("{", content_type="application/json")[0], 400)
        self.assertEqual(self.post(b"x")[0], 400)
        self.assertEqual(self.post(b"x" * (3 << 20), "?name=a.txt")[0], 413)
        status, answer = self.post(files.pdf(files.RULES, encrypted=True), "?name=a.pdf")
        self.assertEqual((status, answer["error"]["message"]),
                         (400, "this PDF is encrypted; save it without a password"))

    def test_hostile_documents_leave_the_service_unharmed(self):
        self.bot.start()
        for name, content in {"bomb.docx": files.bomb(), "noise.pdf": b"%PDF-1.7\n" + os.urandom(100000),
                              "stream.pdf": files.quine_stream_pdf(40)}.items():
            self.assertIn(self.post(content, f"?name={name}")[0], (200, 400, 503), name)
            self.assertEqual(self.bot.get("/readyz")[0], 200)
        record = json.dumps({"id": "r1", "text": "그래도 들어온다."})
        until("the next one", lambda: self.post(record, content_type="application/json")[0] == 200)


if __name__ == "__main__":
    unittest.main()
