"""Retrieval and "not in the documents" on the question sets of ../shared/data: the open half; skipped when it is absent.

A document of these sets is one chunk, its title the heading.  Times are of one core."""
import gzip
import json
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
SYNONYMS = ROOT / "flows" / "examples" / "answers" / "synonyms.tsv"
COPIES = 3  # of 40,537 chunks: more than 100,000

# set: figure, what, target
SETS = {
    "kq1": ("r1", "kq1 (961 paragraphs): first is right", 0.945),
    "kq1hard": ("r1", "kq1hard (among 40,537 chunks): first is right", 0.915),
    "kq2": ("r1", "kq2 (1,786 long passages): first is right", 0.88),
    "autorag": ("r1", "autorag (720 PDF pages): first is right", 58 / 63),
    "ssis": ("r1", "ssis (464 welfare documents): first is right", 0.765),
    "faq": ("r1", "faq (1,000 questions): first is right", 0.835),
    "tax": ("r5", "tax (5,423 articles, lay words): one of five is", 0.60),
}


class Answers:
    def __init__(self, program, folder):
        self.program = program
        self.folder = folder / "answers"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def run(self, *words):
        return self.at(self.program, *words)

    @staticmethod
    def at(program, *words):
        """What a program prints; it may say with its status that a target is missed."""
        done = subprocess.run([str(program), *map(str, words)], stdout=subprocess.PIPE, check=False)
        return json.loads(done.stdout)

    def load(self, name, copies=1):
        """Takes a corpus in; gives the figures of that."""
        corpus = self.folder / f"{name}.tsv"
        packed = DATA / "corpus" / f"{name}.tsv.gz"
        corpus.write_bytes(gzip.decompress(packed.read_bytes()) if packed.exists()
                           else (DATA / "corpus" / f"{name}.tsv").read_bytes())
        home = self.folder / f"{name}-{copies}"
        home.mkdir()
        return self.run("load", home, corpus, copies)

    def ask(self, name, *words, copies=1):
        return self.run("ask", self.folder / f"{name}-{copies}", DATA / "retrieval" / f"{name}.tsv", *words)


def measure(program, folder, say, figure):
    if not DATA.exists():
        say(f"answers: skipped, there is no {DATA}")
        return
    bench = Answers(program, folder)
    say("answers from documents: the open half of the question sets, no model, no network")
    for name, (key, what, target) in SETS.items():
        bench.load(name)
        words = [SYNONYMS] if name == "tax" else []
        value = bench.ask(name, *words)[key]
        figure(what, f"{value:.4f}", "share", f">= {target:.4f}", value >= round(target, 4))
    lost = bench.ask("kq1")["ndcg"] - bench.ask("kq1", "spaceless")["ndcg"]
    figure("kq1: nDCG lost when questions have no spaces", f"{lost:.4f}", "", "<= 0.01", lost <= 0.01)
    told = bench.run("abstain", bench.folder / "kq1hard-1", DATA / "retrieval" / "kq1hard.tsv")
    figure('"not in the documents": area under the curve', f"{told['auc']:.4f}", "", ">= 0.98", told["auc"] >= 0.98)
    figure("answerable questions that are answered", f"{told['answered']:.4f}", "share", ">= 0.92", told["answered"] >= 0.92)
    figure("unanswerable questions that are answered", f"{told['wrong']:.4f}", "share", "<= 0.065", told["wrong"] <= 0.065)
    sentences(bench, program.parent, figure)
    sizes(bench, say, figure)


def sentences(bench, build, figure):
    """The answer without a model, and the checker of a model's quotes and claims."""
    chosen = bench.at(build / "bench_sentences", bench.folder / "kq1hard-1", DATA / "retrieval" / "kq1hard.tsv")
    figure("kq1hard: the answer stands in the chosen sentence", f"{chosen['top1']:.4f}", "share", ">= 0.775", chosen["top1"] >= 0.775)
    figure("… in one of the best three", f"{chosen['top3']:.4f}", "share", ">= 0.90", chosen["top3"] >= 0.90)
    judged = bench.at(build / "mutate_quotes", DATA / "corpus" / "kq1.tsv")
    what = f"{judged['false']} false quotes and numbers, caught"
    figure(what, f"{judged['caught']:.4f}", "share", ">= 0.99", judged["caught"] >= 0.99)
    what = f"{judged['true']} true ones, refused"
    figure(what, f"{judged['refused']:.4f}", "share", "<= 0.01", judged["refused"] <= 0.01)


def sizes(bench, say, figure):
    loaded = bench.load("kq1hard", COPIES)
    asked = bench.ask("kq1hard", copies=COPIES)
    rate = loaded["chunks"] / loaded["ingest_s"]
    say(f"{loaded['chunks']} chunks; the index file was made in {loaded['index_cpu_s']:.1f} s")
    figure("chunks taken in", f"{rate:.0f}", "1/s", ">= 2000", rate >= 2000)
    figure("a search with re-ranking, p99", f"{asked['p99_ms']:.1f}", "ms", "<= 25", asked["p99_ms"] <= 25)
    figure("memory (RSS, at its highest)", f"{asked['rss_mb']:.1f}", "MB", "<= 64", asked["rss_mb"] <= 64)
    figure("opening the index", f"{asked['open_ms']:.0f}", "ms", "<= 300", asked["open_ms"] <= 300)
