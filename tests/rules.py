#!/usr/bin/python3
"""The built-in rules are whole: each id of the catalogue is there, has a test for each outcome that it can have, says why and how to
fix it, and the AWS CLI commands of its fixes exist.

`orgexit rules test` runs the tests beside the rules; here its table is counted. The commands are looked up in the models of every AWS CLI
at hand that is a Python program (Debian's awscli; ORGEXIT_TEST_AWS names another). A CLI older than a call does not know it: what an old
one lacks is listed and fails nothing.
"""
import json
import os
import re
import shutil
import subprocess
import sys

import yaml

import judge

NEVER_FAIL = {"evidence.complete", "evidence.fresh", "evidence.one-organization", "evidence.right-account", "evidence.no-contradiction"}
COUNT = 94

# Read by the Python of an AWS CLI: [[service, operation, options...], ...] in, what is wrong out.
LOOK_UP = r"""
import json, sys
try:
    import botocore.session as sessions
    from botocore import xform_name
except ImportError:
    import awscli.botocore.session as sessions
    from awscli.botocore import xform_name
session, wrong = sessions.Session(), []
for service, operation, *words in json.load(sys.stdin):
    said = " ".join(["aws", service, operation, *words])
    try:
        model = session.get_service_model({"configservice": "config", "s3api": "s3"}.get(service, service))
    except Exception:
        wrong.append([said, "there is no such service"])
        continue
    names = {xform_name(n, "-"): n for n in model.operation_names}
    if operation not in names:
        wrong.append([said, "there is no such operation"])
        continue
    shape = model.operation_model(names[operation]).input_shape
    members = {xform_name(n, "-"): m for n, m in (shape.members.items() if shape else [])}
    given = [w[2:] for w in words if w.startswith("--")]
    for option in given:
        flag = option.startswith("no-") and option[3:] in members
        if option not in members and not flag and option != "query":
            wrong.append([said, f"there is no --{option}"])
    for name in shape.required_members if shape else []:
        token = shape.members[name].metadata.get("idempotencyToken")
        if xform_name(name, "-") not in given and not token:
            wrong.append([said, f"it needs --{xform_name(name, '-')}"])
    for option, value in zip(words, words[1:]):
        member = members.get(option[2:])
        if member is not None and getattr(member, "enum", None) and "{" not in value and value not in member.enum:
            wrong.append([said, f"{option} does not take {value}"])
new = "ListInboundResponsibilityTransfers" in session.get_service_model("organizations").operation_names
print(json.dumps([new, wrong]))
"""


def rules():
    for path in sorted((judge.ROOT / "rules").glob("*.yaml")):
        if not path.name.endswith(".test.yaml"):
            yield from yaml.safe_load(path.read_text()).get("rules", [])


def steps():
    for path in sorted((judge.ROOT / "rules").glob("*.yaml")):
        if not path.name.endswith(".test.yaml"):
            yield from yaml.safe_load(path.read_text()).get("steps", [])


def table_faults(table, ids):
    """Each rule has a test for each outcome that it can have, and every branch of what it asks was taken both ways."""
    rows = {m[1]: m for m in re.finditer(r"^(\S+) +(\d+)  (\S*) +(\d+)/(\d+) +\d+(.*)$", table, re.M)}
    for rule in ids.values():
        row = rows.get(rule["id"])
        if not row:
            yield f"{rule['id']} was not tested"
            continue
        never = rule["id"] in NEVER_FAIL
        wanted = {"pass", "unknown"} | (set() if never else {"fail"}) | ({"not-applicable"} if "when" in rule else set())
        if set(row[3].split("/")) != wanted or int(row[2]) < 3:
            yield f"{rule['id']}: {row[2]} tests see {row[3]}, wanted {'/'.join(sorted(wanted))} in three or more"
        if not never and row[4] != row[5]:
            yield f"{rule['id']}: the tests take {row[4]} of {row[5]} branches"


def text_faults(ids):
    for rule in ids.values():
        for key in ("title", "why", "fix", "references"):
            if not rule.get(key):
                yield f"{rule['id']} has no {key}"


def clis():
    for path in {shutil.which("aws", path="/usr/bin:/usr/local/bin"), os.environ.get("ORGEXIT_TEST_AWS")} - {None}:
        with open(os.path.realpath(path), "rb") as f:
            head = f.readline()
        if head.startswith(b"#!") and b"python" in head:
            yield path, head[2:].decode().split()


def command_faults(ids):
    commands = [f["command"][1:] for r in ids.values() for f in r.get("fix", []) if f.get("command", [""])[0] == "aws"]
    commands += [s[key][1:] for s in steps() for key in ("command", "verify") if s.get(key, [""])[0] == "aws"]
    for path, python in clis():
        done = subprocess.run([*python, "-c", LOOK_UP], input=json.dumps(commands), capture_output=True, text=True)
        if done.returncode:
            yield f"{path}: {done.stderr}"
            continue
        new, wrong = json.loads(done.stdout)
        for said, why in wrong:
            if new or why.startswith("it needs"):
                yield f"{path}: {said}: {why}"
            else:
                print(f"{path} may be too old: {said}: {why}")


def main():
    ids = {r["id"]: r for r in rules()}
    done = judge.run("rules", "test", "rules", cwd=judge.ROOT)
    print(done.out.decode() + done.err.decode())
    faults = [*table_faults(done.out.decode(), ids), *text_faults(ids), *command_faults(ids)]
    if len(ids) != COUNT:
        faults.append(f"{len(ids)} rules, and the catalogue has {COUNT}")
    for fault in faults:
        print("FAIL rules", fault)
    print(f"{3 * len(ids) - len(faults)} passed, {len(faults)} failed")
    return bool(faults) or done.code != 0


if __name__ == "__main__":
    sys.exit(main())
