#!/usr/bin/python3
"""orgexit collect, with a fake `aws` for each way in which calls fail, and with the real AWS CLI against a replay server on the loopback.

A case is a function named case_*; it raises Wrong. The organization is tests/tiny (4 accounts) or samples/acme, and what `collect` made
of it must give the verdicts that the snapshot itself gives.
"""
import contextlib
import functools
import hashlib
import json
import os
import pty
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
import judge  # noqa: E402
import replay  # noqa: E402
import server  # noqa: E402

ROOT = judge.ROOT
ORGEXIT = str(Path(judge.ORGEXIT).resolve())
FAKE = str(HERE / "aws")
TINY, ACME = ROOT / "tests" / "tiny", ROOT / "samples" / "acme"
HEAD, ALPHA, BETA, GAMMA = "100200300400", "200300400500", "300400500600", "400500600700"
AS_OF = "2026-11-20T12:00:00Z"
SECRETS = (replay.SECRET, replay.TOKEN, "OwnSecretNobodyMaySee")
GAAD = "iam get-account-authorization-details"


class Wrong(Exception):
    pass


def must(condition, what):
    if not condition:
        raise Wrong(what)


def same(got, want, what):
    if got != want:
        raise Wrong(f"{what}: want {want!r}, got {got!r}")


def interruptible():
    """A test run in the background has SIGINT ignored, and hands that on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Run:
    """A folder to collect into, and the fake that answers."""

    def __init__(self, world=TINY, complete=True):
        self.scratch = Path(tempfile.mkdtemp(prefix="orgexit-collect-"))
        self.folder, self.log = self.scratch / "snapshot", self.scratch / "log"
        self.world, self.complete = world, complete

    def env(self, plan=(), **more):
        env = {k: v for k, v in judge.CLEAN.items() if not k.startswith("AWS_")}
        env.update({"REPLAY": str(self.world), "FAKE_LOG": str(self.log), "FAKE_PLAN": json.dumps(list(plan)),
                    "AWS_ACCESS_KEY_ID": replay.OWN_KEY, "AWS_SECRET_ACCESS_KEY": "OwnSecretNobodyMaySee", **more})
        if self.complete:
            env["REPLAY_COMPLETE"] = "1"
        return env

    def start(self, *options, plan=(), aws=FAKE, folder=None, **more):
        env = self.env(plan, **more.pop("env", {}))
        return subprocess.Popen([ORGEXIT, "collect", str(folder or self.folder), "--aws", aws, *options], env=env, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, **{"preexec_fn": interruptible, **more})

    def collect(self, *options, code=0, fresh_log=True, wait=60, **more):
        for old in self.scratch.glob("log*") if fresh_log else ():
            old.unlink()
        process = self.start(*options, **more)
        out, err = process.communicate(timeout=wait)
        self.out, self.err = out.decode(), err.decode()
        text = self.out + self.err
        self.code = process.returncode
        must(code in (None, self.code), f"exit code {self.code}, not {code}\n{text}")
        for secret in SECRETS:
            must(secret not in text, f"{secret} was printed")
        return self

    def calls(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def capture(self):
        return json.loads((self.folder / "capture.json").read_text())

    def errors(self):
        return {e["call"]: e["code"] for e in self.capture()["errors"]}

    def files(self):
        return {str(p.relative_to(self.folder)): p.read_bytes() for p in sorted(self.folder.rglob("*")) if p.is_file()}

    def settled(self):
        """Nothing half done lies about, every file is listed with its digest, and no secret is on disk."""
        files = self.files()
        digests = self.capture()["digests"]
        for path, digest in digests.items():
            must(path in files and "sha256:" + hashlib.sha256(files[path]).hexdigest() == digest, f"{path} differs from its digest")
        for path, body in files.items():
            must(path in digests or path in ("capture.json", "attestations.yaml"), f"{path} is listed nowhere")
            for secret in SECRETS:
                must(secret.encode() not in body, f"{secret} stands in {path}")
            json.loads(body) if path.endswith(".json") else None
        return files

    def as_in(self, world, attestations=True):
        """Gives the captures the times of the snapshot that they were replayed from, and its attestations."""
        capture = self.capture()
        times = json.loads((world / "capture.json").read_text())
        for key in ("captured_at", "completed_at"):
            if key in capture:
                capture[key] = times[key]
        (self.folder / "capture.json").write_text(json.dumps(capture))
        if attestations:
            shutil.copy(world / "attestations.yaml", self.folder)
        return self

    def done(self):
        shutil.rmtree(self.scratch)


def verdicts(folder):
    result = judge.check(folder, "--as-of", AS_OF)
    must(result.doc, f"check {folder}: exit {result.code} {result.err.decode()[:500]}")
    return result.verdicts()


TINY_VERDICTS = verdicts(TINY)


def without_times(files):
    capture = json.loads(files["capture.json"])
    for key in ("captured_at", "completed_at"):
        must(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", capture.pop(key)), key)
    return {**files, "capture.json": json.dumps(capture)}


# --- all well ---------------------------------------------------------------------------------------------------------

def case_tiny_is_whole(r):
    began = time.time()
    r.collect()
    files = r.settled()
    must("completed" in r.out and not r.err, r.err)
    capture = r.capture()
    same(capture["caller"], "arn:aws:sts::100200300400:assumed-role/Mover/me", "caller")
    must(re.fullmatch(r"orgexit-collect \S+ aws-cli/2\.99\.0", capture["tool"]), capture["tool"])
    at = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(t)) for t in (began, time.time())]
    must(at[0] <= capture["captured_at"] <= capture["completed_at"] <= at[1], f"times {capture}")
    for path in r.folder.rglob("*"):
        same(path.stat().st_mode & 0o777, 0o700 if path.is_dir() else 0o600, f"mode of {path}")
    same(r.folder.stat().st_mode & 0o777, 0o700, "mode of the folder")
    for path, body in files.items():  # nothing was added to what the CLI printed
        if (TINY / path).is_file() and path not in ("capture.json", f"accounts/{HEAD}/sts/get-caller-identity.json"):
            same(json.loads(body), json.loads((TINY / path).read_text()), path)
    same(verdicts(r.as_in(TINY).folder), TINY_VERDICTS, "verdicts")
    must("READY" in TINY_VERDICTS.values(), "tests/tiny has nobody ready")


def case_calls_only_read(r):
    r.collect("--role-name", "ops/Reader", "--aws-arg", "--ca-bundle", "--aws-arg=x y'z")
    operations = set()
    for call in r.calls():
        argv = call["argv"]
        operations.add(f"{argv[0]} {argv[1]}")
        must(re.match(r"(get|list|describe)-", argv[1]) or argv[:2] == ["sts", "assume-role"], f"{argv} is no reading call")
        same(argv[-4:], ["--output", "json", "--ca-bundle", "x y'z"], "last arguments")
        must(not {"--max-items", "--no-paginate", "--query"} & set(argv), f"{argv} is cut")
        for secret in SECRETS:
            must(all(secret not in word for word in argv), "a secret is among the arguments")
        own = argv[:2] == ["sts", "assume-role"] or (argv[0] == "organizations" and call["account"] == HEAD)
        must(not own or call["key"] == replay.OWN_KEY, f"{argv} with other credentials")
        if call["key"] != replay.OWN_KEY:
            must(call["account"] != HEAD, "a role was assumed in the caller's own account")
            same(call["token"], call["account"], "session token")
        must({"AWS_PAGER", "AWS_CLI_AUTO_PROMPT"} <= set(call["env"]), "the CLI may ask or page")
    must({"sts assume-role", "sts get-caller-identity", GAAD} <= operations, operations)
    roles = [c["argv"][c["argv"].index("--role-arn") + 1] for c in r.calls() if c["argv"][1] == "assume-role"]
    same(sorted(roles), [f"arn:aws:iam::{a}:role/ops/Reader" for a in (ALPHA, BETA, GAMMA)], "roles")
    names = {c["argv"][c["argv"].index("--role-session-name") + 1] for c in r.calls() if c["argv"][1] == "assume-role"}
    same(names, {"orgexit"}, "session name")


def case_any_number_of_jobs(r):
    r.collect("--jobs", "1")
    first = without_times(r.files())
    other = Run()
    try:
        other.collect("--jobs", "7")
        same(without_times(other.files()), first, "with --jobs 7")
    finally:
        other.done()


def must_be_acme(r):
    want = judge.read_want(ACME.with_suffix(".want.tsv"))
    for profile in ("full", "current"):
        wrong = judge.compare(judge.check(r.as_in(ACME).folder, "--as-of", AS_OF, "--profile", profile), want, profile)
        must(not wrong, "\n".join(wrong[:20]))


def case_acme_verdicts(r):
    r.world, r.complete = ACME, False
    r.collect("--jobs", "4", code=3)
    r.settled()
    must_be_acme(r)


def acme_case(cli, member):
    """The sample organization as that CLI spells it, killed while it reads a member and gone on with: every verdict."""
    def case(r):
        r.world, r.complete, spelling = ACME, False, {"REPLAY_CLI": cli}
        r.collect("--jobs", "2", code=-9, env=spelling, plan=[{"match": f"^{member} {GAAD}", "do": "signal", "signal": "SIGKILL"}])
        must("completed_at" not in r.capture(), "completed though killed")
        r.collect("--jobs", "2", code=3, env=spelling)
        must("kept from the run before" in r.out, r.out)
        files = r.settled()
        at = json.loads(files["organizations/list-accounts.json"])["Accounts"][0]["JoinedTimestamp"]
        must(isinstance(at, float) == (cli == "v1"), f"JoinedTimestamp {at!r} of {cli}")
        must_be_acme(r)
    return case


case_acme_of_cli_1 = acme_case("v1", "473650281904")
case_acme_of_cli_2 = acme_case("v2", "150269384077")


def case_other_credentials_of_the_environment_stay_outside(r):
    r.collect("--account", ALPHA, env={"AWS_PROFILE": "mine", "AWS_ROLE_ARN": "arn:x", "AWS_SESSION_TOKEN": "OwnSecretNobodyMaySee"})
    members = [c for c in r.calls() if c["account"] != HEAD]
    must(members, "no call of a member")
    for call in members:
        must("AWS_ROLE_ARN" not in call["env"], "AWS_ROLE_ARN reached a member's call")
        same(call["token"], ALPHA, "the session token is the caller's")
        same(call["env"].count("AWS_ACCESS_KEY_ID"), 1, "keys")


# --- what is chosen ---------------------------------------------------------------------------------------------------

def collected(r):
    return sorted(p.name for p in (r.folder / "accounts").iterdir())


def case_account(r):
    r.collect("--account", ALPHA)
    same(collected(r), [HEAD, ALPHA], "accounts")
    r.as_in(TINY)
    same(verdicts(r.folder)[ALPHA, "*"], TINY_VERDICTS[ALPHA, "*"], "verdict")


def case_ou(r):
    r.collect("--ou", "/Root/Mobile")
    below = [a["Id"] for a in json.loads((TINY / "organizations/list-accounts-for-parent/ou-tiny-mobile01.json").read_text())["Accounts"]]
    same(collected(r), sorted({HEAD, *below}), "accounts")
    must(below and len(below) < 3, below)


def case_chosen_but_not_there(r):
    r.collect("--account", "999999999999", code=2)
    must("no such account" in r.err, r.err)
    must("completed_at" not in r.capture(), "completed")
    r.collect("--ou", "/Root/Nowhere", code=2)
    must("/Root/Nowhere" in r.err, r.err)


def case_delegated_administrator(r):
    """The caller stands in gamma: the management account is entered through the role, like everybody."""
    r.collect("--account", ALPHA, env={"AWS_ACCESS_KEY_ID": "ASIA" + GAMMA, "REPLAY_DELEGATE": GAMMA})
    roles = {c["argv"][3] for c in r.calls() if c["argv"][1] == "assume-role"}
    same(roles, {f"arn:aws:iam::{a}:role/OrganizationAccountAccessRole" for a in (HEAD, ALPHA)}, "roles")
    must(r.capture()["caller"].startswith(f"arn:aws:sts::{GAMMA}:"), r.capture()["caller"])
    same(verdicts(r.as_in(TINY).folder)[ALPHA, "leave/api"], TINY_VERDICTS[ALPHA, "leave/api"], "verdict")


def case_impact_of_one_region(r):
    r.collect("--impact", "--region", "eu-central-1", "--account", ALPHA, code=3)
    regional = [c for c in r.calls() if "--region" in c["argv"]]
    must(len(regional) > 20, f"{len(regional)} calls of a Region")
    same({c["argv"][c["argv"].index("--region") + 1] for c in regional}, {"eu-central-1"}, "Regions")
    must(any(c["argv"][1] == "list-regions" for c in r.calls()), "list-regions")
    must(not any(c["argv"][1] == "describe-effective-policy" for c in r.calls()), "no type is enabled, yet effective policies were asked for")
    r.settled()


def case_impact_of_listed_things(r):
    """Regions come of list-regions, buckets of list-buckets; a hostile Region makes no path, a hostile name no option."""
    regions = {"Regions": [{"RegionName": n, "RegionOptStatus": s} for n, s in
                           [("eu-west-1", "ENABLED"), ("../../x", "ENABLED"), ("af-south-1", "DISABLED"), ("us-east-1", "ENABLED_BY_DEFAULT")]]}
    buckets = {"Buckets": [{"Name": "plain"}, {"Name": "--profile"}, {"Name": "../../../up"}, {"Name": "b" * 300}]}
    r.collect("--impact", "--account", ALPHA, code=3, plan=[
        {"match": "account list-regions", "do": "print", "text": json.dumps(regions)},
        {"match": "s3api list-buckets", "do": "print", "text": json.dumps(buckets)},
        {"match": "s3api get-bucket-policy", "do": "print", "text": '{"Policy": "{}"}'}])
    r.settled()
    asked = {c["argv"][c["argv"].index("--region") + 1] for c in r.calls() if "--region" in c["argv"]}
    same(asked, {"eu-west-1", "us-east-1"}, "Regions")
    same({c["argv"][3] for c in r.calls() if c["argv"][1] == "get-bucket-policy"}, {"plain", "../../../up"}, "buckets")
    same(r.errors()[f"accounts/{ALPHA}/s3api/get-bucket-policy/--profile"], "UnusableArgument", "a name like an option")
    must((r.folder / f"accounts/{ALPHA}/s3api/get-bucket-policy/..%2F..%2F..%2Fup.json").is_file(), "percent-encoded name")


# --- calls that fail --------------------------------------------------------------------------------------------------

def case_access_denied_on_one_account(r):
    r.collect(code=3, plan=[{"match": f"^{BETA} {GAAD}", "do": "error", "code": "AccessDenied", "message": "User is not authorized"}])
    r.settled()
    same(r.errors()[f"accounts/{BETA}/{GAAD.replace(' ', '/')}"], "AccessDenied", "code")
    must("completed_at" in r.capture() and f"accounts/{BETA}/iam" in r.err and "AccessDenied" in r.err, r.err)
    got = verdicts(r.as_in(TINY).folder)
    for account in (ALPHA, GAMMA):
        same(got[account, "*"], TINY_VERDICTS[account, "*"], f"verdict of {account}")
    same(got[BETA, "*"], "UNDETERMINED" if TINY_VERDICTS[BETA, "*"] == "READY" else TINY_VERDICTS[BETA, "*"], "verdict of beta")


def case_role_refused(r):
    r.collect(code=3, plan=[{"match": f"sts assume-role .*{BETA}", "do": "error", "code": "AccessDenied"}])
    r.settled()
    codes = {c: e for c, e in r.errors().items() if c.startswith(f"accounts/{BETA}/")}
    must(len(codes) >= 8, codes)
    same(set(codes.values()), {"AssumeRoleFailed"}, "codes")
    message = next(e["message"] for e in r.capture()["errors"] if BETA in e["call"] and "sts" in e["call"])
    must("AccessDenied" in message, message)
    must(not (r.folder / "accounts" / BETA).exists(), "captures of an account that nobody entered")
    same(verdicts(r.as_in(TINY).folder)[ALPHA, "*"], TINY_VERDICTS[ALPHA, "*"], "verdict of alpha")


def case_role_answer_without_a_token(r):
    r.collect("--account", BETA, code=3, plan=[{"match": "sts assume-role", "do": "print", "text": '{"Credentials": {"AccessKeyId": "ASIAX"}}'}])
    same({e for c, e in r.errors().items() if c.startswith(f"accounts/{BETA}/")}, {"AssumeRoleFailed"}, "codes")


def case_throttled_then_fine(r):
    r.collect("--account", ALPHA, plan=[
        {"match": "list-roots", "do": "error", "code": "TooManyRequestsException", "times": 1},
        {"match": f"{ALPHA} {GAAD}", "do": "error", "code": "Throttling", "times": 1},
        {"match": "sts assume-role", "do": "error", "code": "ThrottlingException", "times": 1},
        {"match": f"^{HEAD} sts get-caller-identity", "do": "error", "code": "ThrottlingException", "times": 1}])
    must("completed_at" in r.capture(), "not completed")
    must(not any("hrottl" in c or "TooMany" in c for c in r.errors().values()), r.errors())


def case_credentials_that_expire_are_asked_for_again(r):
    r.collect("--account", ALPHA, plan=[{"match": f"{ALPHA} account get-account-information", "do": "error", "code": "ExpiredToken", "times": 1}])
    same(len([c for c in r.calls() if c["argv"][1] == "assume-role"]), 2, "times that the role was assumed")


BROKEN = {  # what the call gives, MEMBER being what it always has -> the code that is recorded
    "half": ({"do": "half"}, "BrokenAnswer"),
    "nothing with exit 0": ({"do": "print", "text": ""}, "EmptyAnswer"),
    "html": ({"do": "print", "text": "<html><body>Sign in</body></html>\n"}, "BrokenAnswer"),
    "{}": ({"do": "print", "text": "{}\n"}, "BrokenAnswer"),
    "null": ({"do": "print", "text": '{"MEMBER": null}'}, "BrokenAnswer"),
    "a list": ({"do": "print", "text": "[]"}, "BrokenAnswer"),
    "a wrong type": ({"do": "print", "text": '{"MEMBER": 7}'}, "BrokenAnswer"),
    "two values": ({"do": "print", "text": '{"MEMBER": []} {}'}, "BrokenAnswer"),
    "Latin-1": ({"do": "bytes", "hex": b'{"MEMBER": [], "x": "\xe9"}'.hex()}, "BrokenAnswer"),
    "NUL": ({"do": "bytes", "hex": b'{"RoleDetailList": []}\0'.hex()}, "BrokenAnswer"),
    "whole with exit 255": ({"do": "exit", "exit": 255}, "CallFailed"),
    "a signal": ({"do": "die"}, "CallFailed"),
    "usage": ({"do": "usage"}, "UnknownOperation"),
    "no credentials": ({"do": "stderr", "text": "\nUnable to locate credentials. You can configure credentials by running \"aws login\".\n"}, "NoCredentials"),
    "no connection": ({"do": "stderr", "text": "\nCould not connect to the endpoint URL: \"https://iam.amazonaws.com/\"\n"}, "NotConnected"),
    "a traceback": ({"do": "stderr", "text": "Traceback (most recent call last):\nKeyError: 'x'\n"}, "CallFailed"),
    "a code that is none": ({"do": "stderr", "text": "An error occurred (No such \x1b[2J) when calling the X operation: y\n"}, "CallFailed"),
    "another service's no": ({"do": "error", "operation": "get-role-credentials", "code": "ResourceNotFoundException"}, "CredentialsFailed"),
    "too large": ({"do": "large"}, "AnswerTooLarge"),
}
VICTIMS = [(f"{a} {call}", f"accounts/{a}/{call.replace(' ', '/')}", member) for call, member in
           [(GAAD, "RoleDetailList"), ("iam get-account-summary", "SummaryMap"), ("account get-contact-information", "ContactInformation"),
            ("account get-account-information", "AccountId"), ("organizations list-handshakes-for-account", "Handshakes"),
            ("organizations describe-organization", "Organization")] for a in (ALPHA, BETA, GAMMA)]
VICTIMS.append((f"{HEAD} iam get-account-summary", f"accounts/{HEAD}/iam/get-account-summary", "SummaryMap"))


def case_broken_answers(r):
    """Each kind of broken answer strikes another call: none may leave a file, or a code that could mean "none"."""
    must(len(BROKEN) <= len(VICTIMS), "too few calls")
    plan, struck = [], list(zip(BROKEN.items(), VICTIMS))
    for (name, (fault, _)), (match, _, member) in struck:
        fault = {k: v.replace("MEMBER", member) if k == "text" else v for k, v in fault.items()}
        plan.append({"match": "^" + match, **fault})
    r.collect("--jobs", "4", code=3, plan=plan)
    files, errors = r.settled(), r.errors()
    for (name, (_, code)), (_, path, _) in struck:
        same(errors.get(path), code, f"{name}: code of {path}")
        must(f"{path}.json" not in files, f"{name}: a file was left")
    must("completed_at" in r.capture() and "\x1b" not in r.err, r.err)
    must("READY" not in set(verdicts(r.as_in(TINY).folder).values()), "READY on broken answers")


def case_none_of_another_operation_is_no_none(r):
    """get-contact-information has a code for "none"; from another operation it says nothing."""
    r.collect("--account", BETA, code=3, plan=[{"match": f"^{BETA} account get-contact", "do": "error", "operation": "assume-role",
                                                "code": "ResourceNotFoundException"}])
    same(r.errors()[f"accounts/{BETA}/account/get-contact-information"], "CredentialsFailed", "code")


def case_old_cli(r):
    r.collect(code=3, plan=[{"match": "list-organizations-features", "do": "usage"}])
    same(r.errors()[f"accounts/{HEAD}/iam/list-organizations-features"], "UnknownOperation", "code")
    must("aws-cli/2.99.0 does not know" in r.err, r.err)
    shutil.rmtree(r.folder)
    r.collect(plan=[{"match": "list-accounts ", "do": "drop", "list": "Accounts", "keys": ["State"]}])
    must("aws-cli/2.99.0 does not show the State" in r.err, r.err)
    shutil.rmtree(r.folder)
    r.collect(plan=[{"match": "list-accounts", "do": "drop", "list": "Accounts", "keys": ["State", "Status"]}])
    must("neither State nor Status of 4 accounts" in r.err, r.err)
    must("READY" not in {v for (a, route), v in verdicts(r.as_in(TINY).folder).items()}, "READY without a state")


def case_list_that_the_cli_does_not_follow(r):
    r.collect(code=3, plan=[{"match": "list-inbound-responsibility-transfers", "do": "print", "text": '{"ResponsibilityTransfers": [], "NextToken": "x"}'}])
    must("only the first page" in r.err and "completed_at" in r.capture(), r.err)


def case_call_that_hangs(r):
    r.collect("--account", ALPHA, "--timeout", "1", code=3, plan=[{"match": f"{ALPHA} {GAAD}", "do": "hang"}])
    same(r.errors()[f"accounts/{ALPHA}/{GAAD.replace(' ', '/')}"], "TimedOut", "code")
    pid = next(c["pid"] for c in r.calls() if c["argv"][1] == GAAD.split()[1] and c["account"] == ALPHA)
    must(not Path(f"/proc/{pid}").exists(), "the child still runs")
    r.settled()


def case_pipe_held_by_a_grandchild(r):
    r.collect("--account", ALPHA, "--timeout", "1", code=3, plan=[{"match": f"{ALPHA} {GAAD}", "do": "hang-behind"}])
    same(r.errors()[f"accounts/{ALPHA}/{GAAD.replace(' ', '/')}"], "TimedOut", "code")


def case_wrong_account(r):
    """The role leads into another account: nothing of it is kept under beta's name."""
    r.collect(code=3, plan=[{"match": f"^{BETA} sts get-caller-identity", "do": "replace", "words": [[BETA, ALPHA]]}])
    r.settled()
    same({e for c, e in r.errors().items() if c.startswith(f"accounts/{BETA}/")}, {"WrongAccount"}, "codes")
    must(not (r.folder / "accounts" / BETA).exists(), "captures of another account")
    got = verdicts(r.as_in(TINY).folder)
    must(got[BETA, "*"] != "READY" and got[ALPHA, "*"] == TINY_VERDICTS[ALPHA, "*"], got)


def case_caller_changes(r):
    r.collect(code=3, plan=[{"match": f"^{HEAD} sts get-caller-identity", "from": 1, "do": "replace", "words": [["assumed-role/Mover", "assumed-role/Other"]]}])
    must("assumed-role/Other/me at the end" in r.err, r.err)
    must("completed_at" not in r.capture(), "completed by another caller")
    must("READY" not in set(verdicts(r.as_in(TINY).folder).values()), "READY of mixed callers")


def case_caller_cannot_be_asked_at_the_end(r):
    r.collect("--account", ALPHA, code=3, plan=[{"match": f"^{HEAD} sts get-caller-identity", "from": 2, "do": "error", "code": "ExpiredToken"}])
    must("could not be asked again" in r.err and "completed_at" not in r.capture(), r.err)
    r.collect("--account", ALPHA)
    must("completed_at" in r.capture(), "not completed")


def case_credentials_in_a_message_are_left_out(r):
    r.collect("--account", ALPHA, code=3, plan=[{"match": f"^{ALPHA} {GAAD}", "do": "leak"}, {"match": "list-roots", "do": "leak"}])
    r.settled()
    must("left out" in r.err, r.err)


def case_ctrl_c_reaches_the_children_too(r):
    """What a child leaves that was interrupted with us is no failed call: it is asked for again."""
    r.collect("--account", ALPHA, "--jobs", "1", code=3, start_new_session=True, plan=[{"match": f"^{ALPHA} {GAAD}", "do": "signal-group"}])
    must("stopped" in r.err, r.err)
    must(f"accounts/{ALPHA}/{GAAD.replace(' ', '/')}" not in r.errors(), r.errors())


def case_session_that_is_renewed_is_the_same_caller(r):
    r.collect(plan=[{"match": f"^{HEAD} sts get-caller-identity", "from": 1, "do": "replace", "words": [["Mover/me", "Mover/botocore-session-2"]]}])


def case_hostile_names(r):
    names = ["--profile x", "$(touch /tmp/owned)", "\x1b[2J\u202eevil", "' \" `id` ;"]
    accounts = json.loads((TINY / "organizations/list-accounts.json").read_text())
    for account, name in zip(accounts["Accounts"], names):
        account["Name"] = account["Email"] = name
    hostile = [{"Id": i, "Arn": "x", "Name": "y"} for i in ("--output", "../../../up", "ou-$(id)", "", "a,b")]
    r.collect(code=3, plan=[
        {"match": "list-accounts ", "do": "print", "text": json.dumps(accounts)},
        {"match": "list-organizational-units-for-parent ou-", "do": "print", "text": json.dumps({"OrganizationalUnits": hostile})},
        {"match": "list-organizational-units-for-parent [^ro]|list-accounts-for-parent [^ro]", "do": "error", "code": "ParentNotFoundException"}])
    r.settled()
    words = [w for c in r.calls() for w in c["argv"]]
    must(not any(n in w for n in names for w in words), "a name among the arguments")
    same(r.errors()["organizations/list-accounts-for-parent/--output"], "UnusableArgument", "an id like an option")
    must(not any("\x1b" in line or "\u202e" in line for line in r.err), "control characters were printed")
    same([p.name for p in r.scratch.iterdir() if not p.name.startswith("log")], ["snapshot"], "files outside")


# --- the folder -------------------------------------------------------------------------------------------------------

def case_no_space(r):
    """A limit on the size of files, as a full disk or a quota would: exit 4 and no half file, wherever it strikes."""
    for limit in (600, 1500, 4000):
        process = r.start("--jobs", "1", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)), env={"FAKE_LOG": "/dev/null"})
        out, err = process.communicate(timeout=60)
        same(process.returncode, 4, f"exit code at {limit}: {out} {err}")
        must(b"could not be written" in err, err)
        must(not list(r.folder.rglob("*.part")), "a half file was left")
        for path in r.folder.rglob("*.json"):
            json.loads(path.read_text())
        must("completed_at" not in (r.capture() if (r.folder / "capture.json").exists() else {}), "completed")


def case_full_disk(r):
    if os.geteuid() != 0:
        return
    script = 'mount -t tmpfs -o size=24k none "$1" && shift && exec "$@"'
    (r.scratch / "disk").mkdir()
    process = subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", str(r.scratch / "disk"), ORGEXIT, "collect", str(r.scratch / "disk" / "s"), "--aws", FAKE],
                             env=r.env(), capture_output=True, timeout=60)
    if b"unshare" in process.stderr or b"mount" in process.stderr:
        return  # a container that may not mount
    same(process.returncode, 4, f"exit code: {process.stdout} {process.stderr}")
    must(b"No space left" in process.stderr, process.stderr)


def case_folders_that_do_not_do(r):
    r.collect(code=4, folder=r.scratch / "missing" / "snapshot")
    (r.scratch / "file").write_text("x")
    r.collect(code=4, folder=r.scratch / "file")
    hand = r.scratch / "hand"
    (hand / "organizations").mkdir(parents=True)
    (hand / "organizations" / "list-roots.json").write_text("{}")
    r.collect(code=2, folder=hand)
    must("did not make" in r.err, r.err)
    same((hand / "organizations" / "list-roots.json").read_text(), "{}", "a file of somebody else")
    (hand / "capture.json").write_text('{"version": 1, "captured_at": "2026-11-20T08:00:00Z", "tool": "by hand"}')
    r.collect(code=2, folder=hand)
    (hand / "capture.json").write_text('{"version": 1,')
    r.collect(code=2, folder=hand)
    must("capture.json:1:" in r.err, r.err)


def case_what_people_wrote_stays(r):
    r.folder.mkdir()
    (r.folder / "attestations.yaml").write_text("version: 1\naccounts: {}\n")
    r.collect("--account", ALPHA)
    r.collect("--account", ALPHA)
    same((r.folder / "attestations.yaml").read_text(), "version: 1\naccounts: {}\n", "attestations")


def case_no_link_is_followed(r):
    outside = r.scratch / "outside"
    outside.mkdir()
    (outside / "mine.json").write_text("{}")
    r.collect("--account", ALPHA)
    shutil.rmtree(r.folder / "organizations")
    (r.folder / "organizations").symlink_to(outside)
    process = r.start("--account", ALPHA)
    _, err = process.communicate(timeout=60)
    must(process.returncode in (2, 4), f"exit {process.returncode} {err}")
    same(sorted(p.name for p in outside.iterdir()), ["mine.json"], "files outside")


def case_two_at_once(r):
    slow = r.start("--account", ALPHA, plan=[{"match": "list-roots", "do": "hang"}])
    while not r.log.exists() or "list-roots" not in r.log.read_text():
        time.sleep(0.02)
    r.collect("--account", ALPHA, code=4, fresh_log=False)
    must("another orgexit collect" in r.err, r.err)
    slow.send_signal(signal.SIGTERM)
    slow.communicate(timeout=30)
    same(slow.returncode, 3, "exit code of the first")


# --- stopped, and gone on with ----------------------------------------------------------------------------------------

SOME = ("--account", GAMMA)  # not all, to be quick


def stops(r, name, where):
    """Stops orgexit at one call, looks at what is left, goes on, and compares with a run that nobody stopped."""
    r.collect(*SOME, "--jobs", "1", code={"SIGKILL": -9}.get(name, 3), plan=[{**where, "do": "signal", "signal": name, "sleep": 0 if name == "SIGKILL" else 20, "times": 1}])
    if (r.folder / "capture.json").exists():
        must("completed_at" not in r.capture(), "completed though stopped")
        result = judge.check(r.as_in(TINY).folder, "--as-of", AS_OF)
        must(result.code != 0 and "READY" not in set(result.verdicts().values()), f"READY of a stopped run ({result.code})")
        capture = r.capture()  # back to now, as it was
        capture["captured_at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
        (r.folder / "capture.json").write_text(json.dumps(capture))
        (r.folder / "attestations.yaml").unlink()
    if name != "SIGKILL" and r.folder.exists():
        must(not list(r.folder.rglob("*.part")), "a half file was left")
        must("stopped" in r.err, r.err)
        pid = r.calls()[-1]["pid"]
        must(not Path(f"/proc/{pid}").exists(), "a child still runs")
    r.collect(*SOME, "--jobs", "2")
    r.settled()
    kept = re.search(r"\((\d+) of them kept", r.out)
    return int(kept[1]) if kept else 0


@functools.cache
def unstopped():
    whole = Run()
    try:
        whole.collect(*SOME)
        return without_times(whole.files())
    finally:
        whole.done()


def stopped_case(name, match, kept):
    def case(r):
        r.log.parent.mkdir(exist_ok=True)
        had = stops(r, name, match)
        must(had >= kept, f"only {had} captures were kept")
        same(without_times(r.files()), unstopped(), "the files")
        got = verdicts(r.as_in(TINY).folder)
        same(got[GAMMA, "*"], TINY_VERDICTS[GAMMA, "*"], "verdict")
    return case


case_killed_at_the_beginning = stopped_case("SIGKILL", {"match": "sts get-caller-identity"}, 0)
case_killed_in_the_organization = stopped_case("SIGKILL", {"match": "describe-policy p-stay"}, 0)
case_killed_in_a_member = stopped_case("SIGKILL", {"match": f"^{GAMMA} {GAAD}"}, 0)
case_killed_at_the_end = stopped_case("SIGKILL", {"match": f"^{HEAD} sts get-caller-identity", "from": 2}, 0)
case_interrupted_in_the_organization = stopped_case("SIGINT", {"match": "list-policies"}, 5)
case_interrupted_in_a_member = stopped_case("SIGINT", {"match": f"^{GAMMA} {GAAD}"}, 20)
case_terminated = stopped_case("SIGTERM", {"match": f"^{GAMMA} account get-contact"}, 15)


def case_resume_asks_only_for_what_is_missing(r):
    r.collect()
    files = r.files()
    (r.folder / f"accounts/{ALPHA}/iam/get-account-summary.json").write_bytes(b'{"SummaryMap": {"Users": 99}}')  # no longer whole
    (r.folder / "organizations/list-roots.json").unlink()
    (r.folder / f"accounts/{ALPHA}/iam/left-over.json").write_text("{}")
    r.collect()
    same({p: b for p, b in r.files().items() if p != "capture.json"}, {p: b for p, b in files.items() if p != "capture.json"}, "files")
    answered = {e["call"] for e in r.capture()["errors"]}
    asked = [c["argv"][:2] for c in r.calls() if c["argv"][1] not in ("assume-role",)]
    same(len(asked), 2 + 2 + len(answered), f"calls: {asked}")
    same(r.capture()["captured_at"], json.loads(files["capture.json"])["captured_at"], "captured_at")


def aged(r, seconds, **changes):
    capture = {**r.capture(), **changes}
    capture["captured_at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - seconds))
    (r.folder / "capture.json").write_text(json.dumps(capture))


def case_older_than_six_hours(r):
    r.collect()
    calls = len(r.calls())
    aged(r, 6 * 3600 + 5, caller="arn:aws:iam::100200300400:user/somebody-else")
    (r.folder / "accounts/999999999999/iam").mkdir(parents=True)
    (r.folder / "accounts/999999999999/iam/get-account-summary.json").write_text("{}")
    r.collect()
    same(len(r.calls()), calls, "calls")
    must("kept" not in r.out, r.out)
    must(abs(time.time() - time.mktime(time.strptime(r.capture()["captured_at"], "%Y-%m-%dT%H:%M:%SZ")) + time.timezone) < 3600, "captured_at")
    must(not (r.folder / "accounts/999999999999/iam/get-account-summary.json").exists(), "a capture of the old run lives on")
    r.settled()


def case_old_failures_do_not_live_on(r):
    r.collect(code=3, plan=[{"match": f"^{BETA} {GAAD}", "do": "error", "code": "AccessDenied"}])
    r.collect()
    must("AccessDenied" not in r.errors().values(), r.errors())


def case_another_caller_may_not_go_on(r):
    r.collect("--account", ALPHA)
    before = r.files()
    aged(r, 60, caller="arn:aws:sts::100200300400:assumed-role/Somebody/else")
    r.collect("--account", ALPHA, code=2)
    must("name another folder" in r.err, r.err)
    same(set(r.files()), set(before), "files")


def case_longer_than_six_hours(r):
    r.collect("--account", ALPHA)
    aged(r, 6 * 3600 - 6)
    r.collect("--account", ALPHA, code=3, plan=[{"match": f"^{HEAD} sts get-caller-identity", "from": 1, "do": "signal", "signal": "SIGCONT", "sleep": 7}])
    must("more than six hours" in r.err, r.err)


# --- usage ------------------------------------------------------------------------------------------------------------

USAGE = [([], "where to"), (["a", "b"], "one folder"), (["x", "--account", "12"], "12 digits"), (["x", "--jobs", "0"], "--jobs"), (["x", "--jobs", "65"], "--jobs"),
         (["x", "--jobs", "two"], "--jobs"), (["x", "--timeout", "0"], "--timeout"), (["x", "--role-name", "a b"], "--role-name"), (["x", "--role-name", "/a"], "--role-name"),
         (["x", "--region", "eu-west-1"], "--impact"), (["x", "--impact", "--region", "../x"], "--region"), (["x", "--script", "--dry-run"], "together"), (["x", "--ou", "/Root", "--account", ALPHA], "together"),
         (["x", "--print-policy", "all"], "--print-policy"), (["x", "--aws-arg", "--profile", "--aws-arg", "p"], "AWS_PROFILE"), (["x", "--aws-arg=--prof=p"], "AWS_PROFILE"),
         (["x", "--aws-arg", "--debug"], "credentials"), (["x", "--aws-arg=--region=us-east-1"], "AWS_DEFAULT_REGION"),
         *((["x", f"--aws-arg={word}"], "could change what an answer is, or whose; taken are --ca-bundle,") for word in
           ("--query=x", "--max-items", "--no-pag", "--filter", "--account-id=1", "--cli-input-json", "--output", "-x", "--ca-bun")), (["x", "--rolename", "x"], "role-name")]


def case_usage(r):
    for args, says in USAGE:
        done = subprocess.run([ORGEXIT, "collect", *args], cwd=r.scratch, env=r.env(), capture_output=True, text=True)
        must(done.returncode == 2 and says in done.stderr and not done.stdout, f"{args}: exit {done.returncode} {done.stdout}{done.stderr}")
    same(list(r.scratch.iterdir()), [], "files")


def case_no_cli(r):
    for aws, says in (("/nowhere/aws", "could not be started"), (str(HERE), "could not be started"), ("/bin/true", "like an AWS CLI"), ("/bin/echo", "like an AWS CLI")):
        r.collect(code=2, aws=aws)
        must(says in r.err, r.err)
    must(not r.folder.exists(), "a folder was made")


def case_no_credentials(r):
    r.collect(code=2, plan=[{"match": "get-caller-identity", "do": "stderr", "text": "\nUnable to locate credentials. You can configure credentials.\n"}])
    must("NoCredentials" in r.err and not r.folder.exists(), r.err)


def case_quiet(r):
    r.collect("--quiet", "--account", ALPHA)
    same(r.out + r.err, "", "output")


def case_dry_run_and_policies_agree_with_the_calls(r):
    """Every call that was made is announced, every action that the calls need is in the policies, and nothing more."""
    dry = subprocess.run([ORGEXIT, "collect", "--dry-run"], env=r.env(), capture_output=True, text=True)
    same(dry.returncode, 0, "exit code")
    announced = {tuple(line.split()[1:3]) for line in dry.stdout.splitlines() if line.startswith("aws ")}
    r.collect(plan=[{"match": "list-roots", "do": "replace", "words": [["SERVICE_CONTROL", "SERVICE_CONTROL"]]}])
    same({tuple(c["argv"][:2]) for c in r.calls()}, announced, "calls")
    kebab = lambda s: s.replace("-", "").lower()
    services = {"s3api": "s3"}
    for side, own in (("management", True), ("member", False)):
        done = subprocess.run([ORGEXIT, "collect", "--print-policy", side, "--role-name", "R"], env=r.env(), capture_output=True, text=True)
        policy = json.loads(done.stdout)
        actions = [a for s in policy["Statement"] for a in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])]
        same(len(actions), len(set(actions)), "an action stands twice")
        needed = {f"{services.get(c['argv'][0], c['argv'][0])}:{kebab(c['argv'][1])}" for c in r.calls() if (c["account"] == HEAD) == own}
        same({a.lower() for a in actions}, needed - {"sts:getcalleridentity"}, f"actions of {side}")
        must(all(re.match(r"\w[\w-]*:(Get|List|Describe|AssumeRole)", a) for a in actions), "an action that does not read")


# --- for people -------------------------------------------------------------------------------------------------------

def case_progress_on_a_terminal(r):
    try:
        primary, secondary = pty.openpty()
    except OSError as why:  # a bare chroot
        print(f"collect: no terminal to be had ({why}): progress is not tested")
        return
    process = subprocess.Popen([ORGEXIT, "collect", str(r.folder), "--aws", FAKE, "--ascii", "--jobs", "1"], env=r.env(), stdout=subprocess.PIPE, stderr=secondary)
    os.close(secondary)
    said = b""
    while True:
        try:
            part = os.read(primary, 4096)
        except OSError:
            break
        if not part:
            break
        said += part
    out = process.communicate(timeout=60)[0]
    same(process.returncode, 0, "exit code")
    must(re.search(rb"collecting  \d+/\d+  [#.]{12}", said), said[:300])
    must(said.endswith(b"\r\x1b[K"), said[-100:])
    must(b"completed" in out and b"collecting" not in out, out)


# --- the script -------------------------------------------------------------------------------------------------------

def script_of(r):
    script = r.scratch / "capture.sh"
    script.write_bytes(subprocess.run([ORGEXIT, "collect", "--script"], capture_output=True, check=True).stdout)
    return script


def run_script(r, script, *args, key=replay.OWN_KEY, plan=()):
    return subprocess.run(["sh", str(script), str(r.folder), *args], env={**r.env(plan), "AWS": FAKE, "AWS_ACCESS_KEY_ID": key}, capture_output=True, text=True,
                          timeout=60)


def case_script(r):
    script = script_of(r)
    if shutil.which("shellcheck"):
        done = subprocess.run(["shellcheck", "-s", "sh", str(script)], capture_output=True, text=True)
        must(done.returncode == 0, done.stdout)
    for args, key in [((), replay.OWN_KEY), (("member", HEAD), replay.OWN_KEY)] + [(("member", a), "ASIA" + a) for a in (ALPHA, BETA, GAMMA)]:
        done = run_script(r, script, *args, key=key)
        same((done.returncode, done.stderr), (0, ""), f"script {args}")
    capture = r.capture()
    same(capture["caller"], "arn:aws:sts::100200300400:assumed-role/Mover/me", "caller")
    must(all(set(e) == {"call", "code", "message"} for e in capture["errors"]), capture["errors"])
    shutil.rmtree(r.folder / ".script")
    same(verdicts(r.as_in(TINY).folder), TINY_VERDICTS, "verdicts")


def case_script_records_failures(r):
    script = script_of(r)
    path = f"accounts/{BETA}/{GAAD.replace(' ', '/')}"
    same(run_script(r, script).returncode, 0, "organization")
    for fault, code in [({"do": "error", "code": "AccessDenied", "message": 'no "x" \\ y'}, "AccessDenied"), ({"do": "print", "text": ""}, "CallFailed"), ({"do": "print", "text": "{}"}, "CallFailed"),
                        ({"do": "error", "operation": "assume-role", "code": "ResourceNotFoundException"}, "CallFailed"), ({"do": "usage"}, "CallFailed")]:
        for log in r.scratch.glob("log*"):
            log.unlink()
        done = run_script(r, script, "member", BETA, key="ASIA" + BETA, plan=[{"match": f"^{BETA} {GAAD}", **fault}])
        same(done.returncode, 3, f"{fault}: {done.stderr}")
        same(r.errors()[path], code, "code")
        must(not (r.folder / f"{path}.json").exists(), "a file was left")
    same(run_script(r, script, "member", BETA, key="ASIA" + BETA).returncode, 0, "once it works")
    must(path not in r.errors() and (r.folder / f"{path}.json").exists(), "the failure lives on")
    hand = r.scratch / "hand"
    (hand / "accounts").mkdir(parents=True)
    (hand / "accounts" / "x").write_text("mine")
    r.folder = hand
    same(run_script(r, script).returncode, 2, "a folder of somebody else")
    same((hand / "accounts" / "x").read_text(), "mine", "a file of somebody else")


# --- the real AWS CLI -------------------------------------------------------------------------------------------------

def real_clis():
    found = [shutil.which("aws", path="/usr/bin:/usr/local/bin"), os.environ.get("ORGEXIT_TEST_AWS")]
    return [p for p in found if p]


@contextlib.contextmanager
def served(r, world):
    """The organization behind the endpoints of AWS, on the loopback: what `collect` and its real CLI are started with."""
    threading.Thread(target=world.serve_forever, daemon=True).start()
    none = str(r.scratch / "none")
    try:
        yield ("--aws-arg", f"--endpoint-url=http://127.0.0.1:{world.server_address[1]}"), {
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_EC2_METADATA_DISABLED": "true",
            "no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}
    finally:
        world.shutdown()
        world.server_close()


def case_real_cli_of_the_samples(r):
    """Three accounts of the sample organization, stopped by SIGKILL among the members and gone on with: their verdicts. Debian's CLI, too old for one call on
    root credentials, does not matter to them."""
    must(real_clis(), "there is no AWS CLI: apt-get install awscli")
    chosen = ["362774150928", "138820457190", "261375490188"]  # not ready, ready, undetermined
    want = [row for row in judge.read_want(ACME.with_suffix(".want.tsv")) if row[0] in chosen]
    same(len(want), 15, "rows wanted")
    selected = [word for account in chosen for word in ("--account", account)]
    for aws in real_clis():
        with served(r, server.serve(ACME, False)) as (passed, env):
            process = r.start(*selected, *passed, aws=aws, env=env)
            while process.poll() is None and not (r.folder / "accounts" / chosen[0]).exists():
                time.sleep(0.05)
            process.kill()
            process.communicate(timeout=60)
            must("completed_at" not in r.capture(), "completed though killed")
            r.collect(*selected, *passed, aws=aws, code=3, wait=600, env=env)
        must("kept from the run before" in r.out, r.out)
        r.settled()
        for profile in ("full", "current"):
            doc = judge.check(r.as_in(ACME).folder, "--as-of", AS_OF, "--profile", profile, *selected)
            wrong = judge.compare(doc, want, profile)
            must(not wrong, "\n".join(wrong[:20]))
        shutil.rmtree(r.folder)


def case_real_cli(r):
    """The whole way, in two pages each, through the protocols of AWS. An old CLI does not know every call: those are recorded."""
    must(real_clis(), "there is no AWS CLI: apt-get install awscli")
    for aws in real_clis():
        world = server.serve(TINY, True)
        world.faults[f"{ALPHA} GetContactInformation"] = '{"ContactInformation": {"FullName": "cut'
        world.faults[f"{HEAD} DescribeResourcePolicy"] = "<html></html>"
        with served(r, world) as (passed, env):
            r.collect("--account", ALPHA, "--jobs", "4", *passed, aws=aws, code=None, wait=300, env=env)
        r.settled()
        codes = set(r.errors().values())
        same(r.code, 3 if "UnknownOperation" in codes else 0, f"exit code\n{r.err}")
        must(codes <= {"UnknownOperation", "ResourceNotFoundException", "ResourcePolicyNotFoundException", "AccountNotRegisteredException", "ServiceAccessNotEnabledException"},
             r.capture()["errors"])
        must({("ListAccounts", "second"), ("GetAccountAuthorizationDetails", "second")} <= world.pages, world.pages)
        must(not world.faults, "the broken answers were not served")  # both were tried again
        got = verdicts(r.as_in(TINY).folder)
        for route in ["*", *judge.ROUTES]:
            same(got[ALPHA, route], TINY_VERDICTS[ALPHA, route], f"verdict of alpha on {route} with {aws}")
        same(got[ALPHA, "*"], "READY", "verdict of alpha")
        shutil.rmtree(r.folder)


def main():
    cases = {n: f for n, f in globals().items() if n.startswith("case_")}
    only = sys.argv[1:]
    passed = failed = 0

    def run(name):
        r, began = Run(), time.monotonic()
        try:
            cases[name](r)
            return name, None, time.monotonic() - began
        except Wrong as e:
            return name, str(e), time.monotonic() - began
        except Exception:
            return name, traceback.format_exc(), time.monotonic() - began
        finally:
            r.done()

    names = [n for n in cases if not only or any(o in n for o in only)]
    names.sort(key=lambda n: not n.startswith("case_real_cli"))  # the longest first
    with ThreadPoolExecutor(judge.CORES) as pool:
        for name, wrong, took in pool.map(run, names):
            passed, failed = passed + (wrong is None), failed + (wrong is not None)
            if wrong is not None:
                print(f"FAIL collect {name[5:]}: {wrong}")
            elif os.environ.get("VERBOSE"):
                print(f"ok   {name[5:]} {took:.1f} s")
    print(f"{passed} passed, {failed} failed")
    return failed > 0 or not names


if __name__ == "__main__":
    sys.exit(main())
