#!/usr/bin/python3
"""Saved results: `report` gives back what check printed, byte for byte, merges shards, refuses what was cut off or changed; `report --verify` and `diff`."""
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import doors
import judge
import schemas

AS_OF = ["--as-of", doors.AS_OF]
ACME = judge.ROOT / "samples" / "acme"
TINY = judge.ROOT / "tests" / "tiny"


def run(*args, text=None):
    done = subprocess.run([judge.ORGEXIT, *map(str, args)], input=text, env=judge.CLEAN, capture_output=True)
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def same(tally, what, one, other):
    tally.add(what, [] if one == other else [f"{str(one)[:300]} differs from {str(other)[:300]}"])


def gives_back(tally, work):
    for name, snapshot, options in (("acme", ACME, []), ("acme, problems alone", ACME, ["--only-problems"]), ("tiny", TINY, []),
                                    ("assumed", TINY, ["--assume", "move:200300400500=/Root"]), ("transfer", TINY, ["--route", "transfer"])):
        printed = {f: run("check", snapshot, *AS_OF, *options, "--format", f) for f in ("json", "ndjson")}
        for f, (code, out, err) in printed.items():
            (work / f"r.{f}").write_bytes(out)
            for to in ("json", "ndjson"):
                got = run("report", work / f"r.{f}", "--format", to)
                same(tally, f"{name}: {f} to {to}", (code, printed[to][1]), got[:2])
            same(tally, f"{name}: {f} from standard input", printed["json"][1], run("report", "-", "--format", "json", text=out)[1])
        text = run("check", snapshot, *AS_OF, *options, "--table")[1].decode().replace(str(snapshot), "S")
        told = run("report", work / "r.json", "--table", *[o for o in options if o == "--only-problems"])[1].decode()
        lines = [(a, b) for a, b in zip(text.splitlines(), told.splitlines()) if a != b and " S" not in a]
        tally.add(f"{name}: text", [f"{a} | {b}" for a, b in lines[:2]] + ([] if len(text.splitlines()) == len(told.splitlines()) else ["other lines"]))


def errors_kept(tally, work):
    shutil.copytree(TINY, work / "bad")
    (work / "bad/accounts/200300400500/iam/get-account-summary.json").write_text('{"SummaryMap": {"Users": 1')
    for f in ("json", "ndjson"):
        code, out, _ = run("check", work / "bad", *AS_OF, "--format", f)
        (work / f"bad.{f}").write_bytes(out)
        same(tally, f"errors stay, {f}", (2, out), run("report", work / f"bad.{f}", "--format", f)[:2])
        same(tally, f"an exit code, {f}", code, 2)


def merges(tally, work):
    part, lines = doors.lines_of(doors.document_of(ACME))
    (work / "org.json").write_text(json.dumps(part))
    text = [json.dumps(line).encode() + b"\n" for line in lines]
    whole = run("check", "-", "--org", work / "org.json", *AS_OF, "--format", "json", text=b"".join(text))
    for k, chunk in enumerate((text[:4], text[4:5], text[5:])):
        (work / f"s{k}").write_bytes(run("check", "-", "--org", work / "org.json", *AS_OF, "--format", "ndjson", text=b"".join(chunk))[1])
    code, out, err = run("report", work / "s0", work / "s1", work / "s2", "--format", "json")
    got, want = (json.loads(out), json.loads(whole[1])) if out else ({}, {"accounts": 1, "summary": {}})
    same(tally, "shards give the accounts of one run", got.get("accounts"), want["accounts"])
    for member in ("accounts", "ready", "not_ready", "undetermined"):
        same(tally, f"shards give the sum, {member}", got["summary"][member], want["summary"][member])
    same(tally, "shards give the exit code", (code, got["exit"]), (whole[0], want["exit"]))
    counts = lambda s: sorted((r["rule"], r["pass"], r["fail"], r["unknown"]) for r in s["by_rule"] if not r["rule"].startswith("org."))
    same(tally, "shards give the counts of each rule", counts(got["summary"]), counts(want["summary"]))
    together = b"".join((work / s).read_bytes() for s in ("s0", "s1", "s2"))
    same(tally, "streams behind each other are the same", run("report", "-", "--format", "json", text=together)[:2], (code, out))
    code, out, err = run("report", "-", text=together[:-200])
    tally.add("and refused when the last was cut", [] if code == 2 and not out else [f"{code} {err}"])
    code, out, err = run("report", work / "s0", work / "s1", work / "s0")
    tally.add("an account twice is refused", [] if code == 2 and "stands in an earlier result" in err and not out else [f"{code} {err}"])
    (work / "late").write_bytes(run("check", TINY, "--as-of", "2026-11-21", "--format", "ndjson", "--account", "300400500600")[1])
    (work / "early").write_bytes(run("check", TINY, "--as-of", "2026-11-20T12:00:00Z", "--format", "ndjson", "--account", "200300400500")[1])
    code, out, err = run("report", work / "early", work / "late")
    tally.add("results of other times are refused", [] if code == 2 and "--mixed" in err and not out else [f"{code} {err}"])
    code, out, err = run("report", work / "early", work / "late", "--mixed", "--format", "json")
    tally.add("--mixed takes them, and says so", [] if out and any("another time" in n for n in json.loads(out)["notes"]) else [f"{code} {err}"])
    code, out, err = run("report", work / "s0", work / "early", "--format", "json")
    tally.add("json holds one organization", [] if code == 2 and "ndjson" in err else [f"{code} {err}"])
    code, out, err = run("report", work / "s0", work / "early", "--format", "ndjson")
    kinds = [json.loads(line)["type"] for line in out.splitlines()]
    tally.add("ndjson holds two", [] if kinds.count("run") == 2 == kinds.count("summary") else [f"{code} {kinds} {err}"])


def refuses(tally, work):
    stream = run("check", ACME, *AS_OF, "--format", "ndjson")[1]
    document = run("check", ACME, *AS_OF, "--format", "json")[1]
    wrong = []
    for what, text in (("ndjson", stream), ("json", document)):
        for cut in list(range(0, len(text) - 2, len(text) // 40)) + [len(text) - 3]:
            code, out, err = run("report", "-", text=text[:cut])
            if code != 2 or out or not err:
                wrong.append(f"{what} cut at {cut}: exit {code} {err[:100]}")
    lines = stream.splitlines(keepends=True)
    for gone in range(len(lines)):
        code, out, err = run("report", "-", text=b"".join(lines[:gone] + lines[gone + 1:]))
        if code != 2 and b'"counted":false' not in lines[gone]:
            wrong.append(f"without line {gone + 1}: exit {code}")
    tally.add("what was cut off is refused", wrong)
    result = json.loads(document)
    not_ready = next(a for a in result["accounts"] if a["verdict"] == "NOT READY" and a.get("counted", True))
    changes = {
        "a verdict": lambda r: pick(r)["verdict"].__class__ and pick(r).update(verdict="READY"),
        "a verdict never heard of": lambda r: pick(r).update(verdict="FINE"),
        "an exit code": lambda r: r.update(exit=0),
        "an exit code out of range": lambda r: r.update(exit=7),
        "the sum": lambda r: r["summary"].update(ready=99),
        "another schema": lambda r: r.update(schema="orgexit/check/2"),
        "no tool": lambda r: r.pop("tool"),
        "a number as text": lambda r: r["summary"].update(accounts="13"),
        "an id": lambda r: pick(r).update(id="12"),
        "a time": lambda r: r.update(as_of="yesterday"),
        "a route": lambda r: pick(r).update(routes={"by/foot": "READY"}),
        "accounts that are no list": lambda r: r.update(accounts={}),
    }
    pick = lambda r: next(a for a in r["accounts"] if a["id"] == not_ready["id"])
    for what, change in changes.items():
        changed = json.loads(document)
        change(changed)
        code, out, err = run("report", "-", "--format", "json", text=json.dumps(changed).encode())
        tally.add(f"changed: {what}", [] if code == 2 and not out and err else [f"exit {code}: {err[:200]}"])
    everything = json.loads(document)
    for a in everything["accounts"]:
        if a.get("counted", True):
            a.update(verdict="READY", by_route="leave/api")
    everything["summary"].update(ready=everything["summary"]["accounts"], not_ready=0, undetermined=0)
    everything["exit"] = 0
    code, out, err = run("report", "-", text=json.dumps(everything).encode())
    tally.add("READY that no route bears out", [] if code == 2 else [f"exit {code}"])


def verifies(tally, work):
    (work / "was.json").write_bytes(run("check", TINY, *AS_OF, "--format", "json", "--digests")[1])
    code, out, err = run("report", "--verify", TINY, work / "was.json")
    tally.add("a result that still holds", [] if code == 0 else [f"{code} {out} {err}"])
    shutil.copytree(TINY, work / "now")
    path = work / "now/attestations.yaml"
    path.write_text(path.read_text() + "# a remark\n")
    code, out, err = run("report", "--verify", work / "now", work / "was.json")
    tally.add("an input that changed", [] if code == 2 and "attestations.yaml" in err else [f"{code} {err}"])
    next((work / "now/organizations/describe-policy").glob("p-[!F]*.json")).unlink()
    code, out, err = run("report", "--verify", work / "now", work / "was.json", "--format", "json")
    tally.add("a verdict that changed", [] if out and json.loads(out)["accounts"] else [f"{code} {err}"])


def differs(tally, work):
    check = schemas.validator("diff.schema.json")
    (work / "old.json").write_bytes(run("check", TINY, *AS_OF, "--format", "json")[1])
    old = json.loads((work / "old.json").read_text())
    shutil.copytree(TINY, work / "new")
    path = work / "new/attestations.yaml"
    for f in (work / "new/organizations/describe-policy").iterdir():
        f.write_text(f.read_text().replace("organizations:LeaveOrganization", "organizations:CreateOrganization"))
    path.write_text("version: 1\naccounts: {}\n")
    (work / "new.ndjson").write_bytes(run("check", work / "new", *AS_OF, "--format", "ndjson")[1])
    new = [json.loads(line) for line in (work / "new.ndjson").read_text().splitlines()]
    now = {a["id"]: a for a in new if a["type"] == "account"}
    stopped = [a["id"] for a in old["accounts"] if a["verdict"] == "READY" and now[a["id"]]["verdict"] != "READY"]
    code, out, err = run("diff", work / "old.json", work / "new.ndjson", "--format", "json")
    result = json.loads(out) if out else {"summary": {"stopped": -1}, "accounts": []}
    tally.add("diff: the schema", schemas.faults(check, result))
    same(tally, "diff: accounts that stopped being READY", (len(stopped) > 0, len(stopped), 1), (True, result["summary"]["stopped"], code))
    for change in result["accounts"]:
        was = {a["id"]: a for a in old["accounts"]}[change["id"]]
        same(tally, f"diff: {change['id']}", (was["verdict"], now[change["id"]]["verdict"]), (change["verdict"]["was"], change["verdict"]["is"]))
        told = {r["rule"]: (r["was"], r["is"]) for r in change["rules"]}
        order = {"fail": 4, "unknown": 3, "waived": 2, "pass": 1, "not-applicable": 0}
        worst = lambda a: {f["rule"]: max((g["outcome"] for g in a["findings"] if g["rule"] == f["rule"]), key=order.get) for f in a["findings"]}
        before, after = worst(was), worst(now[change["id"]])
        want = {r: (before.get(r, "not-applicable"), after.get(r, "not-applicable")) for r in {**before, **after}}
        want = {r: p for r, p in want.items() if p[0] != p[1] and order[p[0]] + order[p[1]] > 1}
        same(tally, f"diff: findings of {change['id']}", want, told)
    code, out, err = run("diff", work / "new.ndjson", work / "old.json")
    tally.add("diff: the other way round nobody stops", [] if code == 0 and f"{len(stopped)} became READY" in out.decode() else [f"{code} {out.decode()[-300:]}"])
    code, out, err = run("diff", work / "old.json", work / "old.json")
    tally.add("diff: the same", [] if code == 0 and b"0 became READY, 0 stopped" in out else [f"{code} {out}"])
    less = json.loads((work / "old.json").read_text())
    gone = next(a for a in less["accounts"] if a["verdict"] == "NOT READY" and a.get("counted", True))
    less["accounts"].remove(gone)
    less["summary"]["accounts"] -= 1
    less["summary"]["not_ready"] -= 1
    code, out, err = run("diff", work / "old.json", "-", "--format", "json", text=json.dumps(less).encode())
    tally.add("diff: an account that is gone", [] if code == 0 and json.loads(out)["summary"]["gone"] == 1 else [f"{code} {err}"])
    code, out, err = run("diff", work / "old.json")
    tally.add("diff: one result alone", [] if code == 2 and "expected two results" in err else [f"{code} {err}"])


def main():
    tally = judge.Tally()
    for part in (gives_back, errors_kept, merges, refuses, verifies, differs):
        with tempfile.TemporaryDirectory() as folder:
            part(tally, Path(folder))
    tally.end()


if __name__ == "__main__":
    sys.exit(main())
