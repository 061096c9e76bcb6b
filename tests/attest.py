#!/usr/bin/python3
"""orgexit attest, end to end: random commands and edits of people, one after the other, on copies of the samples.

After each command the file reads; PyYAML, which is not our reader, finds in it what was there before and what the command was to write, nothing else;
every line that the command was not about is there as it was, in the same order; what `init` writes says nothing until a person fills it in.
Then: each hint of `check` works as it is printed, twenty writers at once lose nothing, and a table that is wrong in one cell changes nothing.
SEED=n repeats one sequence of random commands.
"""
import csv
import datetime
import io
import json
import os
import random
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

import judge

AS_OF = "2026-11-20T12:00:00Z"
TODAY = "2026-11-20"
ORGEXIT = str(Path(judge.ORGEXIT).resolve())
SEQUENCES, STEPS = 12, 25
FIELDS = ["value", "by", "date", "valid_until", "evidence", "kind", "supported"]
BOOLS = ["iam_billing_access", "customer_agreement", "contact_verified", "phone_verified", "payment_method", "root_access", "root_email_access", "legal_reviewed"]
PLANS = ["basic", "developer", "business", "business-plus", "enterprise-on-ramp", "enterprise"]
# What has broken writers of YAML or CSV before.
TEXTS = ["jo@example.com", "Jo O'Neil", 'say "yes"', "a: b", "a #b", "# c", "- x", "yes", "NO", "null", "~", "12", "1e3", "0x1F", "2026-01-01", "12:30", "{a}", "[b]", "x, y",
         "&a", "*b", "!c", "%TAG", "@d", "`e`", "|", ">", "? q", ": r", "<<", "=1+1", "+2", "-3", "@SUM(A1)", "'=1", "''+x", " =1", "＝1", "line one\nline two", "tab\there",
         "back\\slash", "trail ", " lead", "ünï", "日本", "\u0085nel", "\u2028ls", "\u202eltr", "\ufeffbom", "\u200b", "\U0001f600", "a\rb", ",", ";", "'", '"', "it's {x}", "a'b: 'c"]


def run(*args, stdin=None, cwd=None):
    done = subprocess.run([ORGEXIT, *args], input=stdin, capture_output=True, timeout=60, cwd=cwd, env=judge.CLEAN)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def attest(*args, stdin=None):
    return run("attest", *map(str, args), "--as-of", AS_OF, stdin=stdin)


def plain(value):
    """PyYAML takes dates for dates: back to text."""
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return value.isoformat() if isinstance(value, datetime.date) else value


def entries(text):
    """{(account, topic): {field: value}} with the defaults filled in, as PyYAML reads it."""
    doc = yaml.safe_load(text) if text is not None else {}
    defaults, out = doc.get("defaults") or {}, {}
    for account, topics in (doc.get("accounts") or {}).items():
        for topic, entry in (topics or {}).items():
            out[str(account), topic] = {k: plain(v) for k, v in {**defaults, **entry}.items()}
    return out


def rest(text):
    doc = yaml.safe_load(text) if text is not None else {"version": 1}
    doc.pop("accounts", None)
    return doc


def kept_lines(text, touched):
    """The lines that are about no touched entry: neither the entry's own nor the one that offers it."""
    out, account = [], None
    for line in (text or "").split("\n"):
        head = re.match(r'  "?(\d{12})"?:', line)
        account = head.group(1) if head else account
        topic = re.match(r"\s*#?(\w+):", line)
        if not (topic and (account, topic.group(1)) in touched):
            out.append(line)
    while out and not out[-1]:
        out.pop()
    return out


def is_subsequence(few, many):
    it = iter(many)
    return all(any(x == y for y in it) for x in few)


class Wrong(Exception):
    pass


class Sample:
    def __init__(self, folder, name):
        self.folder = Path(folder) / name
        shutil.copytree(judge.ROOT / "samples" / "acme" if name == "acme" else judge.ROOT / "tests" / "tiny", self.folder)
        self.file = self.folder / "attestations.yaml"
        self.accounts = [str(x) for x in (yaml.safe_load(self.file.read_text())["accounts"])]

    def admit(self, *accounts):
        """Accounts that joined, of which nothing was attested yet."""
        path = self.folder / "organizations" / "list-accounts.json"
        listed = json.loads(path.read_text())
        listed["Accounts"] += [{"Id": x, "Name": "new", "State": "ACTIVE", "Status": "ACTIVE", "JoinedMethod": "CREATED"} for x in accounts]
        path.write_text(json.dumps(listed))
        return self

    def text(self):
        return self.file.read_bytes().decode() if self.file.exists() else None

    def expect(self, what, before, wanted, touched, code, err):
        after = self.text()
        if code != 0:
            raise Wrong(f"{what}: exit {code}: {err}")
        got = entries(after)
        if got != wanted:
            wrong = {k: (wanted.get(k), got.get(k)) for k in wanted.keys() | got.keys() if wanted.get(k) != got.get(k)}
            raise Wrong(f"{what}: wanted and found: {wrong}")
        if before is not None and rest(before) != rest(after):
            raise Wrong(f"{what}: defaults or waivers changed")
        if not is_subsequence(kept_lines(before, touched), (after or "").split("\n")):
            raise Wrong(f"{what}: a line that it was not about changed")
        status, _, err = run("check", str(self.folder), "--as-of", AS_OF)
        if status not in (0, 1, 3):
            raise Wrong(f"{what}: check no longer reads it: {err}")


def as_value(topic, text):
    if topic in BOOLS or topic == "supported":
        return text == "true"
    return text.split(",") if topic == "reviewed_services" else text


def random_topic(rng):
    topic = rng.choice(BOOLS + ["support_plan", "root_mfa_holder", "reviewed_services"])
    value = (rng.choice(["true", "false"]) if topic in BOOLS else rng.choice(PLANS) if topic == "support_plan"
             else "a.amazonaws.com,b.amazonaws.com" if topic == "reviewed_services" else rng.choice([t for t in TEXTS if t.strip()]))
    return topic, value


def step_set(rng, s):
    account = rng.choice(s.accounts + ["999900001111"])
    topics = dict(random_topic(rng) for _ in range(rng.randint(1, 3)))
    by, evidence, until = rng.choice(TEXTS), rng.choice(TEXTS + [None]), rng.choice(["2027-03-31", "2026-11-20"])
    date = rng.choice([TODAY, "2026-10-01"])
    args = ["set", s.folder, account, *(f"{t}={v}" for t, v in topics.items()), "--by", by, "--date", date]
    extra = {}
    if "payment_method" in topics and rng.random() < 0.5:
        args += ["payment_method.kind=card", "payment_method.supported=false"]
        extra = {"kind": "card", "supported": False}
    if evidence is not None:
        args += ["--evidence", evidence]
    if "payment_method" in topics or rng.random() < 0.5:
        args += ["--valid-until", until]
    before = s.text()
    wanted = entries(before)
    code, _, err = attest(*args)
    for t, v in topics.items():
        entry = {"value": as_value(t, v), "by": by, "date": date}
        if evidence is not None:
            entry["evidence"] = evidence
        if "--valid-until" in args:
            entry["valid_until"] = until
        if t == "payment_method":
            entry.update(extra)
        wanted[account, t] = entry
    s.expect(f"{args}", before, wanted, {(account, t) for t in topics}, code, err)
    again = s.text()
    if attest(*args)[0] != 0 or s.text() != again:
        raise Wrong(f"{args}: the same again is another file")


def step_init(rng, s):
    options = rng.choice([[], ["--account", rng.choice(s.accounts)], ["--route", "leave"], ["--route", "transfer"]])
    before = s.text()
    code, _, err = attest("init", s.folder, *options)
    s.expect(f"init {options}", before, entries(before), set(), code, err)
    once = s.text()
    if attest("init", s.folder, *options)[0] != 0 or s.text() != once:
        raise Wrong("init twice is not init once")


def step_table(rng, s):
    code, out, err = attest("export", s.folder)
    if code != 0:
        raise Wrong(f"export: {err}")
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    before = s.text()
    code, said, err = attest("import", s.folder, "-", stdin=out.encode())
    if code != 0 or s.text() != before:
        raise Wrong(f"export and import: exit {code}: {said} {err}")
    wanted, touched = entries(before), set()
    for row in rng.sample(rows, min(len(rows), rng.randint(1, 5))):
        key = row["account"], row["topic"]
        if rng.random() < 0.3:
            row["value"] = rng.choice(["", "  "])
            if wanted.pop(key, None):
                touched.add(key)
            continue
        if row["topic"] not in BOOLS:
            continue
        by, evidence = (rng.choice([t for t in TEXTS if t.strip() == t and guard(t) != row["by"]]) for _ in range(2))
        row.update(value=rng.choice(["true", "false"]), by=guard(by), date=TODAY, valid_until="2027-01-31", evidence=guard(evidence))
        entry = {"value": row["value"] == "true", "by": by, "date": TODAY, "valid_until": "2027-01-31", "evidence": evidence}
        if row["kind"]:
            entry["kind"] = row["kind"]
        if row["supported"]:
            entry["supported"] = row["supported"] == "true"
        wanted[key] = entry
        touched.add(key)
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, rows[0].keys(), delimiter=rng.choice(",;"), lineterminator=rng.choice(["\n", "\r\n"]), quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    code, _, err = attest("import", s.folder, "-", stdin=table.getvalue().encode())
    s.expect("import", before, wanted, touched, code, err)


def guard(text):
    """What the program itself would write: a ' before what a spreadsheet would run."""
    return "'" + text if re.match(r"[ '\n]*[=+\-@\t\r＝＋－＠]", text) else text


def step_person(rng, s):
    """A person writes a comment or a blank line between two lines."""
    text = s.text()
    if text is None:
        return
    lines = text.split("\n")
    lines.insert(rng.randint(1, len(lines) - 1), rng.choice(["", "# a note", "    # a note on the next entry", "  # about the account"]))
    s.file.write_text("\n".join(lines))


def step_away(rng, s):
    if rng.random() < 0.2:
        s.file.unlink(missing_ok=True)


def sequence(seed):
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        s = Sample(folder, rng.choice(["acme", "tiny"])).admit("999900001111")
        try:
            for n in range(STEPS):
                rng.choice([step_set, step_set, step_set, step_init, step_table, step_person, step_away])(rng, s)
        except (Wrong, yaml.YAMLError) as e:
            return f"seed {seed}, step {n}: {e}"
    return None


# ---- cases ----


def needs(folder, *options):
    doc = judge.check(folder, "--as-of", AS_OF, *options).doc
    return [n for a in doc["accounts"] if a.get("counted", True) for f in a["findings"] if f["outcome"] == "unknown" for n in f["needs"] if n["kind"] == "attestation"]


def hints_work(folder):
    """Each hint is run by the shell as it is printed, with words for its placeholders, until nobody needs anything."""
    s = Sample(folder, "acme")
    s.file.unlink()
    ran = 0
    for options in [], ["--route", "transfer"]:
        for _ in range(6):
            hints = sorted({n["how"] for n in needs(s.folder, *options)})
            for how in hints:
                if not how.startswith("orgexit attest set "):
                    return f"a hint that is no command: {how}"
                value = "o-abcdefghij" if "target_organization" in how else "sso.amazonaws.com,ram.amazonaws.com" if "reviewed_services" in how else "Jo"
                words = [re.sub(r"VALUE,VALUE|VALUE", value, w) for w in shlex.split(how)[1:]]
                words = ["jo" if w == "YOU" else "2027-01-31" if w == "DATE" else w for w in words]
                code, _, err = run(*words, "--as-of", AS_OF)
                ran += 1
                if code != 0:
                    return f"{how}: exit {code}: {err}"
            if not hints:
                break
        else:
            return f"still needed: {hints}"
        out = attest("init", s.folder, *options)[1]
        if out != "Nothing is missing.\n":
            return f"init says {out!r} though check needs nothing"
    return None if ran > 60 else f"only {ran} hints"


def placeholders_are_refused(folder):
    s = Sample(folder, "tiny")
    before = s.text()
    for words in ["customer_agreement=true --by YOU", "root_mfa_holder=VALUE --by jo", "reviewed_services=VALUE,VALUE --by jo", "support_case=true --by jo --evidence CASE-NUMBER",
                  "payment_method=true --by jo --valid-until DATE", "payment_method=true --by jo --valid-until YYYY-MM-DD"]:
        if attest("set", s.folder, s.accounts[0], *words.split())[0] != 2 or s.text() != before:
            return words
    return None


def template_says_nothing(folder):
    """Without '#' but unfilled, every single line is an error; filled in, it is what set would have written."""
    s = Sample(folder, "acme")
    s.file.unlink()
    attest("init", s.folder)
    text = s.text()
    offered = re.findall(r"^    #\w+:.*$", text, re.M)
    if len(offered) < 50:
        return f"only {len(offered)} lines"
    verdicts = judge.check(s.folder, "--as-of", AS_OF)
    if any(v == "READY" for v in verdicts.verdicts().values()):
        return "READY from a template"
    for line in random.Random(1).sample(offered, 12):
        s.file.write_text(text.replace(line, line.replace("#", "", 1), 1))
        if run("check", str(s.folder), "--as-of", AS_OF)[0] != 2:
            return f"not refused: {line}"
    s.file.write_text(re.sub(r"^(    )#(\w+: +)\{value: ", r"\1\2{value: ", text, flags=re.M))
    if run("check", str(s.folder), "--as-of", AS_OF)[0] != 2:
        return "all lines unfilled, and not refused"
    filled = text.replace("#defaults: {by: ,", "defaults: {by: jo,")
    filled = re.sub(r"^(    )#(support_plan: +)\{value: ", r"\1\2{value: basic", filled, flags=re.M)
    filled = re.sub(r"^(    )#(payment_method: +)\{value: , valid_until: ", r"\1\2{value: true, valid_until: 2027-01-31", filled, flags=re.M)
    filled = re.sub(r"^(    )#(\w+: +)\{value: \}", r"\1\2{value: true}", filled, flags=re.M)
    s.file.write_text(filled)
    left = [n["name"] for n in needs(s.folder, "--only-problems") if n["name"] != "support_case"]
    out = attest("init", s.folder)[1]
    return None if out == "Nothing is missing.\n" else f"still: {left} {out}"


def all_at_once(folder):
    s = Sample(folder, "tiny")
    s.file.unlink()
    mode = 0o640
    attest("set", s.folder, "100200300400", "root_access=true", "--by", "first")
    s.file.chmod(mode)
    s.admit(*(f"{n:012d}" for n in range(5)))
    jobs = [(f"{n:012d}", topic) for n in range(5) for topic in BOOLS if topic != "payment_method"]
    with ThreadPoolExecutor(20) as pool:
        codes = list(pool.map(lambda j: attest("set", s.folder, j[0], f"{j[1]}=true", "--by", "jo")[0], jobs))
    got = entries(s.text())
    lost = [j for j in jobs if j not in got]
    if any(codes) or lost:
        return f"exit codes {set(codes)}, lost {lost}"
    if stat.S_IMODE(s.file.stat().st_mode) != mode:
        return "the mode changed"
    left = [x.name for x in s.folder.iterdir() if x.name.startswith("attestations.yaml.")]
    return f"left behind: {left}" if left else None


def links_are_not_followed(folder):
    s = Sample(folder, "tiny")
    real = Path(folder) / "real.yaml"
    s.file.rename(real)
    s.file.symlink_to(real)
    before = real.read_text()
    for args in ["set", s.folder, s.accounts[0], "root_access=true", "--by", "jo"], ["init", s.folder], ["import", s.folder, "-"]:
        code, _, err = attest(*args, stdin=b"account,topic,value\n")
        if code != 2 or "symbolic link" not in err or real.read_text() != before or not s.file.is_symlink():
            return f"{args[0]}: exit {code} {err}"
    return None


def bad_tables_change_nothing(folder):
    s = Sample(folder, "acme")
    before = s.text()
    table = attest("export", s.folder)[1]
    lines = table.split("\r\n")
    good = next(i for i, x in enumerate(lines) if '"817265940382"' in x and "customer_agreement" in x)
    first = lines[good].replace('"customer_agreement",""', '"customer_agreement","true"').replace('"true","",""', '"true","jo","2026-11-20"')
    rows = [  # what replaces a good line, and what is said of it
        ('"817265940382","x","contact_verified","yes","jo","2026-11-20","","","","",""', "true or false"),
        ('"817265940382","x","contact_verified","true","","2026-11-20","","","","",""', "nobody signed"),
        ('"817265940382","x","contact_verified","true","jo","20.11.2026","","","","",""', "no date"),
        ('"817265940382","x","contact_verified","true","jo","2026-11-21","","","","",""', "in the future"),
        ('"817265940382","x","contact_verified","true","jo","2026-11-20","2026-11-19","","","",""', "before"),
        ('"817265940382","x","contact_verified","true","jo","2026-01-20","2026-11-01","","","",""', "in the past"),
        ('"817265940382","x","contact_verifed","true","jo","2026-11-20","","","","",""', 'did you mean "contact_verified"'),
        ('"47215908836","x","contact_verified","true","jo","2026-11-20","","","","",""', "12 digits"),
        ('"817265940382","x","payment_method","true","jo","2026-11-20","","","","",""', "needs a valid_until"),
        ('"817265940382","x","payment_method","true","jo","2026-11-20","2027-01-01","","cash","",""', "unknown kind"),
        ('"817265940382","x","contact_verified","true","jo","2026-11-20","","","card","",""', "unknown key"),
        ('"817265940382","x","support_plan","gold","jo","2026-11-20","","","","",""', "expected one of"),
        ('"817265940382","x","customer_agreement","false","jo","2026-11-20","","","","",""', "stands in line"),
        ('"817265940382","x","contact_verified","true"', "fields in this line"),
        ('"817265940382","x","contact_verified","true', "cut off"),
        ('"817265940382","x","contact_verified","tr"ue","jo","2026-11-20","","","","",""', "closing quotation mark"),
    ]
    for row, says in rows:
        text = "\r\n".join([lines[0], first, row, ""])
        code, _, err = attest("import", s.folder, "-", stdin=text.encode())
        if code != 2 or says not in err or not re.search(r"standard input:3:\d+: ", err) or s.text() != before:
            return f"{row}: exit {code}: {err}"
    for text, says in [("account,topic\n1,2\n", 'no column "value"'), ("account,topic,value,colour\n", "unknown column"), ("", "empty"), ("account,topic,value,value\n", "twice")]:
        code, _, err = attest("import", s.folder, "-", stdin=text.encode())
        if code != 2 or says not in err or s.text() != before:
            return f"{text!r}: exit {code}: {err}"
    code, out, err = attest("import", s.folder, "-", stdin="\r\n".join([lines[0], first, ""]).encode())
    return None if code == 0 and "1 added" in out and s.text() != before else f"the good line: exit {code}: {out} {err}"


def shapes(folder):
    """Files that people may have: edited so that only the entry changes, or refused, as each row says."""
    s = Sample(folder, "tiny")
    a = s.accounts[0]
    sign = "by: jo, date: 2026-11-01"
    rows = [
        ("edits", f"version: 1\naccounts:\n    '{a}':\n          phone_verified: {{value: true, {sign}}}   # seen\n"),
        ("edits", f"version: 1\naccounts:\n  {a}:\n    phone_verified:\n      value: true\n      by: jo\n      date: 2026-11-01\n"),
        ("edits", f"version: 1\r\naccounts:\r\n  \"{a}\":\r\n    phone_verified: {{value: true, {sign}}}\r\nwaivers: []\r\n"),
        ("edits", f"version: 1\naccounts:\n  \"{a}\":\n    phone_verified: {{value: true, {sign}}}"),
        ("edits", "version: 1\naccounts: {}\n"),
        ("edits", "version: 1\naccounts:\n"),
        ("edits", "version: 1"),
        ("edits", f"---\nversion: 1\naccounts:\n  \"{a}\": {{}}   # nothing yet\nwaivers: []\n"),
        ("edits", f"version: 1\naccounts:\n  \"{a}\":\nwaivers: []\n"),
        ("edits", f"\ufeffversion: 1\naccounts:\n  \"{a}\":\n    phone_verified: {{value: true, {sign}}}\n"),
        ("edits", f"version: 1\naccounts:\n  \"{a}\":\n    root_access: {{value: true, {sign}, evidence: it's so}}\n"),
        ("edits", f"version: 1\naccounts:\n  \"{a}\":\n    root_access: {{value: true, {sign}, evidence: 'it''s }} so'}}\n"),
        ("edits", f"version: 1\naccounts:\n  \"{a}\":\n    phone_verified:\n      value: true\n      {sign.split(', ')[0]}\n      {sign.split(', ')[1]}\n      evidence: |\n        one\n        # root_access: x\n\n"),
        ("refuses", f"version: 1\naccounts:\n  \"{a}\":\n    phone_verified:\n      value: true\n      by: jo\n      date: 2026-11-01\n      evidence: |+\n        one\n\n\nwaivers: []\n"),
        ("refuses", f"{{version: 1, accounts: {{\"{a}\": {{phone_verified: {{value: true, {sign}}}}}}}}}\n"),
        ("refuses", f"version: 1\naccounts: {{\"{a}\": {{phone_verified: {{value: true, {sign}}}}}}}\n"),
        ("refuses", f"version: 1\naccounts:\n  \"{a}\": {{phone_verified: {{value: true, {sign}}}}}\n"),
        ("refuses", f"version: 1\naccounts:\n  \"{a}\":\n    root_access:\n      value: true\n      by: jo\n      date: 2026-11-01\n"),
        ("refuses", f"version: 1\naccounts:\n  \"{a}\":\n    root_access: {{value: true,\n      {sign}}}\n"),
        ("refuses", f"version: 1\naccounts:\n  \"{a}\": null\n"),
        ("refuses", f"version: 1\naccounts:\n  ? \"{a}\"\n  : phone_verified: {{value: true, {sign}}}\n"),
        ("refuses", "version: 1\nwaivers: []\n...\n"),
        ("refuses", f"version: 1\naccounts:\n  \"\\x3{a[0]}{a[1:]}\":\n    phone_verified: {{value: true, {sign}}}\n"),
        ("refuses", "version: 1\naccounts:\n  \"12\":\n"),
    ]
    for wants, text in rows:
        s.file.write_bytes(text.encode())
        before = entries(text) if "\\x3" not in text and '"12"' not in text else None
        code, _, err = attest("set", s.folder, a, "root_access=false", "--by", "li")
        if wants == "refuses":
            if code != 2 or s.file.read_bytes() != text.encode() or "attestations.yaml" not in err:
                return f"not refused: {text!r}: exit {code} {err}"
            continue
        try:
            s.expect("set", text, {**before, (a, "root_access"): {"value": False, "by": "li", "date": TODAY}}, {(a, "root_access")} if a in text else set(), code, err)
        except Wrong as e:
            if "{}" not in text or "line" not in str(e):
                return f"{text!r}: {e}"
        if "\r\n" in text and re.search(r"[^\r]\n", s.file.read_bytes().decode()):
            return f"{text!r}: line ends are mixed"
        run_again = attest("init", s.folder)
        if run_again[0] != 0:
            return f"init on {text!r}: {run_again}"
    return None


def topics_are_documented(_):
    """docs/attestations.md has the topics of the one table, with its words, in its order."""
    table = re.findall(r'T\((\w+), \w+, \w+,\s*\\?\s*"([^"]*)"\)', (judge.ROOT / "src" / "org" / "topic.h").read_text())
    page = re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", (judge.ROOT / "docs" / "attestations.md").read_text(), re.M)
    return None if table and page == table else f"differ: {set(page) ^ set(table)}"


def main():
    failures, passed = [], 0
    seeds = [int(os.environ["SEED"])] if "SEED" in os.environ else range(1, SEQUENCES + 1)
    with ThreadPoolExecutor(judge.CORES) as pool:
        results = list(pool.map(sequence, seeds))
    for case in [hints_work, placeholders_are_refused, template_says_nothing, all_at_once, links_are_not_followed, bad_tables_change_nothing, shapes, topics_are_documented]:
        with tempfile.TemporaryDirectory() as folder:
            fault = case(folder)
            results.append(f"{case.__name__}: {fault}" if fault else None)
    for fault in results:
        if fault:
            failures.append(fault)
            print(f"FAIL attest: {fault}")
        else:
            passed += 1
    print(f"{passed} passed, {len(failures)} failed")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
