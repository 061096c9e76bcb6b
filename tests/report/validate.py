#!/usr/bin/python3
"""Judges the expected reports apart from the program: json and ndjson against the schemas and against the runs that
they were made of, and every file for what must not be raw in it. Further files may be named: *.json, *.ndjson."""
import copy
import json
import pathlib
import re
import sys
import unicodedata

import jsonschema

HERE = pathlib.Path(__file__).resolve().parent
SCHEMAS = HERE.parent.parent / "schemas"
BIDI = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
COLORS = ["\x1b[%sm" % n for n in ("0", "1", "2", "31", "32", "33", "36")]
faults = []


def load(name):
    return json.loads((SCHEMAS / name).read_text())


DOCUMENT, LINE = load("check.schema.json"), load("check-ndjson.schema.json")


def judge(schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def alone(schema):
    """A schema that refers to the document's, made whole: no resolver is needed, whose interface differs by version."""
    text = json.dumps(schema).replace("check.schema.json#/", "#/")
    return {**json.loads(text), "$defs": DOCUMENT["$defs"]}


JUDGES = {"json": judge(DOCUMENT), "ndjson": judge(alone(LINE))}


def fault(where, what):
    faults.append(f"{where}: {what}")


def once(pairs):
    keys = [k for k, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a member stands twice")
    return dict(pairs)


def read(text):
    return json.loads(text, object_pairs_hook=once)


def valid(kind, value, where):
    for error in JUDGES[kind].iter_errors(value):
        fault(where, f"/{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")


def is_raw(c):
    """What no output may hold but for a line end."""
    return unicodedata.category(c) in ("Cc", "Zl", "Zp") or ord(c) in BIDI or (
        ord(c) in (0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF) or 0xE0000 <= ord(c) <= 0xE007F or ord(c) & 0xFFFE == 0xFFFE)


COMMAND = re.compile(r"::(error|warning|notice) (file=[^:,]+,line=\d+,endLine=\d+,col=\d+,endColumn=\d+,)?title=[^:,]+::")


def nothing_raw(text, where, tabs, colors, commands=False):
    for color in COLORS if colors else []:
        text = text.replace(color, "")
    for number, line in enumerate(text.split("\n"), 1):
        for c in line:
            if is_raw(c) and not (tabs and c == "\t"):
                fault(where, f"line {number} holds a raw U+{ord(c):04X}")
        start = line.lstrip()
        if (start.startswith("::") and not (commands and COMMAND.match(line))) or re.search(r"##[a-z]*\[", line):
            fault(where, f"line {number} is a command to a build server: {start[:40]}")


def fits(text, where, width):
    """Only what must not be cut (ids, files, ARNs, commands) may pass the width: lines of the table never."""
    def columns(line):
        return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)

    for color in COLORS:
        text = text.replace(color, "")
    lines = text.split("\n")
    begin = next((i for i, line in enumerate(lines) if line.lstrip().startswith("ACCOUNT ")), None)
    if begin is None:
        return
    for line in lines[begin:lines.index("", begin)]:
        if columns(line) > width:
            fault(where, f"{columns(line)} columns in {width}: {line}")


def same_as_run(run, accounts, errors, only_problems, where):
    """What went in as text must come back as the same text, whatever is in it."""
    if [a["id"] for a in accounts] != [a["id"] for a in run["accounts"]]:
        fault(where, "other accounts than those of the run")
    for given, got in zip(run["accounts"], accounts):
        for key in ("name", "path"):
            if (got[key] or "") != given[key]:
                fault(where, f"{given['id']}: {key} came back as {got[key]!r}")
        for key in ("verdict", "by_route", "ready_from", "ready_until"):
            if got[key] != given.get(key):
                fault(where, f"{given['id']}: {key} came back as {got[key]!r}")
        if (got["waived"], got.get("counted", True)) != (given.get("waived", 0), given.get("counted", True)):
            fault(where, f"{given['id']}: waived or counted came back wrong")
        if not given.get("routes", {}).items() <= got["routes"].items() or given.get("actors", {}) != got["actors"]:
            fault(where, f"{given['id']}: routes or actors came back wrong")
        wanted = [f for f in given.get("findings", []) if not (only_problems and f["outcome"] == "pass")]
        if len(wanted) != len(got["findings"]):
            fault(where, f"{given['id']}: {len(got['findings'])} findings of {len(wanted)}")
        for f, g in zip(wanted, got["findings"]):
            for key in ("rule", "title", "severity", "outcome", "message"):
                if f[key] != g[key]:
                    fault(where, f"{given['id']}: {key} came back as {g[key]!r}")
            for key in ("depends_on", "references", "needs", "fix"):
                expected = copy.deepcopy(f.get(key, []))
                for fix in expected if key == "fix" else []:
                    fix.setdefault("command", None)
                if expected != g[key]:
                    fault(where, f"{given['id']}: {key} came back as {g[key]!r}")
            for e, h in zip(f.get("evidence", []), g["evidence"], strict=True):
                for key in set(e) - {"excerpt", "excerpt_line", "excerpt_column", "excerpt_end", "level_path", "policy_name"}:
                    if e[key] != h.get(key):
                        fault(where, f"{given['id']}: evidence {key} came back as {h.get(key)!r}")
    told = run["summary"].get("errors", []) + [e for a in run["accounts"] for e in a.get("errors", [])]
    if sorted(map(str, told)) != sorted(map(str, errors)):
        fault(where, f"errors came back as {errors}")


def take_document(text, where):
    document = read(text)
    valid("json", document, where)
    return document["accounts"], document["errors"]


def take_lines(text, where):
    lines = [read(line) for line in text.splitlines()]
    for number, line in enumerate(lines, 1):
        valid("ndjson", line, f"{where}:{number}")
    kinds = [line["type"] for line in lines]
    if kinds[0] != "run" or kinds[-1] != "summary" or {"run", "summary"} & set(kinds[1:-1]):
        fault(where, "is not run, accounts and errors, summary")
    bare = [{k: v for k, v in line.items() if k != "type"} for line in lines]
    return ([b for b, k in zip(bare, kinds) if k == "account"], [b for b, k in zip(bare, kinds) if k == "error"])


TAKE = {"json": take_document, "ndjson": take_lines}


def the_schemas_refuse_what_is_wrong():
    """A schema that takes everything would show nothing."""
    document = read((HERE / "three-json.expected").read_text())
    spoilers = {
        "verdict": lambda d: d["accounts"][0].update(verdict="ready"),
        "route": lambda d: d["accounts"][0]["routes"].update({"leave": "READY"}),
        "by_route": lambda d: d["accounts"][1].update(by_route="leave/api"),
        "ready without route": lambda d: d["accounts"][0].update(by_route=None),
        "counted": lambda d: d["accounts"][0].update(counted=True),
        "waived without waiver": lambda d: d["accounts"][0]["findings"][2].update(waiver=None),
        "line 0": lambda d: d["accounts"][1]["findings"][0]["evidence"][0].update(line=0),
        "summary": lambda d: d.pop("summary"),
        "exit": lambda d: d.update(exit=7),
        "local time": lambda d: d.update(as_of="2026-11-24T14:02:11+01:00"),
        "need": lambda d: d["accounts"][2]["findings"][0]["needs"][0].update(kind="luck"),
    }
    for name, spoil in spoilers.items():
        spoilt = copy.deepcopy(document)
        spoil(spoilt)
        if JUDGES["json"].is_valid(spoilt):
            fault("schemas/check.schema.json", f"takes a document with a wrong {name}")
    more = copy.deepcopy(document)
    more["accounts"][0]["a_new_member"] = 1
    valid("json", more, "a document with a member of tomorrow")


def main():
    cases = [line.split() for line in (HERE / "cases").read_text().splitlines() if line and line[0] != "#"]
    for name, run_name, form, *style in cases:
        where = f"tests/report/{name}.expected"
        text = (HERE / f"{name}.expected").read_text()
        run = json.loads((HERE / f"{run_name}.json").read_text())
        nothing_raw(text, where, tabs={"table", "piped"} <= set(style), colors="color" in style, commands=form == "github")
        if not text.endswith("\n"):
            fault(where, "does not end with a line end")
        if form in TAKE:
            accounts, errors = TAKE[form](text, where)
            same_as_run(run, accounts, errors, "only-problems" in style, where)
        for word in style:
            if word.startswith("width="):
                fits(text, where, int(word[6:]))
        if "ascii" in style and not text.isascii():
            fault(where, "is not ASCII")
    for unused in set(HERE.glob("*.expected")) - {HERE / f"{c[0]}.expected" for c in cases}:
        fault(unused.name, "belongs to no case")
    for path in map(pathlib.Path, sys.argv[1:]):
        text = path.read_text()
        nothing_raw(text, path, tabs=False, colors=False)
        TAKE[path.suffix[1:]](text, path)
    the_schemas_refuse_what_is_wrong()
    for line in faults:
        print(line, file=sys.stderr)
    print(f"{len(cases) + len(sys.argv) - 1} passed, {len(faults)} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
