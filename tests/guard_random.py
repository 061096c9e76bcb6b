#!/usr/bin/python3
"""Random trees of SCPs and claims that nobody may leave: guard against single decisions, by the thousand, of simulate --cases.

Where it says "violated", every example must be allowed and meant by the claim. Where it says "holds", none of many callers may be allowed.
GUARD_TREES (120) trees from GUARD_SEED (1)."""
import json
import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path

import judge

ACCOUNT, ORG = "111122223333", "o-guard00001"
LEVELS = ["/Root", "/Root/Prod", f"/Root/Prod/{ACCOUNT}"]
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
NAMES = ["role/A", "role/Break", "role/BreakGlass", "role/p/A", "role/p/q/Break", "user/A", "user/jo", "user/p/jo", "root", "role/Exit", "role/Ex"]
PATTERNS = ["role/A", "role/*", "role/Break*", "role/*Glass", "role/p/*", "role/*/A", "user/*", "user/jo", "root", "role/?", "user/p/*", "role/E?it", "role/p*", "user/?o"]
CALLERS = NAMES + ["role/Anybody", "user/Anybody", "role/BreakExample", "role/ExampleGlass", "role/Example/A", "role/x:role/A", "role/a", "user/jo1",
                   "role/exit", "role/e:x/BreakGlass", "user/x:user/jo", "role/pq"]
TAGS = [{}, *({f"aws:PrincipalTag/{k}": v} for k in "ab" for v in "xyz"), {"aws:PrincipalTag/a": "x", "aws:PrincipalTag/b": "y"}]
MFA = [{}, {"aws:MultiFactorAuthPresent": "true"}, {"aws:MultiFactorAuthPresent": "false"}]
ADDRESSES = [{}, {"aws:SourceIp": "203.0.113.5"}, {"aws:SourceIp": "198.51.100.1"}]


class Tree:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.policies, self.scps = {}, {}
        for i, level in enumerate(LEVELS):
            self.scps[level] = ["FullAWSAccess"] if self.r.random() < 0.9 else [self.policy(f"allow{i}.json", "Allow")]
            if self.r.random() < 0.6:
                self.scps[level].append(self.policy(f"deny{i}.json", "Deny"))
        self.but = self.r.sample(PATTERNS, self.r.choice([0, 0, 1, 2, 3]))

    def policy(self, name, effect):
        self.policies[name] = {"Version": "2012-10-17", "Statement": [self.statement(effect) for _ in range(self.r.choice([1, 1, 2]))]}
        return name

    def statement(self, effect):
        s, pick = {"Effect": effect, "Resource": "*"}, self.r.choice
        if self.r.random() < 0.85:
            s["Action"] = pick(["organizations:LeaveOrganization", "*", "organizations:*", "organizations:Leave*", "s3:*"])
        else:
            s["NotAction"] = pick([["iam:*"], ["organizations:*"]])
        for _ in range(pick([0, 1, 1, 1, 2, 2, 3])):
            operator, key, value = self.condition()
            s.setdefault("Condition", {}).setdefault(operator, {})[key] = value
        return s

    def condition(self):
        pick = self.r.choice
        kind = pick(["arn"] * 6 + ["tag", "mfa", "user", "type", "account", "null", "address", "organization"])
        text = pick(["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"])
        if kind == "arn":
            operator = pick(["ArnLike", "ArnNotLike", "ArnNotEquals", "StringLike", "StringNotLike", "StringEquals", "StringNotEquals", "ArnNotLikeIfExists"])
            names = NAMES if "Equals" in operator and "String" in operator else PATTERNS
            return operator, "aws:PrincipalArn", [f"arn:aws:iam::{pick(['*', '*', ACCOUNT, '999988887777', '${aws:PrincipalAccount}'])}:{pick(names)}" for _ in range(pick([1, 1, 2, 3]))]
        return {"tag": (text, "aws:PrincipalTag/" + pick("ab"), pick(["x", "y", "x*"])),
                "mfa": (pick(["Bool", "BoolIfExists"]), "aws:MultiFactorAuthPresent", pick(["true", "false"])),
                "user": (text, "aws:username", pick(["jo", "j*", "A"])),
                "type": (text, "aws:PrincipalType", pick(["User", "AssumedRole", "Account"])),
                "account": (text, "aws:PrincipalAccount", pick([ACCOUNT, "999988887777"])),
                "null": ("Null", pick(["aws:PrincipalTag/a", "aws:MultiFactorAuthPresent", "aws:username", "aws:PrincipalArn"]), pick(["true", "false"])),
                "address": (pick(["IpAddress", "NotIpAddress"]), "aws:SourceIp", "203.0.113.0/24"),
                "organization": (pick(["StringEquals", "StringNotEquals"]), "aws:PrincipalOrgID", ORG)}[kind]

    def is_meant(self, name):
        return not any(fnmatchcase(name, b) for b in self.but)

    def guard(self, folder):
        for name, document in self.policies.items():
            (folder / name).write_text(json.dumps(document))
        (folder / "map").write_text(json.dumps({"version": 1, "organization": ORG, "scps": self.scps}))
        claim = {"name": "n", "in": ACCOUNT, "no_principal": True, **({"but": self.but} if self.but else {})}
        (folder / "expect").write_text(json.dumps({"version": 1, "claims": [claim]}))
        return judge.run("guard", "--policies", folder, "--map", folder / "map", "--expect", folder / "expect", "--as-of", "2026-11-20T12:00:00Z", "--format", "json")

    def case(self, name, call):
        context = {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:{name}", "aws:PrincipalAccount": ACCOUNT, "aws:PrincipalOrgID": ORG, "aws:RequestedRegion": "us-east-1",
                   "aws:PrincipalType": {"root": "Account", "user": "User", "role": "AssumedRole"}[name.split("/")[0]], **{k: v for k, v in call.items() if v is not None}}
        if name.startswith("user/"):
            context["aws:username"] = name.rsplit("/", 1)[1]
        scps = [{"level": level, "policies": [{"name": n, "document": self.policies.get(n, ALL)} for n in self.scps[level]]} for level in LEVELS]
        request = {"principal": context["aws:PrincipalArn"], "action": "organizations:LeaveOrganization", "resource": "*", "context": context}
        return {"name": f"{name} {call}", "request": request, "policies": {"identity": [{"name": "all", "document": ALL}], "scps": scps, "rcps": [], "boundary": None, "session": None, "resource": None}}


def decide(cases):
    text = "\n".join(map(json.dumps, cases)).encode()
    done = subprocess.run([judge.ORGEXIT, "simulate", "--cases", "-"], input=text, env=judge.CLEAN, capture_output=True, timeout=300)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["name"]: row.get("decision", row.get("error")) for row in rows if row.get("type") != "summary"}


def try_tree(seed):
    tree = Tree(seed)
    with tempfile.TemporaryDirectory(prefix="guard") as folder:
        result = tree.guard(Path(folder))
    if not result.doc:
        return "", [f"no answer: {result.err.decode()[:300]}"]
    claim = result.doc["claims"][0]
    if claim["outcome"] == "violated":
        people = [p for c in claim["cases"] for p in c["principals"] if p["may"] == "yes"]
        names = [p["principal"].split(":", 5)[5] for p in people]
        wrong = [f"the example {n} is excepted by {tree.but}" for n in names if not tree.is_meant(n)]
        got = decide([tree.case(n, p["context"]) for n, p in zip(names, people)])
        return "violated", wrong + [f"{n} is {d}" for n, d in got.items() if d != "Allowed"] + ([] if people else ["nobody is named"])
    if claim["outcome"] == "holds":
        calls = [{**t, **m, **a} for t in TAGS for m in MFA for a in ADDRESSES]
        got = decide([tree.case(n, c) for n in CALLERS if tree.is_meant(n) for c in calls if n != "root" or not any("Tag" in k for k in c)])
        return "holds", [f"{n} is allowed though the claim holds" for n, d in got.items() if d == "Allowed"][:3]
    return "unknown", []


def main():
    seed, trees = int(os.environ.get("GUARD_SEED", 1)), int(os.environ.get("GUARD_TREES", 120))
    counts, failed = {}, 0
    with ThreadPoolExecutor(judge.CORES) as pool:
        for i, (outcome, wrong) in enumerate(pool.map(try_tree, range(seed * 1000000, seed * 1000000 + trees))):
            counts[outcome] = counts.get(outcome, 0) + 1
            failed += bool(wrong)
            for w in wrong:
                print(f"FAIL guard tree {seed * 1000000 + i}: {w}")
    if counts.get("unknown", 0) > trees / 20: # what guard cannot decide must stay rare
        failed += 1
        print(f"FAIL guard trees: {counts} - too many are unknown")
    print(counts)
    print(f"{trees - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
