#!/usr/bin/env python3
"""The measurements behind scripts/bench.  Prints one line a figure: what, measured, target, met or not."""
import contextlib
import gzip
import http.client
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "release"
sys.path.insert(0, str(ROOT / "tests" / "system"))
import answers_figures  # noqa: E402  (beside this file)
import support  # noqa: E402  (payloads and signatures)

SHARED = ROOT.parent / "shared" / "data"
SECRET = "bench-signing-secret"
support.SLACK_SECRET = SECRET
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "8"))
failed = []


def say(text):
    print(text, flush=True)


def figure(what, value, unit, target, met):
    say(f"  {what:<58} {value:>12} {unit:<10} target {target:<14} {'met' if met else 'MISSED'}")
    if not met:
        failed.append(what)


# ── the disk ────────────────────────────────────────────────────────────────────────────────────────────────────────
def file_system(folder):
    best = ("", "?")
    for line in open("/proc/mounts"):
        _, mount, kind, *_ = line.split()
        if str(folder).startswith(mount) and len(mount) >= len(best[0]):
            best = (mount, kind)
    return best[1]


def fdatasync_ms(folder, n=300):
    path = folder / "fdatasync.probe"
    fd = os.open(path, os.O_RDWR | os.O_CREAT)
    times = []
    for i in range(n):
        begun = time.perf_counter()
        os.pwrite(fd, b"x" * 4096, (i % 64) * 4096)
        os.fdatasync(fd)
        times.append((time.perf_counter() - begun) * 1e3)
    os.close(fd)
    path.unlink()
    return statistics.median(times)


# ── processes ───────────────────────────────────────────────────────────────────────────────────────────────────────
@contextlib.contextmanager
def program(*words):
    """Runs a server; gives the port that it got."""
    process = subprocess.Popen([str(w) for w in words], stdout=subprocess.PIPE)
    try:
        ready, port = process.stdout.readline().split()
        assert ready == b"ready"
        yield int(port)
    finally:
        process.terminate()
        process.wait(10)


HELLO = 'flow: hello\ntitle: hello\nlocale: ko\nsteps:\n  - say: "안녕하세요! 곧 답해 드릴게요."\n'


class Service:
    def __init__(self, folder, fake_port, flows=None, routes=None, max_body=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=folder))
        self.port = support.free_port()
        flow_dir = self.folder / "flows"
        flow_dir.mkdir()
        for name, text in (flows or {"hello.yaml": HELLO}).items():
            (flow_dir / name).write_text(text, encoding="utf-8")
        routes = routes or "  - {platform: slack, event: direct_message, flow: hello}"
        (self.folder / "gilbot.yaml").write_text(f"""
server: {{listen: "127.0.0.1:{self.port}", queue_limit: 100000000}}
data_dir: {self.folder}/data
flows: [{flow_dir}]
slack:
  signing_secret: {SECRET}
  bot_token: xoxb-bench
  staff_channel: C0STAFF001
  api_url: http://127.0.0.1:{fake_port}/api/
  people: {{cs: {{channel: C0STAFF001}}}}
channel_talk:
  webhook_token: "{support.CT_TOKEN}"
  access_key: k
  access_secret: s
  bot_name: 길봇
  api_url: http://127.0.0.1:{fake_port}
  people: {{cs: {{managers: ["123"], mention: all}}}}
routes:
{routes}
""", encoding="utf-8")

    def start(self):
        env = dict(os.environ, no_proxy="127.0.0.1")
        self.log = open(self.folder / "log", "wb")
        begun = time.perf_counter()
        self.process = subprocess.Popen([str(BUILD / "gilbot"), "-c", str(self.folder / "gilbot.yaml"), "serve"],
                                        stdout=self.log, stderr=self.log, env=env)
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    break
            except OSError:
                pass
            if self.process.poll() is not None:
                sys.exit((self.folder / "log").read_text())
            time.sleep(0.001)
        self.ready_ms = (time.perf_counter() - begun) * 1e3
        return self

    def rss_mb(self, peak=False):
        key = "VmHWM" if peak else "VmRSS"
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith(key):
                return int(line.split()[1]) / 1024

    def cpu_s(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def metric(self, name):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request("GET", "/metrics")
        total = 0.0
        for line in connection.getresponse().read().decode().splitlines():
            if re.match(re.escape(name) + r"[ {]", line):
                total += float(line.rsplit(" ", 1)[1])
        return total

    def settle(self, seconds=120):
        """Every event has run, every reply is delivered."""
        end = time.monotonic() + seconds
        while self.metric("gilbot_outbox_pending") + self.metric("gilbot_inbox_pending") > 0:
            assert time.monotonic() < end, "replies are not delivered"
            time.sleep(0.1)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def load(port, seconds, prefix, rate=None, acked=None):
    words = [BUILD / "bench_load", port, 64, seconds, prefix] + ([rate] if rate else [])
    env = dict(os.environ, **({"BENCH_ACKED": str(acked)} if acked else {}))
    env.setdefault("BENCH_PEOPLE", "200000")  # a channel each: their pace of a message a second must not be what is measured
    return json.loads(subprocess.run([str(w) for w in words], capture_output=True, check=True, env=env).stdout)


# ── the parts ───────────────────────────────────────────────────────────────────────────────────────────────────────
def ingress(folder):
    say("durable ingress: signed Slack events, each a new id, 64 keep-alive connections, one-say flow")
    ratios, p99s, peaks, costs, lost = [], [], [], [], 0
    for run in range(RUNS):
        with program(BUILD / "bench_bare") as bare_port:
            bare = load(bare_port, SECONDS, f"b{run}")
        with program(BUILD / "bench_fake", folder / "fake.log") as fake_port:
            service = Service(folder, fake_port).start()
            try:
                acked_file = folder / "acked"
                before = service.cpu_s()
                ours = load(service.port, SECONDS, f"r{run}", acked=acked_file)
                peaks.append(service.rss_mb(peak=True))
                service.settle()
                costs.append((service.cpu_s() - before) / ours["acknowledged"] * 1e6)
                service.stop()
                with contextlib.closing(sqlite3.connect(service.folder / "data" / "gilbot.db")) as db:
                    kept = db.execute("select count(*) from inbox").fetchone()[0]
                    assert db.execute("pragma integrity_check").fetchone()[0] == "ok"
                acked = sum(1 for _ in open(acked_file))
                lost += max(0, acked - kept)
            finally:
                service.close()
        ratios.append(ours["per_second"] / bare["per_second"])
        p99s.append(ours["p99_ms"])
        say(f"    run {run + 1}: bare {bare['per_second']:.0f}/s (p99 {bare['p99_ms']:.2f} ms), gilbot "
            f"{ours['per_second']:.0f}/s (p50 {ours['p50_ms']:.2f}, p99 {ours['p99_ms']:.2f}, max {ours['max_ms']:.1f} ms), "
            f"refused {ours['refused']}, failed {ours['failed']}, kept {kept} of {acked} acknowledged, "
            f"{costs[-1]:.0f} us of CPU each until every reply was delivered")
    figure("acknowledgements a second, of a bare handler's", f"{statistics.median(ratios):.2f}", "x", ">= 0.5",
           statistics.median(ratios) >= 0.5)
    figure("acknowledgement p99", f"{statistics.median(p99s):.2f}", "ms", "<= 10", statistics.median(p99s) <= 10)
    figure("acknowledged events that are not in the inbox", str(lost), "events", "0", lost == 0)
    figure("CPU an event, from ingress to the delivered reply", f"{statistics.median(costs):.0f}", "us", "<= 300",
           statistics.median(costs) <= 300)
    figure("memory during it (peak RSS)", f"{statistics.median(peaks):.1f}", "MB", "<= 48", statistics.median(peaks) <= 48)


def footprint(folder):
    say("footprint: idle, and at 500 events a second with every reply delivered")
    with program(BUILD / "bench_fake", folder / "fake.log") as fake_port:
        service = Service(folder, fake_port)
        ready = []
        for _ in range(5):
            service.start()
            ready.append(service.ready_ms)
            service.stop()
        service.start()
        try:
            time.sleep(1)
            figure("ready after start", f"{statistics.median(ready):.0f}", "ms", "<= 100", statistics.median(ready) <= 100)
            idle = service.rss_mb()
            figure("memory idle (RSS)", f"{idle:.1f}", "MB", "<= 20", idle <= 20)
            before = service.cpu_s()
            result = load(service.port, 10, "cpu", rate=500)
            service.settle()
            cpu = (service.cpu_s() - before) / result["acknowledged"] * 1e6
            say(f"    at 500 events a second, where few share a commit: {cpu:.0f} us of CPU an event")
        finally:
            service.close()


def no_pauses(text):
    return re.sub(r"(?m)^(\s*)pause:.*\n", "", re.sub(r",\s*pause:\s*[^,}\n]+", "", text))


def percentile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * q))]


def talk(folder, name, routes, said, gap_s, is_product):
    """100 conversations a second; from sending the last answer to the platform's yes to the recommendation.

    said(i): what person i says in order, gap_s apart, as (target, body, headers) made when it is sent."""
    flow = no_pauses((ROOT / "flows" / "examples" / "health.yaml").read_text(encoding="utf-8"))
    log = folder / f"{name}.log"
    n, rate = int(os.environ.get("BENCH_TALKS", "1000")), 100
    answered, refused = {}, []
    with program(BUILD / "bench_fake", log) as fake_port:
        service = Service(folder, fake_port, {"health.yaml": flow}, routes).start()
        try:
            begun = time.monotonic() + 0.3

            def person(offset, step):
                connection = http.client.HTTPConnection("127.0.0.1", service.port)
                lines = sorted((i / rate + k * gap_s, i, k, line, k == len(said(i)) - 1)
                               for i in range(offset, n, step) for k, line in enumerate(said(i)))
                for at, i, _, line, last in lines:
                    target, data, headers = line()
                    time.sleep(max(0, begun + at - time.monotonic()))
                    if last:
                        answered[i] = time.clock_gettime(time.CLOCK_MONOTONIC)
                    connection.request("POST", target, data, headers)
                    answer = connection.getresponse()
                    answer.read()
                    if answer.status != 200:
                        refused.append(answer.status)

            threads = [threading.Thread(target=person, args=(offset, 4)) for offset in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            time.sleep(2)
        finally:
            service.close()
    assert not refused, f"{len(refused)} requests refused with {set(refused)}"
    seen = {}
    for line in open(log, encoding="utf-8", errors="replace"):
        us, path, *body = line.rstrip("\n").split("\t")
        i = is_product(path, body[0] if body else "") if us != "total" else None
        if i is not None:
            seen[i] = int(us) / 1e6
    latencies = [(seen[i] - answered[i]) * 1e3 for i in answered if i in seen]
    p99 = percentile(latencies, 0.99) if latencies else float("inf")
    figure(f"{name}: last answer to recommendation, p99 of {len(latencies)} of {n}", f"{p99:.1f}", "ms", "<= 50",
           p99 <= 50 and len(latencies) == n)
    if latencies:
        say(f"    p50 {percentile(latencies, .5):.1f} ms, p90 {percentile(latencies, .9):.1f} ms, max {max(latencies):.1f} ms")


PROFILE = {"name": "은지", "sex": "female", "weight": 62, "height": 165, "age": 31, "goal": -5, "hydrate": "1.2",
           "number_dining": 3}


SLACK_ANSWERS = ["안녕하세요", "여성", "서른하나", "165", "62kg", "2", "감량 (5kg 미만)", "세 끼", "1.2리터"]


def latency(folder):
    say("latency: 100 conversations a second, without pauses")

    def ct(body):
        return lambda: (f"/channel-talk/webhook?token={support.CT_TOKEN}", json.dumps(body, ensure_ascii=False).encode(),
                        {"Content-Type": "application/json"})

    def ct_said(i):
        chat = f"{i:020x}"
        return [ct(support.ct_opened(chat, PROFILE)), ct(support.ct_message(chat, "2", f"m{i:019x}", PROFILE))]

    def ct_product(path, body):
        match = re.match(r"/open/v5/user-chats/([0-9a-f]{20})/messages", path)
        return int(match.group(1), 16) if match and "shop.example" in body else None

    talk(folder, "Channel Talk", '  - {platform: channel_talk, support_bot: ["48213"], flow: health}', ct_said, 2, ct_product)

    def slack(i, k, text):
        def line():
            data = json.dumps(support.slack_message(text, f"{1755000000 + i}.{k:06d}", f"D{i:06d}", f"U{i:06d}"),
                              ensure_ascii=False).encode()
            return "/slack/events", data, support.slack_headers(data, secret=SECRET)
        return line

    def slack_product(path, body):
        match = re.search(r"channel=D(\d{6})", body)
        return int(match.group(1)) if path == "/api/chat.postMessage" and match and "shop.example" in body else None

    talk(folder, "Slack", "  - {platform: slack, event: direct_message, flow: health}",
         lambda i: [slack(i, k, text) for k, text in enumerate(SLACK_ANSWERS)], 1.3, slack_product)


def measured(name, *arguments):
    """What a program of tests/bench prints."""
    out = subprocess.run([str(BUILD / name), *arguments], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    say("    " + out.strip().replace("\n", "\n    "))
    return out


def decide(_folder):
    say("decisions: a table of 3 inputs and 9 rules, one thread, the median of 11 batches")
    out = measured("bench_table")
    for hit in "UF":
        n, grown = map(int, re.search(rf"{hit}: ([0-9]+) decisions a second, heap grew by ([0-9]+)", out).groups())
        figure(f"decisions, hit policy {hit}", f"{n:,}", "a second", ">= 500,000", n >= 500_000)
        figure(f"memory from outside the arena, hit policy {hit}", str(grown), "bytes", "0", grown == 0)


def step(_folder):
    say("survey: the pure engine over the health example, one thread, medians")
    out = measured("bench_survey_step")
    for kind, us, steps, each in re.findall(r"^(.*): ([0-9.]+) us a turn, ([0-9.]+) steps? in it, ([0-9.]+) us a step", out, re.M):
        figure(f"a step in {kind}", each, "us", "<= 20", float(each) <= 20)
    grown = int(re.search(r"heap grew by ([0-9]+)", out).group(1))
    figure("memory from outside the arena", str(grown), "bytes", "0", grown == 0)


def check(_folder):
    say("checker: loading and checking a flow, one thread")
    out = measured("bench_check")
    for name, what, most in (("branching", "a check of 12 questions with 10^7 paths", 1000),
                             ("ordinary", "a flow of 30 steps loaded and checked", 20)):
        ms = float(re.search(name + r".* in ([0-9.]+) ms", out).group(1))
        figure(what, f"{ms:.2f}", "ms", f"<= {most}", ms <= most)


def idle(folder):
    say("10,000 idle connections beside traffic of 1,000 events a second")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 11000:  # each process has its own
        say(f"    skipped: this machine allows {hard} descriptors")
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 25000), hard))
    with program(BUILD / "bench_fake", folder / "fake.log") as fake_port:
        service = Service(folder, fake_port).start()
        sockets = []
        try:
            for _ in range(10000):
                sockets.append(socket.create_connection(("127.0.0.1", service.port)))
            time.sleep(0.5)
            result = load(service.port, SECONDS, "idle", rate=1000)
            rss = service.rss_mb()
            figure("acknowledgement p99 beside 10,000 idle connections", f"{result['p99_ms']:.2f}", "ms", "<= 10", result["p99_ms"] <= 10)
            figure("memory with 10,000 idle connections (RSS)", f"{rss:.1f}", "MB", "<= 128", rss <= 128)
        finally:
            for s in sockets:
                s.close()
            service.close()


def vectors(folder):
    say("vectors: the graph of neighbours against comparing with all; 256 numbers hashed from each of the chunks of kq1hard")
    corpus, questions = SHARED / "corpus" / "kq1hard.tsv.gz", SHARED / "retrieval" / "kq1hard.tsv"
    if not corpus.exists():
        say("    skipped: the folder ../shared is not here")
        return
    chunks = folder / "kq1hard.tsv"
    with gzip.open(corpus, "rb") as packed, open(chunks, "wb") as plain:
        shutil.copyfileobj(packed, plain)
    for most in ("40537", "100000"):
        out = measured("bench_vectors", str(chunks), str(questions), most)
        for what, recall, p99 in re.findall(r"^(whole|with a fifth removed): recall@10 ([0-9.]+), .* p99 ([0-9.]+) ms", out, re.M):
            if most == "40537":
                figure(f"recall@10 of the graph, {what}", recall, "", ">= 0.98", float(recall) >= 0.98)
            else:
                figure(f"search of 100,000 vectors p99, {what}", p99, "ms", "<= 30", float(p99) <= 30)
    rss = float(re.search(r"memory with it: ([0-9]+) MB", out).group(1))
    figure("memory with 100,000 vectors", f"{rss:.0f}", "MB", "<= 200", rss <= 200)
    chunks.unlink()


def models(_folder):
    say("models: a streamed answer's first piece, from the model's server to the listener; 300 calls")
    out = measured("bench_models")
    median, p99 = map(int, re.search(r"median ([0-9]+) us, p99 ([0-9]+) us", out).groups())
    figure("first piece handed on, median", f"{median / 1000:.2f}", "ms", "<= 20", median <= 20_000)
    figure("first piece handed on, p99", f"{p99 / 1000:.2f}", "ms", "<= 20", p99 <= 20_000)


def answers(folder):
    answers_figures.measure(BUILD / "bench_answers", folder, say, figure)


PARTS = {"ingress": ingress, "latency": latency, "footprint": footprint, "decide": decide, "step": step, "check": check,
         "vectors": vectors, "models": models, "idle": idle, "answers": answers}


def main():
    folder = pathlib.Path(os.environ.get("BENCH_DIR", ROOT / "build" / "bench"))
    folder.mkdir(parents=True, exist_ok=True)
    kind = file_system(folder.resolve())
    if kind in ("tmpfs", "ramfs"):
        sys.exit(f"bench: {folder} is on {kind}; set BENCH_DIR to a folder on a real disk")
    say(f"machine: {os.cpu_count()} processors; database on {kind}, median fdatasync {fdatasync_ms(folder):.3f} ms")
    for name in sys.argv[1:] or PARTS:
        if name not in PARTS:
            sys.exit(f"bench: no part {name}; one of {' '.join(PARTS)}")
        PARTS[name](folder)
    say("bench: every target is met" if not failed else "bench: MISSED: " + "; ".join(failed))
    sys.exit(1 if failed else 0)


main()
