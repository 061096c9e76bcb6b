#!/usr/bin/python3
"""The storage of iam-collect as a door in: the facts that it carries give the outcomes of the folder, what it cannot carry is unknown.

The storage is written here from a snapshot, as its documentation lays it out: paths in lower case and percent-encoded, nothing written that is empty.
"""
import json
import queue
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, unquote

import judge

AS_OF = "2026-11-20T12:00:00Z"
CAPTURED = "2026-11-20T08:00:00Z"
TYPES = {"SERVICE_CONTROL_POLICY": "scps", "RESOURCE_CONTROL_POLICY": "rcps"}

# What the storage cannot carry, and the rules that may be unknown for want of it. Whatever else is told is told as of the folder.
NOT_CARRIED = {
    "sts get-caller-identity, so nothing proves whose the files are": "evidence.right-account",
    "names, mail addresses and states of accounts, when and how they joined": "account.active account.age account.age-margin account.creation-finished"
    " legal.created-account-terms evidence.cli-too-old",
    "contact information": "standalone.contact-information standalone.phone-verified management.contact-information",
    "get-account-summary, so no list of users and roles is proved whole, nor what the root user has": "access.root-recoverable access.root-mfa"
    " access.independent-admin access.external-trust access.former-management-role slr.organizations-deletable perm.signup-as-root perm.billing-edit"
    " evidence.complete",
    "that a user or role has no inline or no managed policies: no file is written, be there none or be it refused": "perm.remove perm.leave"
    " perm.describe-organization perm.leave-resource-star perm.caller-account leave.denied-by-scp leave.scp-allow-at-every-level leave.scp-region-deny"
    " impact.org-condition-member",
    "that an account is no delegated administrator: who may not ask gets no file": "delegated.administrator delegated.policy-management",
    "which services are trusted": "impact.firewall-manager impact.ipam impact.license-manager impact.network-manager impact.control-tower access.identity-center",
    "captures of Regions": "impact.config-aggregator impact.config-org-rules impact.marketplace-licences impact.ram-consumed impact.ram-owned"
    " impact.service-catalog impact.stacksets-deleted impact.cloudtrail-org-trail",
}
LOST = {rule for rules in NOT_CARRIED.values() for rule in rules.split()}


def write(path, value):
    if value not in (None, [], {}, ""):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value, indent=2, ensure_ascii=False))


def name(*parts):
    return quote("".join(parts), safe="").lower()


def document(value):
    return json.loads(unquote(value)) if isinstance(value, str) else value


class Snapshot:
    def __init__(self, root):
        self.root = root

    def get(self, path):
        file = self.root / (path + ".json")
        return json.loads(file.read_text()) if file.exists() and file.stat().st_size else {}


def tree(s, unit, parents):
    accounts = s.get(f"organizations/list-accounts-for-parent/{unit}").get("Accounts", [])
    units = s.get(f"organizations/list-organizational-units-for-parent/{unit}").get("OrganizationalUnits", [])
    parents.update({a["Id"]: unit for a in accounts}, **{u["Id"]: unit for u in units})
    here = {}
    if accounts:
        here["accounts"] = [a["Arn"] for a in accounts]
    if units:
        here["children"] = {u["Id"]: tree(s, u["Id"], parents) for u in units}
    return here


def organization_of(s, base):
    org = s.get("organizations/describe-organization")["Organization"]
    root = s.get("organizations/list-roots")["Roots"][0]
    at = base / "organizations" / org["Id"].lower()
    write(at / "metadata.json", {"id": org["Id"], "arn": org["Arn"], "rootOu": root["Id"], "rootAccountId": org["MasterAccountId"],
                                 "features": {t["Type"]: True for t in root["PolicyTypes"] if t["Status"] == "ENABLED"}})
    parents, attached = {}, {}
    write(at / "structure.json", {root["Id"]: tree(s, root["Id"], parents)})
    for kind, folder in TYPES.items():
        for p in s.get(f"organizations/list-policies/{kind}").get("Policies", []):
            for t in s.get(f"organizations/list-targets-for-policy/{p['Id']}").get("Targets", []):
                attached.setdefault(t["TargetId"], {}).setdefault(folder, []).append(p["Arn"])
            write(at / folder / name(p["Id"]) / "metadata.json", {"arn": p["Arn"], "name": p["Name"], "description": p.get("Description", ""), "awsManaged": p["AwsManaged"]})
            text = s.get(f"organizations/describe-policy/{p['Id']}").get("Policy", {}).get("Content")
            write(at / folder / name(p["Id"]) / "policy.json", text and json.loads(text))

    def lists(target):
        return {f: attached.get(target, {}).get(f, []) for f in TYPES.values()}
    members = [a["Id"] for a in s.get("organizations/list-accounts")["Accounts"]]
    tags = {m: {t["Key"]: t["Value"] for t in s.get(f"organizations/list-tags-for-resource/{m}").get("Tags", [])} for m in members}
    write(at / "accounts.json", {m: {"ou": parents[m], **lists(m), **({"tags": tags[m]} if tags[m] else {})} for m in members})
    write(at / "ous.json", {root["Id"]: lists(root["Id"]), **{u: {"parent": p, **lists(u)} for u, p in parents.items() if u.startswith("ou-")}})
    for unit in [root["Id"], *parents]:
        for u in s.get(f"organizations/list-organizational-units-for-parent/{unit}").get("OrganizationalUnits", []):
            write(at / "ous" / name(u["Id"]) / "metadata.json", {"arn": u["Arn"], "name": u["Name"]})
    services = {}
    for a in s.get("organizations/list-delegated-administrators").get("DelegatedAdministrators", []):
        for d in s.get(f"organizations/list-delegated-services-for-account/{a['Id']}").get("DelegatedServices", []):
            services.setdefault(d["ServicePrincipal"], []).append(a["Id"])
    write(at / "delegated-admins.json", services)
    policy = s.get("organizations/describe-resource-policy").get("ResourcePolicy", {}).get("Content")
    write(at / "policy.json", policy and json.loads(policy))
    write(base / "accounts" / org["MasterAccountId"] / "organization.json", {"organizationId": org["Id"]})


def people_of(details, at):
    for kind, one in (("user", "User"), ("role", "Role"), ("group", "Group")):
        for x in details.get(f"{one}DetailList") or []:
            here = at / kind / name(x["Path"].lstrip("/"), x[f"{one}Name"])
            write(here / "metadata.json", {"arn": x["Arn"], "name": x[f"{one}Name"], "id": x[f"{one}Id"], "path": x["Path"],
                                           **({"permissionBoundary": x["PermissionsBoundary"]["PermissionsBoundaryArn"]} if x.get("PermissionsBoundary") else {})})
            write(here / "trust-policy.json", document(x.get("AssumeRolePolicyDocument")))
            write(here / "inline-policies.json", [dict(p, PolicyDocument=document(p["PolicyDocument"])) for p in x.get(f"{one}PolicyList") or []])
            write(here / "managed-policies.json", [p["PolicyArn"] for p in x.get("AttachedManagedPolicies") or []])
            write(here / "groups.json", [x["Arn"].split(":user")[0] + ":group/" + g for g in x.get("GroupList") or []])
            write(here / "tags.json", {t["Key"]: t["Value"] for t in x.get("Tags") or []})
    for p in details.get("Policies") or []:
        here = at / ("aws/policy" if ":aws:policy/" in p["Arn"] else "policy") / name(p["PolicyName"])
        write(here / "metadata.json", {"arn": p["Arn"], "name": p["PolicyName"], "id": p.get("PolicyId"), "defaultVersionId": p["DefaultVersionId"]})
        write(here / "current-policy.json", next((document(v["Document"]) for v in p["PolicyVersionList"] if v["IsDefaultVersion"]), None))


def storage_of(snapshot, root):
    s, base = Snapshot(snapshot), root / "aws" / "aws"
    organization_of(s, base)
    for account in sorted((snapshot / "accounts").iterdir()):
        details = s.get(f"accounts/{account.name}/iam/get-account-authorization-details")
        if details:
            people_of(details, base / "accounts" / account.name / "iam")
    return root


def judged(storage, snapshot, as_of=AS_OF):
    """With what else the snapshot tells given by options."""
    told = Snapshot(snapshot).get("capture")
    return judge.check(storage, "--as-of", as_of, "--captured-at", told["captured_at"], "--caller", told["caller"], "--attestations", snapshot / "attestations.yaml")


def outcomes(result):
    """{(account, route, rule): outcome}"""
    return {(a["id"], route, f["rule"]): f["outcome"] for a in result.accounts() for f in a["findings"] for route in f["routes"]}


def same_facts(door, folder, met):
    """Each rule as of the folder, or unknown where the table says so."""
    here, there = outcomes(door), outcomes(folder)
    wrong = [] if door.doc and len(door.accounts()) == len(folder.accounts()) else [f"exit {door.code}: {door.err.decode()[:300]}"]
    for row in sorted(here.keys() | there.keys()):
        told = here.get(row)
        if told == there.get(row):
            continue
        met.add(row[2])
        if told != "unknown" or row[2] not in LOST:
            wrong.append(f"{row}: {there.get(row)} from the folder, {told} from here")
    wrong += [f"{a['id']} is READY" for a in door.accounts() if "READY" in (a["verdict"], *a["routes"].values())]
    return wrong


def value_at(doc, pointer):
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        doc = doc[int(step)] if isinstance(doc, list) else doc[step]
    return doc


def evidence(door, storage):
    """Each piece names a file of the storage, a value in it, and the line where that stands."""
    wrong, seen = [], 0
    for account in door.accounts():
        for finding in account["findings"]:
            for e in finding.get("evidence") or []:
                if not e["file"].startswith("aws/"):
                    wrong += [f"{finding['rule']}: {e['file']}"] if e["file"].startswith(("organizations/", "accounts/")) and e.get("line") else []
                    continue
                seen += 1
                text = (storage / e["file"]).read_text()
                try:
                    value = value_at(json.loads(text), e.get("pointer") or "")
                except (KeyError, IndexError, ValueError, TypeError):
                    wrong.append(f"{e['file']} has nothing at {e.get('pointer')}")
                    continue
                begins = text.splitlines()[e["line"] - 1][e["column"] - 1:]
                if not begins.startswith(json.dumps(value, ensure_ascii=False)[:1]):
                    wrong.append(f"{e['file']}:{e['line']}:{e['column']}: {begins[:20]!r} is no {value!r}"[:200])
    return wrong + ([] if seen > 20 else [f"only {seen} pieces of evidence"])


def never_better(whole, other, what):
    """Whatever is lost or cut: nobody becomes READY, and no blocker passes that did not."""
    before, wrong = outcomes(whole), []
    for account in other.accounts():
        wrong += [f"{what}: {account['id']} is READY"] if "READY" in (account["verdict"], *account["routes"].values()) else []
        for f in account["findings"]:
            if f["severity"] == "blocker" and f["outcome"] in ("pass", "not-applicable"):
                wrong += [f"{what}: {account['id']} {f['rule']} {f['outcome']} on {r}, it was {before.get((account['id'], r, f['rule']))}"
                          for r in f["routes"] if before.get((account["id"], r, f["rule"])) not in (f["outcome"], "pass")]
    return wrong + ([f"{what}: exit 0"] if other.code == 0 else []) + ([f"{what}: exit {other.code}"] if other.code not in (0, 1, 2, 3) else [])


def losses(storage, snapshot, whole, work):
    """Each file gone, empty, cut in half; each folder gone."""
    wrong, runs, copies = [], 0, queue.Queue()
    for n in range(judge.CORES):
        copies.put(Path(shutil.copytree(storage, work / f"{storage.name}-{n}")))

    def one(job):
        path, how = job
        copy = copies.get()
        file, aside = copy / path, copy / "aside"
        file.rename(aside)
        if how != "gone":
            file.write_bytes(aside.read_bytes()[:0 if how == "empty" else aside.stat().st_size // 2])
        got = never_better(whole, judged(copy, snapshot), f"{path} {how}")
        if how != "gone":
            file.unlink()
        aside.rename(file)
        copies.put(copy)
        return got
    paths = sorted(p.relative_to(storage) for p in storage.rglob("*"))
    jobs = [(p, how) for p in paths for how in (("gone",) if (storage / p).is_dir() else ("gone", "empty", "cut"))]
    with ThreadPoolExecutor(judge.CORES) as pool:
        for got in pool.map(one, jobs):
            wrong += got
            runs += 1
    return wrong + ([] if runs > 60 else [f"only {runs} runs"])


def refused(work):
    """What is no storage, or not one: told so."""
    wrong = []
    both, inside, two, empty = work / "both", work / "tiny" / "aws", work / "two", work / "nothing"
    shutil.copytree(work / "tiny", both)
    (both / "organizations").mkdir()
    shutil.copytree(work / "tiny", two)
    (two / "aws" / "aws" / "organizations" / "o-second").mkdir()
    empty.mkdir()
    for path, says in ((both, "at once"), (inside, "lies inside"), (inside / "aws", "lies inside"), (two, "one is judged at a time"), (empty, "expected a snapshot")):
        done = judge.check(path, "--as-of", AS_OF)
        if done.code != 2 or says not in done.err.decode():
            wrong.append(f"{path.name}: exit {done.code} {done.err.decode()[:200]}")
    return wrong


def corpus(work, tally):
    """One that was written by another hand, where it is there: file for file what is written here, and the same facts."""
    folder = judge.os.environ.get("ORGEXIT_CORPUS")
    theirs, snapshot = Path(folder or "/nowhere") / "iam-collect" / "acme", Path(folder or "/nowhere") / "snapshots" / "acme"
    if not theirs.is_dir():
        return
    as_of = "2026-11-22T12:00:00Z"
    tally.add("facts of the corpus", same_facts(judged(theirs, snapshot, as_of), judge.check(snapshot, "--as-of", as_of), set()))
    ours = storage_of(snapshot, work / "corpus")
    wrong = [f"{p.relative_to(theirs)} is not written here" for p in theirs.rglob("*.json") if not (ours / p.relative_to(theirs)).exists()]
    tally.add("layout of the corpus", wrong)


def main():
    tally, met = judge.Tally(), set()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name_, snapshot in (("tiny", judge.ROOT / "tests" / "tiny"), ("acme", judge.ROOT / "samples" / "acme")):
            storage = storage_of(snapshot, work / name_)
            door = judged(storage, snapshot)
            tally.add(f"facts of {name_}", same_facts(door, judge.check(snapshot, "--as-of", AS_OF), met))
            tally.add(f"evidence of {name_}", evidence(door, storage))
            tally.add(f"losses of {name_}", losses(storage, snapshot, door, work), limit=12)
            plan = judge.run("plan", storage, "--ou", "/Root", "--as-of", AS_OF, "--captured-at", CAPTURED, "--format", "json")
            tally.add(f"a plan of {name_}", [] if plan.doc and plan.code == 1 else [f"exit {plan.code} {plan.err.decode()[:300]}"])
        tally.add("the table is of this storage", [f"{rule} is told as of the folder" for rule in sorted(LOST - met)])
        tally.add("refused", refused(work))
        corpus(work, tally)
    tally.end()


if __name__ == "__main__":
    sys.exit(main())
