#!/usr/bin/python3
"""The tables of tests/guard: claims decided with files and with a snapshot made of the same SCPs; every example that guard names is tried
with simulate and explain, and where it says that nobody gets through, probes are tried that must be denied."""
import itertools
import json
import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

import judge
from guard_random import decide

TABLE = judge.ROOT / "tests" / "guard" / "cases.yaml"
AS_OF, ACCOUNT, MANAGEMENT, ORG = "2026-11-20T12:00:00Z", "111122223333", "999900001111", "o-guard00001"
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
LEAVE = "organizations:LeaveOrganization"
EXITS = {"holds": 0, "violated": 1, "unknown": 3}
# What a direct call carries, for simulate, which takes every key that is not named as absent.
CALL = ["aws:RequestedRegion=us-east-1", "aws:SecureTransport=true", "aws:ViaAWSService=false",
        "aws:PrincipalIsAWSService=false", "aws:CurrentTime=2026-11-20T12:00:00Z", f"aws:PrincipalOrgID={ORG}"]


def policy(statements):
    return {"Version": "2012-10-17", "Statement": [{"Resource": "*", **s} for s in (statements if isinstance(statements, list) else [statements])]}


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1))


class Case:
    def __init__(self, table, row, folder):
        self.row, self.folder = row, folder
        self.claim = {"name": row["name"], "in": row.get("in", ["/Root/Prod"]), **row["claim"]}
        self.scps, self.texts = {}, {"FullAWSAccess": policy(ALL)}
        for path, items in row.get("scps", {"/Root": ["FullAWSAccess"], "/Root/Prod": ["FullAWSAccess"]}).items():
            names = []
            for i, item in enumerate(items):
                name = item if isinstance(item, str) else f"own-{path.strip('/').replace('/', '-')}-{i}"
                if name != "FullAWSAccess":
                    self.texts[name] = policy(table["policies"][item] if isinstance(item, str) else item)
                names.append(name)
            self.scps[path] = names
        write(folder / "expect.yaml", {"version": 1, "claims": [self.claim]})

    # ---- policies as files ----
    def files(self):
        for name, text in self.texts.items():
            write(self.folder / "policies" / f"{name}.json", text)
        write(self.folder / "map.yaml", {"version": 1, **self.row.get("map", {}), "scps": {
            path: [n if n == "FullAWSAccess" else f"{n}.json" for n in names] for path, names in self.scps.items()}})
        return self.run("--policies", self.folder / "policies", "--map", self.folder / "map.yaml")

    # ---- a snapshot ----
    def snapshot(self, more=()):
        at = self.folder / "snapshot"
        shutil.rmtree(at, ignore_errors=True)
        arn = f"arn:aws:organizations::{MANAGEMENT}"
        ids = {"/Root": "r-gard", "/Root/Prod": "ou-gard-prod0001", f"/Root/Prod/{ACCOUNT}": ACCOUNT}
        write(at / "capture.json", {"version": 1, "captured_at": "2026-11-20T08:00:00Z", "completed_at": "2026-11-20T08:01:00Z", "partition": "aws"})
        org = at / "organizations"
        write(org / "describe-organization.json", {"Organization": {"Id": ORG, "Arn": f"{arn}:organization/{ORG}", "FeatureSet": "ALL", "MasterAccountId": MANAGEMENT}})
        write(org / "list-roots.json", {"Roots": [{"Id": "r-gard", "Name": "Root", "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]}]})
        accounts = [{"Id": i, "Name": n, "State": "ACTIVE", "Status": "ACTIVE", "JoinedMethod": "CREATED"} for i, n in ((MANAGEMENT, "head"), (ACCOUNT, "prod"))]
        write(org / "list-accounts.json", {"Accounts": accounts})
        write(org / "list-organizational-units-for-parent" / "r-gard.json", {"OrganizationalUnits": [{"Id": "ou-gard-prod0001", "Name": "Prod"}]})
        write(org / "list-organizational-units-for-parent" / "ou-gard-prod0001.json", {"OrganizationalUnits": []})
        write(org / "list-accounts-for-parent" / "r-gard.json", {"Accounts": accounts[:1]})
        write(org / "list-accounts-for-parent" / "ou-gard-prod0001.json", {"Accounts": accounts[1:]})
        scps = {f"/Root/Prod/{ACCOUNT}": ["FullAWSAccess"], **self.scps}
        summaries = []
        for name, text in self.texts.items():
            own = name != "FullAWSAccess"
            summary = {"Id": f"p-{''.join(c for c in name if c.isalnum())}", "Name": name, "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": not own}
            summaries.append(summary)
            write(org / "describe-policy" / f"{summary['Id']}.json", {"Policy": {"PolicySummary": summary, "Content": json.dumps(text)}})
            write(org / "list-targets-for-policy" / f"{summary['Id']}.json", {"Targets": [
                {"TargetId": ids[p], "Type": "ACCOUNT" if ids[p] == ACCOUNT else "ROOT" if p == "/Root" else "ORGANIZATIONAL_UNIT"}
                for p, names in scps.items() if name in names]})
        write(org / "list-policies" / "SERVICE_CONTROL_POLICY.json", {"Policies": summaries})
        mine = at / "accounts" / ACCOUNT
        write(mine / "sts" / "get-caller-identity.json", {"UserId": "AROAX:me", "Account": ACCOUNT, "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Collect/me"})
        people = {**self.row.get("people", {}), **{name: "Allow" for name in more}}
        write(mine / "iam" / "get-account-authorization-details.json", self.details(people))
        write(mine / "iam" / "get-account-summary.json", {"SummaryMap": {"Users": sum(p.startswith("user/") for p in people), "Roles": sum(p.startswith("role/") for p in people), "Groups": 0, "Policies": 0}})
        if self.row.get("broken") and not more:
            BREAKS[self.row["broken"]](at)
        return at

    @staticmethod
    def details(people):
        roles, users = [], []
        for who, may in people.items():
            kind, rest = who.split("/", 1)
            path, name = ("/" + rest).rsplit("/", 1)
            one = {"Path": path + "/", "Arn": f"arn:aws:iam::{ACCOUNT}:{who}", "CreateDate": "2022-02-03T00:00:00+00:00", "AttachedManagedPolicies": []}
            inline = [{"PolicyName": "Own", "PolicyDocument": policy({**ALL, "Effect": may} if isinstance(may, str) else may)}]
            if kind == "user":
                users.append({**one, "UserName": name, "UserId": f"AIDAGUARD{name.upper()}", "GroupList": [], "UserPolicyList": inline})
            else:
                trust = policy([])
                trust["Statement"] = [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}]
                roles.append({**one, "RoleName": name, "RoleId": f"AROAGUARD{name.upper()}", "AssumeRolePolicyDocument": trust, "RolePolicyList": inline, "InstanceProfileList": []})
        return {"UserDetailList": users, "GroupDetailList": [], "RoleDetailList": roles, "Policies": []}

    def run(self, *args):
        return judge.run("guard", *args, "--expect", self.folder / "expect.yaml", "--as-of", AS_OF, "--format", "json")

    # ---- trying an example ----
    def simulate(self, arn, context=()):
        account = arn.split(":")[4]
        levels = [p for p in ("/Root", "/Root/Prod", f"/Root/Prod/{account}") if p in self.scps]
        write(self.folder / "all.json", policy(ALL))
        write(self.folder / "nothing.json", policy({"Effect": "Allow", "Action": "none:None"}))
        args = []
        for level in levels:
            for name in self.scps[level] or [None]:
                write(self.folder / "policies" / f"{name}.json", self.texts[name] if name else policy({"Effect": "Allow", "Action": "none:None"}))
                args += ["--scp", f"{level}={self.folder / 'policies' / f'{name}.json'}"]
        done = judge.run("simulate", "--principal", arn, "--action", self.action(), "--identity", self.folder / "all.json", *args,
                         *(x for c in [*CALL, *context] for x in options(c)), "--format", "json")
        return (done.doc or {}).get("decision", done.err.decode())

    def action(self):
        may = self.claim.get("may", LEAVE)
        return may if isinstance(may, str) else may[-1]

    def explain(self, arn, context):
        name = arn.split(":", 5)[5]
        at = self.snapshot([] if name == "root" else [name])
        done = judge.run("explain", at, "--account", ACCOUNT, "--principal", arn, "--action", self.action(), "--as-of", AS_OF,
                         *(x for c in context for x in options(c)), "--format", "json")
        return (done.doc or {}).get("decision", done.err.decode())


def edit(file, change):
    def apply(at):
        path = at / file
        doc = json.loads(path.read_text())
        change(doc)
        path.write_text(json.dumps(doc))
    return apply


def remove(file):
    return lambda at: [p.unlink() for p in at.glob(file)]


DETAILS = f"accounts/{ACCOUNT}/iam/get-account-authorization-details.json"
BREAKS = {
    "stale": edit("capture.json", lambda d: d.update(captured_at="2026-11-01T08:00:00Z", completed_at="2026-11-01T08:01:00Z")),
    "stopped": edit("capture.json", lambda d: d.pop("completed_at")),
    "accounts cut": edit("organizations/list-accounts.json", lambda d: d.update(NextToken="x")),
    "a placeless account": edit("organizations/list-accounts.json", lambda d: d["Accounts"].append({"Id": "222233334444", "Name": "lost", "State": "ACTIVE"})),
    "not enabled": lambda at: (edit("organizations/list-roots.json", lambda d: d["Roots"][0].update(PolicyTypes=[]))(at),
                               edit("organizations/list-policies/SERVICE_CONTROL_POLICY.json", lambda d: d.update(Policies=[]))(at),
                               remove("organizations/list-targets-for-policy/*")(at), remove("organizations/describe-policy/*")(at)),
    "enabled unknown": edit("organizations/list-roots.json", lambda d: d["Roots"][0].pop("PolicyTypes")),
    "no text": remove("organizations/describe-policy/p-keep.json"),
    "no targets": remove("organizations/list-targets-for-policy/p-keep.json"),
    "no organization": remove("organizations/describe-organization.json"),
    "people cut": edit(DETAILS, lambda d: d.update(Marker="x", IsTruncated=True)),
    "no people": remove(DETAILS),
    "no identity": remove(f"accounts/{ACCOUNT}/sts/get-caller-identity.json"),
    "another organization": lambda at: write(at / f"accounts/{ACCOUNT}/organizations/describe-organization.json", {"Organization": {"Id": "o-another0001"}}),
}
PROBES = ["root", "role/Anybody", "role/BreakGlass", "role/BreakIn", "role/x/BreakGlass", "role/Exit", "role/platform/Admin", "user/Anybody",
          "user/BreakGlass", "user/glass", "user/glass-x", "role/aa", "user/ee", "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_1"]
CALLS = [[], ["aws:MultiFactorAuthPresent=true"], ["aws:MultiFactorAuthPresent=false"], ["aws:SourceIp=203.0.113.7"], ["aws:PrincipalTag/exit=yes"],
         ["aws:PrincipalTag/exit=no", "aws:MultiFactorAuthPresent=true"]]


def options(key):
    return ("--context", key) if "=" in key else ("--absent", key)


def context_of(person):
    """KEY=VALUE, or KEY alone where the call must not carry it."""
    return [f"{k}={v}" if v is not None else k for k, vs in person["context"].items() for v in (vs if isinstance(vs, list) else [vs])]


def like(pattern, name):
    return fnmatchcase(f"arn:aws:iam::{ACCOUNT}:{name}" if pattern.startswith("arn:") else name, pattern)


def judge_answer(case, how, result):
    """What is wrong with one answer; empty: nothing."""
    row, wrong = case.row, []
    want = row.get(how, row.get("outcome"))
    if not result.doc:
        return [f"no answer: exit {result.code}: {result.err.decode()[:300]}"]
    claim = result.doc["claims"][0]
    if claim["outcome"] != want:
        wrong.append(f"wanted {want}, got {claim['outcome']}: {json.dumps(claim['cases'], ensure_ascii=False)[:600]} {claim['doubts']} {result.doc['doubts']}")
    if result.code != (row.get("exit") or EXITS[claim["outcome"]]) or result.doc["exit"] != result.code:
        wrong.append(f"exit {result.code} with {claim['outcome']}")
    people = [p for c in claim["cases"] for p in c["principals"]]
    examples = {p["kind"]: p for p in people if not p["captured"] and p["may"] == "yes"}
    if claim["outcome"] == "violated" and "no_principal" in case.claim and claim["cases"]:
        if "who" in row and set(examples) != set(row["who"]):
            wrong.append(f"wanted {sorted(row['who'])} to get through, got {sorted(examples)}")
        for kind, arn in row.get("who", {}).items():
            if arn and examples.get(kind, {}).get("principal") != arn:
                wrong.append(f"wanted {arn} for example, got {examples.get(kind, {}).get('principal')}")
            for key, value in row.get("context", {}).items():
                if examples.get(kind, {}).get("context", {}).get(key) != value:
                    wrong.append(f"wanted {key} {value} of {kind}, got {examples.get(kind, {}).get('context')}")
        sids = {s["statement"] for p in people for s in p["through"] if s["effect"] == "Deny"}
        if not set(row.get("through", [])) <= sids:
            wrong.append(f"wanted it to come through {row['through']}, got {sids}")
        wrong += [f"{p['principal']} is let through by nothing that is told" for p in examples.values() if not p["through"] and row.get("broken") != "not enabled"]
    said = json.dumps(result.doc, ensure_ascii=False)
    for words in row.get("says", []) if how == "snapshot" else []:
        if (words[1:] in said) if words.startswith("!") else words not in said:
            wrong.append(f"does not say {words!r}" if not words.startswith("!") else f"says {words!r}")
    return wrong + (try_examples(case, examples.values()) if claim["outcome"] == "violated" else [])


def try_examples(case, people):
    wrong = []
    if "no_principal" not in case.claim or case.row.get("broken"):
        return wrong
    for p in people:
        arn, context = p["principal"], context_of(p)
        if any(like(b, arn.split(":", 5)[5]) for b in case.claim.get("but", [])):
            wrong.append(f"the example {arn} is excepted by the claim")
        ours = arn.split(":")[4] == ACCOUNT # else of one that the snapshot does not have
        for how, got in (("simulate", case.simulate(arn, context)), ("explain", case.explain(arn, context) if ours else "Allowed")):
            if got != "Allowed":
                wrong.append(f"{how} says of the example {arn} with {context}: {got}")
    return wrong


def try_probes(case):
    """Of a claim that holds: nobody of these may be allowed, however they call."""
    known = dict(c.split("=", 1) for c in CALL)
    levels = [(p, case.scps[p]) for p in ("/Root", "/Root/Prod", f"/Root/Prod/{ACCOUNT}") if p in case.scps]
    policies = {"identity": [{"name": "all", "document": policy(ALL)}], "rcps": [], "boundary": None, "session": None, "resource": None,
                "scps": [{"level": p, "policies": [{"name": n, "document": case.texts[n]} for n in names]} for p, names in levels]}
    asked = []
    for name, call in itertools.product(PROBES, CALLS):
        if any(like(b, name) for b in case.claim.get("but", [])) or (name == "root" and any("PrincipalTag" in c for c in call)):
            continue # excepted; the root user has no tags
        kind, arn = name.split("/")[0], f"arn:aws:iam::{ACCOUNT}:{name}"
        context = {**known, "aws:PrincipalArn": arn, "aws:PrincipalAccount": ACCOUNT, "aws:PrincipalType": {"root": "Account", "user": "User", "role": "AssumedRole"}[kind],
                   **({"aws:username": name.rsplit("/", 1)[1], "aws:userid": "AIDAX"} if kind == "user" else {}), **dict(c.split("=", 1) for c in call)}
        asked.append({"name": f"{name} {call}", "request": {"principal": arn, "action": case.action(), "resource": "*", "context": context}, "policies": policies})
    got = decide(asked)
    wrong = [] if len(got) == len(asked) else [f"{len(asked)} probes, {len(got)} answers"]
    return wrong + [f"holds, though {name} is allowed" for name, decision in got.items() if decision == "Allowed"]


def judge_case(table, row):
    folder = Path(tempfile.mkdtemp(prefix="guard"))
    try:
        case, wrong, asked = Case(table, row, folder), [], 0
        if row.get("files") != "-":
            asked += 1
            wrong += [f"files: {w}" for w in judge_answer(case, "files", case.files())]
        if row.get("snapshot") != "-":
            asked += 1
            wrong += [f"snapshot: {w}" for w in judge_answer(case, "snapshot", case.run(case.snapshot()))]
        if row.get("snapshot", row.get("outcome")) == "holds" and "no_principal" in case.claim and not row.get("broken"):
            asked += 1
            wrong += try_probes(case)
        return asked, wrong
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    table = yaml.safe_load(TABLE.read_text())
    rows = [r for r in table["cases"] if fnmatchcase(r["name"], os.environ.get("CASE", "*"))]
    passed = failed = 0
    with ThreadPoolExecutor(judge.CORES) as pool:
        for row, (asked, wrong) in zip(rows, pool.map(lambda r: judge_case(table, r), rows)):
            failed += bool(wrong)
            passed += 0 if wrong else asked
            for w in wrong:
                print(f"FAIL guard {row['name']}: {w}")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
