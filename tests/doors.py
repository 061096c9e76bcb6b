#!/usr/bin/python3
"""Every door in gives the same verdicts: the snapshots of the sample and of the golden cases, as a folder, as one document (JSON, YAML) and as lines.

What is compared is all that a person acts on: account, route, verdict, and the outcome of every rule on every route. The plans of the samples are the same, word for word.
"""
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

import judge

AS_OF = "2026-11-20T12:00:00Z"


def load(path):
    """As the program must read it: no duplicate keys, nothing behind the value. None: it is no JSON, so there is nothing to turn."""
    def once(pairs):
        if len({k for k, _ in pairs}) != len(pairs):
            raise ValueError("duplicate key")
        return dict(pairs)
    return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)


def document_of(snapshot):
    """The folder as one object; ValueError where some file is no JSON."""
    doc = {"version": 1, "captures": {}}
    for path in sorted(snapshot.rglob("*.json")):
        name = path.relative_to(snapshot).as_posix()
        if path.is_symlink() or not path.is_file():
            raise ValueError("no plain file")
        if name == "capture.json":
            doc["capture"] = load(path)
            doc["capture"].pop("digests", None)
        elif name.startswith(("organizations/", "accounts/")):
            doc["captures"][name[:-5]] = load(path) if path.stat().st_size else None
    attestations = snapshot / "attestations.yaml"
    if attestations.exists():
        doc["attestations"] = attestations_of(attestations)
    return doc


def lines_of(doc):
    """The document in two: the organization's part (with the captures of those accounts that others are judged by), and an account a line."""
    part = {"version": 1, "captures": {}}
    if "capture" in doc:
        part["capture"] = dict(doc["capture"])
    captures = doc["captures"]
    described = (captures.get("organizations/describe-organization") or {}).get("Organization") or {}
    shared = {described.get("MasterAccountId")} | {a.get("Id") for a in (captures.get("organizations/list-delegated-administrators") or {}).get("DelegatedAdministrators") or []}
    known = {a["Id"] for a in (captures.get("organizations/list-accounts") or {}).get("Accounts") or []}
    lines = {}
    for path, answer in captures.items():
        account = path.split("/")[1] if path.startswith("accounts/") else None
        if account and account not in shared and account in known:
            lines.setdefault(account, {"version": 1, "account": account, "captures": {}})["captures"][path.split("/", 2)[2]] = answer
        else:
            part["captures"][path] = answer
    order = [a["Id"] for a in (captures.get("organizations/list-accounts") or {}).get("Accounts") or []]
    for account in order:
        lines.setdefault(account, {"version": 1, "account": account})
    errors = part.get("capture", {}).pop("errors", [])
    for failed in errors:
        account = failed["call"].split("/")[1] if failed["call"].startswith("accounts/") else None
        if account in lines and account not in shared:
            lines[account].setdefault("errors", []).append(dict(failed, call=failed["call"].split("/", 2)[2]))
        else:
            part["capture"].setdefault("errors", []).append(failed)
    attested = doc.get("attestations")
    if attested:
        part["attestations"] = {k: v for k, v in attested.items() if k != "accounts"}
        for account, topics in (attested.get("accounts") or {}).items():
            if account in lines:
                lines[account]["attestations"] = topics and {t: dict(attested.get("defaults") or {}, **e) for t, e in topics.items()}
            else:
                part["attestations"].setdefault("accounts", {})[account] = topics
    return part, [lines[a] for a in order if a in lines]


def attestations_of(path):
    """Scalars as the program sees them: dates stay texts, 12 digits in quotation marks stay texts."""
    class Loader(yaml.SafeLoader):
        pass
    Loader.yaml_implicit_resolvers = {k: [(t, r) for t, r in v if t in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:null")]
                                      for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}
    return yaml.load(path.read_text(), Loader=Loader)


class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):
    """Texts that a reader of YAML 1.2 would take for numbers stand in quotation marks."""


Dumper.add_representer(str, lambda d, s: d.represent_scalar("tag:yaml.org,2002:str", s, style='"' if s[:1].isdigit() else None))


def told(result):
    """What a person acts on."""
    rows = {}
    for a in result.accounts():
        rows[a["id"]] = (a["name"], a["path"], a["verdict"], a["by_route"], a["waived"], a["ready_from"], a["actors"], a["routes"],
                         sorted((f["rule"], f["severity"], f["outcome"], f["routes"], f["predicts"]) for f in a["findings"]))
    return rows


def differences(one, other):
    wrong = [] if one.code == other.code else [f"exit {one.code} from the folder, {other.code} from here: {other.err.decode(errors='replace')[:300]}"]
    a, b = told(one), told(other)
    for account in sorted(a.keys() | b.keys()):
        if a.get(account) == b.get(account):
            continue
        if account not in a or account not in b:
            wrong.append(f"{account} is in one of them only")
            continue
        for x, y in zip(a[account], b[account]):
            if x != y:
                wrong.append(f"{account}: {[i for i in x if i not in y] if isinstance(x, list) else x} from the folder, "
                             f"{[i for i in y if i not in x] if isinstance(y, list) else y} from here")
    return wrong


def snapshots(work):
    """The samples, and whatever the golden cases make of them: each case's commands are run with a program that only keeps its snapshot."""
    yield "acme", judge.ROOT / "samples" / "acme"
    yield "tiny", judge.ROOT / "tests" / "tiny"
    keep = work / "keep"
    keep.write_text('#!/bin/sh\n[ "$1" = check ] || exit 0\nshift\nfor a; do [ -d "$a" ] && { cp -r "$a" "$KEPT"; exit; }; done\nexit 0\n')
    keep.chmod(0o755)
    for case in sorted((judge.ROOT / "tests" / "golden").iterdir()):
        if not (case / "want").exists():
            continue
        folder, kept = work / case.name, work / (case.name + "-snapshot")
        subprocess.run(["cp", "-r", case, folder], check=True)
        env = dict(judge.CLEAN, ORGEXIT=str(keep), KEPT=str(kept), TINY=str(judge.ROOT / "tests" / "tiny"), ACME=str(judge.ROOT / "samples" / "acme"), AS_OF=AS_OF)
        subprocess.run(["sh", "-u", "cmd"], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        if kept.is_dir():
            yield case.name, kept


def through_the_doors(name, snapshot, work):
    try:
        doc = document_of(snapshot)
    except ValueError:
        return None  # damaged text: the message is of that file, and no other door can carry it
    plain = judge.check(snapshot, "--as-of", AS_OF)
    wrong = []
    (work / f"{name}.json").write_text(json.dumps(doc, ensure_ascii=False, indent=1))
    (work / f"{name}.yaml").write_text(yaml.dump(doc, Dumper=Dumper, allow_unicode=True, width=1000))
    for form in ("json", "yaml"):
        wrong += [f"{form}: {w}" for w in differences(plain, judge.check(work / f"{name}.{form}", "--as-of", AS_OF))]
    part, lines = lines_of(doc)
    if plain.doc and set(told(plain)) == {line["account"] for line in lines}:  # accounts that no list shows have no line
        (work / f"{name}.org.json").write_text(json.dumps(part))
        (work / f"{name}.ndjson").write_text("".join(json.dumps(line) + "\n" for line in lines))
        wrong += [f"ndjson: {w}" for w in differences(plain, judge.check(work / f"{name}.ndjson", "--org", work / f"{name}.org.json", "--as-of", AS_OF))]
    return wrong


def planned(snapshot):
    """The whole plan, but for where the snapshot lies."""
    result = judge.run("plan", str(snapshot), "--ou", "/Root", "--as-of", AS_OF, "--full", "--format", "json")
    steps = json.dumps({k: v for k, v in (result.doc or {}).items() if k not in ("tool", "inputs")})
    return result.code, steps.replace(str(snapshot), "SNAPSHOT"), result.err.decode(errors="replace")[:300]


def plans(name, snapshot, work):
    plain = planned(snapshot)
    wrong = [] if plain[1].count('"state"') > 10 else [f"hardly a plan from the folder: exit {plain[0]} {plain[2]}"]
    return wrong + [f"{form}: another plan: exit {other[0]} {other[2]}" for form in ("json", "yaml")
                    for other in [planned(work / f"{name}.{form}")] if other[:2] != plain[:2]]


def main():
    tally = judge.Tally()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(judge.CORES) as pool:
        work = Path(folder)
        cases = list(snapshots(work))
        for (name, _), wrong in zip(cases, pool.map(lambda c: through_the_doors(*c, work), cases)):
            if wrong is not None:
                tally.add(f"doors {name}", wrong, limit=12)
        for name, snapshot in cases[:2]:
            tally.add(f"plans of {name}", plans(name, snapshot, work))
    tally.end()


if __name__ == "__main__":
    sys.exit(main())
