#!/usr/bin/env python3
"""Makes faulty copies of the example flows, one change each, and has them judged.

    tests/mutate_flow.py JUDGE [--every N] [--all]

JUDGE: the program of tests/mutate_flow.c; --every: only each N-th mutant (a build with sanitizers is slow); --all: prints
every mutant.

A mutant that changes what the flow says must be found: refused when it is loaded, a finding of the checker, or a test of
the flow that fails.  Others must stand in tests/mutate_flow.txt, each with an argument; an entry that fits nothing is a
fault too.  The flows themselves must have no finding.  Nothing is drawn at random: the same mutants in every run.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = ROOT / "tests" / "mutate_flow.txt"
SECONDS = 60

OPERATORS = {" < ": [" <= ", " > "], " <= ": [" < ", " >= "], " > ": [" >= ", " < "], " >= ": [" > ", " <= "], " = ": [" != "]}
TYPES = {"number": ["text", "yes_no"], "choice": ["choices", "text"], "choices": ["choice"], "yes_no": ["text"], "text": ["number"], "scale": ["number"],
         "date": ["text"]}


class Flow:
    """The lines of a flow, by what they are; the tests at its end stay as they are."""

    def __init__(self, path):
        self.path = path
        self.lines = path.read_text(encoding="utf-8").split("\n")
        self.section = []
        section = ""
        for line in self.lines:
            top = re.match(r"([a-z_]+):", line)
            section = top.group(1) if top else section
            self.section.append(section)

    def within(self, *sections):
        return [(i, self.lines[i]) for i in range(len(self.lines))
                if self.section[i] in sections and self.lines[i].strip() and not self.lines[i].strip().startswith("#")]

    def block(self, i):
        """Where the list element or the map's member that begins in line i ends."""
        indent = len(self.lines[i]) - len(self.lines[i].lstrip())
        end = i + 1
        while end < len(self.lines) and (not self.lines[end].strip() or len(self.lines[end]) - len(self.lines[end].lstrip()) > indent):
            end += 1
        return end

    def without(self, i, end):
        return "\n".join(self.lines[:i] + self.lines[end:])

    def with_line(self, i, line):
        return "\n".join(self.lines[:i] + [line] + self.lines[i + 1:])


def drop(flow):
    for i, line in flow.within("steps"):
        if re.match(r"  - ", line):
            yield "drop step", i, flow.without(i, flow.block(i))
        elif re.match(r"      - \{value:", line):
            yield "drop option", i, flow.without(i, i + 1)
        key = re.match(r"    (when|next|retry|pause|unit|integer|min|max|button|text|optional|tries|id):", line)
        if key:
            yield f"drop {key.group(1)}", i, flow.without(i, flow.block(i))
    for i, line in flow.within("tables"):
        if re.match(r"      - \[", line):
            yield "drop rule", i, flow.without(i, i + 1)
    for i, line in flow.within("catalog"):
        if re.match(r"    - ", line):
            yield "drop record", i, flow.without(i, flow.block(i))


def compare(flow):
    for i, line in flow.within("let", "tables", "steps"):
        rule = re.match(r"      - \[", line)
        if rule:
            for m in re.finditer(r"(?<=')(<=|>=|<|>)(?= )", line):
                for other in OPERATORS[f" {m.group(1)} "]:
                    yield "comparison", i, flow.with_line(i, line[:m.start()] + other.strip() + line[m.end():])
        elif flow.section[i] == "let" or re.match(r" +(- )?(when|next|recommend):|.*\{[^}]* = ", line):
            code = line.split(" # ")[0]
            for m in re.finditer(r" (<=|>=|<|>|=) ", code):
                for other in OPERATORS[m.group(0)]:
                    yield "comparison", i, flow.with_line(i, line[:m.start()] + other + line[m.end():])


def bounds(flow):
    for i, line in flow.within("steps"):
        low, high = re.search(r"\bmin: ([0-9.-]+)", line), re.search(r"\bmax: ([0-9.-]+)", line)
        following = re.search(r"^    max: ([0-9.-]+)", flow.lines[i + 1]) if i + 1 < len(flow.lines) else None
        if low and high:
            swapped = line.replace(low.group(0), f"min: {high.group(1)}").replace(high.group(0), f"max: {low.group(1)}")
            yield "swap bounds", i, flow.with_line(i, swapped)
        elif low and following:
            lines = flow.lines[:i] + [f"    min: {following.group(1)}", f"    max: {low.group(1)}"] + flow.lines[i + 2:]
            yield "swap bounds", i, "\n".join(lines)
        for m in (low, high):
            if m:
                yield "shift bound", i, flow.with_line(i, line[:m.start(1)] + str(int(float(m.group(1))) + 1) + line[m.end(1):])


def edges(flow):
    """An edge of an interval in a table's cell goes up by one, or the other way to be open."""
    for i, line in flow.within("tables"):
        if not re.match(r"      - \[", line):
            continue
        for m in re.finditer(r"'(?:<|<=|>|>=) (-?[0-9.]+)'|'[\[(](-?[0-9.]+)\.\.(-?[0-9.]+)[\])]'", line):
            for g in (1, 2, 3):
                if m.group(g) is not None:
                    number = f"{float(m.group(g)) + 1:g}"
                    yield "shift edge", i, flow.with_line(i, line[:m.start(g)] + number + line[m.end(g):])
            if m.group(2) is not None:
                start, end = m.start() + 1, m.end() - 2
                yield "open edge", i, flow.with_line(i, line[:start] + {"[": "(", "(": "["}[line[start]] + line[start + 1:])
                yield "open edge", i, flow.with_line(i, line[:end] + {"]": ")", ")": "]"}[line[end]] + line[end + 1:])


def names(flow):
    """Another name where a variable, a let or a table is used: the next one of the same file, and one that is misspelt."""
    known = [m.group(1) for _, line in flow.within("let", "tables") if (m := re.match(r"  ([a-z_]+):", line))]
    known += [m.group(1) for _, line in flow.within("steps") if (m := re.match(r"    id: ([a-z_]+)", line))]
    if not known:
        return
    pattern = re.compile(r"(?<![\w.\"])(" + "|".join(sorted(known, key=len, reverse=True)) + r")(?![\w\"])")
    for i, line in flow.within("let", "tables", "steps"):
        if flow.section[i] == "let":
            spans = [(line.find(":") + 1, len(line.split(" # ")[0]))]
        elif re.match(r" +inputs:| +(- )?when:| +(- )?recommend:", line):
            spans = [(line.find(":") + 1, len(line))]
        elif flow.section[i] == "steps" and re.match(r" +(- )?(say|ask|text|note): ", line):
            spans = [m.span() for m in re.finditer(r"\{[^{}]*\}", line)]
        else:
            continue
        for start, end in spans:
            for m in pattern.finditer(line, start, end):
                other = known[(known.index(m.group(1)) + 1) % len(known)]
                yield "other name", i, flow.with_line(i, line[:m.start()] + other + line[m.end():])
                yield "misspelt name", i, flow.with_line(i, line[:m.start()] + m.group(1) + "x" + line[m.end():])


def types(flow):
    for i, line in flow.within("steps"):
        m = re.search(r"\bas: ([a-z_]+)", line)
        for other in TYPES.get(m.group(1), []) if m else []:
            yield "other type", i, flow.with_line(i, line[:m.start(1)] + other + line[m.end(1):])


def labels(flow):
    before = None
    for i, line in flow.within("steps"):
        m = re.match(r"      - \{value: [^,]+, label: (.*)\}", line)
        if m and before:
            yield "same label", i, flow.with_line(i, line[:m.start(1)] + before.group(1) + line[m.end(1):])
            value = re.match(r"      - \{value: ([^,]+)", flow.lines[i])
            earlier = re.match(r"      - \{value: ([^,]+)", flow.lines[i - 1])
            yield "same value", i, flow.with_line(i, line[:value.start(1)] + earlier.group(1) + line[value.end(1):])
        before = m


def numbers(flow):
    for i, line in flow.within("let"):
        code = line.split(" # ")[0]
        for m in re.finditer(r"(?<![\w.\"\[])([0-9]+(?:\.[0-9]+)?)(?![\w.\"\]+*])", code):
            yield "other number", i, flow.with_line(i, line[:m.start()] + f"{float(m.group(1)) + 1:g}" + line[m.end():])


def rules(flow):
    for i, line in flow.within("tables"):
        if re.match(r"      - \[", line) and re.match(r"      - \[", flow.lines[i - 1]):
            yield "rule earlier", i, "\n".join(flow.lines[:i - 1] + [line, flow.lines[i - 1]] + flow.lines[i + 1:])
        m = re.match(r"(    hit: )(\S+)", line)
        if m:
            yield "other hit", i, flow.with_line(i, m.group(1) + ("U" if m.group(2) != "U" else "F"))


WAYS = [drop, compare, bounds, edges, names, types, labels, numbers, rules]


def judge_some(program, path, mutants):
    data = b"".join(f"{len(t)}\n".encode() + t for t in (text.encode() for _, _, text in mutants))
    out = subprocess.run([program, str(path)], input=data, capture_output=True, check=True).stdout.decode()
    verdicts = out.splitlines()
    if len(verdicts) != len(mutants):
        sys.exit(f"mutate_flow: {path.name}: the judge gave up at `{mutants[len(verdicts)][0]}`, line {mutants[len(verdicts)][1] + 1}")
    return verdicts


def judge(program, path, mutants):
    """Each processor takes its share: every n-th, as neighbours cost about the same."""
    n = max(1, min(os.cpu_count() or 1, len(mutants)))
    verdicts = [""] * len(mutants)
    with concurrent.futures.ThreadPoolExecutor(n) as pool:
        shares = [pool.submit(judge_some, program, path, mutants[i::n]) for i in range(n)]
        for i, share in enumerate(shares):
            verdicts[i::n] = share.result()
    return verdicts


def read_list():
    """flow | way | a part of the line | argument"""
    entries = [line.split(" | ", 3) for line in LIST.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [tuple(part.strip() for part in entry) for entry in entries]


def main():
    program, show = sys.argv[1], "--all" in sys.argv
    every = int(sys.argv[sys.argv.index("--every") + 1]) if "--every" in sys.argv else 1
    entries, used, faults, begin = read_list(), set(), 0, time.monotonic()
    for path in sorted((ROOT / "flows" / "examples").rglob("*.yaml")):
        flow = Flow(path)
        if not any(re.match("flow:", line) for line in flow.lines):
            continue
        mutants = [("none", 0, "\n".join(flow.lines))] + [mutant for way in WAYS for mutant in way(flow)][::every]
        verdicts = judge(program, path, mutants)
        counts = {}
        for (way, i, text), verdict in zip(mutants, verdicts):
            kind = verdict.split()[0]
            counts[kind] = counts.get(kind, 0) + 1
            changed = text.split("\n")[i].strip() if i < len(text.split("\n")) else ""
            line = flow.lines[i].strip()
            if show:
                print(f"{path.name}:{i + 1}: {way}: {verdict}: {changed[:100]}")
            if way == "none":
                if kind != "same":
                    print(f"{path.name}: has a finding itself: {verdict}")
                    faults += 1
            elif kind == "differs":
                fit = [e for e in entries if e[0] == path.name and e[1] == way and (e[2] == "*" or e[2] in line)]
                used.update(fit)
                if not fit:
                    print(f"{path.name}:{i + 1}: {way}: nobody finds it, and conversation {verdict.split()[1]} changes: {line[:90]} -> {changed[:90]}")
                    faults += 1
        print(f"{path.name}: {len(mutants) - 1} mutants" + (f" (one in {every})" if every > 1 else "") + ": " + ", ".join(f"{n} {kind}" for kind, n in sorted(counts.items())))
    for entry in entries:
        if every == 1 and entry not in used:
            print(f"{LIST.name}: fits no mutant any more: {' | '.join(entry[:3])}")
            faults += 1
    seconds = time.monotonic() - begin
    print(f"mutate_flow: {seconds:.0f} s" + (f", over {SECONDS} s" if seconds > SECONDS else ""))
    sys.exit(1 if faults else 0)


main()
