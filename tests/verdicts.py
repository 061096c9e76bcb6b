#!/usr/bin/python3
"""Verdicts on whole organizations: as written by hand, and the same however the same facts are spelt.

  1. samples/acme against samples/acme.want.tsv, in both profiles; the corpus' acme against its expected.tsv where the corpus is there
     (ORGEXIT_CORPUS, else ../shared/corpus beside the project);
  2. the same organization renamed, shuffled, re-indented, in the other CLI version's spelling, or captured by the equivalent calls
     keeps every verdict and, for each blocker, its outcome;
  3. any number of jobs gives the same bytes in every format;
  4. generated organizations get the verdicts that were planted in them.

SEED=n changes the random choices (default 1).
"""
import datetime
import fnmatch
import json
import os
import random
import re
import shutil
import sys
import tempfile
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import judge

sys.path.insert(0, str(judge.ROOT / "tests" / "gen"))
import genorg  # noqa: E402

SAMPLE = judge.ROOT / "samples" / "acme"
CORPUS = Path(os.environ.get("ORGEXIT_CORPUS") or judge.ROOT.parent / "shared" / "corpus")
SEED = int(os.environ.get("SEED", "1"))
SAMPLE_AS_OF, CORPUS_AS_OF = "2026-11-20T12:00:00Z", "2026-11-23T00:00:00Z"
DOCUMENT_KEYS = {"AssumeRolePolicyDocument", "PolicyDocument", "Document"}


# --- a snapshot in memory: {path: bytes} ------------------------------------------------------------------------------

def load(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix in (".json", ".yaml")}


def store(snapshot, folder, rng):
    paths = list(snapshot)
    rng.shuffle(paths)  # the order in which a directory lists its files is often that of their making
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(snapshot[path])


def each_json(snapshot, change):
    """The snapshot with change(path, value) in place of the value of each JSON file."""
    return {p: dump(change(p, json.loads(b))) if p.endswith(".json") else b for p, b in snapshot.items()}


def dump(value, **how):
    return (json.dumps(value, **(how or {"indent": 4})) + "\n").encode()


def walk(value, change, key=None):
    """The value with change(key, value) applied to every member and item, the innermost first."""
    if isinstance(value, dict):
        value = {k: walk(v, change, k) for k, v in value.items()}
    elif isinstance(value, list):
        value = [walk(v, change) for v in value]
    return change(key, value)


def parse_document(value):
    """A policy document however it is spelt; None where it is none."""
    if isinstance(value, str):
        for text in (value, urllib.parse.unquote(value)):
            try:
                return json.loads(text)
            except ValueError:
                pass
        return None
    return value if isinstance(value, dict) else None


# --- 2: the same facts, told otherwise -------------------------------------------------------------------------------

def renamed(snapshot, rng):
    """Other ids and names everywhere: a plain replacement of distinctive words also reaches policy texts in any encoding."""
    text = b"\n".join(snapshot.values()).decode()
    names = set()
    accounts = {a["Id"]: a for a in json.loads(snapshot["organizations/list-accounts.json"])["Accounts"]}
    words = {i: "".join(rng.choice("0123456789") for _ in range(12)) for i in accounts}
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    for old in set(re.findall(r"\b(?:o-[a-z0-9]{10,32}|r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|p-[0-9a-zA-Z_]{8,128})\b", text)):
        if old not in ("p-FullAWSAccess", "p-RCPFullAWSAccess"):
            words[old] = "-".join([old.split("-")[0]] + ["".join(rng.choice(letters) for _ in part) for part in old.split("-")[1:]])

    def new_names(path, value):
        """Names that people gave to accounts, OUs and SCPs stand in members of their own."""
        if not path.startswith("organizations/") and "/account/" not in path:
            return value
        return walk(value, lambda k, v: v[::-1] + " (renamed)" if k in ("Name", "AccountName", "Email", "MasterAccountEmail") and v not in
                    ("Root", "FullAWSAccess", "RCPFullAWSAccess") else v)

    for path, body in snapshot.items():
        if path.endswith("get-account-authorization-details.json"):
            gaad = json.loads(body)
            names |= {r["RoleName"] for r in gaad.get("RoleDetailList") or [] if not r["Path"].startswith("/aws-")}
            names |= {u["UserName"] for u in gaad.get("UserDetailList") or []} | {g["GroupName"] for g in gaad.get("GroupDetailList") or []}
    snapshot = each_json(snapshot, new_names)
    body = "\n".join(b.decode() for b in snapshot.values())
    patterns = {p for p in re.findall(r'[\w:/*?.+=,@-]*[*?][\w:/*?.+=,@-]*', urllib.parse.unquote(body))}
    for name in sorted(names, key=len, reverse=True):
        new = "N" + "".join(rng.choice(letters) for _ in range(7 + len(name)))
        matched = lambda n: [fnmatch.fnmatchcase(f"arn:aws:iam::111122223333:{kind}/{n}", p) or fnmatch.fnmatchcase(n, p) for kind in ("role", "user") for p in patterns]
        # A name that a pattern of some policy spells in part cannot be renamed by replacing the word; AWS's own stay as they are.
        if len(name) < 5 or name.startswith(("AWS", "OrganizationAccount")) or matched(name) != matched(new):
            continue
        words[name] = new
    if len(set(words.values())) != len(words):
        raise SystemExit("two words got one new name: choose another SEED")
    pattern = re.compile("|".join(r"(?<![A-Za-z0-9])" + re.escape(w) + r"(?![A-Za-z0-9-])" if not w.isdigit() else w for w in sorted(words, key=len, reverse=True)))
    # In URL-encoded text a word may stand right after the two digits of %2F or %3A.
    encoded = re.compile("(?<=%2F|%3A|%22)(" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")(?![A-Za-z0-9-])", re.I)
    swap = lambda text: encoded.sub(lambda m: words.get(m[1], m[1]), pattern.sub(lambda m: words[m[0]], text))
    return {swap(p): swap(b.decode()).encode() for p, b in snapshot.items()}, {a: words[a] for a in accounts}


def shuffled(snapshot, rng):
    def mix(_, value):
        if isinstance(value, list):
            return rng.sample(value, len(value))
        return dict(rng.sample(list(value.items()), len(value))) if isinstance(value, dict) else value

    def mix_all(key, value):
        if key in DOCUMENT_KEYS | {"Content"} and isinstance(value, str):
            document = parse_document(value)
            if document is not None:
                return json.dumps(walk(document, mix))
        return mix(key, value)

    return each_json(snapshot, lambda _, value: walk(value, mix_all))


def minified(snapshot, _):
    return {p: dump(json.loads(b), separators=(",", ":")).rstrip() if p.endswith(".json") else b for p, b in snapshot.items()}


def reindented(snapshot, _):
    """Tabs, CR LF, and every letter of every string as an escape: another text of the same value."""
    out = {}
    for path, body in snapshot.items():
        if path.endswith(".json"):
            text = json.dumps(json.loads(body), indent="\t", separators=(" ,", " :\t"))
            text = re.sub(r'"((?:[^"\\]|\\.)*)"', lambda m: '"' + re.sub(r'\\.|[a-zA-Z/]', lambda c: c[0] if len(c[0]) > 1 else f"\\u{ord(c[0]):04x}", m[1]) + '"', text)
            body = text.replace("\n", "\r\n").encode()
        else:
            body = body.replace(b"\n", b"\r\n")
        out[path] = body
    return out


TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def other_spelling(to_text, to_state):
    """Times as text or as numbers; State alone or Status alone; documents in each of the three forms in turn."""
    status = {"CLOSED": "SUSPENDED"}

    def change(path, value):
        turn = [0]

        def respell(key, v):
            if isinstance(v, dict) and ("State" in v or "Status" in v) and "JoinedMethod" in v:
                state, old = v.get("State"), v.get("Status")
                if to_state and state:
                    v = {k: x for k, x in v.items() if k != "Status"}
                elif not to_state and (state or old):
                    v = {k: x for k, x in v.items() if k != "State"}
                    v["Status"] = old or status.get(state, state)
            if key in ("JoinedTimestamp", "DelegationEnabledDate", "DateEnabled", "AccountCreatedDate", "CreateDate", "UpdateDate"):
                if to_text and isinstance(v, (int, float)):
                    return datetime.datetime.fromtimestamp(v, datetime.timezone.utc).isoformat(timespec="microseconds")
                if isinstance(v, str) and TIME.fullmatch(v):
                    at = datetime.datetime.fromisoformat(v.replace("Z", "+00:00"))
                    if not to_text:  # IAM's stay text in both CLIs, with Z in the first
                        return at.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") if key in ("CreateDate", "UpdateDate") else at.timestamp()
                    return at.astimezone(datetime.timezone(datetime.timedelta(hours=5, minutes=30))).isoformat()
            if key in DOCUMENT_KEYS:
                document = parse_document(v)
                if document is not None:
                    turn[0] += 1
                    forms = [lambda d: d, json.dumps, lambda d: urllib.parse.quote(json.dumps(d), safe="")]
                    return forms[(turn[0] + to_text) % 3](document)
            return v

        return walk(value, respell)

    return lambda snapshot, _: each_json(snapshot, change)


def equivalent_calls(snapshot, _):
    """list-parents in place of list-accounts-for-parent, list-policies-for-target in place of list-targets-for-policy."""
    out, parents, attached, summaries = {}, {}, {}, {}
    root = json.loads(snapshot["organizations/list-roots.json"])["Roots"][0]["Id"]
    for path, body in snapshot.items():
        parts = path[:-len(".json")].split("/")
        if path.startswith("organizations/list-policies/"):
            for p in json.loads(body)["Policies"]:
                summaries[p["Id"]] = p
        if path.startswith("organizations/list-accounts-for-parent/"):
            for a in json.loads(body)["Accounts"]:
                parents[a["Id"]] = parts[-1]
            continue
        if path.startswith("organizations/list-organizational-units-for-parent/"):
            attached.setdefault(parts[-1], [])
        if path.startswith("organizations/list-targets-for-policy/"):
            for t in json.loads(body)["Targets"]:
                attached.setdefault(t["TargetId"], []).append(parts[-1])
            continue
        out[path] = body
    for child, parent in parents.items():
        attached.setdefault(child, [])
        kind = "ROOT" if parent == root else "ORGANIZATIONAL_UNIT"
        out[f"organizations/list-parents/{child}.json"] = dump({"Parents": [{"Id": parent, "Type": kind}]})
    for target, policies in attached.items():
        for kind in {s["Type"] for s in summaries.values()}:
            out[f"organizations/list-policies-for-target/{target}/{kind}.json"] = dump({"Policies": [summaries[p] for p in policies if summaries[p]["Type"] == kind]})
    return out


TRANSFORMS = {
    "shuffled": shuffled, "minified": minified, "re-indented and escaped": reindented, "CLI v1": other_spelling(False, False),
    "CLI v2": other_spelling(True, True), "text times, Status": other_spelling(True, False), "equivalent calls": equivalent_calls,
    "CLI v2, shuffled, re-indented": lambda s, rng: reindented(other_spelling(True, True)(shuffled(s, rng), rng), rng),
}


def outcomes_of(result, back):
    """{(account, route): (verdict, {blocker: outcome})} under the accounts' former ids."""
    verdicts, outcomes = result.verdicts(), result.outcomes()
    return {(back.get(a, a), r): (v, outcomes.get((a, r))) for (a, r), v in verdicts.items()}


def same(base, result, back):
    got, want = outcomes_of(result, back), outcomes_of(base, {})
    wrong = [] if base.doc and result.doc else [f"no JSON: exit {result.code} {result.err.decode(errors='replace')[:300]}"]
    if base.code != result.code:
        wrong.append(f"exit {result.code}, not {base.code}: {result.err.decode(errors='replace')[:300]}")
    for row in sorted(want.keys() | got.keys()):
        (v, o), (w, p) = got.get(row, ("nothing", None)), want.get(row, ("nothing", None))
        if v != w:
            wrong.append(f"{row[0]} {row[1]}: {v}, was {w}")
        for rule in sorted((o or {}).keys() | (p or {}).keys()):
            if (o or {}).get(rule) != (p or {}).get(rule):
                wrong.append(f"{row[0]} {row[1]} {rule}: {(o or {}).get(rule)}, was {(p or {}).get(rule)}")
    return wrong


def metamorphic(tally, name, folder, as_of, pool):
    rng = random.Random(SEED)
    base = judge.check(folder, "--as-of", as_of)
    snapshot = load(folder)

    def one(job):
        title, told, ids = job
        scratch = Path(tempfile.mkdtemp(prefix="orgexit-"))
        try:
            store(told, scratch, random.Random(SEED))
            return title, same(base, judge.check(scratch, "--as-of", as_of), {new: old for old, new in ids.items()})
        finally:
            shutil.rmtree(scratch)

    jobs = [("as it is, from another folder", snapshot, {})]
    jobs += [(title, change(snapshot, rng), {}) for title, change in TRANSFORMS.items()]
    for n in range(3):
        told, ids = renamed(snapshot, rng)
        jobs.append((f"renamed {n + 1}", told, ids))
        if n == 2:
            jobs.append(("renamed, shuffled, CLI v1", other_spelling(False, False)(shuffled(told, rng), rng), ids))
    for title, wrong in pool.map(one, jobs):
        tally.add(f"{name} {title}", wrong)


# --- 1: as written by hand -------------------------------------------------------------------------------------------

def sample_verdicts(tally):
    want = judge.read_want(SAMPLE.with_suffix(".want.tsv"))
    for profile in ("full", "current"):
        result = judge.check(SAMPLE, "--as-of", SAMPLE_AS_OF, "--profile", profile)
        wrong = judge.compare(result, want, profile) if result.doc else [f"no JSON: exit {result.code} {result.err.decode(errors='replace')[:300]}"]
        untold = result.verdicts().keys() - {(a, r) for a, r, *_ in want}
        wrong += [f"{a} {r}: not in acme.want.tsv" for a, r in sorted(untold)]
        if result.code != 1:
            wrong.append(f"exit {result.code}, not 1")
        tally.add(f"samples/acme profile {profile}", wrong, limit=40)


def every_blocker_fails_somewhere(tally):
    """A rule that the sample never sees fail shows nothing; those that cannot fail in a healthy snapshot have golden cases."""
    elsewhere = {"account.id-valid", "org.in-use", "account.in-organization", "perm.caller-account", "perm.leave", "standalone.support-plan",
                 "evidence.fresh", "evidence.one-organization", "evidence.right-account", "evidence.no-contradiction"}
    result = judge.check(SAMPLE, "--as-of", SAMPLE_AS_OF)
    seen, failed = set(), set()
    for outcomes in result.outcomes().values():
        seen |= outcomes.keys()
        failed |= {rule for rule, o in outcomes.items() if o == "fail"}
    tally.add("samples/acme every blocker fails somewhere", [f"{r} never fails" for r in sorted(seen - failed - elsewhere)] if seen else "no blocker at all")


def corpus_verdicts(tally):
    rows = [line.split("\t") for line in (CORPUS / "snapshots" / "acme.expected.tsv").read_text().splitlines()[1:]]
    for profile, column in (("full", 3), ("current", 4)):
        result = judge.check(CORPUS / "snapshots" / "acme", "--as-of", CORPUS_AS_OF, "--profile", profile)
        verdicts = result.verdicts()
        for account, name, route, *cells in rows:
            allowed = {cells[column - 3]} | set(cells[2].split("; ") if cells[2] != "-" else [])
            got = verdicts.get((account, route), "nothing")
            blockers = sorted(result.blockers().get((account, route), []))
            tally.add(f"corpus acme {name} {route} profile {profile}", [] if got in allowed else f"want {cells[column - 3]} ({cells[3]}), got {got}: {' '.join(blockers)}")


# --- 3: any number of jobs -------------------------------------------------------------------------------------------

def jobs_agree(tally, name, folder, as_of, pool):
    for form in ("text", "json", "ndjson"):
        runs = list(pool.map(lambda n: judge.run("check", folder, "--as-of", as_of, "--format", form, "--jobs", n), (1, 2, 7, 16)))
        wrong = [] if runs[0].out and runs[0].code == 1 else [f"exit {runs[0].code} {runs[0].err.decode(errors='replace')[:300]}"]
        wrong += [f"--jobs {n} differs from --jobs 1" for n, r in zip((2, 7, 16), runs[1:]) if (r.out, r.err, r.code) != (runs[0].out, runs[0].err, runs[0].code)]
        tally.add(f"{name} {form} with any number of jobs", wrong)


# --- 4: as planted ---------------------------------------------------------------------------------------------------

def generated(tally, seed, pool):
    scratch = Path(tempfile.mkdtemp(prefix="orgexit-"))
    try:
        genorg.generate(60, seed, 6000, scratch)
        result = judge.check(scratch / "snapshot", "--as-of", genorg.AS_OF)
        wrong = judge.compare(result, judge.read_want(scratch / "expected.tsv")) if result.doc else [f"no JSON: exit {result.code} {result.err.decode(errors='replace')[:300]}"]
        tally.add(f"generated organization, seed {seed}", wrong)
        jobs_agree(tally, f"generated organization, seed {seed},", scratch / "snapshot", genorg.AS_OF, pool)
    finally:
        shutil.rmtree(scratch)


def main():
    tally = judge.Tally()
    organizations = [("samples/acme", SAMPLE, SAMPLE_AS_OF)]
    sample_verdicts(tally)
    every_blocker_fails_somewhere(tally)
    if (CORPUS / "snapshots" / "acme").is_dir():
        corpus_verdicts(tally)
        organizations.append(("corpus acme", CORPUS / "snapshots" / "acme", CORPUS_AS_OF))
    else:
        print(f"no corpus at {CORPUS}: its verdicts were not looked at")
    with ThreadPoolExecutor(judge.CORES) as pool:
        for name, folder, as_of in organizations:
            metamorphic(tally, name, folder, as_of, pool)
            jobs_agree(tally, name, folder, as_of, pool)
        for seed in (SEED, SEED + 1):
            generated(tally, seed, pool)
    tally.end()


if __name__ == "__main__":
    main()
