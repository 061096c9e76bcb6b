#!/usr/bin/python3
"""What `explain` promises to change a decision is done to a copy of the snapshot, and the decision must then be the promised one.

Over samples/acme and tests/tiny: every account, every action below, the principal that explain takes and every one that --who shows. What --who says of
a principal must be what explain says.
"""
import copy
import json
import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote

import judge
from flips import SETS, at, edit_policy

SNAPSHOTS = [judge.ROOT / "samples" / "acme", judge.ROOT / "tests" / "tiny"]
AS_OF = "2026-11-20T12:00:00Z"
ROLE = "arn:aws:iam::{account}:role/aws-service-role/organizations.amazonaws.com/AWSServiceRoleForOrganizations"
ACTIONS = [("organizations:LeaveOrganization", None), ("organizations:RemoveAccountFromOrganization", None),
           ("organizations:AcceptHandshake", "arn:aws:organizations::999999999999:handshake/o-target0001/invite/h-0123456789"),
           ("account:CloseAccount", None), ("iam:DeleteRole", ROLE), ("s3:ListAllMyBuckets", None), ("ec2:RunInstances", None)]


def read(path):
    return json.loads(path.read_text())


def write(path, document):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # it may be a link to the sample
    path.write_text(json.dumps(document, indent=4))


def link(source, to):
    try:
        os.link(source, to)
    except OSError:
        shutil.copy(source, to)


class Copy:
    """A copy of a snapshot and the options of a question, which steps change."""

    def __init__(self, snapshot, folder, question):
        self.root = Path(folder) / "s"
        shutil.copytree(snapshot, self.root, copy_function=link)
        self.options = list(question)

    def edit_document(self, step):
        path = self.root / step["file"]
        outer = read(path)
        if "inner_pointer" not in step:
            edit_policy(outer, step["pointer"], step)
        else:
            parent, key = at(outer, step["pointer"])
            text = parent[key]
            inner = json.loads(unquote(text) if text.startswith("%") else text)
            edit_policy(inner, step["inner_pointer"], step)
            parent[key] = json.dumps(inner)
        write(path, outer)

    def targets(self, policy):
        path = self.root / "organizations" / "list-targets-for-policy" / f"{policy}.json"
        return path, (read(path) if path.exists() else {"Targets": []})

    def attach(self, policy, level):
        path, document = self.targets(policy)
        kind = "ROOT" if level.startswith("r-") else "ORGANIZATIONAL_UNIT" if level.startswith("ou-") else "ACCOUNT"
        document["Targets"].append({"TargetId": level, "Name": level, "Type": kind})
        write(path, document)

    def detach(self, policy, level):
        path, document = self.targets(policy)
        before = len(document["Targets"])
        document["Targets"] = [t for t in document["Targets"] if t["TargetId"] != level]
        assert len(document["Targets"]) == before - 1, (policy, level)
        write(path, document)

    def add_scp(self, document, level):
        path = self.root / "organizations" / "list-policies" / "SERVICE_CONTROL_POLICY.json"
        policies = read(path)
        arn = policies["Policies"][0]["Arn"].rsplit("/", 1)[0]
        summary = {"Id": "p-flip0001", "Arn": f"{arn}/p-flip0001", "Name": "Flip", "Description": "", "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": False}
        policies["Policies"].append(summary)
        write(path, policies)
        write(self.root / "organizations" / "describe-policy" / "p-flip0001.json",
              {"Policy": {"PolicySummary": summary, "Content": json.dumps(document)}})
        self.attach("p-flip0001", level)

    def entity(self, arn):
        path = self.root / "accounts" / arn.split(":")[4] / "iam" / "get-account-authorization-details.json"
        document = read(path)
        kind = "Role" if ":role/" in arn else "User"
        [entity] = [e for e in document[f"{kind}DetailList"] if e["Arn"] == arn]
        return path, document, kind, entity

    def identity(self, step, principal):
        path, document, kind, entity = self.entity(principal)
        if step["kind"] == "add-policy":
            entity.setdefault(f"{kind}PolicyList", []).append({"PolicyName": "flip", "PolicyDocument": step["document"]})
        else:
            groups = [g for g in document["GroupDetailList"] if g["GroupName"] in entity.get("GroupList", [])]
            lists = [(h, member) for h in [entity, *groups] for member in (f"{kind}PolicyList", "GroupPolicyList") if any(p["PolicyName"] == step["policy"] for p in h.get(member, []))]
            holders = [h for h in [entity, *groups] if any(p["PolicyArn"] == step["policy"] for p in h["AttachedManagedPolicies"])]
            assert holders or lists, step
            for h, member in lists:
                h[member] = [p for p in h[member] if p["PolicyName"] != step["policy"]]
            for h in holders:
                h["AttachedManagedPolicies"] = [p for p in h["AttachedManagedPolicies"] if p["PolicyArn"] != step["policy"]]
        write(path, document)

    def call_with(self, keys):
        for key, value in keys.items():
            values = value if isinstance(value, list) else [value]
            if isinstance(value, list) and (not value or (len(value) == 1 and key.lower() not in SETS)):
                return False  # no option says that
            self.options += ["--absent", key] if value is None else [x for v in values for x in ("--context", f"{key}={v}")]
        return True

    def move(self, account, to):
        folder = self.root / "organizations" / "list-accounts-for-parent"
        moved = None
        for path in folder.glob("*.json"):
            document = read(path)
            found = [a for a in document["Accounts"] if a["Id"] == account]
            if found:
                moved = found[0]
                document["Accounts"].remove(moved)
                write(path, document)
        document = read(folder / f"{to}.json") if (folder / f"{to}.json").exists() else {"Accounts": []}
        document["Accounts"].append(moved)
        write(folder / f"{to}.json", document)

    def do(self, step, principal, account):
        """False: no option can say it."""
        kind, layer = step["kind"], step.get("layer")
        if kind == "context":
            return self.call_with(step["context"])
        if kind == "move-account":
            self.move(account, step["level"])
        elif kind in ("remove-statement", "add-condition", "add-statement"):
            self.edit_document(step)
        elif layer == "scp" and kind == "attach-policy":
            self.attach(step["policy"], step["level"])
        elif layer == "scp" and kind == "detach-policy":
            self.detach(step["policy"], step["level"])
        elif layer == "scp" and kind == "add-policy":
            self.add_scp(step["document"], step["level"])
        elif layer == "identity":
            self.identity(step, principal)
        else:
            raise AssertionError(f"a step that nobody knows: {step}")
        return True

    def ask(self):
        return judge.run("explain", self.root, *self.options, "--as-of", AS_OF, "--format", "json")


def assumed(steps, account):
    """The same as --assume says it; None where it cannot."""
    out = []
    for s in steps:
        if s["kind"] == "move-account":
            out += ["--assume", f"move:{account}={s['level']}"]
        elif s.get("layer") == "scp" and s["kind"] in ("attach-policy", "detach-policy"):
            out += ["--assume", f"{s['kind'].split('-')[0]}:{s['policy']}@{s['level']}"]
        else:
            return None
    return out


def wrong_promises(snapshot, account, question):
    """(decision, principal, number of changes, what is wrong)"""
    first = judge.run("explain", snapshot, *question, "--as-of", AS_OF, "--format", "json")
    if first.doc is None:
        return None, None, 0, [] if first.code == 2 and b"name it with" in first.err else [first.err.decode(errors="replace")]
    doc, wrong = first.doc, []
    principal = doc["request"]["principal"]
    named = question if "--principal" in question else [*question, "--principal", principal]
    if doc["exit"] != first.code or first.code != (3 if doc["doubts"] else {"Allowed": 0, "Unknown": 3}.get(doc["decision"], 1)):
        wrong.append(f"exit {first.code} for {doc['decision']}")
    if doc["decision"] == "ExplicitlyDenied" and not doc["changes"]:
        wrong.append("an explicit denial, and no way out is told")
    done = 0
    for n, change in enumerate(doc["changes"], 1):
        assume = assumed(change["steps"], account)
        if assume:
            got = judge.run("explain", snapshot, *named, *assume, "--as-of", AS_OF, "--format", "json")
            told = (got.doc or {}).get("decision", got.err.decode(errors="replace"))
            if told != change["decision"] or got.code != 3:
                wrong.append(f"change {n} promised {change['decision']}, got {told}, exit {got.code}, with {' '.join(assume)}")
        with tempfile.TemporaryDirectory() as folder:
            world = Copy(snapshot, folder, named)
            if not all([world.do(copy.deepcopy(step), principal, account) for step in change["steps"]]):
                continue
            got = world.ask()
            told = (got.doc or {}).get("decision", got.err.decode(errors="replace"))
            done += 1
            if told != change["decision"]:
                wrong.append(f"change {n} promised {change['decision']}, got {told}: " + "; ".join(s["text"] for s in change["steps"]))
    return doc["decision"], principal, done, wrong


def questions(snapshot):
    for account in sorted(p.name for p in (snapshot / "accounts").iterdir()):
        for action, resource in ACTIONS:
            yield account, ["--account", account, "--action", action] + (["--resource", resource.format(account=account)] if resource else [])


def judge_question(job):
    snapshot, account, question = job
    label = f"{snapshot.name} {account} {question[3]}"
    found = wrong_promises(snapshot, account, question)
    checks, changes = [(label, found[3])], found[2]
    if found[0] is None:
        return checks, changes
    people = judge.run("explain", snapshot, *question, "--who", "--as-of", AS_OF, "--format", "json")
    if people.doc is None:
        return checks + [(f"{label} --who", [people.err.decode(errors="replace")])], changes
    for person in people.doc["principals"]:
        decision, principal, done, wrong = wrong_promises(snapshot, account, [*question, "--principal", person["principal"]])
        if decision != person["decision"]:
            wrong = wrong + [f"--who says {person['decision']}, explain says {decision}"]
        changes += done
        checks.append((f"{label} {person['principal'].split(':')[-1]}", wrong))
    return checks, changes


def main():
    pick = sys.argv[1:]
    jobs = [(s, account, q) for s in SNAPSHOTS for account, q in questions(s) if not pick or account in pick]
    tally, changes = judge.Tally(), 0
    with ThreadPoolExecutor(judge.CORES) as pool:
        for checks, done in pool.map(judge_question, jobs):
            changes += done
            for label, wrong in checks:
                tally.add(f"promises {label}", wrong)
    if not pick:
        tally.add("promises are made", [] if changes > 500 else [f"only {changes} changes"])
    tally.end()


if __name__ == "__main__":
    main()
