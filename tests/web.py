#!/usr/bin/python3
"""The html report in a browser: `make test-web`. Chromium by Selenium opens the page over HTTP, filters, sorts, opens accounts and prints, and compares
what it shows with the json report; axe-core looks for what keeps people out. Without a network for axe-core it says so, and fails where CI=true.
"""
import base64
import hashlib
import http.server
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import threading
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys

import hostile
import judge

AS_OF = "2026-11-20T12:00:00Z"
AXE = ("axe-core", "4.14.1", "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==")
BIG, BIG_BYTES, BIG_NODES = 10_000, 20_000_000, 5_000
PROBLEMS = ("fail", "unknown", "waived")

NODES = "let n = 0; const w = document.createTreeWalker(document, NodeFilter.SHOW_ALL); while (w.nextNode()) n++; return n"
ROWS = """return [...document.querySelectorAll('.acc > tbody > tr:not(.detail)')].map(r => [...r.cells].map(c => c.textContent))"""
# Every fold of an account opened, then what its findings say.
FINDINGS = """
const done = arguments[0], box = document.querySelector('tr.detail [role=region]');
box.querySelectorAll('details').forEach(d => { d.open = true; });
setTimeout(() => done([...box.querySelectorAll('article')].map(a => ({
    title: a.querySelector('.t').textContent, kind: a.querySelector('.t small').textContent,
    evidence: [...a.querySelectorAll('.e > code')].map(c => c.textContent),
    commands: [...a.querySelectorAll('pre.c > code')].map(c => c.textContent)}))), 150);
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    asked = []

    def log_message(self, *args):
        Quiet.asked.append(self.path)


def serve(folder):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), lambda *a: Quiet(*a, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


def browser(script=True):
    options = Options()
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,1400"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if not script:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    options.binary_location = "/usr/bin/chromium"
    driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    driver.set_script_timeout(60)
    return driver


def axe_source():
    """From the npm registry by its own client, kept beside the tree's builds, taken only with the recorded digest. None: it cannot be had."""
    name, version, integrity = AXE
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "orgexit-tests"
    archive = cache / f"{name}-{version}.tgz"
    if not archive.exists():
        cache.mkdir(parents=True, exist_ok=True)
        try:
            subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=cache, check=True, capture_output=True, timeout=120)
        except (OSError, subprocess.SubprocessError) as e:
            print(f"{name} {version} cannot be had from the npm registry: {e}", file=sys.stderr)
            return None
    got = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if got != integrity:
        archive.unlink()
        sys.exit(f"{archive} is not what was recorded: {got}")
    with tarfile.open(archive) as tar:
        return tar.extractfile("package/axe.min.js").read().decode()


class Web:
    def __init__(self, folder):
        self.folder, self.tally = folder, judge.Tally()
        self.server, self.at = serve(folder)
        self.driver = browser()

    def page(self, name, snapshot, *options):
        path = self.folder / f"{name}.html"
        done = judge.run("check", snapshot, "--as-of", AS_OF, "--quiet", "--output", f"html:{path}", *options, timeout=600)
        if done.code not in (0, 1, 3):
            sys.exit(f"{name}: {done.err.decode()}")
        return path

    def open(self, name, fragment=""):
        self.driver.get("about:blank")
        self.driver.get(f"{self.at}/{name}.html{fragment}")

    def js(self, script, *args):
        return self.driver.execute_script(script, *args)

    def rows(self):
        return self.js(ROWS)

    def ids(self):
        return [row[1] for row in self.rows()]

    def complaints(self):
        """What the console holds: a script's error, a request refused by the policy."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def css(self, selector):
        return self.driver.find_elements("css selector", selector)

    def choose(self, field, value):
        self.js("const f = document.getElementById(arguments[0]); f.value = arguments[1]; f.dispatchEvent(new Event('input', {bubbles: true}))", field, value)

    def media(self, scheme):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})


def same(got, want):
    return [] if got == want else [f"got {got!r}, expected {want!r}"]


def place(e):
    return hostile.visible(e["file"]) + (f":{e['line']}" + (f":{e['column']}" if e.get("column") else "") if "line" in e else "")


def first_look(w, doc):
    Quiet.asked.clear()
    w.open("acme")
    w.tally.add("one request, for the page itself", same(Quiet.asked, ["/acme.html"]))
    w.tally.add("no complaint", w.complaints())
    w.tally.add("as many rows as accounts", same(sorted(w.ids()), sorted(a["id"] for a in doc["accounts"])))
    verdicts = {row[1]: row[0].split(" ", 1)[1].split(" (")[0] for row in w.rows()}
    w.tally.add("their verdicts", same(verdicts, {a["id"]: a["verdict"] for a in doc["accounts"]}))
    w.tally.add("not ready comes first", same([verdicts[i] for i in w.ids()][:doc["summary"]["not_ready"]], ["NOT READY"] * doc["summary"]["not_ready"]))
    w.tally.add("the note for viewers that block scripts is gone", same(len(w.css("#waiting")), 0))


def sorts(w, doc):
    names = sorted(a["name"] for a in doc["accounts"])
    for want, said in ((names, "ascending"), (names[::-1], "descending")):
        w.css(".acc thead button")[2].click()
        w.tally.add(f"sorted by name, {said}", same([row[2] for row in w.rows()], want) + same(w.css("th[aria-sort]")[0].get_attribute("aria-sort"), said))
    kept = w.driver.current_url
    w.open("acme", "#" + kept.partition("#")[2])
    w.tally.add("the order is kept in the address", same([row[2] for row in w.rows()], names[::-1]))


def filters(w, doc):
    accounts = doc["accounts"]
    w.open("acme")
    boxes = {box.get_attribute("value"): box for box in w.css("#filters [name=v]")}
    boxes["n"].click()
    boxes["u"].click()
    ready = sorted(a["id"] for a in accounts if a["verdict"] == "READY")
    w.tally.add("filtered by verdict", same(sorted(w.ids()), ready) + same(w.driver.find_element("id", "shown").text.split(" ")[0], str(len(ready))))
    w.open("acme", "#" + w.driver.current_url.partition("#")[2])
    w.tally.add("the filter is kept in the address", same(sorted(w.ids()), ready))
    w.css("#filters [type=reset]")[0].click()
    w.driver.execute_async_script("setTimeout(arguments[0], 50)")
    w.tally.add("Show all shows all", same(len(w.ids()), len(accounts)))
    for rule in ("leave.denied-by-scp", "standalone.payment-method", "access.root-mfa"):
        w.choose("rule", rule)
        want = sorted(a["id"] for a in accounts if any(f["rule"] == rule and f["outcome"] in PROBLEMS for f in a["findings"]))
        w.tally.add(f"filtered by {rule}", same(sorted(w.ids()), want) + ([] if want else ["nobody has it: the test shows nothing"]))
    w.choose("rule", "")
    w.choose("ou", "/Root/Workloads/Prod")
    want = sorted(a["id"] for a in accounts if (a["path"] + "/").startswith("/Root/Workloads/Prod/"))
    w.tally.add("filtered by OU, those below it included", same(sorted(w.ids()), want))
    w.choose("ou", "")
    w.driver.find_element("id", "q").send_keys("payments scp")
    want = sorted(a["id"] for a in accounts if a["name"] == "payments-api")
    w.tally.add("found by words", same(sorted(w.ids()), want))
    w.choose("q", "no such thing")
    w.tally.add("found nothing", same(w.ids(), []) + same(w.driver.find_element("id", "shown").text.split(" ")[0], "0"))
    w.tally.add("no complaint after filtering", w.complaints())


def differs(shown, account):
    faults, left = [], list(shown)
    for f in account["findings"]:
        most, head = (3 if f["outcome"] == "pass" else 20), f"{hostile.visible(f['rule'])} {hostile.visible(f['message'])} {f['severity']} {f['outcome']}"
        want = [place(e) for e in f["evidence"]][:most]
        found = [g for g in left if g["title"].split(" ", 1)[1].partition(", only for ")[0] == head and g["evidence"] == want]
        if not found:
            faults.append(f"{account['id']}: no {head} at {want}: {[g for g in left if f['rule'] in g['title']]}")
            continue
        left.remove(found[0])
        for fix in f["fix"]:
            if f["outcome"] != "pass" and fix["command"] and account["id"] in fix["command"] and not any(account["id"] in c for c in found[0]["commands"]):
                faults.append(f"{account['id']}: {f['rule']}: its fix does not name the account")
    return faults + [f"{account['id']}: {g['title']} is not in json" for g in left]


def opens(w, doc):
    w.open("acme")
    for i, account in enumerate(doc["accounts"]):
        button = next(b for b in w.css("button.id") if b.text == account["id"])
        if i % 2:
            button.click()
        else:
            button.send_keys(Keys.ENTER)
        shown = w.driver.execute_async_script(FINDINGS)
        text = w.css("tr.detail")[0].text
        faults = differs(shown, account) + same(button.get_attribute("aria-expanded"), "true")
        faults += [f"{left} is left" for left in ("ACCOUNT-ID", ":LINE", "undefined") if left in text]
        faults += [f"no actor {actor}" for actor in account["actors"].values() if actor not in text]
        button.send_keys(Keys.ENTER)
        faults += same((button.get_attribute("aria-expanded"), len(w.css("tr.detail"))), ("false", 0))
        w.tally.add(f"{account['id']} opened: its findings as in json, then closed", faults)
    w.tally.add("a spoilt finding would be noticed", [] if differs(shown, {**account, "findings": [{**account["findings"][0], "message": "x"}]}) else ["it is not"])
    target = doc["accounts"][3]["id"]
    w.open("acme", f"#a-{target}")
    w.tally.add("a link to an account opens it", same([e.get_attribute("id") for e in w.css("tr.detail [role=region]")], [f"d-{target}"]))
    w.driver.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"], "origin": w.at})
    pre = next(p for p in w.css("tr.detail pre.c") if p.is_displayed())
    command = pre.find_element("tag name", "code").text
    pre.find_element("tag name", "button").click()
    copied = w.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0], e => arguments[0](String(e)))")
    w.tally.add("a command is copied", same(copied, command))
    ids = w.js("return [...document.querySelectorAll('[id]')].map(e => e.id)")
    w.tally.add("no id stands twice", [i for i in set(ids) if ids.count(i) > 1])
    number = w.js("return /id=\"(n\\d+)\" class=\"fail\"/.exec(document.querySelector('#findings noscript').textContent)[1]")
    w.open("acme", f"#{number}")
    w.driver.execute_async_script("setTimeout(arguments[0], 200)")
    w.tally.add("a link to a finding opens the list of them", same(w.js("return document.getElementById(arguments[0]) !== null", number), True))
    w.tally.add("no complaint after opening", w.complaints())


def pdf_text(w, name):
    path = w.folder / f"{name}.pdf"
    path.write_bytes(base64.b64decode(w.driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True, "preferCSSPageSize": True})["data"]))
    return subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout


def prints(w, doc):
    w.open("acme")
    text = pdf_text(w, "acme")
    faults = [f"no account {a['id']}" for a in doc["accounts"] if text.count(a["id"]) < 2]
    for a in doc["accounts"]:
        faults += [f"no {f['rule']}" for f in a["findings"] if f["rule"] not in re.sub(r"\s+", "", text)]
    faults += [f"no {word}" for word in ("Sign-off", "Reviewed by", "Signature", doc["inputs"][0]["sha256"][:16], "sha256:") if word not in text]
    faults += [f"{word} is printed" for word in ("Show all", "Skip to", "Copy") if re.search(rf"\b{word}\b", text)]
    w.tally.add("printed: every account, every rule, the signature line, no buttons", faults)
    w.tally.add("after printing the page is as before", same(len(w.ids()), len(doc["accounts"])) + same(len(w.css("#paper > *")), 0))
    w.open("acme", "#v=r")
    text, ready = pdf_text(w, "ready"), {a["id"] for a in doc["accounts"] if a["verdict"] == "READY"}
    detailed = set(re.findall(r"[✓✗?] (?:READY|NOT READY|UNDETERMINED)[^\n:]*? (\d{12})", text))
    w.tally.add("printed when filtered: those alone", same(detailed, ready))
    w.tally.add("no complaint after printing", w.complaints())


def names_are_text(w, snapshot):
    w.page("hostile", snapshot)
    doc = judge.check(snapshot, "--as-of", AS_OF).doc
    w.open("hostile")
    shown = {row[1]: row[2] for row in w.rows()}
    w.tally.add("hostile names are shown as text", same(shown, {a["id"]: hostile.visible(a["name"]) for a in doc["accounts"]}))
    for button in w.css("button.id"):
        button.click()
    w.js("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    w.driver.execute_async_script("setTimeout(arguments[0], 300)")
    w.tally.add("nothing of theirs runs", same(w.js("return [window.broken === undefined, document.querySelectorAll('img, #list script, [onload], [onclick], [onerror]').length]"), [True, 0]))
    w.tally.add("their people are shown as text", same("<b onclick='window.broken = 4'>jo</b> \\u{202e}" in w.js("return document.body.textContent"), True))
    w.tally.add("no complaint about them", w.complaints())
    for form in ("ou", "q"):
        w.choose(form, "</script>")
    w.tally.add("they can be looked for", same(w.complaints(), []))


def without_accounts(w, snapshot):
    """An input that leaves no verdict: the page says so, and its script has nothing to lay out."""
    (snapshot / "organizations" / "list-accounts.json").write_text("{")
    path = w.folder / "nothing.html"
    judge.run("check", snapshot, "--as-of", AS_OF, "--quiet", "--output", f"html:{path}")
    w.open("nothing")
    w.tally.add("no verdict for anybody", same((w.css(".lead")[0].text, w.ids()), ("There is no verdict: an input could not be read.", [])) + w.complaints())


def without_script(w, doc):
    w.driver.quit()
    w.driver = browser(script=False)
    w.open("acme")
    accounts = w.css("noscript details[id^=a-]")
    w.tally.add("without script: all accounts", same(sorted(a.get_attribute("id")[2:] for a in accounts), sorted(a["id"] for a in doc["accounts"])))
    first = accounts[0]
    first.find_element("tag name", "summary").click()
    links = first.find_elements("tag name", "a")
    w.tally.add("without script: an account opens", [] if links and links[0].is_displayed() else ["it does not"])
    w.css("#findings > summary")[0].click()
    w.css("#inputs > summary")[0].click()
    w.tally.add("without script: what is linked is there", [link.get_attribute("href") for link in links if not w.css("#" + link.get_attribute("href").partition("#")[2])])
    w.tally.add("without script: inputs and digests", [] if doc["inputs"][0]["sha256"] in w.css("#inputs")[0].text else ["they are not"])
    w.tally.add("without script: no filters, no note", same([e.is_displayed() for e in w.css("#filters, #waiting")], [False, False]))
    w.tally.add("without script: no complaint", [c for c in w.complaints() if "script" not in c.lower()])
    text = pdf_text(w, "noscript")
    w.tally.add("without script: printed unfolded", [f"no {a['id']}" for a in doc["accounts"] if a["id"] not in text] + [f"no {word}" for word in ("blockers failed", "Signature") if word not in text])
    w.driver.quit()
    w.driver = browser()


def many(w):
    gen = w.folder / "gen"
    subprocess.run(["/usr/bin/python3", judge.ROOT / "tests" / "gen" / "genorg.py", "--accounts", str(BIG), "--size", "4000", "--seed", "3", "--out", gen], check=True)
    size = w.page("many", gen / "snapshot").stat().st_size
    w.open("many")
    nodes = w.js(NODES)
    print(f"{BIG} accounts: {size} bytes, {nodes} nodes")
    w.tally.add(f"{BIG} accounts: {size} bytes", [] if 5_000_000 < size < BIG_BYTES else [f"not under {BIG_BYTES}"])
    w.tally.add(f"{BIG} accounts: {nodes} nodes at first", [] if 500 < nodes <= BIG_NODES else [f"not at most {BIG_NODES}"])
    w.tally.add("many: all are there", same(w.driver.find_element("id", "shown").text.split(" ")[0], str(BIG + 1)))
    want = sum(1 for line in (gen / "expected.tsv").read_text().splitlines() if "leave.denied-by-scp" in line.split("\t")[-1] and line.split("\t")[1] == "leave/api")
    w.choose("rule", "leave.denied-by-scp")
    shown = int(w.driver.find_element("id", "shown").text.split(" ")[0])
    w.tally.add("many: filtered by rule", [] if want <= shown < BIG else [f"{shown} shown, at least {want} expected"])
    w.css(".acc thead button")[1].click()
    ids = w.ids()
    w.tally.add("many: sorted by id", same(ids, sorted(ids)) + same(len(ids), 50))
    w.css("#more")[0].click()
    w.tally.add("many: more on demand", same(len(w.ids()), 250))
    w.css("button.id")[0].send_keys(Keys.ENTER)
    w.tally.add("many: one opens", same(len(w.css("tr.detail")), 1))
    w.tally.add("many: no complaint", w.complaints())


def people(w, axe):
    """axe-core on a copy whose policy lets it in; the real page's own policy does not."""
    page = (w.folder / "acme.html").read_text()
    relaxed = re.sub(r'content="default-src [^"]*"', "content=\"default-src 'unsafe-inline' 'unsafe-eval' data:\"", page, count=1)
    (w.folder / "relaxed.html").write_text(relaxed)
    (w.folder / "spoilt.html").write_text(relaxed.replace("--faint: #56606b", "--faint: #c6c8cb").replace("<h1>", "<h5>").replace("</h1>", "</h5>"))
    states = {
        "light": ("light", "", None),
        "dark": ("dark", "", None),
        "filtered": ("light", "#v=n&rule=leave.denied-by-scp&sort=-name", None),
        "filtered, dark": ("dark", "#q=prod", None),
        "opened": ("light", f"#a-{OPENED}", "details"),
        "opened, dark": ("dark", f"#a-{OPENED}", "details"),
        "every finding": ("light", "#n1", None),
        "narrow": ("light", "", None),
    }

    def look(name, scheme, fragment, unfold, width):
        w.driver.set_window_size(width, 1400)
        w.media(scheme)
        w.open(name, fragment)
        if unfold:
            w.js("document.querySelectorAll('details:not(#findings)').forEach(d => { d.open = true; })")
            w.driver.execute_async_script("setTimeout(arguments[0], 300)")
        w.js(axe)
        result = w.driver.execute_async_script("axe.run(document, {resultTypes: ['violations']}).then(arguments[0])")
        return [f"{v['id']} ({v['impact']}): {v['help']}: {v['nodes'][0]['html'][:200]}" for v in result["violations"]], len(result["passes"])

    for state, (scheme, fragment, unfold) in states.items():
        violations, passes = look("relaxed", scheme, fragment, unfold, 420 if state == "narrow" else 1280)
        w.tally.add(f"axe-core, {state}: {passes} rules pass", violations + ([] if passes > 10 else ["it looked at nothing"]))
    found = look("spoilt", "light", "", None, 1280)[0]
    w.tally.add("axe-core finds what is spoilt", [] if any("color-contrast" in v for v in found) else [f"only {found}"])
    w.media("")


OPENED = "362774150928"


def main():
    axe = axe_source()
    acme = judge.ROOT / "samples" / "acme"
    with tempfile.TemporaryDirectory() as folder:
        w = Web(Path(folder))
        try:
            doc = judge.check(acme, "--as-of", AS_OF, "--digests").doc
            w.page("acme", acme)
            first_look(w, doc)
            sorts(w, doc)
            filters(w, doc)
            opens(w, doc)
            prints(w, doc)
            names_are_text(w, hostile.snapshot(judge.ROOT, w.folder / "snapshot"))
            without_accounts(w, w.folder / "snapshot")
            without_script(w, doc)
            if axe:
                people(w, axe)
            elif os.environ.get("CI") == "true":
                w.tally.add("axe-core", ["cannot be had, and CI must not go without it"])
            else:
                print("axe-core was not run", file=sys.stderr)
            many(w)
        finally:
            w.driver.quit()
            w.server.shutdown()
    w.tally.end()


if __name__ == "__main__":
    main()
