#!/usr/bin/python3
"""Captures of the second set, and what rules make of them: tests/second/cases.yaml over the snapshot tests/tiny.

    name      what it shows
    files     path: answer, as the AWS CLI prints it. A path begins with A (the account judged, 200300400500), B (300400500600), M (the management
              account), D (400500600700, delegated administrator of Config) or o (organizations/); AR, BR, ...: in Region eu-west-1. An answer that is a text is written as it stands
    errors    path: code, for capture.json
    regions   false: without account/list-regions of all of them, which else shows eu-west-1 alone
    services  trusted access; none: not captured
    want      rule: outcome, or [outcome, text that the message or evidence must hold]
    exit      2 where an input is malformed; else 0, 1 or 3 will do
"""
import json
import shutil
import sys
import tempfile
from pathlib import Path

import yaml

import judge

FOLDERS = {"A": "accounts/200300400500", "B": "accounts/300400500600", "M": "accounts/100200300400",
           "D": "accounts/400500600700", "o": "organizations"}
REGIONS = {"Regions": [{"RegionName": "eu-west-1", "RegionOptStatus": "ENABLED_BY_DEFAULT"}, {"RegionName": "af-south-1", "RegionOptStatus": "DISABLED"}]}


def place(path):
    head, rest = path.split("/", 1)
    return f"{FOLDERS[head[0]]}/regions/eu-west-1/{rest}" if head.endswith("R") else f"{FOLDERS[head]}/{rest}"


def build(case, snapshot):
    shutil.copytree(judge.ROOT / "tests" / "tiny", snapshot)
    files = dict(case.get("files", {}))
    if case.get("regions", True):
        files = {"A/account/list-regions": REGIONS, "B/account/list-regions": REGIONS, "M/account/list-regions": REGIONS, "D/account/list-regions": REGIONS,
                 **files}
    if "services" in case:
        files["o/list-aws-service-access-for-organization"] = {"EnabledServicePrincipals": [{"ServicePrincipal": s} for s in case["services"]]}
    for path, answer in files.items():
        to = snapshot / (place(path) + ".json")
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(answer if isinstance(answer, str) else json.dumps(answer, indent=4))
    capture = json.loads((snapshot / "capture.json").read_text())
    capture["errors"] += [{"call": place(path), "code": code} for path, code in case.get("errors", {}).items()]
    (snapshot / "capture.json").write_text(json.dumps(capture))


def wrong(case, result):
    if "exit" in case and result.code != case["exit"]:
        return [f"exit {result.code}, wanted {case['exit']}: {result.err.decode(errors='replace')}"]
    if not case["want"]:
        return []
    if not result.accounts():
        return [f"exit {result.code}, no account: {result.err.decode(errors='replace')}"]
    account = result.accounts()[0]
    found = {f["rule"]: f for f in account["findings"]}
    bad = []
    for rule, want in case["want"].items():
        outcome, text = (want, "") if isinstance(want, str) else want
        f = found.get(rule, {"outcome": "not-applicable", "message": "", "evidence": []})
        if f["outcome"] != outcome:
            bad.append(f"{rule} is {f['outcome']}, wanted {outcome}: {f['message']}")
        elif text and text not in f["message"] + json.dumps(f["evidence"], ensure_ascii=False):
            bad.append(f"{rule} does not say {text!r}: {f['message']} {f['evidence']}")
    return bad


def main():
    passed = failed = 0
    for case in yaml.safe_load((judge.ROOT / "tests" / "second" / "cases.yaml").read_text()):
        with tempfile.TemporaryDirectory() as folder:
            snapshot = Path(folder) / "s"
            build(case, snapshot)
            result = judge.run("check", str(snapshot), "--as-of", "2026-11-20T12:00:00Z", "--account", "200300400500", "--format", "json")
            bad = wrong(case, result)
        passed, failed = passed + (not bad), failed + bool(bad)
        for line in bad:
            print(f"FAIL {case['name']}: {line}")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
