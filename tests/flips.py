#!/usr/bin/python3
"""What `simulate` promises to change a decision is done, and the decision must then be the promised one.

Every case of tests/iam/*.ndjson that files and options can express: its policies are written to files, `simulate` must say what the table
expects, and each of its changes is applied to a copy of the files and asked again.
"""
import copy
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import judge

DERIVED = ["aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:username", "aws:userid"]
SETS = {"aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist", "aws:resourceorgpaths", "aws:sourceorgpaths", "aws:tagkeys",
        "aws:vpceorgpaths"}
FULL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class Inexpressible(Exception):
    """Options cannot say it."""


def at(document, pointer):
    """The parent of what a JSON pointer names, and its key."""
    parts = [p.replace("~1", "/").replace("~0", "~") for p in pointer.split("/")[1:]]
    node = document
    for part in parts[:-1]:
        node = node[int(part)] if isinstance(node, list) else node[part]
    return node, int(parts[-1]) if isinstance(node, list) else parts[-1]


def edit_policy(document, pointer, step):
    """One step done to a document; the pointer names the statement in it, or the policy that gets one more."""
    if step["kind"] == "add-statement":
        if pointer:
            parent, key = at(document, pointer)
            document = parent[key]
        statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
        document["Statement"] = statements + [step["document"]]
        return
    parent, key = at(document, pointer)
    if step["kind"] == "remove-statement":
        if isinstance(parent, list):
            del parent[key]
        else:
            parent[key] = []
        return
    assert step["kind"] == "add-condition", step
    condition = parent[key].setdefault("Condition", {})
    for operator, keys in step["document"].items():
        there = condition.setdefault(operator, {})
        for name, value in keys.items():
            same = next((k for k in there if k.lower() == name.lower()), name)
            old = there.get(same, [])
            there[same] = (old if isinstance(old, list) else [old]) + [value]


class World:
    """A request and its policies, as options and files."""

    def __init__(self, case):
        request, policies = case["request"], case["policies"]
        self.request = request
        self.context = dict(request.get("context", {}))
        self.unknown = list(request.get("unknownContext", []))
        self.layers = []  # [option, level or None, file, document]
        for option, member in (("scp", "scps"), ("rcp", "rcps")):
            for level in policies.get(member) or []:
                if not level["policies"] or "=" in level["level"]:
                    raise Inexpressible
                for policy in level["policies"]:
                    self.add(option, level["level"], policy["document"])
        for option in ("identity", "boundary", "session"):
            given = policies.get(option)
            if (given == [] and option != "identity") or (given and len(given) > 1 and option == "boundary"):
                raise Inexpressible
            for policy in given or []:
                self.add(option, None, policy["document"])
        if policies.get("resource"):
            self.add("resource-policy", None, policies["resource"]["document"])

    def add(self, option, level, document):
        self.layers.append([option, level, f"{len(self.layers)}-{option}.json", document])

    def options(self):
        r = self.request
        out = ["--principal", r["principal"], "--action", r["action"], "--resource", r["resource"]]
        if r.get("resourceAccount"):
            out += ["--resource-account", r["resourceAccount"]]
        named = {k.lower() for k in self.context} | {k.lower() for k in self.unknown}
        for key, value in self.context.items():
            text = [v if isinstance(v, str) else json.dumps(v) for v in (value if isinstance(value, list) else [value])]
            is_set = key.lower() in SETS
            if value is None:
                out += ["--absent", key]
                continue
            if "=" in key or (isinstance(value, list) != (is_set or len(text) > 1)) or not text or (len(text) == 1 and isinstance(value, list) != is_set):
                raise Inexpressible
            for v in text:
                out += ["--context", f"{key}={v}"]
        for key in self.unknown:
            out += ["--unknown", key]
        for key in DERIVED:
            if key.lower() not in named:
                out += ["--absent", key]
        return out

    def run(self):
        options = self.options()
        with tempfile.TemporaryDirectory() as folder:
            for option, level, name, document in self.layers:
                if name != "FullAWSAccess":
                    (Path(folder) / name).write_text(json.dumps(document, indent=1))
                options += [f"--{option}", f"{level}={name}" if level is not None else name]
            return judge.run("simulate", *options, "--format", "json", cwd=folder)

    def done(self, step):
        kind, layer = step["kind"], step.get("layer")
        option = {"resource": "resource-policy"}.get(layer, layer)
        if kind == "context":
            for key, value in step["context"].items():
                for same in [k for k in self.context if k.lower() == key.lower()]:
                    del self.context[same]
                self.unknown = [k for k in self.unknown if k.lower() != key.lower()]
                self.context[key] = value
        elif kind == "detach-policy":
            self.layers = [x for x in self.layers if not (x[0] == option and x[2] == step["policy"] and (x[1] or None) == step.get("level"))]
        elif kind == "attach-policy":
            self.layers.append([option, step["level"], "FullAWSAccess", FULL])
        elif kind == "add-policy":
            self.add(option, step.get("level"), step["document"])
        else:
            [found] = [x for x in self.layers if x[2] == step["file"]]
            edit_policy(found[3], step["pointer"], step)


def judge_case(case):
    """[(what, [what is wrong])]; nothing when options cannot say the case."""
    try:
        world = World(copy.deepcopy(case))
        result = world.run()
    except Inexpressible:
        return []
    name, doc = case["name"], result.doc
    if doc is None:
        return [(name, [f"exit {result.code}: {result.err.decode(errors='replace')}"])]
    wrong = [] if doc["decision"] == case["expect"] else [f"{doc['decision']}, the table says {case['expect']}"]
    if result.code != {"Allowed": 0, "Unknown": 3}.get(doc["decision"], 1):
        wrong.append(f"exit {result.code} for {doc['decision']}")
    checks = [(name, wrong)]
    for n, change in enumerate(doc["changes"], 1):
        after, label = World(copy.deepcopy(case)), f"{name}, change {n}"
        try:
            for step in change["steps"]:
                after.done(step)
            got = after.run()
        except Inexpressible:
            continue
        told = (got.doc or {}).get("decision", got.err.decode(errors="replace"))
        steps = "; ".join(s["text"] for s in change["steps"])
        checks.append((label, [] if told == change["decision"] else [f"promised {change['decision']}, got {told}: {steps}"]))
    return checks


def main():
    cases = []
    for table in sorted((judge.ROOT / "tests" / "iam").glob("*.ndjson")):
        for line in table.read_text().splitlines():
            try:
                case = json.loads(line)
            except ValueError:
                continue
            if "expect" in case and "request" in case:
                cases.append(case)
    tally, asked, changes = judge.Tally(), 0, 0
    with ThreadPoolExecutor(judge.CORES) as pool:
        for checks in pool.map(judge_case, cases):
            asked += bool(checks)
            changes += max(len(checks) - 1, 0)
            for what, wrong in checks:
                tally.add(f"flips {what}", wrong)
    tally.add("flips reach most cases", [] if asked > len(cases) * 0.7 and changes > 200 else [f"{asked} of {len(cases)} cases, {changes} changes"])
    tally.end()


if __name__ == "__main__":
    main()
