#!/usr/bin/python3
"""The closed loop of `plan`: what its JSON says is to be done is done to a copy of the snapshot, and `check` judges the copy.

For every account of the samples that is not READY, on the route that plan chooses and on each route that is asked for:
  1. with all required steps done, check gives the verdict that the plan promises; where it promises none but READY, that is READY;
  2. without any one of the steps before, it does not: a step that waits for another is not done without it;
  3. steps that are not required make no difference;
  4. where there is no way, plan says why and exits with 1.
Then AWS's page "Removing a Member Account from Your Organization": each of its steps is in a plan when and only when it is needed (PAGE below).
The route that plan chooses must lead to READY, unless there is no way.

What this file knows is the form of plan's JSON alone: `changes` (file, at, to, if_there, unless_there), `after`, `not_before`, `required`.
"""
import copy
import json
import os
import shutil
import sys
import tempfile
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

import judge
from schemas import Yaml12

sys.path.insert(0, str(judge.ROOT / "tests" / "gen"))
import genorg  # noqa: E402

SAMPLE, TINY = judge.ROOT / "samples" / "acme", judge.ROOT / "tests" / "tiny"
CORPUS = Path(os.environ.get("ORGEXIT_CORPUS") or judge.ROOT.parent / "shared" / "corpus") / "snapshots" / "acme"
WORK = Path(judge.ORGEXIT).resolve().parent  # on the file system of the project, so that files can be linked
SNAPSHOTS = [("samples/acme", SAMPLE, "2026-11-20T12:00:00Z"), ("tests/tiny", TINY, "2026-11-20T12:00:00Z"), ("corpus acme", CORPUS, "2026-11-23T00:00:00Z")]


STALE = "2026-12-05T00:00:00Z"


# --- doing what a step says --------------------------------------------------------------------------------------------

MISSING = object()


def selects(step, index, item):
    if isinstance(step, int):
        return step == index
    return isinstance(item, dict) and all(item.get(k) == v for k, v in step.items())


def inner(text):
    return json.loads(urllib.parse.unquote(text) if text.startswith("%") else text)


def leads_on(value, at, to, if_there):
    """Whether the path leads to a place where the change means something."""
    if not at:
        return value is not MISSING or not if_there
    if isinstance(value, str):
        return leads_on(inner(value), at, to, if_there)
    child = child_of(value, at[0])
    if child is not MISSING:
        return leads_on(child, at[1:], to, if_there)
    if to is None or if_there:
        return if_there and to is not None and len(at) == 1 and value is not MISSING
    return leads_on(MISSING, at[1:], to, if_there) if isinstance(at[0], str) else len(at) == 1


def child_of(value, step):
    if isinstance(step, str):
        return value.get(step, MISSING) if isinstance(value, dict) else MISSING
    items = value if isinstance(value, list) else []
    return next((item for i, item in enumerate(items) if selects(step, i, item)), MISSING)


def changed(value, at, to):
    """The value with `to` at that place; None: taken away."""
    if not at:
        return to
    if isinstance(value, str):
        return json.dumps(changed(inner(value), at, to))
    step, gone = at[0], len(at) == 1 and to is None
    if isinstance(step, str):
        new = dict(value) if isinstance(value, dict) else {}
        if gone:
            new.pop(step, None)
        else:
            new[step] = changed(new.get(step, MISSING), at[1:], to)
        return new
    new = list(value) if isinstance(value, list) else []
    for i, item in enumerate(new):
        if selects(step, i, item):
            new[i : i + 1] = [] if gone else [changed(item, at[1:], to)]
            return new
    return new + [changed(MISSING, at[1:], to)]


def read(path):
    return yaml.load(path.read_text(), Yaml12) if path.suffix == ".yaml" else json.loads(path.read_text())


def can_be_read(path):
    try:
        return path.exists() and path.stat().st_size > 0 and read(path) is not MISSING
    except ValueError:
        return False


def do(folder, change):
    path = folder / change["file"]
    there = can_be_read(path)
    if (there and change.get("unless_there")) or (not there and (change.get("if_there") or change["to"] is None)):
        return
    value = read(path) if there else {"version": 1} if change["file"] in ("attestations.yaml", "capture.json") else {}
    if not leads_on(value, change["at"], change["to"], change.get("if_there", False)):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(json.dumps(changed(value, change["at"], change["to"]), indent=1))


def perform(snapshot, steps):
    """A copy of the snapshot in which these steps were done, in their order; those that wait for one that was not done are not."""
    folder = Path(tempfile.mkdtemp(prefix="orgexit-plan-", dir=WORK)) / "snapshot"
    shutil.copytree(snapshot, folder, copy_function=os.link)  # a file that changes is written anew, never into the link
    done = set()
    for step in steps:
        if set(step["after"]) <= done:
            done.add(step["n"])
            for change in step["changes"]:
                do(folder, change)
    return folder


# --- the loop ----------------------------------------------------------------------------------------------------------

def plan(snapshot, as_of, account, *args):
    return judge.run("plan", snapshot, "--as-of", as_of, "--account", account, "--format", "json", *args)


def can_leave(steps, done_before):
    """Whether what waits in the phases gate and do can be done, once those of before are."""
    done = {s["n"] for s in done_before if set(s["after"]) <= {t["n"] for t in done_before}}
    for step in steps:
        if step["phase"] in ("gate", "do"):
            if not set(step["after"]) <= done:
                return False
            done.add(step["n"])
    return True


def verdict_after(snapshot, as_of, account, route, steps, *args):
    folder = perform(snapshot, steps)
    try:
        times = [s["not_before"] for s in steps if s["not_before"]]
        result = judge.check(folder, "--as-of", max([as_of, *times]), "--account", account, "--route", route, *args)
        if not result.doc:
            return f"no JSON: exit {result.code} {result.err.decode(errors='replace')[:300]}", result
        return result.verdicts().get((account, route)), result
    finally:
        shutil.rmtree(folder.parent)


def loop(name, snapshot, as_of, account, route=None, extra=()):
    """One line for each thing that is wrong."""
    result = plan(snapshot, as_of, account, *(["--route", route] if route else []), *extra)
    if not result.doc:
        return [f"no JSON: exit {result.code} {result.err.decode(errors='replace')[:300]}"]
    told = result.doc["accounts"][0]
    if told["no_way"]:
        wrong = [] if result.code == 1 and result.doc["exit"] == 1 else [f"no way, but exit {result.code}"]
        return wrong + ([] if told["no_way"]["text"] and not told["steps"] and told["route"] is None else ["no way, but steps or no reason"])
    if result.code != 0:
        return [f"exit {result.code}"]
    if not route and told["then"] != "READY":
        return [f"the route that plan chooses, {told['route']}, ends in {told['then']}: {told['open']}"]
    steps, chosen, wrong = told["steps"], told["route"], []
    required = [s for s in steps if s["required"] and s["phase"] == "before"]
    got, checked = verdict_after(snapshot, as_of, account, chosen, required, *extra)
    if got != told["then"]:
        wrong.append(f"{chosen}: the plan promises {told['then']}, check says {got}: {sorted(checked.blockers().get((account, chosen), []))}")
    if not can_leave(steps, required):
        wrong.append(f"{chosen}: the departure waits for a step that is not required")
    if told["then"] != "READY":
        return wrong + ([] if told["open"] else ["READY is not promised, and nothing is told as open"])
    for left_out in required:
        others = [s for s in required if s is not left_out]
        got, _ = verdict_after(snapshot, as_of, account, chosen, others, *extra)
        if got == "READY" and can_leave(steps, others):
            wrong.append(f"{chosen}: READY even without step {left_out['n']} {left_out['id']}")
    return wrong


# --- AWS's page --------------------------------------------------------------------------------------------------------

INFORMATION = {"standalone.customer-agreement", "standalone.payment-method", "standalone.payment-supported", "standalone.contact-information",
               "standalone.contact-verified", "standalone.phone-verified", "standalone.support-plan"}


class Needs:
    """What an account needs on a route, from what check says of it."""

    def __init__(self, account, route, profile):
        self.route, self.outcomes = route, {}
        for f in account["findings"]:
            if route in f["routes"] and f["outcome"] in ("fail", "unknown"):
                self.outcomes[f["rule"]] = f["outcome"]
        self.missing = any(self.outcomes.get(rule) == "fail" for rule in INFORMATION)
        self.case = self.missing and profile == "full"

    def open(self, *rules):
        return any(rule in self.outcomes for rule in rules)

    def to_enter(self, *rules):
        return self.missing and self.open(*rules)

    def root(self):
        """Somebody has to sign in as root."""
        return self.missing or self.open("billing.iam-access") or self.route == "leave/console"


# A step of the page, its id, when it is needed.
PAGE = [
    ("enable IAM user access to billing", "billing.activate", lambda n: n.open("billing.iam-access")),
    ("sign in to the management account", "remove.sign-in", lambda n: n.route == "remove/console"),
    ("on the Accounts tab choose the account", "remove.choose", lambda n: n.route == "remove/console"),
    ("choose Remove account", "remove.remove", lambda n: n.route == "remove/console"),
    ("choose Remove in the dialog", "remove.confirm", lambda n: n.route == "remove/console"),
    ("remove-account-from-organization", "remove.api", lambda n: n.route == "remove/api"),
    ("sign in as the root user of the member", "leave.sign-in", lambda n: n.route == "leave/console" and not n.missing),
    ("choose Leave organization", "leave.leave", lambda n: n.route == "leave/console"),
    ("choose Leave organization in the dialog", "leave.confirm", lambda n: n.route == "leave/console"),
    ("leave-organization", "leave.api", lambda n: n.route == "leave/api"),
    ("open a Support case", "support.case", lambda n: n.case),
    ("wait until AWS Support confirms", "support.confirmation", lambda n: n.case),
    ("sign in as the root user for the sign-up", "signup.sign-in", lambda n: n.missing),
    ("go to the sign-up page", "signup.open", lambda n: n.missing),
    ("accept the customer agreement", "signup.customer-agreement", lambda n: n.to_enter("standalone.customer-agreement")),
    ("contact information", "signup.contact-information", lambda n: n.to_enter("standalone.contact-information", "standalone.contact-verified")),
    ("payment method", "signup.payment-method", lambda n: n.to_enter("standalone.payment-method", "standalone.payment-supported")),
    ("phone verification", "signup.phone", lambda n: n.to_enter("standalone.phone-verified")),
    ("choose support option", "signup.support-plan", lambda n: n.to_enter("standalone.support-plan")),
    ("stay signed in as root", "leave.stay", lambda n: n.route == "leave/console" and n.missing),
    ("tell AWS Support and close the case", "support.close", lambda n: n.case),
]
FORM = {"Regarding": "Account and Billing", "Service": "Billing", "Category": "Consolidated Billing",
        "Subject": "Request for help with removing an account from AWS Organizations",
        "Description": "Please help me remove the following AWS accounts with missing required information from my organization: "}


def knows_root(snapshot, account):
    """Whether the captures or attestations say that somebody can sign in as root."""
    summary = snapshot / "accounts" / account / "iam" / "get-account-summary.json"
    attested = yaml.load((snapshot / "attestations.yaml").read_text(), Yaml12)["accounts"].get(account, {})
    has = summary.exists() and json.loads(summary.read_text()).get("SummaryMap", {}).get("AccountPasswordPresent")
    return bool(has) or attested.get("root_access", {}).get("value") is True


def page(snapshot, as_of, profile, route):
    """One line for each step of the page that a plan lacks, or has without need. The first round only: what captures would show is not known here."""
    wrong = []
    checked = judge.check(snapshot, "--as-of", as_of, "--profile", profile, "--route", route)
    planned = judge.run("plan", snapshot, "--as-of", as_of, "--profile", profile, "--route", route, "--ou", "/Root", "--format", "json")
    if not planned.doc:
        return [f"no JSON: exit {planned.code} {planned.err.decode(errors='replace')[:300]}"]
    plans = {a["id"]: a for a in planned.doc["accounts"]}
    with_case = sorted(a for a, p in plans.items() if any(s["id"] == "support.case" for s in p["steps"]))
    for account in checked.accounts():
        told, needs = plans[account["id"]], Needs(account, route, profile)
        ids = [s["id"] for s in told["steps"]]
        if told["no_way"] or any(s["id"].startswith("capture.") for s in told["steps"]):
            continue
        for what, step, needed in PAGE:
            if needed(needs) != (step in ids):
                wrong.append(f"{account['id']}: {what} ({step}) {'is missing' if needed(needs) else 'is not needed'}")
        if needs.root() and not knows_root(snapshot, account["id"]) and "root.recover" not in ids:
            wrong.append(f"{account['id']}: the password of root has to be recovered, and no step says so")
        if knows_root(snapshot, account["id"]) and "root.recover" in ids:
            wrong.append(f"{account['id']}: the password of root is there, and a step has it recovered")
        order = [step for _, step, _ in PAGE if step in ids]
        before = [s for s in ids if s in ("support.case", "support.confirmation", "signup.sign-in", "signup.open")]
        if before != sorted(before, key=["support.case", "support.confirmation", "signup.sign-in", "signup.open"].index) or len(set(order)) != len(order):
            wrong.append(f"{account['id']}: the steps of the page stand in another order, or twice: {ids}")
        for s in told["steps"]:
            if s["id"] == "support.case":
                form = dict(s["form"])
                named = sorted(form.pop("Description").removeprefix(FORM["Description"]).split(", "))
                if form != {k: v for k, v in FORM.items() if k != "Description"} or named != with_case or sorted(s["shared"]) != with_case:
                    wrong.append(f"{account['id']}: the case reads {s['form']}, for {with_case}")
    return wrong


def generated(tally, seed):
    """A generated organization, all accounts planned for at once: all steps are done in one copy, and each promise holds there."""
    scratch = Path(tempfile.mkdtemp(prefix="orgexit-plan-", dir=WORK))
    try:
        genorg.generate(80, seed, 6000, scratch)
        planned = judge.run("plan", scratch / "snapshot", "--as-of", genorg.AS_OF, "--ou", "/Root", "--format", "json")
        accounts = planned.doc["accounts"] if planned.doc else []
        steps = []
        for a in accounts:  # numbers of steps are an account's own
            steps += [dict(s, n=(a["id"], s["n"]), after=[(a["id"], n) for n in s["after"]]) for s in a["steps"] if s["required"] and s["phase"] == "before"]
        folder = perform(scratch / "snapshot", steps)
        verdicts = judge.check(folder, "--as-of", genorg.AS_OF).verdicts()
        shutil.rmtree(folder.parent)
        wrong = [] if accounts and steps else [f"nothing planned: exit {planned.code} {planned.err.decode(errors='replace')[:300]}"]
        for a in accounts:
            if not a["no_way"] and not a["not_before"] and verdicts.get((a["id"], a["route"])) != a["then"]:
                wrong.append(f"{a['id']} {a['route']}: the plan promises {a['then']}, check says {verdicts.get((a['id'], a['route']))}")
            if not a["no_way"] and a["then"] != "READY" and not a["open"]:
                wrong.append(f"{a['id']}: READY is not promised, and nothing is told as open")
        tally.add(f"plan generated organization, seed {seed}", wrong)
    finally:
        shutil.rmtree(scratch)


def held_at_the_root(folder):
    """The sample organization, in which an SCP keeps everybody from leaving: no OU is free of it."""
    shutil.copytree(SAMPLE, folder)
    path = folder / "organizations" / "list-targets-for-policy" / "p-keepmemb1.json"
    targets = json.loads(path.read_text())
    targets["Targets"].append({"TargetId": "r-rb42", "Arn": "arn:aws:organizations::720031954486:root/o-r0b0t1cs42/r-rb42", "Name": "Root", "Type": "ROOT"})
    path.write_text(json.dumps(targets))
    return folder


def undone(snapshot, as_of):
    """The accounts that are not READY, and the routes of all that are not."""
    result = judge.check(snapshot, "--as-of", as_of)
    for a in result.accounts():
        if a["verdict"] != "READY":
            yield a["id"], None
        for route, verdict in a["routes"].items():
            if verdict != "READY":
                yield a["id"], route


def main():
    tally = judge.Tally()
    jobs = []
    for name, snapshot, as_of in SNAPSHOTS:
        if not snapshot.is_dir():
            print(f"no corpus at {snapshot}: its accounts were not planned for")
            continue
        for account, route in undone(snapshot, as_of):
            if len(sys.argv) > 1 and account not in sys.argv[1:]:
                continue
            jobs.append((f"{name} {account} {route or 'best route'}", name, snapshot, as_of, account, route))
            if not route:
                jobs.append((f"{name} {account} profile current", name, snapshot, as_of, account, route, ("--profile", "current")))
        for account in judge.check(snapshot, "--as-of", as_of, "--route", "transfer").accounts():
            if name != "corpus acme" and account["id"] in (sys.argv[1:] or [account["id"]]):
                jobs.append((f"{name} {account['id']} transfer", name, snapshot, as_of, account["id"], "transfer"))
    for account, route in undone(SAMPLE, STALE):
        if not route and not sys.argv[1:]:
            jobs.append((f"samples/acme, too old, {account}", "samples/acme", SAMPLE, STALE, account, None))
    held = held_at_the_root(Path(tempfile.mkdtemp(prefix="orgexit-plan-", dir=WORK)) / "snapshot")
    for account, route in undone(held, SNAPSHOTS[0][2]):
        if route in ("leave/api", "leave/console") and account in (sys.argv[1:] or [account]):
            jobs.append((f"held at the root, {account} {route}", "held", held, SNAPSHOTS[0][2], account, route))
    jobs.append(("samples/acme: captures that end before the wait", "samples/acme", SAMPLE, SNAPSHOTS[0][2], "706841295373", None, ("--max-age", "1d")))
    for profile in ("full", "current"):
        for route in judge.ROUTES:
            for name, snapshot, as_of in SNAPSHOTS:
                if snapshot.is_dir() and len(sys.argv) == 1:
                    tally.add(f"plan {name} {route} profile {profile} has the steps of AWS's page", page(snapshot, as_of, profile, route))
    for seed in (1, 2) if len(sys.argv) == 1 else ():
        generated(tally, seed)
    with ThreadPoolExecutor(judge.CORES) as pool:
        for job, wrong in zip(jobs, pool.map(lambda j: loop(*j[1:]), jobs)):
            tally.add(f"plan {job[0]}", wrong)
    shutil.rmtree(held.parent)
    tally.end()


if __name__ == "__main__":
    main()
