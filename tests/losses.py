#!/usr/bin/python3
"""Losing evidence never leads to READY: by enumeration over every file, member and list item of a snapshot.

Each mutation loses something; then `check` runs on the whole organization and is compared with the run on the whole snapshot. The laws:
  - the exit code is never 0 where it was not, and the program never dies;
  - no account or route is READY that was not; no blocker passes, is waived or ceases to apply that did not before;
  - where a whole capture is lost, no blocker fails that did not before: what is not known is unknown;
  - where the table MATTERS says that a capture decides a blocker, losing it takes that blocker's pass away. So no law here holds for nothing.
Taking an item out of a list is a change of content that no reader can see, unless counts or other captures show it; UNSEEN names the lists
where nothing shows it, each with its reason. Every other one is under the laws.

    losses.py            samples/acme with one of each kind of loss, tests/tiny with every kind, both cut at line ends
    losses.py --all      samples/acme with every kind too, tests/tiny cut at every byte of every file
"""
import copy
import fnmatch
import itertools
import json
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import judge

AS_OF = "2026-11-20T12:00:00Z"
SNAPSHOTS = {"acme": judge.ROOT / "samples" / "acme", "tiny": judge.ROOT / "tests" / "tiny"}
PASSING = {"pass", "waived"}
MARKERS = [("NextToken", "x"), ("IsTruncated", True), ("IsTruncated", "true"), ("isTruncated", 1), ("Marker", "x"), ("nextToken", "x"), ("NextPageToken", "x")]
NOT_KNOWN = ["AccessDenied", "AccessDeniedException", "ThrottlingException", "ExpiredToken"]

# What a capture decides: (capture, account or "*", route or family or "all", blockers that pass no longer without it). `@` stands for the
# account of the path; the management account, which feels no SCP, is left out. Where an attestation or another capture says the same, there is no row.
MATTERS = [
    ("capture", "*", "all", ["evidence.fresh"]),
    ("attestations", "*", "all", ["standalone.customer-agreement", "standalone.payment-method", "standalone.payment-supported", "standalone.contact-verified",
                                  "standalone.phone-verified", "standalone.support-plan", "billing.iam-access"]),
    ("organizations/describe-organization", "*", "all", ["org.in-use", "account.not-management"]),
    ("organizations/list-accounts", "*", "all", ["account.in-organization"]),
    ("organizations/list-delegated-administrators", "*", "all", ["delegated.administrator"]),
    ("organizations/list-roots", "*", "leave", ["leave.denied-by-scp", "leave.scp-allow-at-every-level", "leave.scp-region-deny"]),
    # The captures of a policy that no list shows still prove what it allows, not that no other one denies.
    ("organizations/list-policies/SERVICE_CONTROL_POLICY", "*", "leave", ["leave.denied-by-scp", "leave.scp-region-deny"]),
    ("organizations/list-targets-for-policy/p-FullAWSAccess", "*", "leave", ["leave.scp-allow-at-every-level"]),
    ("organizations/describe-policy/p-FullAWSAccess", "*", "leave", ["leave.scp-allow-at-every-level"]),
    ("organizations/describe-policy/p-grdrails1", "*", "leave", ["leave.denied-by-scp", "leave.scp-region-deny"]),
    ("organizations/list-targets-for-policy/p-keepmemb1", "047215908836", "leave", ["leave.denied-by-scp"]),
    ("organizations/list-targets-for-policy/p-staystay1", "*", "leave", ["leave.denied-by-scp"]),
    ("accounts/720031954486/iam/get-account-authorization-details", "*", "remove", ["perm.remove"]),
    ("accounts/100200300400/iam/get-account-authorization-details", "*", "remove", ["perm.remove"]),
    ("accounts/@/sts/get-caller-identity", "@", "all", ["evidence.right-account"]),
    ("accounts/@/iam/get-account-authorization-details", "@", "all", ["slr.organizations-deletable"]),
    ("accounts/@/account/get-contact-information", "@", "all", ["standalone.contact-information", "standalone.phone-verified"]),
]

# The same for a capture that is marked as cut off. What a cut list shows still counts where it is whole in itself, so these are fewer.
MATTERS_WHEN_CUT = [
    ("organizations/list-delegated-administrators", "*", "all", ["delegated.administrator"]),
    ("organizations/list-policies/SERVICE_CONTROL_POLICY", "*", "leave", ["leave.denied-by-scp", "leave.scp-region-deny"]),
    ("accounts/@/iam/get-account-authorization-details", "@", "all", ["slr.organizations-deletable"]),
]

# Items and members whose loss no reader can see: (capture, pointer as a regular expression, why). What stands inside a policy document is not
# enumerated at all: less of a policy is another policy.
UNSEEN = [
    ("organizations/list-targets-for-policy/*", r"/Targets/\d+", "the target has another SCP, so nothing shows that one is missing"),
    ("organizations/list-roots", r"/Roots/\d+/PolicyTypes/\d+", "a type that is not listed is not enabled"),
    ("organizations/list-tags-for-resource/*", r"/Tags/\d+", "a tag that is not listed is not there"),
    ("accounts/*/iam/list-organizations-features", r"/EnabledFeatures/\d+", "a feature that is not listed is not enabled"),
    ("accounts/*/iam/get-account-authorization-details", r"/(User|Role)DetailList/\d+/PermissionsBoundary", "most principals have none"),
    ("accounts/*/iam/get-account-authorization-details", r"/.*/(User|Group|Role)PolicyList/\d+", "no number counts inline policies"),
    ("accounts/*/iam/get-account-authorization-details", r"/UserDetailList/\d+/UserPolicyList", "the CLI leaves it out where a user has none"),
    ("accounts/*/iam/get-account-authorization-details", r"/.*/AttachedManagedPolicies/\d+", "no number counts attachments by principal"),
    ("accounts/*/iam/get-account-authorization-details", r"/.*/GroupList/\d+", "no number counts memberships"),
    ("attestations", r"/supported", "an optional remark: without it the kind is taken to be supported"),
]


def load(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.suffix in (".json", ".yaml") and p.is_file()}


def dump(value):
    return (json.dumps(value, indent=4) + "\n").encode()


def capture_of(path):
    return re.sub(r"\.(json|yaml)$", "", path)


# --- mutations: (name, path, pointer or None, {path: bytes or None}, "lost" or "cut" for a whole capture, else None) ----

def with_error(snapshot, capture, code):
    """capture.json with one more failed call."""
    doc = json.loads(snapshot["capture.json"])
    doc["errors"] = [e for e in doc["errors"] if e["call"] != capture] + [{"call": capture, "code": code}]
    return dump(doc)


def lost_files(snapshot, every):
    for path, body in snapshot.items():
        capture = capture_of(path)
        yield "absent", path, None, {path: None}, "lost"
        yield "empty", path, None, {path: b""}, "lost"
        if path.endswith(".yaml"):
            continue
        yield "{}", path, None, {path: b"{}"}, "lost"
        yield "null", path, None, {path: b"null"}, "lost"
        yield "white space", path, None, {path: b" \n"}, "lost"
        yield "error text", path, None, {path: b"\nAn error occurred (AccessDenied) when calling the operation: not authorized\n"}, "lost"
        if path == "capture.json":
            continue
        for code in NOT_KNOWN if every else NOT_KNOWN[:1]:
            yield f"failed with {code}", path, None, {path: None, "capture.json": with_error(snapshot, capture, code)}, "lost"
        yield "failed, and the file is there", path, None, {"capture.json": with_error(snapshot, capture, "AccessDenied")}, "lost"
        doc = json.loads(body)
        for key, value in MARKERS if every else MARKERS[:2]:
            yield f"marked cut by {key}: {value!r}", path, "", {path: dump({**doc, key: value})}, "cut"


def cuts(snapshot, every_byte):
    """The file ends early: at every byte, or at line ends and in the middle."""
    for path, body in snapshot.items():
        if every_byte:
            at = range(1, len(body))
        else:
            ends = [i + 1 for i, c in enumerate(body) if c == 10]
            ends = ends if path.endswith(".yaml") else ends[:: max(1, len(ends) // 3)]  # only YAML can be well-formed when cut
            at = sorted({1, len(body) // 2, len(body) - 2, len(body) - 3, *ends} - {0, len(body), len(body) - 1})
        for n in at:
            if 0 < n < len(body) and body[:n].strip() != body.strip():
                yield f"cut at byte {n}", path, "/", {path: body[:n]}, None


def places(value, pointer=""):
    """(pointer, container, key) of every member and item below."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        yield f"{pointer}/{key}", value, key
        yield from places(child, f"{pointer}/{key}")


def lost_members(snapshot, every):
    for path, body in snapshot.items():
        if not path.endswith(".json"):
            continue
        doc = json.loads(body)
        for pointer, _, key in list(places(doc)):
            if re.search(r"Document/|/(Tags|RoleLastUsed|InstanceProfileList)/", pointer):
                continue  # text of policies, and what no rule reads
            if not every and re.search(r"/(RoleId|UserId|GroupId|PolicyId|CreateDate|UpdateDate|IsAttachable|AttachmentCount|PermissionsBoundaryUsageCount)$", pointer):
                continue
            deep = pointer.count("/") > 3
            for how in ("removed", "null") if isinstance(key, str) and (every or not deep) else ("removed",):
                changed = copy.deepcopy(doc)
                where = changed
                *way, last = pointer[1:].split("/")
                for step in way:
                    where = where[int(step) if isinstance(where, list) else step]
                last = int(last) if isinstance(where, list) else last
                if how == "null":
                    if where[last] is None:
                        continue
                    where[last] = None
                else:
                    del where[last]
                yield how, path, pointer, {path: dump(changed)}, None


def lost_attestations(snapshot):
    """Each topic, each field of an entry, each default and each waiver, taken out of the text as a person would."""
    path = "attestations.yaml"
    lines = snapshot[path].decode().splitlines(keepends=True)
    for n, line in enumerate(lines):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        yield f"line {n + 1} removed", path, f"/{line.strip()}", {path: "".join(lines[:n] + lines[n + 1:]).encode()}, None
        for field in re.finditer(r"(\w+): ([^,{}\[\]]+|\[[^\]]*\])(, )?(?=[^{}]*\})", line):
            less = re.sub(r", *\}", "}", line[: field.start()] + line[field.end():])
            yield f"line {n + 1} without {field[1]}", path, f"/{field[1]}", {path: "".join(lines[:n] + [less] + lines[n + 1:]).encode()}, None
        for word in ("null", "~", ""):
            less = re.sub(r"value: \w+", f"value: {word}", line)
            if less != line:
                yield f"line {n + 1} with value {word!r}", path, "/value", {path: "".join(lines[:n] + [less] + lines[n + 1:]).encode()}, None


def mutations(snapshot, every, every_byte):
    """`every`: all codes, markers and nulls; else one of those that are read by the same code."""
    chains = [lost_files(snapshot, every), lost_members(snapshot, every), lost_attestations(snapshot), cuts(snapshot, every_byte)]
    for name, path, pointer, change, whole in itertools.chain(*chains):
        yield f"{path}{pointer if pointer not in (None, '/') else ''} {name}", path, pointer, change, whole


def unseen(path, pointer):
    return pointer is not None and any(fnmatch.fnmatchcase(capture_of(path), c) and re.fullmatch(p, pointer) for c, p, _ in UNSEEN)


# --- laws -------------------------------------------------------------------------------------------------------------

class Base:
    def __init__(self, result):
        self.code, self.verdicts, self.outcomes = result.code, result.verdicts(), result.outcomes()


def in_family(route, wanted):
    return wanted == "all" or route == wanted or route.startswith(wanted + "/")


def must_not_pass(base, path, whole):
    """[(account, route, blocker)] that the loss of this file takes away."""
    for capture, account, wanted, rules in MATTERS if whole == "lost" else MATTERS_WHEN_CUT:
        match = re.fullmatch(re.escape(capture).replace("@", r"(\d{12})"), capture_of(path))
        if not match:
            continue
        for (a, route), outcomes in base.outcomes.items():
            if outcomes.get("account.not-management") != "fail" and in_family(route, wanted) and account in ("*", a, "@" if "@" in capture and match[1] == a else ""):
                yield from ((a, route, rule) for rule in rules if outcomes.get(rule) in PASSING)


def broken_laws(base, result, path, pointer, whole):
    wrong = []
    if result.code not in (1, 2, 3):
        wrong.append(f"exit {result.code} {result.err.decode(errors='replace')[:200]}")
    if result.doc is None:
        if result.code != 2:
            wrong.append(f"exit {result.code} without JSON")
        return wrong
    verdicts, outcomes = result.verdicts(), result.outcomes()
    if unseen(path, pointer):
        return wrong
    for row, verdict in verdicts.items():
        if verdict == "READY" and base.verdicts.get(row) != "READY":
            wrong.append(f"{row[0]} {row[1]}: READY, was {base.verdicts.get(row)}")
    unjudged = {a["id"] for a in result.accounts() if a["verdict"] == "UNDETERMINED" and not a["findings"]}  # its input could not be read
    told = {row: now for row, now in outcomes.items() if row[0] not in unjudged}
    for row, now in told.items():
        before = base.outcomes.get(row, {})
        for rule in now.keys() | before.keys():
            was, is_now = before.get(rule), now.get(rule)
            if is_now in PASSING | {None} and was not in PASSING | {None}:
                wrong.append(f"{row[0]} {row[1]} {rule}: {is_now or 'passes or does not apply'}, was {was}")
            if whole == "lost" and is_now == "fail" and was != "fail":
                wrong.append(f"{row[0]} {row[1]} {rule}: fails, was {was}")
    if whole:
        decided = {d for d in must_not_pass(base, path, whole) if d[:2] in told}
        wrong += [f"{a} {route} {rule}: still passes" for a, route, rule in sorted(decided) if told[a, route].get(rule) in PASSING | {None}]
        wrong += [f"{a} {route}: still READY" for a, route in sorted({d[:2] for d in decided}) if verdicts.get((a, route)) == "READY"]
    return wrong


# --- running: each worker has a copy of the snapshot, changes it, runs, and puts it back ---------------------------------

WORKER = {}


def start_worker(folder, base):
    scratch = Path(tempfile.mkdtemp(prefix="orgexit-losses-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
    shutil.copytree(folder, scratch / "s")
    WORKER.update(folder=folder, scratch=scratch, base=base)
    multiprocessing.util.Finalize(None, shutil.rmtree, args=(scratch, True), exitpriority=1)


def run_mutation(mutation):
    name, path, pointer, change, whole = mutation
    here = WORKER["scratch"] / "s"
    for changed, body in change.items():
        if body is None:
            (here / changed).unlink()
        else:
            (here / changed).write_bytes(body)
    try:
        result = judge.check("s", "--as-of", AS_OF, "--jobs", "1", "--only-problems", cwd=WORKER["scratch"])
        ended = "no verdict" if result.doc is None else {0: "ready", 1: "not ready", 2: "error", 3: "undetermined"}.get(result.code, "?")
        return name, broken_laws(WORKER["base"], result, path, pointer, whole), ended
    except Exception as e:  # a mutation that breaks the judge must be told by name, not end the run
        return name, [f"{type(e).__name__}: {e}"], "?"
    finally:
        for changed in change:
            shutil.copyfile(WORKER["folder"] / changed, here / changed)


def enumerate_losses(tally, name, folder, every, every_byte):
    result = judge.check(folder, "--as-of", AS_OF)
    if result.doc is None or result.code != 1 or "READY" not in result.verdicts().values():
        tally.add(f"losses {name}", f"the snapshot itself: exit {result.code} {result.err.decode(errors='replace')[:300]}")
        return
    base, todo, ends = Base(result), list(mutations(load(folder), every, every_byte)), {}
    covered = {capture for capture, *_ in MATTERS for path in load(folder) if re.fullmatch(re.escape(capture).replace("@", r"(\d{12})"), capture_of(path))}
    with multiprocessing.Pool(judge.CORES, start_worker, (folder, base)) as pool:
        for mutation, wrong, ended in pool.imap(run_mutation, todo, chunksize=16):
            tally.add(f"losses {name}: {mutation}", wrong, limit=4)
            ends[ended] = ends.get(ended, 0) + 1
    told = ", ".join(f"{n} {e}" for e, n in sorted(ends.items()))
    print(f"{name}: {len(todo)} losses of {len(load(folder))} files ({told}); {len(covered)} captures of which the loss must show")


def main():
    thorough = "--all" in sys.argv[1:]
    tally = judge.Tally()
    enumerate_losses(tally, "acme", SNAPSHOTS["acme"], thorough, False)
    enumerate_losses(tally, "tiny", SNAPSHOTS["tiny"], True, thorough)
    tally.end()


if __name__ == "__main__":
    main()
