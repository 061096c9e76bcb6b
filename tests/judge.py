"""What the black-box tests share: running `check`, and comparing what it says with hand-written wants.

A blocker is written `id` when it fails, `id?` when it is unknown, `id=` when it was waived; blockers that pass or do not apply are left out.
"""
import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ORGEXIT = os.environ.get("ORGEXIT", str(ROOT / "build" / "orgexit"))
CORES = os.cpu_count() or 2
ROUTES = ["remove/api", "remove/console", "leave/api", "leave/console"]
VERDICTS = {"READY", "NOT READY", "UNDETERMINED"}
MARK = {"fail": "", "unknown": "?", "waived": "="}
CLEAN = {k: v for k, v in os.environ.items() if k not in ("SOURCE_DATE_EPOCH", "COLUMNS", "NO_COLOR", "CLICOLOR_FORCE", "ORGEXIT_CONFIG")}
CLEAN.update(LC_ALL="C", TZ="UTC")


class Result:
    """One run: exit code, both streams, and the JSON document (None where the output is not one)."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err
        try:
            self.doc = json.loads(out)
        except ValueError:
            self.doc = None

    def accounts(self):
        return (self.doc or {}).get("accounts") or []

    def verdicts(self):
        """{(account, route): verdict}, route * being the account's own."""
        rows = {}
        for a in self.accounts():
            rows[a["id"], "*"] = a["verdict"]
            for route, verdict in a["routes"].items():
                rows[a["id"], route] = verdict
        return rows

    def outcomes(self):
        """{(account, route): {blocker: outcome}}; what does not apply is not there."""
        rows = {}
        for a in self.accounts():
            for route in a["routes"]:
                rows[a["id"], route] = {}
            for f in a["findings"]:
                if f["severity"] == "blocker":
                    for route in f["routes"]:
                        rows[a["id"], route][f["rule"]] = f["outcome"]
        return rows

    def blockers(self):
        """{(account, route): set of marked ids} of the blockers that do not plainly pass."""
        return {row: {rule + MARK[o] for rule, o in got.items() if o in MARK} for row, got in self.outcomes().items()}


def run(*args, cwd=None, timeout=120):
    done = subprocess.run([ORGEXIT, *map(str, args)], cwd=cwd, env=CLEAN, capture_output=True, timeout=timeout)
    return Result(done.returncode, done.stdout, done.stderr)


def check(snapshot, *args, **kw):
    return run("check", snapshot, "--format", "json", *args, **kw)


def routes_of(text):
    """`leave` is both of its kinds, `all` the four; `*` (the account itself) and single routes are themselves."""
    if text == "all":
        return ROUTES
    return [r for r in ROUTES if r.startswith(text + "/")] or [text]


def read_want(path):
    """[(account, route, verdict, verdict in profile current or None, blockers or None)]. A last `...` allows more blockers."""
    rows = []
    for n, line in enumerate(Path(path).read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        account, route, verdict, rest = cells[0], cells[1], cells[2], cells[3:]
        current = rest.pop(0) if rest and rest[0] in VERDICTS else None
        if verdict not in VERDICTS or len(rest) != 1:
            raise SystemExit(f"{path}:{n}: expected account, route, verdict, [verdict in profile current,] blockers, with tabs between")
        for r in routes_of(route):
            rows.append((account, r, verdict, current, None if r == "*" else set(rest[0].split()) - {"-"}))
    return rows


def compare(result, want, profile="full"):
    """One line for each difference."""
    verdicts, blockers, wrong = result.verdicts(), result.blockers(), []
    for account, route, verdict, current, ids in want:
        verdict = current or verdict if profile == "current" else verdict
        got = verdicts.get((account, route), "nothing")
        if got != verdict:
            wrong.append(f"{account} {route}: want {verdict}, got {got}")
        if ids is None or profile == "current" or (account, route) not in blockers:
            continue
        more_allowed = "..." in ids
        ids, found = ids - {"..."}, blockers[account, route]
        wrong += [f"{account} {route}: {i} is missing" for i in sorted(ids - found)]
        if not more_allowed:
            wrong += [f"{account} {route}: {i} is too much" for i in sorted(found - ids)]
    return wrong


class Tally:
    """Counts, tells what failed, and ends as every test of ours does."""

    def __init__(self):
        self.passed = self.failed = 0

    def add(self, name, wrong, limit=12):
        if not wrong:
            self.passed += 1
            return
        self.failed += 1
        wrong = [wrong] if isinstance(wrong, str) else list(wrong)
        print(f"FAIL {name}", *(f"     {w}" for w in wrong[:limit]), sep="\n")
        if len(wrong) > limit:
            print(f"     and {len(wrong) - limit} more")

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        raise SystemExit(0 if self.failed == 0 and self.passed else 1)
