#!/usr/bin/python3
"""Validates samples, and what `check` prints, against schemas/, and shows for each schema that it refuses what is wrong."""
import copy
import json
import os
import re
import tempfile
from pathlib import Path

import jsonschema
import yaml

import doors
import judge

SCHEMAS = judge.ROOT / "schemas"
AS_OF = "2026-11-20T12:00:00Z"


class Yaml12(yaml.SafeLoader):
    """The core schema of YAML 1.2: dates are text, only true and false are booleans."""


Yaml12.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rows if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:merge", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float")]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
Yaml12.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))


def validator(name):
    schema = json.loads((SCHEMAS / name).read_text())
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    store = {s.name: json.loads(s.read_text()) for s in SCHEMAS.glob("*.json")}
    store.update({s["$id"]: s for s in list(store.values()) if "$id" in s})
    return kind(schema, resolver=jsonschema.RefResolver(schema.get("$id", name), schema, store=store))


def faults(check, value):
    return [f"/{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in check.iter_errors(value)]


# Each makes attestations wrong that were right.
WRONG_ATTESTATIONS = {
    "no version": lambda a: a.pop("version"),
    "a version of the future": lambda a: a.update(version=2),
    "an unknown key": lambda a: a.update(waiver=[]),
    "a default value": lambda a: a["defaults"].update(value=True),
    "no account id": lambda a: a["accounts"].update({"123": {}}),
    "an unknown topic": lambda a: first(a).update(custmer_agreement={"value": True}),
    "no value": lambda a: first(a)["customer_agreement"].pop("value"),
    "yes": lambda a: first(a)["customer_agreement"].update(value="yes"),
    "one": lambda a: first(a)["customer_agreement"].update(value=1),
    "null": lambda a: first(a)["customer_agreement"].update(value=None),
    "no entry": lambda a: first(a).update(customer_agreement=None),
    "an unknown field": lambda a: first(a)["payment_method"].update(vaild_until="2027-01-01"),
    "an unknown plan": lambda a: first(a)["support_plan"].update(value="gold"),
    "kind where no payment is": lambda a: first(a)["customer_agreement"].update(kind="card"),
    "a date of another form": lambda a: first(a)["payment_method"].update(valid_until="31.12.2027"),
    "a time without zone": lambda a: first(a)["payment_method"].update(valid_until="2027-12-31T00:00:00"),
    "nobody who says so": lambda a: a["defaults"].pop("by"),
    "no date": lambda a: a["defaults"].pop("date"),
    "a waiver without reason": lambda a: a["waivers"][0].pop("reason"),
    "a waiver without end": lambda a: a["waivers"][0].pop("valid_until"),
    "a waiver for all": lambda a: a["waivers"][0].update(accounts=["*"]),
    "a waiver with an unknown key": lambda a: a["waivers"][0].update(ruls="x.y"),
}


def first(attestations):
    return attestations["accounts"]["047215908836"]


# Each makes a result wrong that was right.
WRONG_RESULTS = {
    "another verdict": lambda r: r["accounts"][0].update(verdict="MAYBE"),
    "no verdict": lambda r: r["accounts"][0].pop("verdict"),
    "no summary": lambda r: r.pop("summary"),
    "another outcome": lambda r: r["accounts"][0]["findings"][0].update(outcome="ok"),
    "another route": lambda r: r["accounts"][0]["findings"][0].update(routes=["leave/fax"]),
    "an exit code of text": lambda r: r.update(exit="1"),
}


def attestations(tally):
    check = validator("attestations.schema.json")
    for path in (judge.ROOT / "samples" / "acme" / "attestations.yaml", judge.ROOT / "tests" / "tiny" / "attestations.yaml"):
        tally.add(f"schema {path.parent.name}/{path.name}", faults(check, yaml.load(path.read_text(), Yaml12)))
    right = yaml.load((judge.ROOT / "samples" / "acme" / "attestations.yaml").read_text(), Yaml12)
    for what, spoil in WRONG_ATTESTATIONS.items():
        wrong = copy.deepcopy(right)
        spoil(wrong)
        tally.add(f"schema attestations with {what}", [] if faults(check, wrong) else "the schema accepts it")


def results(tally):
    if not (SCHEMAS / "check.schema.json").exists() or not os.access(judge.ORGEXIT, os.X_OK):
        tally.add("schema of results", "schemas/check.schema.json or the program is not there")
        return
    check = validator("check.schema.json")
    runs = {"acme": [judge.ROOT / "samples" / "acme"], "acme profile current": [judge.ROOT / "samples" / "acme", "--profile", "current"],
            "acme transfer": [judge.ROOT / "samples" / "acme", "--route", "transfer"], "tiny only problems": [judge.ROOT / "tests" / "tiny", "--only-problems"],
            "tiny with digests": [judge.ROOT / "tests" / "tiny", "--digests"]}
    for name, arguments in runs.items():
        result = judge.check(*arguments, "--as-of", AS_OF)
        tally.add(f"schema result {name}", faults(check, result.doc)[:5] if result.doc else f"no JSON: exit {result.code} {result.err.decode(errors='replace')[:200]}")
    without_verdicts(tally, check)
    right = judge.check(judge.ROOT / "samples" / "acme", "--as-of", AS_OF).doc
    for what, spoil in WRONG_RESULTS.items() if right else ():
        wrong = copy.deepcopy(right)
        spoil(wrong)
        tally.add(f"schema result with {what}", [] if faults(check, wrong) else "the schema accepts it")
    lines(tally)


# Each makes an explanation wrong that was right.
WRONG_EXPLANATIONS = {
    "another decision": lambda x: x.update(decision="Denied"),
    "no request": lambda x: x.pop("request"),
    "another layer": lambda x: x["layers"][0].update(layer="ou"),
    "a matching statement that is true": lambda x: x["layers"][0]["policies"][0]["statements"][0].update(matches=True),
    "a change without steps": lambda x: x["changes"][0].update(steps=[]),
    "a step of another kind": lambda x: x["changes"][0]["steps"][0].update(kind="pray"),
    "a step without its place": lambda x: x["changes"][0]["steps"][0].pop("pointer"),
}


def explanations(tally):
    check, who, acme = validator("explain.schema.json"), validator("who.schema.json"), judge.ROOT / "samples" / "acme"
    for account in sorted(p.name for p in (acme / "accounts").iterdir()):
        for kind, options in ((check, []), (who, ["--who"])):
            result = judge.run("explain", acme, "--as-of", AS_OF, "--account", account, "--format", "json", *options)
            tally.add(f"schema explain {account} {' '.join(options)}", faults(kind, result.doc)[:5] if result.doc else result.err.decode())
    policies = judge.ROOT / "samples" / "policies"
    for name, options in {"denied": ["--scp", policies / "keep-members.json"],
                          "open": ["--identity", policies / "leave-with-mfa.json", "--unknown", "aws:SourceIp", "--unknown", "aws:MultiFactorAuthPresent"]}.items():
        result = judge.run("simulate", "--principal", "arn:aws:iam::111122223333:role/Exit", "--format", "json", *options)
        tally.add(f"schema simulate {name}", faults(check, result.doc)[:5] if result.doc else result.err.decode())
    right = judge.run("explain", acme, "--as-of", AS_OF, "--account", "138820457190", "--format", "json").doc
    for what, spoil in WRONG_EXPLANATIONS.items():
        wrong = copy.deepcopy(right)
        spoil(wrong)
        tally.add(f"schema explain with {what}", [] if faults(check, wrong) else "the schema accepts it")


def without_verdicts(tally, check):
    """An input that leaves no verdict for anybody: a document, or a stream, with its errors."""
    line, arguments = validator("check-ndjson.schema.json"), ["check", "no-such-folder", "--as-of", AS_OF, "--format"]
    doc, stream = judge.run(*arguments, "json"), judge.run(*arguments, "ndjson")
    wrong = faults(check, doc.doc) if doc.doc else ["no JSON"]
    if doc.doc and (doc.doc["accounts"], len(doc.doc["errors"]), doc.doc["exit"], doc.code) != ([], 1, 2, 2):
        wrong.append(f"accounts, errors, exit are not [], one, 2: {doc.out[:300]}")
    rows = [json.loads(row) for row in stream.out.decode().splitlines()]
    if [row["type"] for row in rows] != ["run", "error", "summary"] or rows[-1]["exit"] != 2:
        wrong.append(f"the lines are {stream.out[:300]}")
    for row in rows:
        wrong += faults(line, row)[:3]
    tally.add("schema of a result without verdicts", wrong)


# Each makes an answer of impact wrong that was right.
WRONG_IMPACTS = {
    "another kind": lambda p: item(p).update(kind="loss"),
    "another certainty": lambda p: item(p).update(certainty="sure"),
    "another change": lambda p: item(p).update(change="allow to deny"),
    "no account": lambda p: p["accounts"].clear(),
    "unknown without why": lambda p: item(p).update(certainty="unknown", why=None),
    "known with why": lambda p: item(p).update(certainty="certain", why="not captured"),
    "nothing afterwards": lambda p: item(p).pop("after"),
    "an organization that is none": lambda p: p.update(new_organization="elsewhere"),
    "an exit code of another command": lambda p: p.update(exit=3),
}


def item(impact):
    return impact["accounts"][0]["items"][0]


def impacts(tally):
    check = validator("impact.schema.json")
    acme, tiny = judge.ROOT / "samples" / "acme", judge.ROOT / "tests" / "tiny"
    runs = {"acme": [acme, "--ou", "/Root"], "acme into another": [acme, "--account", "362774150928", "--new-org", "o-newhome1234", "--with", "928374615049"], "tiny": [tiny, "--ou", "/Root"]}
    docs = {}
    for name, arguments in runs.items():
        result = judge.run("impact", *arguments, "--as-of", AS_OF, "--format", "json")
        docs[name] = result.doc
        tally.add(f"schema impact {name}", faults(check, result.doc)[:5] if result.doc else f"no JSON: exit {result.code} {result.err.decode(errors='replace')[:200]}")
    for what, spoil in WRONG_IMPACTS.items() if docs["acme"] else ():
        wrong = copy.deepcopy(docs["acme"])
        spoil(wrong)
        tally.add(f"schema impact with {what}", [] if faults(check, wrong) else "the schema accepts it")


# Each makes a plan wrong that was right.
WRONG_PLANS = {
    "another phase": lambda p: step(p).update(phase="later"),
    "another actor": lambda p: step(p).update(actor="somebody"),
    "no account": lambda p: p["accounts"].clear(),
    "steps where there is no way": lambda p: p["accounts"][-1]["steps"].append(step(p)),
    "a way without a route": lambda p: p["accounts"][0].update(route=None),
    "a change without a place": lambda p: next(s for a in p["accounts"] for s in a["steps"] if s["changes"])["changes"][0].pop("at"),
    "a command of one text": lambda p: step(p).update(command="aws"),
    "no promise": lambda p: p["accounts"][0].pop("then"),
    "an exit code of another command": lambda p: p.update(exit=3),
}


def step(plan):
    return plan["accounts"][0]["steps"][0]


def plans(tally):
    check = validator("plan.schema.json")
    acme, tiny = judge.ROOT / "samples" / "acme", judge.ROOT / "tests" / "tiny"
    runs = {"acme": [acme, "--ou", "/Root"], "acme transfer": [acme, "--ou", "/Root", "--route", "transfer"], "acme leave": [acme, "--ou", "/Root", "--route", "leave", "--full"],
            "tiny profile current": [tiny, "--ou", "/Root", "--profile", "current"]}
    docs = {}
    for name, arguments in runs.items():
        result = judge.run("plan", *arguments, "--as-of", AS_OF, "--format", "json")
        docs[name] = result.doc
        tally.add(f"schema plan {name}", faults(check, result.doc)[:5] if result.doc else f"no JSON: exit {result.code} {result.err.decode(errors='replace')[:200]}")
    after = judge.run("plan", acme, "--as-of", AS_OF, "--after", acme, "--account", "362774150928", "--format", "json")
    tally.add("schema plan after", faults(validator("plan-after.schema.json"), after.doc) if after.doc else f"no JSON: exit {after.code}")
    if after.doc:
        after.doc["accounts"][0]["items"][0]["outcome"] = "done"
        tally.add("schema plan after with another outcome", [] if faults(validator("plan-after.schema.json"), after.doc) else "the schema accepts it")
    for what, spoil in WRONG_PLANS.items() if docs["acme"] else ():
        wrong = copy.deepcopy(docs["acme"])
        spoil(wrong)
        tally.add(f"schema plan with {what}", [] if faults(check, wrong) else "the schema accepts it")


def lines(tally):
    name = next((n for n in ("check-line.schema.json", "check-ndjson.schema.json", "check.ndjson.schema.json") if (SCHEMAS / n).exists()), None)
    result = judge.run("check", judge.ROOT / "samples" / "acme", "--as-of", AS_OF, "--format", "ndjson")
    rows = [json.loads(line) for line in result.out.decode().splitlines()]
    kinds = [row.get("type") for row in rows]
    wrong = []
    if kinds[:1] != ["run"] or kinds[-1:] != ["summary"] or kinds.count("account") != 14:
        wrong.append(f"lines are {kinds[:3]} … {kinds[-1:]}, {kinds.count('account')} accounts")
    if rows and rows[-1].get("exit") != result.code:
        wrong.append(f"the summary says exit {rows[-1].get('exit')}, it was {result.code}")
    if name:
        check = validator(name)
        for row in rows:
            wrong += faults(check, row)[:3]
    tally.add("schema ndjson", wrong)


def printed(tally):
    """`orgexit schema` prints every one of them, as it stands here."""
    names = [s.name.removesuffix(".schema.json") for s in sorted(SCHEMAS.glob("*.json"))]
    listed = judge.run("schema").out.decode().split()
    tally.add("schema: the list", [] if sorted(listed) == sorted(names) else f"{listed} are not {names}")
    for name in names:
        result = judge.run("schema", name)
        tally.add(f"schema {name} is printed", [] if result.out == (SCHEMAS / f"{name}.schema.json").read_bytes() else f"exit {result.code}, other bytes")
    wrong = judge.run("schema", "chek")
    tally.add("schema chek", [] if wrong.code == 2 and b'did you mean "check"' in wrong.err else wrong.err.decode())


def documents(tally):
    """The sample as one document, which the program reads too (tests/doors.py), and what is wrong with others."""
    check, doc = validator("snapshot.schema.json"), doors.document_of(judge.ROOT / "samples" / "acme")
    tally.add("snapshot.schema.json takes the sample as a document", faults(check, doc))
    wrong = {
        "no version": lambda d: d.pop("version"),
        "a later version": lambda d: d.update(version=2),
        "an unknown key": lambda d: d.update(capturse={}),
        "a path with .json": lambda d: d["captures"].update({"organizations/list-roots.json": {}}),
        "a path of nothing": lambda d: d["captures"].update({"iam/get-account-summary": {}}),
        "an account of 11 digits": lambda d: d["captures"].update({"accounts/11112222333/iam/get-account-summary": {}}),
        "a capture that is a list": lambda d: d["captures"].update({"organizations/list-roots": []}),
        "digests": lambda d: d["capture"].update(digests={}),
        "no time": lambda d: d["capture"].pop("captured_at"),
        "attestations without version": lambda d: d["attestations"].pop("version"),
    }
    for what, spoil in wrong.items():
        spoilt = copy.deepcopy(doc)
        spoil(spoilt)
        tally.add(f"snapshot.schema.json refuses {what}", [] if faults(check, spoilt) else ["it does not"])


# Each makes an expect file wrong that was right.
WRONG_CLAIMS = {
    "no version": lambda x: x.pop("version"),
    "no claims": lambda x: x.update(claims=[]),
    "an unknown key": lambda x: x["claims"][0].update(butt=["role/A"]),
    "no name": lambda x: x["claims"][0].pop("name"),
    "no place": lambda x: x["claims"][0].pop("in"),
    "a place that is none": lambda x: x["claims"][0].update({"in": ["Prod"]}),
    "an account that is a number": lambda x: x["claims"][0].update({"in": [111122223333]}),
    "a claim on nobody": lambda x: x["claims"][0].pop("no_principal"),
    "a claim on two": lambda x: x["claims"][0].update(principal="root", can="organizations:LeaveOrganization"),
    "no_principal that is a text": lambda x: x["claims"][0].update(no_principal="true"),
    "an exception that is no principal": lambda x: x["claims"][0].update(but=["MembershipAdmin"]),
    "a session": lambda x: x["claims"][0].update(but=["arn:aws:iam::*:"]),
    "with, where nobody may": lambda x: x["claims"][0].update({"with": {"aws:SourceIp": "192.0.2.1"}}),
    "can and cannot": lambda x: x["claims"][2].update(cannot="organizations:LeaveOrganization"),
    "neither can nor cannot": lambda x: x["claims"][2].pop("can"),
    "an action without service": lambda x: x["claims"][2].update(can="LeaveOrganization"),
}
WRONG_MAPS = {
    "no SCPs": lambda m: m.pop("scps"),
    "an unknown key": lambda m: m.update(scp={}),
    "a path that is none": lambda m: m["scps"].update({"Root/Prod": []}),
    "an SCP that is no list": lambda m: m["scps"].update({"/Root": "FullAWSAccess"}),
    "an SCP twice": lambda m: m["scps"].update({"/Root": ["FullAWSAccess", "FullAWSAccess"]}),
    "another partition": lambda m: m.update(partition="aws-eu"),
    "an id that is none": lambda m: m.update(organization="r-abcd"),
}
WRONG_GUARDS = {
    "another outcome": lambda g: g["claims"][0].update(outcome="true"),
    "a claim about nobody": lambda g: g["claims"][0].update(cases=[]),
    "a claim without place": lambda g: g["claims"][0].pop("line"),
    "somebody of another kind": lambda g: g["claims"][-1]["cases"][0]["principals"][0].update(kind="group"),
    "somebody without statements": lambda g: g["claims"][-1]["cases"][0]["principals"][0].pop("through"),
    "an exit code of text": lambda g: g.update(exit="1"),
}


def guards(tally):
    """Expect files, maps and results of guard; what the schema refuses, the program refuses too."""
    folder = judge.ROOT / "samples" / "guard"
    files = ["--policies", folder / "policies", "--map", folder / "map.yaml", "--expect", folder / "expect.yaml"]
    for name, spoilers, at in (("expect", WRONG_CLAIMS, 5), ("guard-map", WRONG_MAPS, 3)):
        check, path = validator(f"{name}.schema.json"), files[at]
        right = yaml.load(path.read_text(), Yaml12)
        tally.add(f"schema {name} takes the sample", faults(check, right))
        for what, spoil in spoilers.items():
            wrong = copy.deepcopy(right)
            spoil(wrong)
            with tempfile.NamedTemporaryFile("w", suffix=".yaml") as spoilt:
                spoilt.write(json.dumps(wrong))
                spoilt.flush()
                result = judge.run("guard", *files[:at], spoilt.name, *files[at + 1:], "--as-of", AS_OF)
            tally.add(f"schema {name} with {what}", [x for x in ([] if faults(check, wrong) else ["the schema accepts it"]) + ([] if result.code == 2 else [f"the program: exit {result.code}"])])
    check = validator("guard.schema.json")
    for name, arguments in {"snapshot": [judge.ROOT / "samples" / "acme", *files[4:]], "files": files}.items():
        result = judge.run("guard", *arguments, "--as-of", AS_OF, "--format", "json")
        tally.add(f"schema guard of {name}", faults(check, result.doc)[:5] if result.doc else result.err.decode())
    for what, spoil in WRONG_GUARDS.items() if result.doc else ():
        wrong = copy.deepcopy(result.doc)
        spoil(wrong)
        tally.add(f"schema guard with {what}", [] if faults(check, wrong) else "the schema accepts it")


def account_lines(tally):
    check, lines = validator("account-line.schema.json"), doors.lines_of(doors.document_of(judge.ROOT / "samples" / "acme"))[1]
    tally.add("account-line.schema.json takes the sample's lines", [f for line in lines for f in faults(check, line)])
    for what, spoil in {
        "no account": lambda l: l.pop("account"),
        "an account that is a number": lambda l: l.update(account=111122223333),
        "an unknown key": lambda l: l.update(capture={}),
        "a path below accounts": lambda l: l["captures"].update({"get-account-summary": {}}),
        "a topic without value": lambda l: l.update(attestations={"customer_agreement": {"by": "jo"}}),
    }.items():
        line = copy.deepcopy(next(l for l in lines if l.get("captures")))
        spoil(line)
        tally.add(f"account-line.schema.json refuses {what}", [] if faults(check, line) else ["it does not"])


# Each makes a result of lint wrong that was right.
WRONG_LINT = {
    "no check": lambda r: r["findings"][0].pop("check"),
    "another severity": lambda r: r["findings"][0].update(severity="fatal"),
    "no fingerprint": lambda r: r["findings"][0].update(fingerprint=""),
    "suppressed by nobody": lambda r: next(f for f in r["findings"] if f["suppressed"]).pop("suppressed_by"),
    "an index below zero": lambda r: r["findings"][0].update(statement=-1),
    "no summary": lambda r: r.pop("summary"),
    "no list of errors": lambda r: r.pop("errors"),
    "an error without a message": lambda r: r["errors"].append({"file": "a.json"}),
    "a file not read without its name": lambda r: r["not_read"].append({"message": "x"}),
    "no sum": lambda r: r["summary"].pop("suppressed"),
    "another schema": lambda r: r.update(schema="orgexit/lint/2"),
}


def linted(tally):
    check, line = validator("lint.schema.json"), validator("lint-ndjson.schema.json")
    golden = judge.ROOT / "tests" / "golden"
    result = json.loads(judge.run("lint", golden / "lint-control", "--as-of", AS_OF, "--format", "json").out)
    runs = {"": [golden / "lint-control"], " with files not read": [golden / "lint-formats"], " with an error": [golden / "lint-formats" / "policies" / "plan.json"], " of nothing": ["no-such-folder"]}
    for name, paths in runs.items():
        tally.add(f"schema lint{name}", faults(check, json.loads(judge.run("lint", *paths, "--as-of", AS_OF, "--format", "json").out)))
        texts = judge.run("lint", *paths, "--as-of", AS_OF, "--format", "ndjson").out.splitlines()
        tally.add(f"schema lint ndjson{name}", [fault for text in texts for fault in faults(line, json.loads(text))])
    tally.add("schema lint ndjson refuses an error without a message", [] if faults(line, {"type": "error", "file": "x"}) else ["accepted"])
    for what, spoil in WRONG_LINT.items():
        spoilt = copy.deepcopy(result)
        spoil(spoilt)
        tally.add(f"schema lint refuses {what}", [] if faults(check, spoilt) else ["accepted"])


def main():
    tally = judge.Tally()
    printed(tally)
    attestations(tally)
    linted(tally)
    results(tally)
    explanations(tally)
    guards(tally)
    plans(tally)
    impacts(tally)
    documents(tally)
    account_lines(tally)
    tally.end()


if __name__ == "__main__":
    main()
