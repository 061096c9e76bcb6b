#!/usr/bin/python3
"""The html report without a browser: html5lib reads it without an error, as with script and as without, and finds in it the accounts, verdicts, findings,
places, attestations, waivers and inputs that the json report has; nothing in it asks for anything; its Content-Security-Policy is that of its own texts.
"""
import base64
import hashlib
import json
import os
import re
import stat
import subprocess
import tempfile
from pathlib import Path

import html5lib
import yaml

import hostile
import judge

AS_OF = "2026-11-20T12:00:00Z"
SIGNS = {"READY": "✓", "NOT READY": "✗", "UNDETERMINED": "?"}
EVIDENCE_SHOWN, PASS_SHOWN = 20, 3


def report(snapshot, form, *options):
    return judge.run("check", snapshot, "--as-of", AS_OF, "--format", form, *options)


def parse(text, scripting):
    reader = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = reader.parse(text, scripting=scripting)
    return tree, [f"line {at[0]}: {code}" for at, code, _ in reader.errors]


def words(element):
    return "".join(element.itertext())


class Page:
    """What a reader without script finds: an account's links followed, ACCOUNT-ID and the places filled in."""

    def __init__(self, text):
        self.tree, self.faults = parse(text, scripting=False)
        self.by_id = {e.get("id"): e for e in self.tree.iter() if e.get("id")}

    def accounts(self):
        for element in self.tree.iter("details"):
            if (element.get("id") or "").startswith("a-"):
                yield Account(self, element)

    def table(self, fold):
        """The rows of the table in a fold, as texts."""
        return [[words(cell) for cell in row] for row in self.by_id[fold].iter("tr")][1:] if fold in self.by_id else []


class Account:
    def __init__(self, page, element):
        self.page, self.element = page, element
        self.id = element.get("id")[2:]
        verdict, shown, name, path, families, note = list(element.find("summary"))
        self.verdict = words(verdict).split(" ", 1)[1].split(" (")[0]
        self.shown, self.name, self.path, self.note = words(shown), words(name), words(path), words(note)
        self.families = dict(reversed(f.split(" ")) for f in re.findall(r"\S+ \S+", words(families)))
        at = [w for p in element.iter("p") if p.get("class") == "at" for w in words(p).split(" ")]
        self.at = {number: places.split(",") for number, places in zip(at[::2], at[1::2])}

    def links(self, element):
        return [a.get("href")[2:] for a in element.iter("a")]

    def chunk(self, number):
        return self.page.by_id["n" + number]

    def filled(self, element, places):
        if element.tag == "var":
            return (":" + next(places) if element.get("class") == "at" else self.id) + (element.tail or "")
        return (element.text or "") + "".join(self.filled(e, places) for e in element) + (element.tail or "")

    def numbers(self):
        for number in self.links(self.element):
            if self.chunk(number).get("class") == "set":
                yield from self.links(self.chunk(number))
            elif self.chunk(number).tag == "article":
                yield number

    def findings(self):
        for number in self.numbers():
            article, places = self.chunk(number), iter(self.at.get(number, []))
            title, small = article.find("p[@class='t']"), article.find("p[@class='t']/small")
            kind, _, only = words(small).partition(", only for ")
            message = "".join([title[0].tail or ""] + [self.filled(e, places) for e in title[1:] if e.tag != "small"])
            evidence = [self.filled(p.find("code"), places).removesuffix(p.find("code").tail or "") for p in article.iter("p")
                        if p.get("class") == "e" and p.find("code") is not None]
            commands = [self.filled(c, iter(())) for c in article.findall("dl/dd/pre[@class='c']/code")]
            yield {"rule": article.get("data-rule"), "kind": kind, "message": message.strip(), "only": only, "evidence": evidence, "commands": commands,
                   "waived": any(words(dt) == "Waived" for dt in article.iter("dt"))}

    def routes(self):
        for number in self.links(self.element):
            if self.chunk(number).get("class") == "routes":
                return {words(row[0]): (words(row[1]).split(" ", 1)[1], self.filled(row[2], iter(()))) for row in self.chunk(number).iter("tr")}
        return {}

    def attested(self):
        for number in self.links(self.element):
            if self.chunk(number).get("class") == "attested":
                return [[words(cell) for cell in row] for row in self.chunk(number).iter("tr")][1:]
        return []


def place(e):
    return hostile.visible(e["file"]) + (f":{e['line']}:{e.get('column', 0)}" if "line" in e else "")


def same_finding(got, want, selected):
    routes = got["only"].split(", ") if got["only"] else selected
    most = PASS_SHOWN if want["outcome"] == "pass" else EVIDENCE_SHOWN
    return (got["kind"] == f"{want['severity']} {want['outcome']}" and routes == want["routes"] and got["waived"] == (want["waiver"] is not None) and
            got["message"] == hostile.visible(want["message"]).strip() and got["evidence"] == [place(e) for e in want["evidence"]][:most])


def same_account(got, want):
    faults, selected = [], list(want["routes"])
    if (got.id, got.shown, got.name, got.path) != (want["id"], want["id"], hostile.visible(want["name"] or ""), hostile.visible(want["path"] or "")):
        faults.append(f"{want['id']}: is told as {got.id} {got.name!r} {got.path!r}")
    if got.verdict != want["verdict"]:
        faults.append(f"{want['id']}: {got.verdict}, json says {want['verdict']}")
    if {r: v for r, (v, _) in got.routes().items()} != want["routes"]:
        faults.append(f"{want['id']}: other routes: {got.routes()}")
    for route, actor in want["actors"].items():
        if hostile.visible(actor) not in got.routes()[route][1]:
            faults.append(f"{want['id']}: {route} by {got.routes()[route][1]}, json says {actor}")
    left = list(got.findings())
    if len(left) != len(want["findings"]):
        faults.append(f"{want['id']}: {len(left)} findings, json has {len(want['findings'])}")
    for f in want["findings"]:
        found = [g for g in left if g["rule"] == f["rule"] and same_finding(g, f, selected)]
        if not found:
            near = [g for g in left if g["rule"] == f["rule"]]
            faults.append(f"{want['id']}: no {f['rule']} {f['outcome']} {f['message']!r} {[place(e) for e in f['evidence']]}; there is {near}")
            continue
        left.remove(found[0])
        for fix in f["fix"]:
            for word in fix["command"] or []:
                if f["outcome"] != "pass" and word.isalnum() and not any(word in c for c in found[0]["commands"]):
                    faults.append(f"{want['id']}: {f['rule']}: the fix lacks {word!r}")
    return faults


def same_accounts(page, doc):
    got, faults = {a.id: a for a in page.accounts()}, []
    if len(got) != len(doc["accounts"]):
        faults.append(f"{len(got)} accounts, json has {len(doc['accounts'])}")
    for want in doc["accounts"]:
        faults += same_account(got[want["id"]], want) if want["id"] in got else [f"{want['id']} is missing"]
    return faults


def same_sums(page, doc):
    s = doc["summary"]
    tiles = [(int(words(li[0])), words(li[1])[2:]) for ul in page.tree.iter("ul") if ul.get("class") == "tiles" for li in ul]
    want = [(s["ready"], "READY"), (s["undetermined"], "UNDETERMINED"), (s["not_ready"], "NOT READY")]
    faults = [] if tiles == want else [f"tiles {tiles}, json has {want}"]
    rules = [[words(c) for c in row] for row in next(page.by_id["rules"].iter("table")).iter("tr")][1:]
    counts = [[r["rule"], *(str(r[k]) for k in ("fail", "unknown", "waived", "pass", "not_applicable"))] for r in s["by_rule"]]
    if rules != counts:
        faults.append("other counts by rule")
    ous, wanted = {}, {}
    for row in page.by_id["ous"].iter("tr"):
        if row[0].get("scope") == "row":
            ous[words(row[0])] = [int(words(c)) for c in row[1:]]
    for a in doc["accounts"]:
        if a.get("counted", True):
            row = wanted.setdefault(hostile.visible(a["path"] or "not known where"), [0, 0, 0])
            row[["READY", "UNDETERMINED", "NOT READY"].index(a["verdict"])] += 1
    if ous != wanted and len(wanted) <= 24:
        faults.append(f"by OU {ous}, json has {wanted}")
    return faults


def same_inputs(page, doc):
    pre = page.by_id["inputs"].find("noscript/pre")
    lines = words(pre).splitlines()
    want = [f"{i['sha256']}  {hostile.visible(i['file'])}" for i in doc["inputs"]]
    return [] if lines == want else [f"other inputs: {sorted(set(lines) ^ set(want))[:4]}"]


def digests_hold(page, snapshot):
    """sha256sum, another reader of these lines, finds every one to be true."""
    lines = words(page.by_id["inputs"].find("noscript/pre"))
    done = subprocess.run(["sha256sum", "--strict", "--quiet", "-c", "-"], input=lines, cwd=snapshot, capture_output=True, text=True)
    return [] if done.returncode == 0 and lines else [done.stdout + done.stderr]


def same_attested(page, snapshot):
    """What the YAML file says, read by another reader."""
    said, faults = yaml.safe_load((snapshot / "attestations.yaml").read_text()), []
    defaults = said.get("defaults") or {}
    for account in page.accounts():
        want = sorted([topic, hostile.visible(str(entry.get("by", defaults.get("by")))), str(entry.get("date", defaults.get("date"))), str(entry.get("valid_until", "")),
                       hostile.visible(str(entry.get("evidence", "")))] for topic, entry in (said.get("accounts") or {}).get(account.id, {}).items())
        got = sorted([row[0], *row[2:]] for row in account.attested())
        if got != want:
            faults.append(f"{account.id}: attested {got}, the file says {want}")
    return faults


def same_waivers(page, doc):
    want = {}
    for a in doc["accounts"]:
        for f in a["findings"]:
            if f["waiver"]:
                w = f["waiver"]
                want.setdefault((f["rule"], hostile.visible(w["by"]), w["valid_until"], hostile.visible(w["reason"])), set()).add(a["id"])
    got = {tuple(row[:4]): row[4] for row in page.table("waivers")}
    return [] if got == {k: str(len(v)) for k, v in want.items()} else [f"waivers {got}, json has {want}"]


def is_closed(text, page):
    """Nothing but what is in the file: its policy names the hashes of its own texts, and no attribute leads out."""
    style, script = (re.search(f"<{tag}>([^]*?)</{tag}>".replace("[^]", r"[\s\S]"), text).group(1) for tag in ("style", "script"))
    sha = lambda s: "'sha256-" + base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() + "'"
    policy = next(m.get("content") for m in page.tree.iter("meta") if m.get("http-equiv") == "Content-Security-Policy")
    want = f"default-src 'none'; script-src {sha(script)}; style-src {sha(style)}; img-src data:; base-uri 'none'; form-action 'none'"
    faults = [] if policy == want else [f"policy {policy}, expected {want}"]
    for e in page.tree.iter():
        if not isinstance(e.tag, str):
            faults.append(f"a comment: {e.text!r}")
            continue
        for name, value in e.attrib.items():
            if name.startswith("on") or name in ("style", "src", "srcset", "action", "formaction", "background", "srcdoc", "data", "ping", "xlink:href"):
                faults.append(f"<{e.tag} {name}={value!r}>")
            if name == "href" and not (value.startswith("#") or value == "data:,"):
                faults.append(f"a link to {value}")
            if name == "href" and value.startswith("#") and value[1:] not in page.by_id:
                faults.append(f"a link to {value}, which is not there")
    for tag in ("script", "style"):
        if len(list(page.tree.iter(tag))) != 1:
            faults.append(f"not one <{tag}>")
    for tag in ("img", "iframe", "object", "embed", "base", "audio", "video", "frame"):
        faults += [f"<{tag}>" for _ in page.tree.iter(tag)]
    ids = re.findall(r' id="([^"]*)"', text)
    faults += [f"id {i} twice" for i in set(ids) if ids.count(i) > 1]
    return faults


def nothing_raw(text):
    return [f"{ord(c):#x} raw" for c in set(text) if c != hostile.visible(c) and c != "\n"]


def judge_page(tally, snapshot, *options):
    name = f"{snapshot.name} {' '.join(options)}"
    html, doc = report(snapshot, "html", *options), report(snapshot, "json", "--digests", *options)
    text, page = html.out.decode(), Page(html.out.decode())
    tally.add(f"{name}: html5lib finds no error", page.faults + parse(text, scripting=True)[1])
    tally.add(f"{name}: exit code", [] if html.code == doc.code else [f"{html.code}, json {doc.code}"])
    tally.add(f"{name}: accounts and findings as in json", same_accounts(page, doc.doc))
    tally.add(f"{name}: sums as in json", same_sums(page, doc.doc))
    tally.add(f"{name}: waivers as in json", same_waivers(page, doc.doc))
    tally.add(f"{name}: nothing asked for, a policy that holds", is_closed(text, page))
    tally.add(f"{name}: nothing invisible", nothing_raw(text))
    again = report(snapshot, "html", "--jobs", "5", *options)
    tally.add(f"{name}: the same bytes with --jobs 5", [] if again.out == html.out else ["they differ"])
    if "--redact" not in options:
        tally.add(f"{name}: inputs as in json", same_inputs(page, doc.doc))
        tally.add(f"{name}: digests that sha256sum finds true", digests_hold(page, snapshot))
        tally.add(f"{name}: attestations as in the file", same_attested(page, snapshot))
    return page


def the_comparison_can_fail(tally, snapshot):
    """A page with a verdict, a place or an attester changed must not pass for the right one."""
    html, doc = report(snapshot, "html").out.decode(), report(snapshot, "json", "--digests").doc
    spoilt = {
        "verdict": (html.replace("? UNDETERMINED</b>", "✓ READY</b>", 1), lambda p: same_accounts(p, doc)),
        "place": (re.sub(r'(<p class="at">\d+ )\d+', r"\g<1>99999", html, count=1), lambda p: same_accounts(p, doc)),
        "message": (html.replace("An SCP denies", "An SCP allows"), lambda p: same_accounts(p, doc)),
        "digest": (re.sub(r"(<pre class=\"files\"[^>]*>)\w", r"\g<1>z", html), lambda p: same_inputs(p, doc)),
        "handler": (html.replace("<main>", '<main onclick="x">'), lambda p: is_closed(html, p)),
        "count": (re.sub(r'(<li class="r"><b>)\d+', r"\g<1>77", html), lambda p: same_sums(p, doc)),
        "attester": (html.replace("</th><td>true</td><td>", "</th><td>true</td><td>x"), lambda p: same_attested(p, snapshot)),
    }
    for what, (text, compare) in spoilt.items():
        wrong = [] if text != html else ["nothing was changed"]
        tally.add(f"another {what} is noticed", wrong or ([] if compare(Page(text)) else ["it is not"]))


def files(tally, snapshot, work):
    """What is written to a file is its owner's alone, and json does not differ by what is written beside it."""
    page, alone, beside = work / "page.html", work / "alone.json", work / "beside.json"
    os.umask(0o022)
    judge.run("check", snapshot, "--as-of", AS_OF, "--quiet", "--output", f"json:{alone}")
    done = judge.run("check", snapshot, "--as-of", AS_OF, "--quiet", "--output", f"json:{beside}", "--output", f"html:{page}")
    mode = stat.S_IMODE(page.stat().st_mode)
    tally.add("a file has mode 0600", [] if mode == 0o600 else [oct(mode)])
    tally.add("the file is the page", [] if page.read_bytes() == report(snapshot, "html").out else ["other bytes"])
    tally.add("json is the same beside html", [] if alone.read_bytes() == beside.read_bytes() else ["it differs"])
    tally.add("nothing else is left", [f"{p}" for p in work.iterdir() if p not in (page, alone, beside)] + ([] if done.code == 1 else [f"exit {done.code}"]))
    full = judge.run("check", snapshot, "--as-of", AS_OF, "--quiet", "--output", "html:/dev/full")
    tally.add("a full device is exit code 4", [] if full.code == 4 else [f"exit {full.code}"])


def troubles(tally, snapshot, work):
    """No verdict from a broken input, and no page that looks as if there were one."""
    broken = work / "broken"
    subprocess.run(["cp", "-r", snapshot, broken], check=True)
    (broken / "organizations" / "list-accounts.json").write_text('{"Accounts": [')
    result = report(broken, "html")
    page = Page(result.out.decode())
    lead = next(words(p) for p in page.tree.iter("p") if p.get("class") == "lead")
    wrong = page.faults + ([] if "There is no verdict" in lead else [lead]) + ([] if result.code == 2 else [f"exit {result.code}"])
    wrong += [] if "list-accounts.json:1:" in result.out.decode() else ["does not name the place"]
    tally.add("a malformed file leaves no verdict", wrong)
    account = next(a for a in (snapshot / "accounts").iterdir()).name
    part = work / "part"
    subprocess.run(["cp", "-r", snapshot, part], check=True)
    (part / "accounts" / account / "iam" / "get-account-summary.json").write_text("{")
    result = report(part, "html")
    got = {a.id: a for a in Page(result.out.decode()).accounts()}[account]
    wrong = [] if got.verdict == "UNDETERMINED" and "input error" in got.note and result.code == 2 else [f"{got.verdict} {got.note} exit {result.code}"]
    tally.add("one bad account file is told with its account", wrong)
    two = judge.run("check", snapshot, snapshot, "--format", "html", "--as-of", AS_OF)
    tally.add("one page holds one snapshot", [] if two.code == 2 and b"holds one snapshot" in two.err else [f"exit {two.code}"])
    assumed = report(snapshot, "html", "--assume", "detach:p-nothing1@r-none")
    tally.add("an assumption that cannot be is refused", [] if assumed.code == 2 else [f"exit {assumed.code}"])


def grows_little(tally, work):
    """What accounts have in common is told once."""
    subprocess.run(["/usr/bin/python3", judge.ROOT / "tests" / "gen" / "genorg.py", "--accounts", "400", "--size", "4000", "--seed", "5", "--out", work / "gen"], check=True)
    page = judge_page(tally, work / "gen" / "snapshot")
    size = len(report(work / "gen" / "snapshot", "html").out)
    few = 60_000 + sum(len(words(e)) * 3 for e in [page.by_id["findings"]])
    tally.add("an account takes at most 2000 bytes, its inputs included", [] if (size - few) / 401 < 2000 else [f"{(size - few) / 401:.0f}"])


def main():
    tally = judge.Tally()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        acme, tiny = judge.ROOT / "samples" / "acme", judge.ROOT / "tests" / "tiny"
        judge_page(tally, acme)
        judge_page(tally, acme, "--only-problems")
        judge_page(tally, acme, "--redact")
        judge_page(tally, acme, "--route", "transfer", "--route", "leave/api")
        judge_page(tally, tiny)
        judge_page(tally, hostile.snapshot(judge.ROOT, work / "hostile"))
        the_comparison_can_fail(tally, acme)
        (work / "files").mkdir()
        files(tally, tiny, work / "files")
        troubles(tally, tiny, work)
        grows_little(tally, work)
    tally.end()


if __name__ == "__main__":
    main()
