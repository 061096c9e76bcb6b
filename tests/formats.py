#!/usr/bin/python3
"""The formats of `check` for other programs, each read back by a reader that is not ours, and compared with the JSON of the same run.

    csv       Python's csv
    junit     xml.etree, and xmllint with tests/formats/junit.xsd
    sarif     tests/formats/sarif.schema.json; the rules Sarif and Ghas of npm's @microsoft/sarif-multitool-linux, where npm can fetch it
    gitlab    tests/formats/gitlab.schema.json
    github    the decoder below, written from GitHub's "Workflow commands"
    markdown  cmark-gfm, then html.parser

Expected texts go through `visible`, which says independently of the program how what can't be seen is shown.
"""
import collections
import csv
import html.parser
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import urllib.parse
import xml.etree.ElementTree
from pathlib import Path

import jsonschema
import yaml

import doors
import judge

AS_OF = "2026-11-24T12:00:00Z"
FORMATS = ["csv", "junit", "sarif", "gitlab", "github", "markdown"]
SCHEMAS = judge.ROOT / "tests" / "formats"
MULTITOOL = "@microsoft/sarif-multitool-linux@5.7.0"
SHOWN = 10
RUNNER = r"##[a-z]*\["

HOSTILE = "a\x1b[31m\u202eb\u200b =cmd|' /C calc'!A1 ]]> <script>alert(1)</script> | `x` ``y`` ::error::z ##[error]e ##vso[task.x]v \n- [x] l\r\n\t\"q\" 50%25 \\ {0} [l](http://e) @jo #1 \U0001f680 &amp; *b* _u_ ~s~ $m$ https://e.example"


def hidden(c):
    return unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") or ord(c) & 0xFFFE == 0xFFFE


def visible(s, keep="", commands=True):
    """As a person sees it: one line, nothing invisible; where the format can't carry it otherwise, no command of a build server either."""
    if commands:
        s = re.sub(RUNNER, lambda m: r"\u{23}" + m.group()[1:], s)
    return "".join(rf"\u{{{ord(c):x}}}" if hidden(c) and c not in keep else c for c in s)


# ---- what is expected, from the JSON ----

Row = collections.namedtuple("Row", "account finding kind file line column end")
RANK = ["input", "blocker", "open blocker", "warning", "open warning", "waived", "aside", "info"]
LEVEL = {"input": "error", "blocker": "error", "open blocker": "warning", "warning": "warning", "open warning": "note", "waived": "note", "aside": "note", "info": "note"}
GITLAB = {"input": "blocker", "blocker": "blocker", "open blocker": "critical", "warning": "major", "open warning": "minor", "waived": "info", "aside": "info", "info": "info"}


def kind(account, f):
    unknown = f["outcome"] == "unknown"
    if f["outcome"] == "waived":
        return "waived"
    if not account.get("counted", True):
        return "aside"
    if f["severity"] == "blocker":
        return "aside" if account["verdict"] == "READY" else "open blocker" if unknown else "blocker"
    return ("open warning" if unknown else "warning") if f["severity"] == "warning" else "info"


def place(f, doc, folder):
    """The first place with a line, else the first; without evidence, where a person would write what is missing."""
    found = [e for e in f["evidence"] if e.get("line")] or f["evidence"]
    if found:
        e = found[0]
        name, line, column, end = e["file"], e.get("line", 1), e.get("column", 1), e.get("end_column")
    else:
        needs = [n for n in f["needs"] if n["kind"] in ("attestation", "capture")]
        name = doc["inputs"][0]["file"] if len(doc["inputs"]) == 1 else \
            "capture.json" if not needs else "attestations.yaml" if needs[0]["kind"] == "attestation" else needs[0]["name"] + ".json"
        line, column, end = 1, 1, None
    below = name.startswith(("accounts/", "organizations/")) or name in ("capture.json", "attestations.yaml")
    return (f"{folder}/{name}" if folder and below else name), line, column, end or column + 1


def problems(doc, folder):
    return [Row(a, f, kind(a, f), *place(f, doc, folder)) for a in doc["accounts"] for f in a["findings"] if f["outcome"] != "pass"]


def routes(f):
    return ", ".join(f["routes"])


def key(row):
    """What must come back, whatever the format."""
    return (row.finding["rule"], row.account["id"], row.finding["message"])


def differ(what, got, want):
    """Two bags of texts or tuples."""
    got, want = collections.Counter(got), collections.Counter(want)
    return [f"{what}: not there: {x!r}"[:500] for x in (want - got)][:3] + [f"{what}: too much: {x!r}"[:500] for x in (got - want)][:3]


def raw(text, commands=False):
    """What no output may hold: it may be looked at in a terminal, an editor, the log of a build server."""
    wrong = []
    for n, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        bad = [c for c in line if hidden(c)]
        if bad:
            wrong.append(f"line {n} holds a raw U+{ord(bad[0]):04X}")
        if re.search(RUNNER, line) or (line.lstrip().startswith("::") and not commands):
            wrong.append(f"line {n} is a command to a build server: {line[:80]}")
    return wrong[:3]


# ---- readers ----

def read_csv(text, doc, folder):
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    wrong = [] if text.endswith("\r\n") and text.count("\r\n") == text.count("\n") == len(rows) + 1 else ["lines do not end in CRLF, or a field holds a line end"]

    def said(s):
        """A formula is text after one apostrophe (which a reader takes off again)."""
        s = visible(s)
        return "'" + s if re.match("[ ']*[=+@\\-\uff1d\uff0b\uff0d\uff20]", s) else s

    want = []
    for a in doc["accounts"]:
        own = [said(a["id"]), said(a["name"] or ""), said(a["path"] or ""), a["verdict"]]
        for f in a["findings"]:
            e = f["evidence"][0] if f["evidence"] else {"file": "", "pointer": ""}
            waiver = f["waiver"] or {"valid_until": ""}
            want.append((*own, f["rule"], f["outcome"], f["severity"], routes(f), said(f["message"]), said(e["file"]), said(e["pointer"]), str(e.get("line", "")), waiver["valid_until"]))
        if not a["findings"]:
            want.append((*own, *[""] * 9))
    want += [("", "", "", "", "input-error", "error", "", "", said(e["message"]), said(e["file"]), "", str(e.get("line", "")), "") for e in doc["errors"]]
    names = ["account_id", "account_name", "ou_path", "verdict", "rule_id", "outcome", "severity", "routes", "summary", "evidence_file", "evidence_pointer", "evidence_line", "waived_until"]
    wrong += differ("rows", [tuple(r[n] for n in names) for r in rows], want)
    wrong += [f"a cell is a formula: {c!r}" for r in rows for c in r.values() if re.match("[=+@\t\r-]", c)]
    if {r["hypothetical"] for r in rows} != ({"yes"} if doc["assumed"] else {""}):
        wrong.append("hypothetical is wrong")
    return wrong


def xmllint(text):
    done = subprocess.run(["xmllint", "--nonet", "--noout", "--schema", SCHEMAS / "junit.xsd", "-"], input=text.encode(), capture_output=True)
    return done.stderr.decode(errors="replace").splitlines()[:3] if done.returncode else []


def read_junit(text, doc, folder):
    wrong = xmllint(text)
    root = xml.etree.ElementTree.fromstring(text.encode())
    suites = list(root)
    element = {"blocker": "failure", "open blocker": "error"}
    for suite in suites:
        for name, tag in (("tests", "testcase"), ("failures", "testcase/failure"), ("errors", "testcase/error"), ("skipped", "testcase/skipped")):
            if int(suite.get(name)) != len(suite.findall(tag)):
                wrong.append(f"{suite.get('name')!r} says {name}={suite.get(name)}")

    def shown(s):
        return visible(s, keep="\t\n\r", commands=False)

    for a, suite in zip(doc["accounts"], suites):
        if suite.get("name") != shown(a["id"] + (" " + a["name"] if a["name"] else "")):
            wrong.append(f"suite {suite.get('name')!r} for {a['id']}")
        props = {p.get("name"): p.get("value") for p in suite.iter("property")}
        if (props["verdict"], props.get("by_route"), props.get("path", "")) != (a["verdict"], a["by_route"], shown(a["path"] or "")):
            wrong.append(f"{a['id']}: properties {props}")
        cases = suite.findall("testcase")
        if len(cases) != len(a["findings"]):
            wrong.append(f"{a['id']}: {len(cases)} test cases for {len(a['findings'])} findings")
        for f, case in zip(a["findings"], cases):
            name, result = case.get("name"), list(case)
            if name not in (f["rule"], f"{f['rule']} ({routes(f)})") or case.get("classname") != "orgexit." + a["id"]:
                wrong.append(f"{a['id']}: test case {name} for {f['rule']}")
            if f["outcome"] == "pass":
                wrong += [f"{name} passed, and has a {result[0].tag}"] if result else []
                continue
            path, line, *_ = place(f, doc, folder)
            if [r.tag for r in result] != [element.get(kind(a, f), "skipped")]:
                wrong.append(f"{a['id']} {name}: {[r.tag for r in result]} for {kind(a, f)}")
            elif shown(f["message"]) not in result[0].get("message") or a["id"] not in result[0].get("message"):
                wrong.append(f"{a['id']} {name}: the message is {result[0].get('message')!r}")
            elif result[0].get("type") != ("unknown" if f["outcome"] == "unknown" else f["severity"]):
                wrong.append(f"{a['id']} {name}: the type is {result[0].get('type')}")
            if (case.get("file"), case.get("line")) != (shown(path), str(line)):
                wrong.append(f"{a['id']} {name}: at {case.get('file')!r}:{case.get('line')}, not {path!r}:{line}")
    last = suites[-1].findall("testcase")
    if len(suites) != len(doc["accounts"]) + 1 or [c.get("name") for c in last][-1] != "exit code" or len(last) != len(doc["errors"]) + 1:
        wrong.append("the last suite is not that of the run")
    elif bool(list(last[-1])) != (doc["exit"] != 0):
        wrong.append("the test of the exit code is green where it is not 0")
    for e, case in zip(doc["errors"], last):
        if case[0].tag != "error" or shown(e["message"]) not in case[0].get("message"):
            wrong.append(f"input error {e}: {case[0].attrib}")
    return wrong


def plain_message(s):
    """SARIF 2.1.0, section 3.11: a message string with neither links nor place-holders, as its reader shows it."""
    if re.search(r"(?<!\\)(?:\\\\)*\[", s) or re.search(r"(?<!\{)(?:\{\{)*\{(?!\{)", s):
        raise ValueError(f"a link or a place-holder in {s!r}")
    return re.sub(r"\\(.)", r"\1", s, flags=re.S).replace("{{", "{").replace("}}", "}")


def schema_faults(name, value):
    schema = json.loads((SCHEMAS / name).read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    return [f"/{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in jsonschema.Draft7Validator(schema).iter_errors(value)][:3]


def read_sarif(text, doc, folder, run=0):
    log = json.loads(text)
    wrong = schema_faults("sarif.schema.json", log)
    if wrong:
        return wrong
    run = log["runs"][run]
    rules, got, errors = run["tool"]["driver"]["rules"], [], []
    for r in run["results"]:
        if rules[r["ruleIndex"]]["id"] != r["ruleId"]:
            wrong.append(f"ruleIndex of {r['ruleId']} is that of {rules[r['ruleIndex']]['id']}")
        text, where = plain_message(r["message"]["text"]), r["locations"][0]["physicalLocation"]
        uri = urllib.parse.unquote(where["artifactLocation"]["uri"])
        at = (uri, where["region"]["startLine"], where["region"]["startColumn"], where["region"]["endColumn"])
        if "properties" not in r:
            errors.append((text, r["level"]))
            continue
        p = r["properties"]
        got.append((p["account"], p["name"], p["path"], r["ruleId"], p["severity"], p["outcome"], tuple(p["routes"]), r["level"], at, bool(r.get("suppressions"))))
        if not any(r["ruleId"] == f["rule"] and f["message"] in text for a in doc["accounts"] if a["id"] == p["account"] for f in a["findings"]):
            wrong.append(f"a message of nobody: {text!r}")
        for e in r.get("relatedLocations", []):
            plain_message(e["message"]["text"])
    want = [(p.account["id"], p.account["name"], p.account["path"], p.finding["rule"], p.finding["severity"], p.finding["outcome"], tuple(p.finding["routes"]), LEVEL[p.kind],
             (p.file, p.line, p.column, p.end), p.kind == "waived") for p in problems(doc, folder)]
    wrong += differ("results", got, want)
    levels = [["error", "warning", "note"].index(r["level"]) for r in run["results"]]
    if levels != sorted(levels):
        wrong.append("results are not sorted by level")
    if len(errors) != len(doc["errors"]) or any(e["message"] not in t or level != "error" for e, (t, level) in zip(doc["errors"], errors)):
        wrong.append(f"input errors are {errors}, not {doc['errors']}")
    prints = [r["partialFingerprints"]["primaryLocationLineHash"] for r in run["results"]]
    if len(set(prints)) != len(prints):
        wrong.append("fingerprints are not unique")
    invocation = run["invocations"][0]
    if (invocation["executionSuccessful"], invocation["exitCode"]) != (not doc["errors"], doc["exit"]):
        wrong.append(f"the invocation is {invocation}")
    for rule in rules:
        for member in ("shortDescription", "fullDescription", "help"):
            plain_message(rule[member]["text"])
    return wrong


def read_gitlab(text, doc, folder):
    issues = json.loads(text)
    wrong = schema_faults("gitlab.schema.json", issues)
    if wrong:
        return wrong
    prints = [i["fingerprint"] for i in issues]
    if len(set(prints)) != len(prints):
        wrong.append("fingerprints are not unique")
    n = len(issues) - len(doc["errors"])
    if any(i["severity"] != "blocker" or e["message"] not in i["description"] for i, e in zip(issues[n:], doc["errors"])):
        wrong.append(f"input errors are {issues[n:]}")
    want = problems(doc, folder)
    wrong += differ("issues", [(i["check_name"], i["severity"], i["location"]["path"], i["location"]["lines"]["begin"]) for i in issues[:n]],
                    [(p.finding["rule"], GITLAB[p.kind], p.file, p.line) for p in want])
    wrong += [f"{p.account['id']} {p.finding['rule']}: the description is {i['description']!r}" for i, p in zip(issues, want)
              if p.finding["message"] not in i["description"] or p.account["id"] not in i["description"]][:3]
    return wrong


def commands_of(text):
    """GitHub, "Workflow commands": `::name key=value,key=value::message`; %25, %0D and %0A everywhere, %3A and %2C in values too."""
    out, plain = [], []
    for line in text.splitlines():
        found = re.fullmatch(r"::(\w+)(?: ([^:]*))?::(.*)", line)
        if not found:
            plain.append(line)
            continue
        name, properties, message = found.groups()

        def decoded(s, more):
            for code, c in [("%0D", "\r"), ("%0A", "\n"), *more, ("%25", "%")]:
                s = s.replace(code, c)
            return s

        values = dict(p.split("=", 1) for p in (properties or "").split(",") if p)
        out.append((name, {k: decoded(v, [("%3A", ":"), ("%2C", ",")]) for k, v in values.items()}, decoded(message, [])))
    return out, plain


def read_github(text, doc, folder):
    got, plain = commands_of(text)
    wrong = []
    if len(plain) != 1 or not plain[0].endswith(f"exit {doc['exit']}") or text.splitlines()[-1] != plain[0]:
        wrong.append(f"lines that are no command: {plain[:3]}")

    def shown(s):
        return visible(s, keep="\n\r")

    rows = sorted(problems(doc, folder), key=lambda p: RANK.index(p.kind))
    left = 0
    for name, level in (("error", "error"), ("warning", "warning"), ("notice", "note")):
        here = [c for c in got if c[0] == name and "file" in c[1]]
        want = [("input-error", "", shown(e["message"])) for e in doc["errors"]] if level == "error" else []
        want = [(w, None) for w in want] + [((p.finding["rule"], p.account["id"], shown(p.finding["message"])), p) for p in rows if LEVEL[p.kind] == level]
        room = SHOWN - (name == "notice")
        left += max(0, len(want) - room)
        if len(here) != min(len(want), room):
            wrong.append(f"{len(here)} of {name}, of {len(want)}")
        for (_, values, message), ((rule, account, text), p) in zip(here, want):
            if values["title"] != rule or account not in message or text not in message:
                wrong.append(f"{values} {message!r} is not {rule} {text!r}")
            where = [values[k] for k in ("file", "line", "col", "endColumn")]
            if p and where != [shown(p.file), *map(str, (p.line, p.column, p.end))]:
                wrong.append(f"{rule} is at {where}, not {p.file!r} {p.line} {p.column} {p.end}")
    rest = [m for n, v, m in got if "file" not in v]
    if (left == 0) != (rest == []) or (left and f"{left} more are not shown" not in rest[0]):
        wrong.append(f"{left} are left out, but it says {rest}")
    return wrong


class Page(html.parser.HTMLParser):
    """Cells of tables, items of lists (their own text, and that of the items in them), and every element there is."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.rows, self.items, self.open = collections.Counter(), [], [], []
        self.attributes = set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        self.attributes |= {a for a, _ in attributes}
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.open.append(tag)
        elif tag == "li":
            self.items.append("")
            self.open.append(len(self.items) - 1)

    def handle_endtag(self, tag):
        if tag in ("td", "th", "li"):
            self.open.pop()

    def handle_data(self, text):
        if self.open and isinstance(self.open[-1], int):
            self.items[self.open[-1]] += text
        elif self.open:
            self.rows[-1][-1] += text


def rendered(text):
    # The report's own HTML is <details> alone: with --unsafe it is let through, and nothing else may be there.
    done = subprocess.run(["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "tasklist"], input=text.encode(), capture_output=True, check=True)
    return done.stdout.decode()


def squeezed(s):
    return " ".join(s.split())


def read_markdown(text, doc, folder):
    page = Page(rendered(text))
    wrong = []
    allowed = {"h2", "h3", "p", "strong", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "code", "pre", "hr"}
    if set(page.tags) - allowed or page.attributes - {"class"}:
        wrong.append(f"elements {set(page.tags) - allowed}, attributes {page.attributes - {'class'}}")
    if len(text.encode()) > 1024 * 1024:
        wrong.append(f"{len(text.encode())} bytes")
    want = []
    for a in doc["accounts"]:
        verdict = a["verdict"] + (f" by {a['by_route']}" if a["by_route"] else "") + (f" ({a['waived']} waived)" if a["waived"] else "") + \
            ("" if a.get("counted", True) else " (management account, not counted)")
        blockers = ", ".join(dict.fromkeys(f["rule"] + ("?" if f["outcome"] == "unknown" else "") for f in a["findings"]
                                           if f["severity"] == "blocker" and f["outcome"] in ("fail", "unknown")))
        want.append(tuple(squeezed(visible(x)) for x in (a["id"], a["name"] or "", a["path"] or "", verdict, "" if a["verdict"] == "READY" else blockers)))
    got = [tuple(squeezed(c) for c in r) for r in page.rows[1:]]
    wrong += differ("accounts", [(*r[:3], r[3].split(" ", 1)[-1], *r[4:]) for r in got], want)
    found = re.compile(r"\S+ \((?:blocker|warning|info), \S+\): |\S+ \((?:blocker|warning|info), \S+; only for [^)]*\): ")
    items = collections.Counter(x for x in map(squeezed, page.items) if found.match(x))
    lines = []
    for a in doc["accounts"]:
        for f in a["findings"]:
            if f["outcome"] == "pass":
                continue
            only = "" if set(f["routes"]) == set(a["routes"]) else f"; only for {routes(f)}"
            lines.append(squeezed(f"{f['rule']} ({f['severity']}, {f['outcome']}{only}): {visible(f['message'])}"))
    wrong += differ("findings", items.elements(), lines)
    flat = squeezed(" ".join(page.items))
    wrong += [f"input error not told: {e}" for e in doc["errors"] if squeezed(visible(e["message"])) not in flat]
    return wrong


READERS = {"csv": read_csv, "junit": read_junit, "sarif": read_sarif, "gitlab": read_gitlab, "github": read_github, "markdown": read_markdown}


# ---- runs ----

def write_all(folder, snapshot, *options, cwd=judge.ROOT):
    """One run, every format: {format: text}, the JSON, the exit code."""
    outputs = [x for f in FORMATS for x in ("--output", f"{f}:{folder}/{f}")]
    result = judge.run("check", snapshot, "--as-of", AS_OF, "--format", "json", *outputs, *options, cwd=cwd)
    texts = {f: (folder / f).read_bytes().decode() if (folder / f).exists() else None for f in FORMATS}
    for f in FORMATS:
        (folder / f).unlink(missing_ok=True)
    return texts, result


def hostile(folder):
    """A snapshot in which every text that people choose is hostile, also its own name."""
    snapshot = os.path.join(os.fsencode(folder), b'h "q" 50%, {x}[y] \xff')
    shutil.copytree(os.fsencode(judge.ROOT / "tests" / "tiny"), snapshot)
    path = Path(os.fsdecode(snapshot))
    text = json.dumps(HOSTILE)[1:-1]
    for file in path.rglob("*.json"):
        was = file.read_text()
        now = re.sub(r'("Name": ")(?!FullAWSAccess|Root")[^"]*', lambda m: m[1] + text, was)
        now = re.sub(r'(\\"Sid\\": ?\\")[^"\\]*', lambda m: m[1] + json.dumps(text)[1:-1], now)
        file.write_text(now)
    said = "".join(f"\\{c}" if c in '"\\' else c for c in HOSTILE if not hidden(c))  # what is hidden is refused there
    attested = path / "attestations.yaml"
    attested.write_text(re.sub(r"\bby: [^,}\n]+", lambda m: f'by: "{said}"', attested.read_text()))
    return path


def round_trips(tally, work):
    acme, tiny = Path("samples/acme"), Path("tests/tiny")
    broken = work / "broken"
    shutil.copytree(judge.ROOT / tiny, broken)
    next(broken.glob("accounts/*/iam/get-account-summary.json")).write_text('{"SummaryMap": {"Users": "=1+1 \\u202e ##[error]"}}')
    ruined = work / "ruined"
    shutil.copytree(judge.ROOT / tiny, ruined)
    (ruined / "organizations" / "list-accounts.json").write_text('{"Accounts": [}')
    bad = hostile(work)
    runs = {
        "acme": (acme, [], judge.ROOT, str(acme)), "tiny": (tiny, [], judge.ROOT, str(tiny)),
        "acme from within": (".", [], judge.ROOT / acme, ""), "tiny by its absolute path": (judge.ROOT / tiny, [], judge.ROOT, str(tiny)),
        "tiny from elsewhere": (judge.ROOT / tiny, [], work, ""),
        "acme with only problems": (acme, ["--only-problems", "--route", "leave"], judge.ROOT, str(acme)),
        "acme redacted": (acme, ["--redact"], judge.ROOT, "SNAPSHOT"),
        "acme, fail on warning": (acme, ["--fail-on", "warning", "--ou", "/Root/Exit"], judge.ROOT, str(acme)),
        "acme hypothetical": (acme, ["--assume", "move:362774150928=/Root/Exit"], judge.ROOT, str(acme)),
        "an account that cannot be read": (Path("broken"), [], work, "broken"),
        "a snapshot that cannot be read": (Path("ruined"), [], work, ""),
        "hostile": (bad.name, [], work, bad.name), "hostile with only problems": (bad.name, ["--only-problems"], work, bad.name),
    }
    for name, (snapshot, options, cwd, folder) in runs.items():
        texts, result = write_all(work, snapshot, *options, cwd=cwd)
        if not result.doc:
            tally.add(f"formats {name}", f"no JSON: exit {result.code} {result.err.decode(errors='replace')[:300]}")
            continue
        for form in FORMATS:
            if texts[form] is None:
                tally.add(f"formats {name}: {form}", f"was not written: {result.err.decode(errors='replace')[:300]}")
                continue
            wrong = raw(texts[form], commands=form == "github")
            own = folder
            if "--only-problems" in options and form == "markdown":
                result.doc["accounts"] = [a for a in result.doc["accounts"] if a["verdict"] != "READY"]
            try:
                # what is no UTF-8 (in the snapshot's name) is not in the JSON; each format shows it in its way
                if "\udcff" in own:
                    own = {"csv": "", "sarif": own.replace("\udcff", "\ufffd"), "gitlab": own.replace("\udcff", "\ufffd")}.get(form, own.replace("\udcff", r"\x{ff}"))
                wrong += READERS[form](texts[form], result.doc, own)
            except (ValueError, KeyError, IndexError, csv.Error, xml.etree.ElementTree.ParseError) as e:
                wrong.append(f"{type(e).__name__}: {e}")
            tally.add(f"formats {name}: {form}", wrong)
        tally.add(f"formats {name}: the run was of use", [] if name == "a snapshot that cannot be read" or result.doc["accounts"] else "no accounts")
        if name == "hostile":
            seen = [a["name"] for a in result.doc["accounts"]]
            tally.add("formats hostile: the names are", [] if HOSTILE in seen else f"{seen}")


def several(tally, work):
    """Formats that can hold several runs do."""
    docs = [judge.check(s, "--as-of", AS_OF, cwd=judge.ROOT).doc for s in ("samples/acme", "tests/tiny")]
    both = {}
    for form in FORMATS:
        result = judge.run("check", "samples/acme", "tests/tiny", "--as-of", AS_OF, "--format", form, cwd=judge.ROOT)
        both[form] = result.out.decode()
        tally.add(f"formats several: {form}", raw(both[form], commands=form == "github") + ([] if result.code == 1 else [f"exit {result.code} {result.err.decode()}"]))
    accounts = [a["id"] for d in docs for a in d["accounts"]]
    rows = list(csv.DictReader(io.StringIO(both["csv"], newline="")))
    tally.add("formats several: csv has one header and all rows", [] if len(rows) == sum(len(a["findings"]) for d in docs for a in d["accounts"]) and both["csv"].count("account_id") == 1 else f"{len(rows)} rows")
    suites = [s.get("name").split()[0] for s in xml.etree.ElementTree.fromstring(both["junit"])]
    tally.add("formats several: junit", xmllint(both["junit"]) + differ("suites", [s for s in suites if s != "orgexit"], accounts) + ([] if suites.count("orgexit") == 2 else ["not two runs"]))
    log = json.loads(both["sarif"])
    ids = [r["automationDetails"]["id"] for r in log["runs"]]
    tally.add("formats several: sarif", read_sarif(both["sarif"], docs[0], "samples/acme", 0) + read_sarif(both["sarif"], docs[1], "tests/tiny", 1) + ([] if len(set(ids)) == 2 else [f"ids {ids}"]))
    twice = json.loads(judge.run("check", "tests/tiny", "samples/acme", "tests/tiny", "--as-of", AS_OF, "--format", "gitlab", cwd=judge.ROOT).out)
    prints = [i["fingerprint"] for i in twice]
    tally.add("formats several: gitlab's fingerprints", [] if len(prints) == len(set(prints)) and len(prints) == sum(len(problems(d, "")) for d in (docs[1], *docs)) else f"{len(set(prints))} of {len(prints)} are unique")
    commands, plain = commands_of(both["github"])
    tally.add("formats several: github", [] if max(collections.Counter(c[0] for c in commands).values()) == SHOWN and len(plain) == 3 else f"{plain}")
    page = Page(rendered(both["markdown"]))
    tally.add("formats several: markdown", differ("accounts", [r[0] for r in page.rows if r[0] != "Account"], accounts))


def limits(tally, work):
    """More than GitHub takes: what is left out is the least severe, and is told."""
    big = doors.document_of(judge.ROOT / "tests" / "tiny")
    listed = big["captures"]["organizations/list-accounts"]["Accounts"]
    parent, below = next((p, c["Accounts"]) for p, c in big["captures"].items() if "/list-accounts-for-parent/" in p and any(a["Id"] == "200300400500" for a in c["Accounts"]))
    like = next(a for a in listed if a["Id"] == "200300400500")
    for n in range(700):
        text = json.dumps(like).replace("200300400500", f"5{n:011}")
        listed.append({**json.loads(text), "Name": f"clone {n}", "Email": f"clone{n}@tiny.example"})
        below.append(listed[-1])
    (work / "big.json").write_text(json.dumps(big))
    texts, result = write_all(work, "big.json", cwd=work)
    want = problems(result.doc, "")
    run = json.loads(texts["sarif"])["runs"][0]
    wrong = []
    levels = collections.Counter(LEVEL[p.kind] for p in want)
    got = collections.Counter(r["level"] for r in run["results"])
    room = 25000
    for level in ("error", "warning", "note"):
        expected = min(room, levels[level])
        if got[level] != expected:
            wrong.append(f"{got[level]} of level {level}, not {expected} of {levels[level]}")
        room -= expected
    told = [n["message"]["text"] for n in run["invocations"][0]["toolExecutionNotifications"] if "left out" in n["message"]["text"]]
    if len(want) <= 25000 or len(told) != 1 or not told[0].startswith(f"{len(want) - 25000} of {len(want)} "):
        wrong.append(f"{len(want)} problems, but it says {told}")
    tally.add("formats limits: sarif", wrong)
    left = [int(n) for n in re.findall(r"^(\d+) accounts? (?:is|are) left out", texts["markdown"], re.M)]
    page = Page(rendered(texts["markdown"]))
    size = len(texts["markdown"].encode())
    tally.add("formats limits: markdown", [] if 900000 < size <= 1024 * 1024 and left and page.tags["summary"] + left[-1] >= 700 and len(page.rows) - 1 == len(result.doc["accounts"]) else
              f"{size} bytes, left out {left}, {page.tags['summary']} sections, {len(page.rows)} rows")
    tally.add("formats limits: github", read_github(texts["github"], result.doc, ""))
    issues = json.loads(texts["gitlab"])
    tally.add("formats limits: gitlab", [] if len(issues) == len({i["fingerprint"] for i in issues}) == len(want) else f"{len(issues)} issues, {len(want)} problems")


def outputs(tally, work):
    """Files are private and whole; what can't be written is exit 4, whatever the verdicts; a closed pipe is quiet."""
    for form in FORMATS:
        arguments = [judge.ORGEXIT, "check", "tests/tiny", "--as-of", AS_OF]
        full = subprocess.run([*arguments, "--format", form], cwd=judge.ROOT, stdout=open("/dev/full", "w"), stderr=subprocess.PIPE, env=judge.CLEAN)
        also = subprocess.run([*arguments, "--output", f"{form}:/dev/full", "--quiet"], cwd=judge.ROOT, capture_output=True, env=judge.CLEAN)
        pipe = subprocess.Popen([*arguments, "--format", form], cwd=judge.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=judge.CLEAN)
        pipe.stdout.close()
        said = pipe.stderr.read()
        file = work / f"private.{form}"
        judge.run("check", "tests/tiny", "--as-of", AS_OF, "--quiet", "--output", f"{form}:{file}", cwd=judge.ROOT)
        printed = judge.run("check", "tests/tiny", "--as-of", AS_OF, "--format", form, cwd=judge.ROOT)
        again = judge.run("check", "tests/tiny", "--as-of", AS_OF, "--format", form, "--jobs", "7", cwd=judge.ROOT)
        tally.add(f"formats output: {form} on a full disk", [] if full.returncode == also.returncode == 4 and b"No space" in full.stderr and b"No space" in also.stderr else f"exit {full.returncode}, {also.returncode}")
        tally.add(f"formats output: {form} into a closed pipe", [] if pipe.wait() == 4 and not said else f"exit {pipe.returncode} {said}")
        tally.add(f"formats output: {form} is private, and the same in a file, printed, and by seven threads",
                  [] if file.stat().st_mode & 0o777 == 0o600 and file.read_bytes() == printed.out == again.out and printed.out else "it is not")
    once = judge.run("check", "tests/tiny", "--output", f"csv:{work}/x", "--output", f"sarif:{work}/./x", cwd=judge.ROOT)
    tally.add("formats output: two to one place", [] if once.code == 2 and not (work / "x").exists() else once.err.decode())


def multitool(work):
    """The program, from the user's cache or npm; None where npm does not reach it. It never is part of the project."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "orgexit-tests" / MULTITOOL.split("@")[-1]
    tool = cache / "package" / "Sarif.Multitool"
    if not tool.exists():
        if not shutil.which("npm"):
            return None
        done = subprocess.run(["npm", "pack", "--silent", MULTITOOL], cwd=work, capture_output=True, text=True)
        if done.returncode:
            return None
        new = Path(tempfile.mkdtemp(dir=work))
        subprocess.run(["tar", "-xzf", work / done.stdout.split()[-1], "-C", new], check=True)
        (new / "package" / "Sarif.Multitool").chmod(0o755)
        cache.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.move(new, cache)
        except OSError:
            pass
    return tool if tool.exists() else None


# It wants a home page, which the project has none of.
ACCEPTED = {"SARIF2005"}


def judged(tally, work):
    tool = multitool(work)
    if not tool:
        print(f"npm does not reach {MULTITOOL}: its rules were not asked about SARIF")
        return
    bad = Path(hostile(work / "again")).name
    runs = {"acme": (["samples/acme"], judge.ROOT), "several": (["samples/acme", "tests/tiny"], judge.ROOT), "hostile": ([bad], work / "again"), "no verdict": (["no-such-folder"], judge.ROOT)}
    for name, (snapshots, cwd) in runs.items():
        file, out = work / "judged.sarif", work / "judged.out"
        file.write_bytes(judge.run("check", *snapshots, "--as-of", AS_OF, "--format", "sarif", cwd=cwd).out)
        subprocess.run([tool, "validate", file, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--log", "ForceOverwrite", "-o", out],
                       env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}, capture_output=True)
        log = json.loads(out.read_text(encoding="utf-8-sig"))
        results = [r for run in log["runs"] for r in run.get("results", [])]
        rules = {r["ruleId"]: r for r in results if r["ruleId"] not in ACCEPTED}
        ran = all(i.get("executionSuccessful", False) for run in log["runs"] for i in run["invocations"])
        tally.add(f"formats sarif-multitool: {name}", [f"{i}: {json.dumps(r['message'])[:300]}" for i, r in rules.items()] + ([] if ran else ["it did not end well"]))
    spoilt = json.loads(file.read_text())
    spoilt["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"] = 0
    file.write_text(json.dumps(spoilt))
    subprocess.run([tool, "validate", file, "--rule-kind", "Sarif;Ghas", "--log", "ForceOverwrite", "-o", out], env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}, capture_output=True)
    tally.add("formats sarif-multitool: finds a column 0", [] if b"JSON1008" in out.read_bytes() else "it does not")


def told_again(tally, work):
    """`report` makes of the saved JSON what check wrote, but for the name of what was read."""
    snapshot = judge.ROOT / "samples" / "acme"
    (work / "saved.json").write_bytes(judge.run("check", snapshot, "--as-of", AS_OF, "--format", "json", cwd=work).out)
    for form in FORMATS:
        check = judge.run("check", snapshot, "--as-of", AS_OF, "--format", form, cwd=work)
        again = judge.run("report", "saved.json", "--format", form, cwd=work)
        named = check.out.replace(f", snapshot {snapshot}\n".encode(), b", result saved.json\n").replace(f'"orgexit check {snapshot}"'.encode(), b'"orgexit check saved.json"')
        tally.add(f"formats report: {form}", [] if named == again.out and check.code == again.code else "it is not what check printed")


def pipelines(tally, work):
    """The shell lines of docs/ci.md do what it says: the job fails as the accounts do, and the files it names are there."""
    text = (judge.ROOT / "docs" / "ci.md").read_text()
    blocks = re.findall(r"^```yaml\n(.*?)^```", text, re.M | re.S)
    for n, block in enumerate(blocks, 1):
        if not re.search(r"\b(run|script):", block):
            continue  # of tests/ci.py
        job = next(iter(yaml.safe_load(block).get("jobs", yaml.safe_load(block)).values()))
        script = "\n".join(job["script"]) if "script" in job else next(s["run"] for s in job["steps"] if "run" in s)
        named = set(re.findall(r"--output \w+:(\S+)", script)) | {v for r in [job.get("artifacts", {}).get("reports", {})] for v in r.values()}
        for snapshot, want in (("samples/acme", 1), ("none", 2)):
            folder = work / f"job{n}{want}"
            folder.mkdir()
            (folder / "bin").mkdir()
            (folder / "bin" / "orgexit").symlink_to(Path(judge.ORGEXIT).resolve())
            if want == 1:
                shutil.copytree(judge.ROOT / snapshot, folder / "snapshot")
            env = {**judge.CLEAN, "PATH": f"{folder}/bin:{os.environ['PATH']}", "GITHUB_STEP_SUMMARY": str(folder / "summary"), "SOURCE_DATE_EPOCH": "1795521600"}
            done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script], cwd=folder, env=env, capture_output=True, text=True)
            wrong = [f"exit {done.returncode}, not {want}: {done.stderr[:300]}"] if done.returncode != want else []
            wrong += [f"no {f}" for f in named if not (folder / f).exists()]
            if "GITHUB_STEP_SUMMARY" in script and (folder / "summary").read_bytes() != (folder / "orgexit.md").read_bytes():
                wrong.append("another summary")
            tally.add(f"formats docs/ci.md: job {n}, exit {want}", wrong)


def readers_refuse(tally):
    """A reader that takes everything would show nothing."""
    doc = judge.check("tests/tiny", "--as-of", AS_OF, cwd=judge.ROOT).doc
    right = {f: judge.run("check", "tests/tiny", "--as-of", AS_OF, "--format", f, cwd=judge.ROOT).out.decode() for f in FORMATS}
    row = next(p for p in problems(doc, "tests/tiny") if p.kind == "blocker" or p.kind == "open blocker")
    rule, word = row.finding["rule"], row.finding["message"].split(" ", 2)[1]
    for form in FORMATS:
        for what, wrong in {"a rule less": right[form].replace(rule, "x.y"), "another message": right[form].replace(row.finding["message"], "x"),
                            "another line": re.sub(r'(line="|,line=|"startLine": |"begin": |.json","[^"]*",")(\d+)', lambda m: m[1] + str(int(m[2]) + 1), right[form], count=1)}.items():
            if wrong == right[form]:
                if (form, what) != ("markdown", "another line"):
                    tally.add(f"formats: {form} with {what}", f"nothing was changed ({rule}, {word})")
                continue
            try:
                found = READERS[form](wrong, doc, "tests/tiny")
            except (ValueError, KeyError, IndexError):
                found = ["refused"]
            tally.add(f"formats: {form} with {what}", [] if found else "the reader accepts it")


def main():
    tally = judge.Tally()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder).resolve()
        round_trips(tally, work)
        several(tally, work)
        readers_refuse(tally)
        told_again(tally, work)
        pipelines(tally, work)
        limits(tally, work)
        outputs(tally, work)
        (work / "again").mkdir()
        judged(tally, work)
    tally.end()


if __name__ == "__main__":
    main()
