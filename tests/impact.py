#!/usr/bin/python3
"""What a departure changes: tests/impact/cases.yaml, policies laid into the snapshot tests/tiny, of which account A leaves; then every line of the corpus'
acme.impact.tsv must be found, with the effect that it tells; then what must hold of any output.

    name      what it shows
    at        where the policy stands: `own` (A) or `other` (B) or `management` with role, boundary, trust, bucket, endpoint; or scp, rcp (at the root)
    policy    its statements, Effect Allow unless said otherwise; Action, Resource "*" and, where a policy needs one, Principal "*" are filled in
    version   of the policy; 2012-10-17
    beside    statements of a second policy of the same role; beside a role's own, none
    files, errors, services, regions  as in tests/second.py
    without   captures that are taken away
    cut       captures that say that there is more
    account   that leaves, if not A
    options   of impact
    want      the items that tell of a condition key: [how sure, change], or [how sure, change, text that it must hold], in the order of the output
    tells     rule: [how sure, text, ...]: an item of that rule must be there and hold the texts
    silent    rules of which no item may be there
    exit      0

O is the organization o-tinytiny10 (root r-tiny, and in it ou-tiny-mobile01), A 200300400500, B 300400500600, M the management account 100200300400.
"""
import json
import os
import sys
import tempfile
from pathlib import Path

import yaml

import judge
import second

A, B, M = "200300400500", "300400500600", "100200300400"
WHOSE = {"own": A, "other": B, "management": M}
CASES = judge.ROOT / "tests" / "impact" / "cases.yaml"
CORPUS = Path(os.environ.get("ORGEXIT_CORPUS") or judge.ROOT.parent / "shared" / "corpus") / "snapshots"
ORDER = ["deletion", "access", "protection", "visibility", "money", "law", "stays"]


def document(case, key, trust=False, principal=False):
    statements = []
    for s in case[key]:
        s = {"Effect": "Allow", **s}
        if "NotAction" not in s:
            s.setdefault("Action", "sts:AssumeRole" if trust else "*")
        if not trust and "NotResource" not in s:
            s.setdefault("Resource", "*")
        if (trust or principal) and "NotPrincipal" not in s:
            s.setdefault("Principal", "*")
        statements.append(s)
    return {"Version": str(case.get("version", "2012-10-17")), "Statement": statements}


def change_json(path, change):
    doc = json.loads(path.read_text())
    change(doc)
    path.write_text(json.dumps(doc, indent=4))


def lay_role(case, snapshot, account, kind):
    role = {"Path": "/", "RoleName": "Subject", "RoleId": "AROATINYSUBJECTXXXXX", "Arn": f"arn:aws:iam::{account}:role/Subject", "CreateDate": "2022-02-03T00:00:00+00:00",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
            "InstanceProfileList": [], "RolePolicyList": [], "AttachedManagedPolicies": [], "Tags": []}
    managed = []
    if kind == "trust":
        role["AssumeRolePolicyDocument"] = document(case, "policy", trust=True)
    elif kind == "boundary":
        arn = f"arn:aws:iam::{account}:policy/Border"
        role["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
        managed.append({"PolicyName": "Border", "PolicyId": "ANPATINYBORDERXXXXXXX", "Arn": arn, "Path": "/", "DefaultVersionId": "v1", "AttachmentCount": 0,
                        "PermissionsBoundaryUsageCount": 1, "IsAttachable": True,
                        "PolicyVersionList": [{"Document": document(case, "policy"), "VersionId": "v1", "IsDefaultVersion": True, "CreateDate": "2022-02-03T00:00:00+00:00"}]})
    else:
        role["RolePolicyList"].append({"PolicyName": "asked", "PolicyDocument": document(case, "policy")})
    if "beside" in case:
        role["RolePolicyList"].append({"PolicyName": "beside", "PolicyDocument": document(case, "beside")})

    def add(doc):
        doc["RoleDetailList"].append(role)
        doc["Policies"] = doc.get("Policies", []) + managed
    iam = snapshot / "accounts" / account / "iam"
    change_json(iam / "get-account-authorization-details.json", add)
    change_json(iam / "get-account-summary.json", lambda d: d["SummaryMap"].update(Roles=d["SummaryMap"]["Roles"] + 1, Policies=d["SummaryMap"].get("Policies", 0) + len(managed)))


def lay_guardrail(case, snapshot, kind):
    organizations, policy = snapshot / "organizations", f"p-{kind}asked1"
    word = {"scp": "SERVICE_CONTROL_POLICY", "rcp": "RESOURCE_CONTROL_POLICY"}[kind]
    summary = {"Id": policy, "Arn": f"arn:aws:organizations::{M}:policy/o-tinytiny10/{word.lower()}/{policy}", "Name": "Asked", "Type": word, "AwsManaged": False}
    text = json.dumps(document(case, "policy", principal=kind == "rcp"))
    (organizations / "describe-policy" / f"{policy}.json").write_text(json.dumps({"Policy": {"PolicySummary": summary, "Content": text}}))
    target = {"Targets": [{"TargetId": "r-tiny", "Arn": f"arn:aws:organizations::{M}:root/o-tinytiny10/r-tiny", "Name": "Root", "Type": "ROOT"}]}
    (organizations / "list-targets-for-policy" / f"{policy}.json").write_text(json.dumps(target))
    listed = organizations / "list-policies" / f"{word}.json"
    if listed.exists():
        change_json(listed, lambda d: d["Policies"].append(summary))
    else:
        listed.write_text(json.dumps({"Policies": [summary]}))
        change_json(organizations / "list-roots.json", lambda d: d["Roots"][0]["PolicyTypes"].append({"Type": word, "Status": "ENABLED"}))


def build(case, snapshot):
    whose, _, kind = case.get("at", "").partition(" ")
    files = dict(case.get("files", {}))
    letter = {"own": "A", "other": "B", "management": "M"}.get(whose)
    if kind == "bucket":
        files[f"{letter}/s3api/list-buckets"] = {"Buckets": [{"Name": "asked"}]}
        files[f"{letter}/s3api/get-bucket-policy/asked"] = {"Policy": json.dumps(document(case, "policy", principal=True))}
    if kind == "endpoint":
        files[f"{letter}R/ec2/describe-vpc-endpoints"] = {"VpcEndpoints": [{"VpcEndpointId": "vpce-asked", "PolicyDocument": json.dumps(document(case, "policy", principal=True))}]}
    second.build({**case, "files": files}, snapshot)
    if kind in ("role", "boundary", "trust"):
        lay_role(case, snapshot, WHOSE[whose], kind)
    elif whose in ("scp", "rcp"):
        lay_guardrail(case, snapshot, whose)
    for path in case.get("without", []):
        (snapshot / (second.place(path) + ".json")).unlink()
    for path in case.get("cut", []):
        change_json(snapshot / (second.place(path) + ".json"), lambda d: d.update(NextToken="more"))


def ask(snapshot, *options, account=A, as_of="2026-11-20T12:00:00Z"):
    return judge.run("impact", snapshot, "--account", account, "--as-of", as_of, "--no-config", "--format", "json", *options)


def text_of(item):
    return " ".join([item["now"], item["after"], item["why"] or "", item["key"] or "", json.dumps(item["evidence"], ensure_ascii=False), " ".join(item["depends_on"]),
                     json.dumps(item["fix"], ensure_ascii=False), json.dumps(item["needs"], ensure_ascii=False)])


def holds(wanted, item):
    return item["certainty"] == wanted[0] and item["change"] == wanted[1] and all(t in text_of(item) for t in wanted[2:])


def wrong(case, result):
    if result.code != case.get("exit", 0) or not result.accounts():
        return [f"exit {result.code}: {result.err.decode(errors='replace')}"] if result.code != case.get("exit", 0) else []
    items, bad = result.accounts()[0]["items"], []
    of_keys = [i for i in items if i["key"]]
    if "want" in case:
        told = [(i["certainty"], i["change"], i["after"], i["depends_on"]) for i in of_keys]
        if len(of_keys) != len(case["want"]) or not all(holds(w, i) for w, i in zip(case["want"], of_keys)):
            bad.append(f"wanted {case['want']}, got {told}")
    for rule, (sure, *texts) in case.get("tells", {}).items():
        if not any(i["rule"] == rule and i["certainty"] == sure and all(t in text_of(i) for t in texts) for i in items):
            bad.append(f"no {sure} item of {rule} holds {texts}: {[(i['certainty'], i['now'], i['after']) for i in items if i['rule'] == rule]}")
    bad += [f"an item of {rule}: {i['now']}" for rule in case.get("silent", []) for i in items if i["rule"] == rule]
    return bad


def shape(account):
    """What must hold of every answer."""
    bad, items = [], account["items"]
    kinds = [ORDER.index(i["kind"]) for i in items]
    if kinds != sorted(kinds):
        bad.append("kinds are not in order")
    for i in items:
        if i["certainty"] == "unknown" and not i["why"]:
            bad.append(f"unknown, and does not say why: {i['now']}")
        if i["certainty"] != "unknown" and i["why"]:
            bad.append(f"known, and says why not: {i['now']}")
        if i["kind"] not in ("money", "law") and i["certainty"] != "unknown" and not i["evidence"]:
            bad.append(f"no evidence: {i['now']}")
        if not i["fix"] and not i["needs"]:
            bad.append(f"nothing to do: {i['now']}")
    counts = {s: sum(i["certainty"] == s for i in items) for s in ("certain", "likely", "unknown")}
    if counts != account["counts"]:
        bad.append(f"counts {account['counts']}, are {counts}")
    return bad


# What an item must say, and how sure it must be, for the effect that a line of acme.impact.tsv tells: the first of its texts that the line holds.
EFFECTS = [
    ("principals of 100000000006 itself no longer match", {"change": "allow to none", "certainty": "certain"}, ["own principals", "callers that stay in the organization keep"]),
    ("the Allow no longer matches, reading stops, own buckets included", {"change": "allow to none", "certainty": "certain"}, ["own resources", "resources of the organization"]),
    ("the Deny starts to match, writing stops", {"change": "none to deny", "certainty": "certain"}, ["own resources"]),
    ("stays usable across the border: review", {"kind": "stays", "certainty": "certain"}, ["keeps working", "review"]),
    ("former management account keeps administrator access until the role is deleted", {"kind": "stays", "certainty": "certain"}, ["former management account keeps administrator access until the role is deleted"]),
    ("assignment is removed with the account", {"kind": "deletion", "certainty": "certain"}, ["taken away with the account"]),
    ("its principals become outsiders", {"change": "none to deny", "certainty": "certain"}, ["on resources of the organization"]),
    ("organization-managed parts end for the account", {"rule": "impact.trusted-access-inventory"}, ["has trusted access"]),
]


def line_found(line, items):
    account, where, key, effect = line
    file, _, name = where.partition(" ")
    members, texts = next((m, t) for words, m, t in EFFECTS if words in effect)
    role = name.replace("role ", "").split(",")[0].split(" ")[0]
    words = texts + ([role] if role else []) + ([key] if key.endswith(".amazonaws.com") else []) + [k for k in key.split()[:1] if k.startswith("aws:")]
    found = [i for i in items if all(i[m] == v for m, v in members.items()) and all(w in text_of(i) for w in words) and any(e["file"] == file for e in i["evidence"])]
    if "no longer protects its own resources" in effect:
        found = found if any(i["rule"] == "impact.scp-protection-lost" and i["change"] == "deny to none" and any(e["file"] == file for e in i["evidence"]) for i in items) else []
    return bool(found)


def corpus():
    """Yields (name, what is wrong) for each line and account of the corpus."""
    lines = [l.split("\t") for l in (CORPUS / "acme.impact.tsv").read_text().splitlines()[1:]]
    members = sorted(p.name for p in (CORPUS / "acme" / "accounts").iterdir() if p.name != "100000000001")
    answers = {}
    for account in members:
        result = ask(CORPUS / "acme", account=account, as_of="2026-11-23T00:00:00Z")
        # A malformed capture of the account is exit code 2; what can be told is told all the same.
        answers[account] = result.accounts()[0]["items"] if result.accounts() else []
        bad = shape(result.accounts()[0]) if result.accounts() else [result.err.decode(errors="replace")]
        yield f"corpus acme, {account}", bad
    for line in lines:
        for account in members if line[0] == "*" else [line[0]]:
            yield f"corpus acme, {account}: {line[1]} {line[2]}", [] if line_found(line, answers[account]) else [f"not found: {line[3]}"]


def main():
    passed = failed = 0
    cases = yaml.safe_load(CASES.read_text())

    def count(name, bad):
        nonlocal passed, failed
        passed, failed = passed + (not bad), failed + bool(bad)
        for line in bad:
            print(f"FAIL {name}: {line}")

    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            snapshot = Path(folder) / "s"
            build(case, snapshot)
            result = ask(snapshot, *map(str, case.get("options", [])), account=case.get("account", A))
            count(case["name"], wrong(case, result) + (shape(result.accounts()[0]) if result.accounts() else []))
    read = {i["file"] for i in ask(judge.ROOT / "tests" / "tiny").doc["inputs"]}
    there = {str(p.relative_to(judge.ROOT / "tests" / "tiny")) for p in (judge.ROOT / "tests" / "tiny").rglob("*.json")}
    count("every file that is read is named", sorted(there - read))
    if (CORPUS / "acme.impact.tsv").exists():
        for name, bad in corpus():
            count(name, bad)
    else:
        print("no corpus: its lines were not looked for")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
