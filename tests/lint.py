#!/usr/bin/python3
"""Runs the cases of tests/lint/*.txt through `orgexit lint`.

    == CHECK                                        the cases below are about this check
    WORD KIND JSON [=> POINTER… [also CHECK…]]      one case a line

WORD is `fires` (the check speaks up), `clean` (a near miss: it does not), or `hidden` (the same fault behind a wildcard, NotAction, a
variable, a list instead of a text), `mild` (it speaks, as a suggestion alone): all but clean name every place where the check speaks. KIND is that of --type; further options may
follow it ("trust,--own-account=111122223333"). JSON is a statement, a
list of statements, or a whole document; `text:` before it takes the rest of the line as it is, with \\n, \\t and \\xNN read. Another check that
speaks at `warning` or above must stand behind `also`: what one check is shown with is clean for all the others.

`== CHECK: golden CASE` says that no document alone makes it speak, and which golden case shows it. Every other check needs all three, a reason and a fix (orgexit rules explain) and a line in docs/lint.md. Where the corpus is at hand, its labels
say which SCPs deny leaving.
"""
import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("BUILD", ROOT / "build"))
ORGEXIT = os.environ.get("ORGEXIT", str(BUILD / "orgexit"))
CORPUS = Path(os.environ.get("ORGEXIT_CORPUS", ROOT.parent / "shared" / "corpus"))
WORK = BUILD / "lint-cases"
WORDS = ("fires", "clean", "hidden")  # what each check must have
SHOWN_ELSEWHERE = set()
passed, failures = 0, []


def result(name, wrong):
    global passed
    if wrong:
        failures.append(name)
        print(f"FAIL lint {name}: {wrong}")
    else:
        passed += 1


def run(*args):
    return subprocess.run([ORGEXIT, *args], capture_output=True, timeout=120)


class Case:
    def __init__(self, check, line, where):
        line, _, rest = line.partition(" => ")
        self.check, self.where = check, where
        self.word, self.kind, text = line.split(None, 2)
        places, _, also = rest.partition(" also ") if not rest.startswith("also ") else ("", "", rest[5:])
        self.places, self.also = sorted(places.split()), set(also.split())
        if self.word not in (*WORDS, "mild"):
            sys.exit(f"{where}: no word {self.word!r}")
        if text.startswith("text:"):
            self.text = text[5:].encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1")
        elif text.startswith("[") or not re.search(r'"(Statement|Version)"\s*:', text):
            self.text = ('{"Version": "2012-10-17", "Statement": [' + text.strip("[]" if text.startswith("[{") else "") + "]}").encode()
        else:
            self.text = text.encode()

    def judge(self, found):
        ours = sorted(f["pointer"] or "/" for f in found if f["check"] == self.check)
        others = {f["check"] for f in found if f["severity"] != "suggestion"} - {self.check}
        if self.word == "clean" and ours:
            return f"speaks at {ours}"
        if self.word != "clean" and (not ours or (self.places and ours != self.places)):
            return f"expected at {self.places}, got {ours or 'nothing'}; others: {sorted(others)}"
        if self.word != "clean" and not self.places:
            return f"name the places: {ours}"
        if self.word == "mild" and {f["severity"] for f in found if f["check"] == self.check} != {"suggestion"}:
            return "more than a suggestion"
        if others != self.also:
            return f"other checks: expected {sorted(self.also)}, got {sorted(others)}"
        return None


def read_cases():
    for file in sorted((ROOT / "tests" / "lint").glob("*.txt")):
        check = None
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if line.startswith("== "):
                check, _, golden = line[3:].strip().partition(": golden ")
                if golden:
                    assert check in (ROOT / "tests" / "golden" / golden / "expected").read_text(), f"{golden} does not show {check}"
                    SHOWN_ELSEWHERE.add(check)
            elif line.strip() and not line.startswith("#"):
                yield Case(check, line, f"{file.name}:{number}")


def run_cases(cases):
    shutil.rmtree(WORK, ignore_errors=True)
    by_kind = defaultdict(list)
    for i, case in enumerate(cases):
        case.path = WORK / case.kind / f"{i}.json"
        case.path.parent.mkdir(parents=True, exist_ok=True)
        case.path.write_bytes(case.text)
        by_kind[case.kind].append(case)
    found = defaultdict(list)
    off = {line.split()[0] for line in run("lint", "--list-checks").stdout.decode().splitlines() if line.endswith("(off unless selected)")}
    runs = [(kind, [], [c for c in of_kind if c.check not in off]) for kind, of_kind in by_kind.items()]
    runs += [(c.kind, ["--select", c.check], [c]) for c in cases if c.check in off]
    for kind, select, of_kind in runs:
        done = run("lint", "--as-of", "2026-11-24", "--type", *kind.split(","), "--format", "ndjson", *select, *(str(c.path) for c in of_kind))
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        if not lines or lines[-1].get("type") != "summary" or lines[-1]["exit"] != done.returncode:
            sys.exit(f"lint --type {kind}: exit {done.returncode} {done.stderr.decode(errors='replace')[:400]}")
        for line in lines[:-1]:
            found[line["file"]].append(line)
    for case in cases:
        result(f"{case.where} {case.check} {case.word}", case.judge(found[str(case.path)]))


def judge_table(cases):
    """Every row has its cases, its reason, its fix, its documentation, and nothing else has."""
    ids = [line.split()[0] for line in run("lint", "--list-checks").stdout.decode().splitlines()]
    doc = (ROOT / "docs" / "lint.md").read_text()
    documented = set(re.findall(r"^\| `([a-z0-9-]+)` \|", doc, re.M))
    words = defaultdict(set)
    for case in cases:
        words[case.check].add(case.word)
    for check in ids:
        result(f"cases of {check}", None if words[check] >= set(WORDS) or check in SHOWN_ELSEWHERE else f"lacks {sorted(set(WORDS) - words[check])}")
        explained = run("rules", "explain", check).stdout.decode()
        result(f"explain {check}", None if re.search(r"\nWhy\n  \S.*\nHow to fix\n  \S", explained, re.S) else "no reason or no fix")
        result(f"docs {check}", None if check in documented else "no row in docs/lint.md")
    result("no other check", sorted((set(words) | documented) - set(ids)) or None)
    result("each check once", None if len(ids) == len(set(ids)) else "twice")


def judge_labels():
    """leave-denied and leave-denied-by-accident against the labels that people gave to real SCPs."""
    labels = CORPUS / "leave-labels.tsv"
    if not labels.exists():
        return
    done = run("lint", str(CORPUS / "scp"), "--select", "leave-denied*", "--format", "ndjson")
    found = {line["file"][len(str(CORPUS)) + 1:] for line in map(json.loads, done.stdout.splitlines()) if "check" in line}
    for row in csv.DictReader(labels.open(), delimiter="\t"):
        if not (CORPUS / row["path"]).suffix == ".json":
            continue
        who = (row["root"], row["admin_role"])
        listed = json.loads((CORPUS / row["path"]).read_text())["Statement"]
        listed = listed if isinstance(listed, list) else [listed]
        allow_list = row["allows_alone"] == "no" and any(s["Effect"] == "Allow" for s in listed)
        if who == ("Denied", "Denied") or allow_list and "*" not in [s.get("Action") for s in listed]:
            result(f"label {row['path']}", None if row["path"] in found else "denies leaving, and no check says so")
        elif who == ("NotDenied", "NotDenied"):
            result(f"label {row['path']}", "does not deny leaving, and a check says so" if row["path"] in found else None)


def main():
    cases = list(read_cases())
    run_cases(cases)
    judge_table(cases)
    judge_labels()
    print(f"{passed} passed, {len(failures)} failed")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
