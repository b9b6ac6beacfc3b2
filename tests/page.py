#!/usr/bin/env python3
"""Holds a page of docs/ against the truth: the files that it shows and what the commands on it print.

    tests/page.py GILBOT PAGE           exit 1, with the differences, when something on the page is not so any more
    tests/page.py GILBOT PAGE --write   puts what is so into the page

A block behind a line `<!-- file: PATH -->` shows that file.  In a block of ```console a line `$ COMMAND` is run by sh in the
root of the repository, and the lines up to the next one are what it prints, on standard error, too.
Every other block of ```yaml that begins with `flow:` is a flow without a fault, whose tests pass.
"""
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"(?:<!-- file: (?P<file>\S+) -->\n)?```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = 120


def run(command, gilbot):
    path = f"{gilbot.parent}:{os.environ['PATH']}"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, env={**os.environ, "PATH": path, "TZ": "Asia/Seoul"},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS)
    return done.stdout


def console(body, gilbot):
    """The block as it would be in truth."""
    commands = [line for line in body.split("\n") if line.startswith("$ ")]
    return "".join(f"{command}\n{run(command[2:], gilbot)}" for command in commands)


def check_flow(body, gilbot):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "flow.yaml"
        path.write_text(body, encoding="utf-8")
        check = subprocess.run([gilbot, "check", path], capture_output=True, text=True, timeout=SECONDS)
        test = subprocess.run([gilbot, "flow", "test", path], capture_output=True, text=True, timeout=SECONDS)
        return check.stderr + (test.stdout if test.returncode != 0 else "")


def truth_of(match, gilbot, faults):
    body = match["body"]
    if match["file"]:
        body = (ROOT / match["file"]).read_text(encoding="utf-8")
    elif match["kind"] == "console":
        body = console(body, gilbot)
    elif match["kind"] == "yaml" and body.startswith("flow:"):
        faults.extend(check_flow(body, gilbot).splitlines(keepends=True))
    before = match[0][:match.start("body") - match.start()]
    return f"{before}{body}```"


def main():
    gilbot, page = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    written = page.read_text(encoding="utf-8")
    faults = []
    truth = BLOCK.sub(lambda match: truth_of(match, gilbot, faults), written)
    for fault in faults:
        print(fault, end="")
    if "--write" in sys.argv[3:]:
        page.write_text(truth, encoding="utf-8")
        return 0
    lines = list(difflib.unified_diff(written.split("\n"), truth.split("\n"), f"{page.name} as written", "as it is", lineterm=""))
    for line in lines:
        print(line)
    return 1 if lines or faults else 0


if __name__ == "__main__":
    sys.exit(main())
