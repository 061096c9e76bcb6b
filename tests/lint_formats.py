#!/usr/bin/python3
"""The formats of `lint` for other programs, each read back by a reader that is not ours (see the head of tests/formats.py; html: html5lib), and compared
with the JSON of the same run; and what becomes of a run that fails, of files that are in the way, of disks that are full.
"""
import collections
import csv
import io
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.parse
import xml.etree.ElementTree
from pathlib import Path

import html5lib

import formats
import judge
from formats import HOSTILE, commands_of, differ, plain_message, raw, squeezed, visible

AS_OF = "2026-11-24"
FORMATS = ["sarif", "junit", "markdown", "csv", "github", "gitlab", "html", "ndjson"]
ORDER = ["error", "security-warning", "warning", "suggestion"]
LEVEL = {"error": "error", "security-warning": "warning", "warning": "warning", "suggestion": "note"}
GITLAB = {"error": "blocker", "security-warning": "critical", "warning": "major", "suggestion": "info"}
CLEAN = '{"Version": "2012-10-17", "Statement": [{"Sid": "One", "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]}\n'


# ---- what is expected, from the JSON ----

def seen(file, cwd):
    """As a build server at work in `cwd` knows it."""
    here = str(cwd) + "/"
    file = file.removeprefix(here)
    while file.startswith("./"):
        file = file[2:]
    return file


def served(file, cwd):
    """A path that leads out of the repository is no path to a build server."""
    return re.sub(r"^(/|\.\./)+", "", seen(file, cwd))


def unread(doc):
    return [("input-error", e) for e in doc["errors"]] + [("input-not-read", e) for e in doc["not_read"]]


def place(f):
    line, column = f["line"] or 1, f["column"] if f["line"] and f["column"] else 1
    end = (f["end_line"], f["end_column"]) if f["line"] and (f["end_line"], f["end_column"]) > (line, column) else (line, column + 1)
    return line, column, *end


def counting(doc):
    return [f for f in doc["findings"] if not f["suppressed"]]


# ---- readers: what is wrong with `text` ----

def read_csv(text, doc, cwd, _):
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    wrong = [] if text.endswith("\r\n") and text.count("\r\n") == text.count("\n") == len(rows) + 1 else ["lines do not end in CRLF, or a field holds a line end"]

    def said(s):
        s = visible(s or "")
        return "'" + s if re.match("[ ']*[=+@\\-\uff1d\uff0b\uff0d\uff20]", s) else s

    want = [(f["severity"], f["check"], said(seen(f["file"], cwd)), str(f["line"] or ""), str(f["column"] or ""), said(f["pointer"]), said(f["policy"]),
             said("" if f["statement"] is None else str(f["statement"])), said(f["message"]), said(f["note"]), said(f["fix"]), said(f.get("suppressed_by")), f["fingerprint"]) for f in doc["findings"]]
    want += [("error" if rule == "input-error" else "warning", rule, said(seen(e["file"], cwd)), str(e.get("line", "")), str(e.get("column", "")), "", "", "", said(e["message"]), "", "", "", "")
             for rule, e in unread(doc)]
    names = ["severity", "check", "file", "line", "column", "pointer", "policy", "statement", "message", "note", "fix", "suppressed", "fingerprint"]
    wrong += differ("rows", [tuple(r[n] for n in names) for r in rows], want)
    return wrong + [f"a cell is a formula: {c!r}" for r in rows for c in r.values() if re.match("[=+@\t\r-]", c)]


def read_junit(text, doc, cwd, threshold):
    wrong = formats.xmllint(text)
    suites = list(xml.etree.ElementTree.fromstring(text.encode()))

    def shown(s):
        return visible(s, keep="\t\n\r", commands=False)

    for suite in suites:
        for name, tag in (("tests", "testcase"), ("failures", "testcase/failure"), ("errors", "testcase/error"), ("skipped", "testcase/skipped")):
            if int(suite.get(name)) != len(suite.findall(tag)):
                wrong.append(f"{suite.get('name')!r} says {name}={suite.get(name)}")
    got, names = [], []
    for suite in suites[:-1]:
        for case in suite.findall("testcase"):
            names.append((case.get("classname"), case.get("name")))
            if case.get("name") == "no finding":
                wrong += [f"{suite.get('name')} has a finding"] if len(case) or len(suite.findall("testcase")) > 1 else []
                continue
            result, = case
            if result.tag == "error":
                got.append(("error", case.get("file"), "", "", case.get("name")))
                wrong += [] if any(shown(e["message"]) in result.get("message") for _, e in unread(doc)) else [f"an error of nobody: {result.get('message')}"]
                continue
            own = [f for f in doc["findings"] if case.get("name").startswith(f["check"]) and shown(f["message"]) in result.get("message")]
            if not own:
                wrong.append(f"a message of nobody: {result.get('message')!r}")
            got.append((result.tag, case.get("file"), case.get("line"), result.get("type"), case.get("name").split(" at ")[0]))
    if len(names) != len(set(names)):
        wrong.append("two tests have one name")
    fails = ORDER[:ORDER.index(threshold) + 1] if threshold in ORDER else []
    want = [("failure" if f["severity"] in fails and not f["suppressed"] else "skipped", shown(served(f["file"], cwd)), str(f["line"] or 1), f["severity"], f["check"]) for f in doc["findings"]]
    want += [("error", shown(served(e["file"], cwd)), "", "", rule) for rule, e in unread(doc)]
    wrong += differ("tests", got, want)
    last, = suites[-1].findall("testcase")
    exit_tag = {0: [], 1: ["failure"]}.get(doc["summary"]["exit"], ["error"])
    if last.get("name") != "exit code" or [e.tag for e in last] != exit_tag:
        wrong.append(f"the last test is {last.get('name')} with {[e.tag for e in last]}, the exit code {doc['summary']['exit']}")
    return wrong


def read_sarif(text, doc, cwd, _):
    log = json.loads(text)
    wrong = formats.schema_faults("sarif.schema.json", log)
    if wrong:
        return wrong
    run, = log["runs"]
    rules, got, errors = run["tool"]["driver"]["rules"], [], []
    ids = [r["id"] for r in rules]
    if len(ids) != len(set(ids)) or set(ids) != {r["ruleId"] for r in run["results"]}:
        wrong.append(f"rules {ids}")
    for r in run["results"]:
        if ids[r["ruleIndex"]] != r["ruleId"]:
            wrong.append(f"ruleIndex of {r['ruleId']} is that of {ids[r['ruleIndex']]}")
        said, where = plain_message(r["message"]["text"]), r["locations"][0]["physicalLocation"]
        region, uri = where["region"], where["artifactLocation"]["uri"]
        if not uri or uri.startswith(("/", "../")) or " " in uri:
            wrong.append(f"the place {uri!r} is no relative reference")
        file = urllib.parse.unquote(uri, errors="surrogateescape")
        at = (region["startLine"], region["startColumn"], region["endLine"], region["endColumn"])
        prints = r["partialFingerprints"]
        if prints["primaryLocationLineHash"] != prints["orgexit/v1"] + ":1":
            wrong.append(f"fingerprints {prints}")
        if "properties" not in r:
            errors.append((r["ruleId"], r["level"], file, next((e["message"] for _, e in unread(doc) if e["message"] in said), said)))
            continue
        kinds = [(s["kind"], s["status"], s["justification"]) for s in r.get("suppressions", [])]
        got.append((r["ruleId"], r["level"], r["properties"]["severity"], r["properties"]["pointer"], file, at, prints["orgexit/v1"], tuple(kinds)))
        if not any(r["ruleId"] == f["check"] and f["message"] in said and (f["fix"] or "") in said for f in doc["findings"]):
            wrong.append(f"a message of nobody: {said!r}")
    want = []
    for f in doc["findings"]:
        by = f.get("suppressed_by")
        kinds = ((("inSource" if by.startswith("the comment") else "external"), "accepted", by),) if by else ()
        want.append((f["check"], "note" if f["suppressed"] else LEVEL[f["severity"]], f["severity"], f["pointer"], served(f["file"], cwd), place(f), f["fingerprint"], kinds))
    wrong += differ("results", got, want)
    wrong += differ("files not read", errors, [(rule, "error" if rule == "input-error" else "warning", served(e["file"], cwd), e["message"]) for rule, e in unread(doc)])
    levels = [["error", "warning", "note"].index(r["level"]) for r in run["results"]]
    prints = [r["partialFingerprints"]["primaryLocationLineHash"] for r in run["results"]]
    wrong += ["results are not sorted by level"] if levels != sorted(levels) else []
    wrong += ["fingerprints are not unique"] if len(set(prints)) != len(prints) else []
    invocation = run["invocations"][0]
    refused = doc["summary"]["exit"] == 2
    if (invocation["executionSuccessful"], invocation["exitCode"]) != (not refused and not doc["not_read"], doc["summary"]["exit"]):
        wrong.append(f"the invocation is {invocation}")
    told = [plain_message(n["message"]["text"]) for n in invocation["toolExecutionNotifications"]]
    wrong += [f"no notification of {e}" for _, e in unread(doc) if not any(e["message"] in t for t in told)]
    for rule in rules:
        for member in ("shortDescription", "fullDescription", "help"):
            said = plain_message(rule[member]["text"])
            wrong += [f"{rule['id']}: {member} has {len(said)} characters"] if not said or (member != "help" and len(said) > 1024) else []
        security = rule["properties"].get("security-severity")
        if rule["id"] in {f["check"] for f in doc["findings"]}:
            wrong += [f"{rule['id']}: the help names no command"] if f"orgexit rules explain {rule['id']}" not in rule["help"]["text"] else []
            wrong += [f"{rule['id']}: security-severity {security!r}"] if (security is not None) != ("security" in rule["properties"]["tags"]) else []
    return wrong + (["automationDetails"] if run["automationDetails"]["id"] != "orgexit/lint/" or run["columnKind"] != "unicodeCodePoints" else [])


def read_gitlab(text, doc, cwd, _):
    issues = json.loads(text)
    wrong = formats.schema_faults("gitlab.schema.json", issues)
    if wrong:
        return wrong
    prints = [i["fingerprint"] for i in issues]
    wrong += ["fingerprints are not unique"] if len(set(prints)) != len(prints) else []
    want = [(f["check"], GITLAB[f["severity"]], served(f["file"], cwd), f["line"] or 1) for f in counting(doc)]
    want += [(rule, "blocker" if rule == "input-error" else "critical", served(e["file"], cwd), e.get("line", 1)) for rule, e in unread(doc)]
    wrong += differ("issues", [(i["check_name"], i["severity"], i["location"]["path"], i["location"]["lines"]["begin"]) for i in issues], want)
    texts = [f["message"] for f in counting(doc)] + [e["message"] for _, e in unread(doc)]
    return wrong + [f"a description of nobody: {i['description']!r}" for i in issues if not any(t in i["description"] for t in texts)]


def read_github(text, doc, cwd, _):
    got, plain = commands_of(text)
    wrong = []
    if len(plain) != 1 or not plain[0].endswith(f"exit {doc['summary']['exit']}") or text.splitlines()[-1] != plain[0]:
        wrong.append(f"lines that are no command: {plain[:3]}")

    def shown(s):
        return visible(s, keep="\n\r")

    left = 0
    for name, level in (("error", "error"), ("warning", "warning"), ("notice", "note")):
        here = [c for c in got if c[0] == name and "file" in c[1]]
        want = [(rule, e["message"], served(e["file"], cwd), None) for rule, e in unread(doc) if level == ("error" if rule == "input-error" else "warning")]
        want += [(f["check"], f["message"], served(f["file"], cwd), place(f)) for s in ORDER if LEVEL[s] == level for f in counting(doc) if f["severity"] == s]
        room = formats.SHOWN - (name == "notice")
        left += max(0, len(want) - room)
        if len(here) != min(len(want), room):
            wrong.append(f"{len(here)} of {name}, of {len(want)}")
        for (_, values, message), (rule, said, file, at) in zip(here, want):
            if values["title"] != rule or shown(said) not in message or values["file"] != shown(file):
                wrong.append(f"{values} {message!r} is not {rule} {said!r} in {file!r}")
            if not at:
                continue
            columns = {"col": str(at[1]), "endColumn": str(at[3])} if at[0] == at[2] else {}
            if values != {"file": shown(file), "line": str(at[0]), "endLine": str(at[2]), **columns, "title": rule}:
                wrong.append(f"{rule} is at {values}, not {at}")
    rest = [m for n, v, m in got if "file" not in v]
    if (left == 0) != (rest == []) or (left and f"{left} more are not shown" not in rest[0]):
        wrong.append(f"{left} are left out, but it says {rest}")
    return wrong


def read_markdown(text, doc, cwd, _):
    page = formats.Page(formats.rendered(text))
    allowed = {"h2", "h3", "p", "strong", "ul", "li", "details", "summary", "code"}
    wrong = []
    if set(page.tags) - allowed or page.attributes:
        wrong.append(f"elements {set(page.tags) - allowed}, attributes {page.attributes}")
    if len(text.encode()) > 1024 * 1024:
        wrong.append(f"{len(text.encode())} bytes")
    items = collections.Counter(squeezed(i) for i in page.items)
    flat = "\n".join(items)
    listed = [f for f in doc["findings"] if not (f.get("suppressed_by") or "").startswith("in the baseline")]
    for f in listed:
        lead = squeezed(visible(f"{f['check']} {seen(f['file'], cwd)}" + (f":{f['line']}:{f['column']}" if f["line"] else "")) + ": ")
        if not any(i.startswith(lead) and squeezed(visible(f["message"])) in i for i in items):
            wrong.append(f"not told: {lead!r} {f['message']!r}")
        if f["fix"] and squeezed(visible(f["fix"])) not in flat:
            wrong.append(f"no help: {f['fix']!r}")
    wrong += [f"not told: {e}" for _, e in unread(doc) if squeezed(visible(e["message"])) not in flat]
    leads = sum(n for i, n in items.items() if re.match(r"(input error|not read|[a-z0-9-]+) \S", i) and page.tags["strong"])
    strong = page.tags["strong"] - 1
    if strong != len(listed) + len(unread(doc)):
        wrong.append(f"{strong} entries for {len(listed)} findings and {len(unread(doc))} files not read ({leads})")
    return wrong


def read_html(text, doc, cwd, _):
    reader = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    tree = reader.parse(text)
    wrong = [f"{at}: {code}" for at, code, _ in reader.errors][:3]
    active = [e.tag for e in tree.iter() if e.tag in ("script", "iframe", "img", "object", "form", "a", "input", "svg")]
    wrong += [f"active elements {active}"] if active else []
    wrong += [f"attribute {k}={v!r}" for e in tree.iter() for k, v in e.attrib.items() if k.startswith("on") or k in ("style", "src") or (k == "href" and v != "data:,")]

    def words(e):
        return squeezed("".join(e.itertext()))

    got = []
    for section in tree.iter("section"):
        head = section.find("h2")
        for article in section.iter("article"):
            check, severity = article.find("p/b"), article.find("p/i")
            got.append((squeezed(words(head)), severity.text, check.text, words(article.findall("p")[1]), article.get("class") == "waived"))
    want = [(squeezed(visible(seen(f["file"], cwd), commands=False)), f["severity"], f["check"], squeezed(visible(f["message"], commands=False)), f["suppressed"]) for f in doc["findings"]]
    wrong += differ("findings", got, want)
    flat = words(tree)
    wrong += [f"not told: {e}" for _, e in unread(doc) if squeezed(visible(e["message"], commands=False)) not in flat]
    tiles = [int(e.find("b").text) for e in tree.iter("li") if e.find("span") is not None and e.find("b") is not None and e.get("class")]
    wrong += [f"tiles {tiles}"] if tiles != [doc["summary"][s] for s in ORDER] else []
    return wrong + ([] if f"Exit code {doc['summary']['exit']}," in flat else ["no exit code"])


def read_ndjson(text, doc, cwd, _):
    lines = [json.loads(line) for line in text.splitlines()]
    said = {"error": [], "not-read": [], None: []}
    for line in lines[:-1]:
        kind = line.pop("type", None)
        said[kind].append(line)
    wrong = [] if lines and lines[-1].pop("type") == "summary" else ["no summary"]
    for kind, want in (("error", doc["errors"]), ("not-read", doc["not_read"]), (None, doc["findings"])):
        wrong += [f"{kind}: {said[kind][:2]}, not {want[:2]}"] if said[kind] != want else []
    return wrong + (["the summary"] if lines[-1] != doc["summary"] else [])


READERS = {"csv": read_csv, "junit": read_junit, "sarif": read_sarif, "gitlab": read_gitlab, "github": read_github, "markdown": read_markdown, "html": read_html, "ndjson": read_ndjson}


# ---- runs ----

def lint(*args, cwd=judge.ROOT):
    return judge.run("lint", *args, "--as-of", AS_OF, cwd=cwd)


def write_all(work, *args, cwd):
    """One run, every format: {format: text}, and the JSON."""
    outputs = [x for f in FORMATS for x in ("--output", f"{f}:{work}/out.{f}")]
    result = lint(*args, "--format", "json", *outputs, cwd=cwd)
    texts = {}
    for f in FORMATS:
        path = work / f"out.{f}"
        texts[f] = path.read_bytes().decode() if path.exists() else None
        path.unlink(missing_ok=True)
    return texts, result


def folder(work, name, **files):
    path = work / name
    for file, text in files.items():
        place = path / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return path


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2)


def scenes(work):
    """name -> (arguments, working folder, exit code)"""
    control, captures = judge.ROOT / "tests/golden/lint-control", judge.ROOT / "tests/golden/lint-captures"
    wrong = policy({"Sid": "X", "Effect": "Deny", "Action": ["s3:NoSuchThing", "s3:Get Object", "s3:DeleteBucket"], "Resource": "*"})
    star = policy({"Sid": "X", "Effect": "Allow", "Action": "*", "Resource": "*"})
    clean = folder(work, "clean", **{"policies/a.json": CLEAN, "policies/notes.json": "{}"})
    mixed = folder(work, "mixed", **{"policies/a.json": CLEAN, "policies/b.json": wrong, "policies/c.json": '{"Version": "2012-10-17", "Statement": [', "policies/d.json": star,
                                     "policies/plan.json": '{"format_version": "1.2", "planned_values": {}}', "policies/scp/e.json": wrong})
    known = folder(work, "known", **{"p/b.json": wrong})
    lint("p", "--write-baseline", "known.json", cwd=known)
    (known / "p/d.json").write_text(star)
    many = folder(work, "many", **{f"p/{n:02}.json": wrong.replace("NoSuchThing", f"NoSuch{n}") for n in range(14)})
    badly = folder(work, "badly", **{"orgexit.yaml": "version: 1\nlint: {nonsense: true}\n", "p/a.json": CLEAN})
    bad = work / "hostile"
    name = HOSTILE.replace("/", "|").replace("\n", " ").replace("\r", "")[:180]
    folder(bad, "p", **{name + ".json": policy({"Sid": HOSTILE, "Effect": "Allow", "Action": [HOSTILE, "s3:" + HOSTILE, "=cmd|' /C calc'!A1"], "Resource": [HOSTILE, "*"],
                                                "Condition": {"StringEquals": {HOSTILE: HOSTILE, "aws:PrincipalOrgID": HOSTILE}}}),
                        "=1+1.json": policy({"Effect": "Allow", HOSTILE: 1, "Action": "*", "Resource": "*"}), "::error::x.json": wrong,
                        "wrong.json": '{"Statement": [' + json.dumps(HOSTILE)[:-1] + "\n"})
    return {
        "clean": (["policies"], clean, 0), "clean with only problems": (["policies", "--only-problems"], clean, 0),
        "sample": (["samples/lint"], judge.ROOT, 1), "sample from elsewhere": ([judge.ROOT / "samples/lint"], work, 1), "sample, absolute": ([judge.ROOT / "samples/lint"], judge.ROOT, 1),
        "sample, never": (["samples/lint", "--fail-on", "never"], judge.ROOT, 0),
        "control": (["."], control, 1), "control with only problems": ([".", "--only-problems"], control, 1),
        "captures": (["."], captures, None), "mixed": (["policies"], mixed, 2), "a template": (["policies/a.json", "policies/plan.json"], mixed, 2),
        "templates below": ([".", "--ignore", "*"], folder(work, "templates", **{"a.json": CLEAN, "t.json": '{"Resources": {"A": {"Type": "AWS::IAM::Policy", "Properties": {}}}}',
                                                                            "plan.json": '{"format_version": "1.2", "planned_values": {}}'}), 3),
        "baseline": (["p", "--baseline", "known.json"], known, 1), "baseline with only problems": (["p", "--baseline", "known.json", "--only-problems"], known, 1),
        "many": (["p"], many, 1), "twice": (["p/00.json", "./p/00.json", "p/00.json"], many, 1),
        "nothing there": (["no-such-folder"], work, 2), "no policy": (["notes"], folder(work, "no-policy", **{"notes/a.json": "{}"}), 2), "bad configuration": (["p"], badly, 2),
        "bad baseline": (["p", "--baseline", "p/00.json"], many, 2), "hostile": (["p"], bad, 2), "hostile from without": (["hostile/p"], work, 2),
    }


def round_trips(tally, work, scenes):
    for name, (arguments, cwd, want) in scenes.items():
        texts, result = write_all(work, *arguments, cwd=cwd)
        if not result.doc:
            tally.add(f"lint formats {name}", f"no JSON: exit {result.code} {result.err.decode(errors='replace')[:300]}")
            continue
        threshold = arguments[arguments.index("--fail-on") + 1] if "--fail-on" in arguments else "warning"
        tally.add(f"lint formats {name}: exit code", [] if result.code == result.doc["summary"]["exit"] == (result.code if want is None else want) else f"{result.code}, not {want}: {result.err[:300]}")
        for form in FORMATS:
            if texts[form] is None:
                tally.add(f"lint formats {name}: {form}", f"was not written: {result.err.decode(errors='replace')[:300]}")
                continue
            wrong = [] if form == "html" else raw(texts[form], commands=form == "github")
            try:
                wrong += READERS[form](texts[form], result.doc, cwd, threshold)
            except (ValueError, KeyError, IndexError, csv.Error, xml.etree.ElementTree.ParseError) as e:
                wrong.append(f"{type(e).__name__}: {e}")
            tally.add(f"lint formats {name}: {form}", wrong)
        if name == "twice":
            tally.add("lint formats twice: it is looked at once", [] if result.doc["summary"]["documents"] == 1 else f"{result.doc['summary']}")
        if name in ("sample", "control", "captures", "mixed", "baseline", "many", "hostile"):
            tally.add(f"lint formats {name}: the run was of use", [] if len(result.doc["findings"]) > 2 else "few findings")


def only_problems(tally, scenes):
    """It leaves out what does not count, and nothing else: sums and exit code stay."""
    for name in ("control", "baseline"):
        arguments, cwd, _ = scenes[name]
        whole, less = (lint(*arguments, *more, "--format", "json", cwd=cwd) for more in ([], ["--only-problems"]))
        tally.add(f"lint formats {name}: --only-problems", [] if less.doc["findings"] == counting(whole.doc) != whole.doc["findings"] and less.doc["summary"] == whole.doc["summary"] else "differs")
        text = lint(*arguments, "--only-problems", cwd=cwd).out.decode()
        tally.add(f"lint formats {name}: --only-problems in text", [] if "is ignored" not in text and f"{whole.doc['summary']['suppressed']} suppressed" in text else text[-300:])


def readers_refuse(tally, work, scenes):
    """A reader that takes everything would show nothing."""
    arguments, cwd, _ = scenes["mixed"]
    texts, result = write_all(work, *arguments, cwd=cwd)
    f = next(f for f in result.doc["findings"] if '"' not in f["message"])
    e = result.doc["not_read"][0]
    for form in FORMATS:
        for what, old, new in (("another check", f["check"], "x.y"), ("another message", f["message"], "x"), ("no file that was not read", e["message"][:20], "x"), ("another file", "policies/b.json", "policies/x.json")):
            old = json.dumps(old)[1:-1] if form in ("sarif", "gitlab", "ndjson") else old
            spoilt = texts[form].replace(old, new)
            if spoilt == texts[form]:
                tally.add(f"lint formats: {form} with {what}", f"nothing was changed: {old!r}")
                continue
            try:
                found = READERS[form](spoilt, result.doc, cwd, "warning")
            except (ValueError, KeyError, IndexError, AttributeError, StopIteration):
                found = ["refused"]
            tally.add(f"lint formats: {form} with {what}", [] if found else "the reader accepts it")


def outputs(tally, work, scenes):
    """Files are private and whole; what can't be written is exit 4; a closed pipe is quiet; no input is written over."""
    arguments, cwd, _ = scenes["control"]
    for form in [*FORMATS, "text", "json"]:
        line = [judge.ORGEXIT, "lint", *map(str, arguments), "--as-of", AS_OF]
        full = subprocess.run([*line, "--format", form], cwd=cwd, stdout=open("/dev/full", "w"), stderr=subprocess.PIPE, env=judge.CLEAN)
        also = subprocess.run([*line, "--output", f"{form}:/dev/full", "--quiet"], cwd=cwd, capture_output=True, env=judge.CLEAN)
        pipe = subprocess.Popen([*line, "--format", form], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=judge.CLEAN)
        pipe.stdout.close()
        said = pipe.stderr.read()
        file = work / f"private.{form}"
        lint(*arguments, "--quiet", "--output", f"{form}:{file}", cwd=cwd)
        printed, again = lint(*arguments, "--format", form, cwd=cwd), lint(*arguments, "--format", form, "--jobs", "7", cwd=cwd)
        tally.add(f"lint output: {form} on a full disk", [] if full.returncode == also.returncode == 4 and b"No space" in full.stderr and b"No space" in also.stderr else f"exit {full.returncode}, {also.returncode}")
        tally.add(f"lint output: {form} into a closed pipe", [] if pipe.wait() == 4 and not said else f"exit {pipe.returncode} {said}")
        tally.add(f"lint output: {form} is private, and the same in a file, printed, and by seven threads",
                  [] if file.stat().st_mode & 0o777 == 0o600 and file.read_bytes() == printed.out == again.out and printed.out else "it is not")
    own = folder(work, "own", **{"p/a.json": CLEAN, "orgexit.yaml": "version: 1\n", "b.json": '{"schema": "orgexit/lint-baseline/1", "findings": []}\n'})
    refused = {
        "two to one place": ["p", "--output", "csv:x", "--output", "sarif:./x"], "a baseline to the same place": ["p", "--output", "csv:x", "--write-baseline", "x"],
        "over a file that is named": ["p/a.json", "--output", "json:p/a.json"], "over a file that is found": ["p", "--output", "json:p/a.json"],
        "over the configuration": ["p", "--output", "json:orgexit.yaml"], "over the baseline": ["p", "--baseline", "b.json", "--output", "json:b.json"],
        "no format": ["p", "--output", "xml:x"], "no place": ["p", "--output", "csv"], "standard output": ["p", "--output", "csv:-"], "no folder": ["p", "--output", "csv:none/x"],
    }
    before = {p: p.read_bytes() for p in own.rglob("*") if p.is_file()}
    for name, more in refused.items():
        done = lint(*more, cwd=own)
        left = {p: p.read_bytes() for p in own.rglob("*") if p.is_file()}
        tally.add(f"lint output refused: {name}", [] if done.code == (4 if name == "no folder" else 2) and left == before and done.err else f"exit {done.code} {done.err.decode()} {set(left) ^ set(before)}")
    broken = folder(work, "broken-own", **{"orgexit.yaml": "version: [\n", "p/a.json": CLEAN})
    lint("p", "--output", "json:orgexit.yaml", cwd=broken)
    tally.add("lint output refused: over a configuration that cannot be read", [] if (broken / "orgexit.yaml").read_text() == "version: [\n" else "it was replaced")
    first = lint("own", "--output", f"gitlab:{own}/p/report.json", "--output", f"json:{own}/p/all.json", cwd=work)
    second = lint("own", "--output", f"gitlab:{own}/p/report.json", "--output", f"json:{own}/p/all.json", cwd=work)
    tally.add("lint output: what an earlier run left in the folder is no input", [] if first.code == second.code == 0 and first.out == second.out else f"{first.err} {second.out} {second.err}")
    stale = own / "stale.sarif"
    stale.write_text("of an earlier run")
    (own / "orgexit.yaml").write_text("version: 2\n")
    done = lint("p", "--output", "sarif:stale.sarif", cwd=own)
    tally.add("lint output: a run that fails leaves no report of an earlier one", [] if done.code == 2 and "input-error" in stale.read_text() else f"{done.code} {stale.read_text()[:80]}")


def judged(tally, work, scenes):
    tool = formats.multitool(work)
    if not tool:
        print(f"npm does not reach {formats.MULTITOOL}: its rules were not asked about SARIF")
        return
    for name in ("clean", "control", "mixed", "baseline", "captures", "hostile", "nothing there"):
        arguments, cwd, _ = scenes[name]
        file, out = work / "judged.sarif", work / "judged.out"
        file.write_bytes(lint(*arguments, "--format", "sarif", cwd=cwd).out)
        subprocess.run([tool, "validate", file, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--log", "ForceOverwrite", "-o", out],
                       env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}, capture_output=True)
        log = json.loads(out.read_text(encoding="utf-8-sig"))
        rules = {r["ruleId"]: r for run in log["runs"] for r in run.get("results", []) if r["ruleId"] not in formats.ACCEPTED}
        ran = all(i.get("executionSuccessful", False) for run in log["runs"] for i in run["invocations"])
        tally.add(f"lint sarif-multitool: {name}", [f"{i}: {json.dumps(r['message'])[:300]}" for i, r in rules.items()] + ([] if ran else ["it did not end well"]))


def limits(tally, work):
    """More than GitHub takes: what is left out is the least severe, and is told."""
    mild = [{"Sid": f"S{n}", "Effect": "Deny", "Action": ["s3:GetObject", "s3:GetObject", f"s3:No{n}Such"], "Resource": "*"} for n in range(100)]
    big = folder(work, "big", **{f"{n}.json": policy(*mild) for n in range(140)})
    sums = lint(big, "--select", "action-unknown", "--select", "action-redundant", "--format", "ndjson").out.decode().splitlines()[-1]
    sums = json.loads(sums)
    run = json.loads(lint(big, "--select", "action-unknown", "--select", "action-redundant", "--format", "sarif").out)["runs"][0]
    got = collections.Counter(r["level"] for r in run["results"])
    told = [n["message"]["text"] for n in run["invocations"][0]["toolExecutionNotifications"] if "left out" in n["message"]["text"]]
    every = sums["error"] + sums["suggestion"]
    tally.add("lint limits: sarif", [] if every > 25000 and got == {"error": sums["error"], "note": 25000 - sums["error"]} and told[0].startswith(f"{every - 25000} of {every} ") else f"{sums} {got} {told}")
    text = lint(big, "--select", "action-unknown", "--select", "action-redundant", "--format", "markdown").out.decode()
    left = sum(int(n) for n in re.findall(r"^(\d+) more (?:is|are) left out", text, re.M))
    entries = len(re.findall(r"^- \*\*action", text, re.M))
    tally.add("lint limits: markdown", [] if 900000 < len(text.encode()) <= 1024 * 1024 and left + entries == every else f"{len(text.encode())} bytes, {left} + {entries} of {every}")


def main():
    tally = judge.Tally()
    with tempfile.TemporaryDirectory() as place:
        work = Path(place).resolve()
        all_scenes = scenes(work)
        round_trips(tally, work, all_scenes)
        only_problems(tally, all_scenes)
        readers_refuse(tally, work, all_scenes)
        outputs(tally, work, all_scenes)
        limits(tally, work)
        judged(tally, work, all_scenes)
    tally.end()


if __name__ == "__main__":
    main()
