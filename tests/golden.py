#!/usr/bin/python3
"""Runs the golden cases: folders under tests/golden.

    cmd           shell, run in a copy of the folder, with ORGEXIT (the program), TINY and ACME (snapshots) set; AS_OF is 2026-11-20T12:00:00Z
    expected      what it prints on standard output, then `exit N`; ACCEPT=1 writes it
    expected.err  what it prints on standard error, where that matters; ACCEPT=1 writes it anew where it is there
    says          by hand: text that must stand in either stream; `!text` that must not; `exit N` or `exit N or M`
    want          by hand: account, route, verdict, blockers (tests/judge.py); compared with the JSON of the same run, never with the text

A case needs `says` or `want`, which nothing writes but a person. CASE=name (or a pattern) runs one.
"""
import fnmatch
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import judge

GOLDEN = judge.ROOT / "tests" / "golden"
WORK = Path(judge.ORGEXIT).resolve().parent / "golden"
ACCEPT = os.environ.get("ACCEPT") == "1"
KEPT_APART = {"expected", "expected.err", "says", "want"}
# The same command again, its result as JSON: so the verdicts are read from the contract, not from the text.
JSON_WRAPPER = '#!/bin/sh\nexec "$REAL_ORGEXIT" "$@" --format json\n'


def execute(case, folder, json_wrapper=None):
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(case, folder, ignore=lambda _, names: KEPT_APART & set(names))
    env = dict(judge.CLEAN, ORGEXIT=str(Path(judge.ORGEXIT).resolve()), TINY=str(judge.ROOT / "tests" / "tiny"),
               ACME=str(judge.ROOT / "samples" / "acme"), AS_OF="2026-11-20T12:00:00Z")
    if json_wrapper:
        env.update(REAL_ORGEXIT=env["ORGEXIT"], ORGEXIT=str(json_wrapper))
    try:
        done = subprocess.run(["sh", "-u", "cmd"], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    except subprocess.TimeoutExpired:
        return judge.Result(-1, b"", b"did not end within 120 seconds")
    return judge.Result(done.returncode, done.stdout, done.stderr)


def said(path, result):
    both, wrong = (result.out + result.err).decode(errors="replace"), []
    for line in path.read_text().splitlines():
        if line.startswith("exit "):
            if str(result.code) not in line[5:].split(" or "):
                wrong.append(f"says {line}, got exit {result.code}")
        elif line.startswith("!"):
            if line[1:] in both:
                wrong.append(f"must not say {line[1:]!r}")
        elif line and not line.startswith("#") and line not in both:
            wrong.append(f"does not say {line!r}")
    return wrong


def against(path, got):
    """Compares with the file, or writes it where that was asked for."""
    if ACCEPT:
        path.write_bytes(got)
    if not path.exists():
        return [f"no {path.name}: look at the output, then make accept CASE={path.parent.name}"]
    want = path.read_bytes()
    if want == got:
        return []
    diff = subprocess.run(["diff", "-u", str(path), "-"], input=got, capture_output=True).stdout.decode(errors="replace")
    return [f"{path.name} differs"] + diff.splitlines()[2:]


def judge_case(case):
    if not (case / "says").exists() and not (case / "want").exists():
        return ["neither says nor want: nothing in it was written by a person"]
    result = execute(case, WORK / case.name / "run")
    wrong = []
    if result.code < 0 or result.code > 125:
        wrong.append(f"ended by signal or not run: {result.code} {result.err.decode(errors='replace')[:400]}")
    if (case / "says").exists():
        wrong += said(case / "says", result)
    if (case / "want").exists():
        wrapper = WORK / "json-wrapper"
        doc = execute(case, WORK / case.name / "json", wrapper)
        if doc.doc is None:
            wrong.append(f"no JSON: exit {doc.code} {doc.err.decode(errors='replace')[:400]}")
        else:
            wrong += judge.compare(doc, judge.read_want(case / "want"))
            if doc.doc.get("exit") != doc.code or doc.code != result.code:
                wrong.append(f"exit {result.code} with text, {doc.code} with JSON, which says {doc.doc.get('exit')}")
    wrong += against(case / "expected", result.out + f"exit {result.code}\n".encode())
    if (case / "expected.err").exists():
        wrong += against(case / "expected.err", result.err)
    return wrong


def main():
    pattern = os.environ.get("CASE") or "*"
    cases = [c for c in sorted(GOLDEN.iterdir()) if (c / "cmd").exists() and fnmatch.fnmatch(c.name, pattern)]
    if not cases:
        sys.exit(f"no case {pattern!r} under tests/golden")
    WORK.mkdir(parents=True, exist_ok=True)
    (WORK / "json-wrapper").write_text(JSON_WRAPPER)
    (WORK / "json-wrapper").chmod(0o755)
    tally = judge.Tally()
    with ThreadPoolExecutor(judge.CORES) as pool:
        for case, wrong in zip(cases, pool.map(judge_case, cases)):
            tally.add(f"golden {case.name}", wrong, limit=40)
    tally.end()


if __name__ == "__main__":
    main()
