#!/usr/bin/python3
"""A user's pack that restates every built-in rule says the same: same outcome, severity and message, for each account and route.

The pack is made of rules/*.yaml: ids get the prefix "mine.", params the prefix "mine_". It is judged beside the built-in one over every snapshot at
hand. A rule that says nothing anywhere, or a pack that is not read, fails the test.
"""
import re
import os
import sys
import tempfile
from pathlib import Path

import yaml

import judge

AS_OF = "2026-11-20T12:00:00Z"


def renamed(value):
    """Params by their new names, in tests and in templates."""
    if isinstance(value, dict):
        return {k: "mine_" + v if k == "param" else renamed(v) for k, v in value.items()}
    if isinstance(value, list):
        return [renamed(v) for v in value]
    return re.sub(r"\{param\.", "{param.mine_", value) if isinstance(value, str) else value


def restated():
    params, rules = {}, []
    for path in sorted((judge.ROOT / "rules").glob("*.yaml")):
        if path.name.endswith(".test.yaml"):
            continue
        pack = yaml.safe_load(path.read_text())
        params.update({"mine_" + k: v for k, v in pack.get("params", {}).items()})
        rules += [dict(renamed(r), id="mine." + r["id"]) for r in pack.get("rules", [])]
    return {"version": 1, "pack": {"id": "mine", "title": "The built-in rules once more"}, "params": params, "rules": rules}


def told(doc):
    """{(account, rule without prefix, mine, route): (outcome, severity, message)}"""
    rows = {}
    for account in doc["accounts"]:
        for f in account["findings"]:
            mine = f["rule"].startswith("mine.")
            for route in f["routes"]:
                rows[account["id"], f["rule"].removeprefix("mine."), mine, route] = (f["outcome"], f["severity"], f["message"])
    return rows


def compare(name, doc, rules, spoken):
    rows, bad = told(doc), []
    for (account, rule, mine, route), said in sorted(rows.items()):
        spoken.add(rule)
        if rows.get((account, rule, not mine, route)) != said:
            bad.append(f"{name} {account} {route} {'mine.' if mine else ''}{rule}: {said}, the other says {rows.get((account, rule, not mine, route))}")
    if not any(mine for _, _, mine, _ in rows):
        bad.append(f"{name}: the pack was not judged")
    return len(rows) // 2, bad


def snapshots():
    corpus = os.environ.get("ORGEXIT_CORPUS")
    places = [judge.ROOT / "samples" / "acme", judge.ROOT / "tests" / "tiny"]
    if corpus:
        places += sorted(p.parent for p in Path(corpus).glob("**/capture.json"))
    return places


def main():
    passed, failed, spoken = 0, [], set()
    pack = restated()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.yaml"
        path.write_text(yaml.safe_dump(pack, sort_keys=False, allow_unicode=True, width=100000))
        for snapshot in snapshots():
            for more in ([], ["--route", "transfer"]):
                result = judge.run("check", str(snapshot), "--as-of", AS_OF, "--max-age", "3650d", "--no-waivers", "--rules", str(path), "--format", "json", *more)
                if not result.doc:
                    failed.append(f"{snapshot.name}: exit {result.code}: {result.err.decode(errors='replace')}")
                    continue
                same, bad = compare(snapshot.name, result.doc, pack.get("rules", []), spoken)
                passed += same - len(bad)
                failed += bad
    for rule in pack.get("rules", []):
        if rule["id"].removeprefix("mine.") not in spoken:
            failed.append(f"{rule['id']} was never told")
    for line in failed[:20]:
        print("FAIL", line)
    print(f"{passed} passed, {len(failed)} failed")
    return bool(failed)


sys.exit(main())
