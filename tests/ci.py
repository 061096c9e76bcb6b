#!/usr/bin/python3
"""What a pipeline takes from this repository does what it says: each file is read as its reader reads it, and what it would run is run in a scratch git repository.

    action.yml, .github/workflows/*.yml    the steps, with the environment that a runner gives; `uses: ./` runs the action
    templates/orgexit.gitlab-ci.yml        the lines of the script, one after the other
    .pre-commit-hooks.yaml                 the entry on the files that its filters choose; by pre-commit itself where it is installed
    Dockerfile                             the steps of the build that are make's; packages against what the program is linked with
    scripts/gate.sh                        with every input, hostile ones too
"""
import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

import jsonschema
import yaml

import formats
import judge

ROOT = judge.ROOT
ORGEXIT = Path(judge.ORGEXIT).resolve()
AS_OF = {"SOURCE_DATE_EPOCH": "1795262400"}
OUTSIDE = {k: v for k, v in judge.CLEAN.items() if k not in ("BUILD", "ORGEXIT", "MAKEFLAGS", "MFLAGS", "MAKELEVEL")}  # of no `make test`
GOOD = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]}\n'
BAD = GOOD.replace("DeleteBucket", "DeleteBukket")
EVIL = "a b;$(touch pwned)`touch pwned`'\"&& touch pwned #${{ x }}"
TEMPLATE = '{"format_version": "1.2", "planned_values": {}}'
CLAIMS = "version: 1\nclaims:\n  - {name: nobody leaves, in: [/Root/Infrastructure], no_principal: true}\n"


def repository(work, name, files=()):
    """A scratch git repository."""
    folder = work / name
    folder.mkdir()
    for file, text in dict(files).items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "first")
    return folder


def git(folder, *args):
    own = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    for who in ("AUTHOR", "COMMITTER"):
        own |= {f"GIT_{who}_NAME": "jo", f"GIT_{who}_EMAIL": "jo@example.com"}
    return subprocess.run(["git", *args], cwd=folder, env={**judge.CLEAN, **own}, capture_output=True, text=True, check=True).stdout


def snapshot(folder, where="snapshot"):
    shutil.copytree(ROOT / "samples" / "acme", folder / where)


def yaml_blocks():
    return re.findall(r"^```yaml\n(.*?)^```", (ROOT / "docs" / "ci.md").read_text(), re.M | re.S)


# ---- scripts/gate.sh ----

def gate(folder, env, script=ROOT / "scripts" / "gate.sh"):
    """One run as a runner makes it: (code, stdout, stderr, summary, outputs)."""
    told = {f: folder.parent / f"{folder.name}.{f}" for f in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    for path in told.values():
        path.write_text("of an earlier step\n")
    done = subprocess.run(["sh", script], cwd=folder, env={**judge.CLEAN, **AS_OF, "ORGEXIT": str(ORGEXIT), **{k: str(v) for k, v in told.items()}, **env}, capture_output=True, text=True)
    summary, outputs = (path.read_text() for path in told.values())
    assert summary.startswith("of an earlier step\n") and outputs.startswith("of an earlier step\n")
    return done.returncode, done.stdout, done.stderr, summary.split("\n", 1)[1], outputs.split("\n", 1)[1]


def gates(tally, work):
    folder = repository(work, "gate", {"policies/a.json": GOOD, "bad/b.json": BAD, "templates/a.json": GOOD, "templates/t.json": TEMPLATE, f"{EVIL.replace('/', '|')}/a.json": GOOD, "claims.yaml": CLAIMS,
                                       "nothing/a.json": "{}", "broken/a.json": GOOD[:40]})
    snapshot(folder)
    lint = {"COMMAND": "lint"}
    subprocess.run([ORGEXIT, "lint", "bad", "--write-baseline", "known.json", "-q"], cwd=folder, env=judge.CLEAN, check=False)
    # name: environment, exit code, what stands in the log, what in the summary
    rows = {
        "lint, by default": (lint, 0, "exit 0", "## Policy documents"),
        "lint, a folder with a fault": ({**lint, "TARGET": "bad"}, 1, "::error file=bad/b.json,line=1", "### Errors"),
        "lint, several": ({**lint, "TARGET": "policies\nbad\n"}, 1, "2 documents", "bad/b.json"),
        "lint, never": ({**lint, "TARGET": "bad", "FAIL_ON": "never"}, 0, "::error file=bad/b.json", "### Errors"),
        "lint, templates": ({**lint, "TARGET": "templates"}, 3, "::warning file=templates/t.json", "**not read**"),
        "lint, a text cut off": ({**lint, "TARGET": "broken"}, 2, "::error file=broken/a.json", "json-syntax"),
        "lint, no policy": ({**lint, "TARGET": "nothing"}, 2, "::error file=nothing", "**input error**"),
        "lint, nothing there": ({**lint, "TARGET": "none"}, 2, "::error file=none", "**input error**"),
        "lint, a wrong threshold": ({**lint, "FAIL_ON": "blocker"}, 2, "", ""),
        "lint, a baseline": ({**lint, "TARGET": "bad", "BASELINE": "known.json"}, 0, "2 suppressed", "2 suppressed"),
        "lint, a hostile path": ({**lint, "TARGET": EVIL.replace("/", "|")}, 0, "1 document", "1 document"),
        "lint, a path like an option": ({**lint, "TARGET": "--help"}, 2, "::error file=--help", "**input error**"),
        "check, by default": ({}, 1, "::error file=snapshot/", "## Ready to leave"),
        "check, the account of one": ({"COMMAND": "check", "TARGET": "none"}, 2, "::error file=none", "**input error**"),
        "check, a hostile threshold": ({"FAIL_ON": EVIL}, 2, "", ""),
        "guard": ({"COMMAND": "guard", "EXPECT": "claims.yaml"}, 1, "VIOLATED", "## Claims"),
        "guard, no claims": ({"COMMAND": "guard"}, 2, "", "## Claims"),
        "another command": ({"COMMAND": "rules"}, 2, "", ""), "a hostile command": ({"COMMAND": f"lint;{EVIL}"}, 2, "", ""),
        "no program": ({"ORGEXIT": "/nowhere/orgexit"}, 127, "", ""),
    }
    for name, (env, want, log, summary) in rows.items():
        code, out, err, said, outputs = gate(folder, env)
        wrong = [] if code == want else [f"exit {code}, not {want}: {err[:200]}"]
        wrong += [] if outputs == f"exit-code={want}\n" else [f"the output is {outputs!r}"]
        wrong += [] if log in out else [f"the log is {out[:300]!r}"]
        wrong += [] if summary in said and bool(said) == bool(summary) else [f"the summary is {said[:300]!r}"]
        wrong += ["nothing was told"] if code and not (err or out) else []
        wrong += ["it ran what stands in an input"] if (folder / "pwned").exists() else []
        tally.add(f"ci gate.sh: {name}", wrong)
    code, _, _, said, _ = gate(folder, {"COMMAND": "guard", "EXPECT": "claims.yaml"})
    lines = said.splitlines()[2:]
    tally.add("ci gate.sh: what guard says is a block of code", [] if len(lines) > 3 and all(line.startswith("    ") for line in lines) else f"{lines[:3]}")
    code, *_ = gate(folder, {**lint, "TARGET": "bad", "BASELINE": "known.json", "SARIF": "known.sarif"})
    tally.add("ci gate.sh: what the baseline knows is no alert", [] if code == 0 and not json.loads((folder / "known.sarif").read_text())["runs"][0]["results"] else f"{code}")
    for env, schema in ((lint | {"TARGET": "bad"}, "sarif.schema.json"), ({}, "sarif.schema.json")):
        code, *_ = gate(folder, env | {"SARIF": "out put.sarif"})
        path = folder / "out put.sarif"
        wrong = formats.schema_faults(schema, json.loads(path.read_text())) if path.exists() else ["was not written"]
        path.unlink(missing_ok=True)
        tally.add(f"ci gate.sh: SARIF of {env.get('COMMAND', 'check')}", wrong + ([] if code == 1 else [f"exit {code}"]))
    left = [p.name for p in Path(tempfile.gettempdir()).glob("tmp.*") if (p / "summary.md").exists()]
    tally.add("ci gate.sh: nothing is left behind", left)
    for name, env in {"summary": {"GITHUB_STEP_SUMMARY": "/dev/full"}, "output": {"GITHUB_OUTPUT": "/dev/full"}, "SARIF": {"SARIF": "/dev/full"}, "temporary folder": {"TMPDIR": "/nowhere"}}.items():
        done = subprocess.run(["sh", ROOT / "scripts" / "gate.sh"], cwd=folder, env={**judge.CLEAN, "ORGEXIT": str(ORGEXIT), "COMMAND": "lint", **env}, capture_output=True, text=True)
        tally.add(f"ci gate.sh: a {name} that cannot be written is code 4", [] if done.returncode == 4 else f"{done.returncode} {done.stderr}")
    done = subprocess.run(["sh", ROOT / "scripts" / "gate.sh"], cwd=folder, env={**judge.CLEAN, "ORGEXIT": str(ORGEXIT), "COMMAND": "lint"}, capture_output=True, text=True)
    tally.add("ci gate.sh: without a runner", [] if done.returncode == 0 and "1 document" in done.stdout else f"{done.returncode} {done.stderr}")


# ---- GitHub: a runner for what our files use ----

class Runner:
    """Runs steps as GitHub does: expressions, env, outputs, continue-on-error, composite actions that stand in the repository."""

    def __init__(self, action_path, folder, env):
        self.action_path, self.folder, self.env, self.log = action_path, folder, env, []

    def value(self, text, context):
        """`${{ name.name }}`; anything else in an expression of what is run is a fault of this test."""
        def known(m):
            found = context
            for part in m[1].split("."):
                found = found[part]
            return str(found)
        return re.sub(r"\$\{\{ ([a-z_.-]+) \}\}", known, str(text))

    def steps(self, steps, inputs, job_env):
        """(whether all went well, the steps' outputs)"""
        context = {"inputs": inputs, "github": {"action_path": str(self.action_path)}, "steps": {}}
        fine = True
        for step in steps:
            if step.get("uses", "./") != "./":
                self.log.append(("uses", step["uses"], step.get("if")))
                continue
            if not fine:
                break
            env = {k: self.value(v, context) for k, v in {**job_env, **step.get("env", {})}.items()}
            if "run" in step:
                ok, outputs = self.script(step, env)
            else:
                ok, outputs = self.action({k: self.value(v, context) for k, v in step.get("with", {}).items()}, env)
            context["steps"][step.get("id", "")] = {"outputs": outputs}
            fine = ok or bool(step.get("continue-on-error"))
        return fine, context

    def script(self, step, env):
        assert "${{" not in step["run"], "an expression in the text of a script"
        shell = {"sh": ["sh", "-e"], "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}[step.get("shell", "bash")]
        output = self.folder.parent / "output"
        output.write_text("")
        done = subprocess.run([*shell, "-c", step["run"]], cwd=self.folder, capture_output=True, text=True,
                              env={**OUTSIDE, **self.env, **env, "GITHUB_OUTPUT": str(output), "GITHUB_ACTION_PATH": str(self.action_path)})
        self.log.append(("run", done.stdout, done.stderr))
        return done.returncode == 0, dict(line.split("=", 1) for line in output.read_text().splitlines())

    def action(self, given, env):
        action = yaml.safe_load((self.action_path / "action.yml").read_text())
        unknown = set(given) - set(action["inputs"])
        assert not unknown, f"the action has no input {unknown}"
        inputs = {k: given.get(k, row["default"]) for k, row in action["inputs"].items()}
        fine, context = self.steps(action["runs"]["steps"], inputs, env)
        outputs = {}
        for name, row in action["outputs"].items():
            try:
                outputs[name] = self.value(row["value"], context)
            except KeyError:
                outputs[name] = ""
        return fine, outputs


def github(tally, work):
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    where = work / "action"
    built = (ROOT / "build" / "orgexit").exists() and ORGEXIT == (ROOT / "build" / "orgexit").resolve()
    # A copy, so that the step which builds finds all of it up to date and the repository stays as it is.
    shutil.copytree(ROOT, where, symlinks=True, ignore=lambda folder, names: [n for n in names if n in (".git", "tmp", "golden", "tests", "asan", "fuzz", "lint-cases") and Path(folder) in (ROOT, ROOT / "build")])
    if not built:
        print(f"{ORGEXIT} is no build/orgexit: the step of action.yml that builds is not run")
        shutil.rmtree(where / "build", ignore_errors=True)
        (where / "build").mkdir()
        (where / "build" / "orgexit").symlink_to(ORGEXIT)
    steps = [s for s in action["runs"]["steps"] if built or "make" not in s.get("run", "")]
    (where / "action.yml").write_text(yaml.safe_dump({**action, "runs": {**action["runs"], "steps": steps}}))
    wrong = [f"{k} has no description" for k, row in {**action["inputs"], **action["outputs"]}.items() if not row.get("description")]
    wrong += ["inputs that are text alone have a default"] if any(not isinstance(row.get("default"), str) for row in action["inputs"].values()) else []
    used = set(re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text()))
    wrong += [f"inputs {used ^ set(action['inputs'])} are not used or not there"] if used != set(action["inputs"]) else []
    gate_reads = set(re.findall(r"\$\{([A-Z_]+):-", (ROOT / "scripts" / "gate.sh").read_text())) - {"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"}
    env = next(s["env"] for s in action["runs"]["steps"] if s.get("id") == "gate")
    wrong += [f"gate.sh reads {gate_reads}, the action sets {set(env)}"] if gate_reads != set(env) else []
    wrong += [f"{s}: another shell, or none" for s in action["runs"]["steps"] if "run" in s and s.get("shell") not in ("sh", "bash")]
    wrong += [f"{s['uses']}: not pinned" for s in action["runs"]["steps"] if "uses" in s and not re.search(r"@v\d+$", s["uses"])]
    tally.add("ci action.yml: inputs and steps", wrong)
    folder = repository(work, "caller", {"policies/a.json": GOOD, "bad/b.json": BAD, "claims.yaml": CLAIMS, f"{EVIL.replace('/', '|')}.json": GOOD})
    snapshot(folder)
    summary = work / "summary"
    rows = {
        "lint": ({"command": "lint"}, True, "0"), "lint, a fault": ({"command": "lint", "path": "bad", "sarif": "lint.sarif"}, False, "1"),
        "lint, never": ({"command": "lint", "path": "bad", "fail-on": "never"}, True, "0"), "check": ({}, False, "1"), "guard": ({"command": "guard", "expect": "claims.yaml"}, False, "1"),
        "a hostile path": ({"command": "lint", "path": EVIL.replace("/", "|") + ".json"}, True, "0"), "a hostile command": ({"command": EVIL}, False, "2"),
        "a hostile file": ({"command": "lint", "sarif": EVIL.replace("/", "|")}, True, "0"),
    }
    for name, (given, fine, code) in rows.items():
        summary.write_text("")
        runner = Runner(where, folder, {**AS_OF, "GITHUB_STEP_SUMMARY": str(summary)})
        ok, outputs = runner.action(given, {})
        wrong = [] if (ok, outputs) == (fine, {"exit-code": code}) else [f"{ok} {outputs} {runner.log[-2:]}"]
        wrong += ["it ran what stands in an input"] if (folder / "pwned").exists() else []
        wrong += ["no summary"] if code != "2" and not summary.read_text().startswith("## ") else []
        wrong += ["no SARIF"] if "sarif" in given and not (folder / given["sarif"]).exists() else []
        tally.add(f"ci action.yml: {name}", wrong)
    if built:
        tally.add("ci action.yml: the program was built", [] if (where / "build" / "orgexit").stat().st_mode & 0o100 else "it is not there")
    # docs/ci.md: what it tells to write does that.
    blocks = [yaml.safe_load(b.replace("OWNER/orgexit@REF", "./")) for b in yaml_blocks() if "uses: OWNER/orgexit" in b]
    for n, steps in enumerate(blocks, 1):
        runner = Runner(where, folder, {"GITHUB_STEP_SUMMARY": str(summary)})
        ok, context = runner.steps(steps, {}, {})
        tally.add(f"ci docs/ci.md: step {n}", [] if ok else f"{runner.log[-1]}")
    tally.add("ci docs/ci.md: has steps", [] if blocks else "none")
    told = set(re.findall(r"`([a-z-]+)`", "".join(re.findall(r"^\| ([^|]*) \|", (ROOT / "docs" / "ci.md").read_text(), re.M))))
    tally.add("ci docs/ci.md: tells every input and output", formats.differ("names", told, {*action["inputs"], *action["outputs"]}))
    for file in sorted((ROOT / ".github" / "workflows").glob("*.yml")):
        flow = yaml.safe_load(file.read_text())
        text = file.read_text()
        wrong = [f"{u}: not pinned" for u in re.findall(r"uses: (\S+)", text) if u != "./" and not re.search(r"@v\d+$", u)]
        wrong += [f"permissions {flow.get('permissions')}"] if flow.get("permissions") != {"contents": "read"} else []
        tally.add(f"ci {file.name}: what it uses", wrong)
        for name, job in flow["jobs"].items():
            runner = Runner(where, where, {"GITHUB_STEP_SUMMARY": str(summary)})
            ok, context = runner.steps(job["steps"], {}, flow.get("env", {}))
            tally.add(f"ci {file.name}: {name}", [] if ok else f"{context['steps']} {runner.log[-1]}")


# ---- GitLab ----

def gitlab(tally, work):
    text = (ROOT / "templates" / "orgexit.gitlab-ci.yml").read_text()
    template = yaml.safe_load(text)[".orgexit"]
    shown = yaml.safe_load("\n".join(line[2:] for line in text.splitlines() if line.startswith("#     ")))
    (_, job), = shown.items()
    documented = next(yaml.safe_load(b) for b in yaml_blocks() if b.startswith("include:"))
    wrong = [] if (ROOT / documented.pop("include")["file"]).samefile(ROOT / "templates" / "orgexit.gitlab-ci.yml") else ["another file"]
    (_, own), = documented.items()
    tally.add("ci docs/ci.md: the GitLab job", wrong + ([] if own["extends"] == ".orgexit" and set(own["variables"]) <= set(template["variables"]) else [f"{own}"]))
    tally.add("ci gitlab: the example in its head", [] if job["extends"] == ".orgexit" and set(job["variables"]) <= set(template["variables"]) else f"{job}")
    evil = EVIL.replace("/", "|")
    folder = repository(work, "gitlab", {"policies/a.json": GOOD, "bad/b.json": BAD, f"{evil}/a.json": GOOD})
    snapshot(folder)
    programs = work / "gitlab-bin"
    programs.mkdir()
    (programs / "orgexit").symlink_to(ORGEXIT)
    rows = {"check, by default": ({}, 1), "its example": (job["variables"], 0), "lint, a fault": ({"ORGEXIT_COMMAND": "lint", "ORGEXIT_TARGET": "bad"}, 1),
            "nothing there": ({"ORGEXIT_TARGET": "none"}, 2), "a hostile path": ({"ORGEXIT_COMMAND": "lint", "ORGEXIT_TARGET": evil}, 0), "a hostile command": ({"ORGEXIT_COMMAND": EVIL}, 2)}
    for name, (variables, want) in rows.items():
        files = template["artifacts"]["paths"]
        for file in files:
            (folder / file).unlink(missing_ok=True)
        env = {**judge.CLEAN, **AS_OF, **{k: str(v) for k, v in template["variables"].items()}, **variables, "PATH": f"{programs}:{os.environ['PATH']}"}
        done = subprocess.run(["sh", "-e", "-c", "\n".join(template["script"])], cwd=folder, env=env, capture_output=True, text=True)
        wrong = [] if done.returncode == want else [f"exit {done.returncode}, not {want}: {done.stderr[:200]}"]
        if "hostile command" not in name:
            wrong += [f"no {f}" for f in files if not (folder / f).exists()]
            wrong += formats.schema_faults("gitlab.schema.json", json.loads((folder / template["artifacts"]["reports"]["codequality"]).read_text())) if not wrong else []
            wrong += formats.xmllint((folder / template["artifacts"]["reports"]["junit"]).read_text()) if not wrong else []
        wrong += ["it ran what stands in a variable"] if (folder / "pwned").exists() else []
        tally.add(f"ci gitlab: {name}", wrong)
    tally.add("ci gitlab: reports are kept whatever the exit code", [] if template["artifacts"]["when"] == "always" and set(template["artifacts"]["reports"].values()) == set(template["artifacts"]["paths"]) else f"{template['artifacts']}")


# ---- pre-commit ----

HOOKS = {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["id", "name", "entry", "language"], "additionalProperties": False, "properties": {
    "id": {"type": "string"}, "name": {"type": "string"}, "description": {"type": "string"}, "entry": {"type": "string"}, "language": {"const": "system"}, "args": {"type": "array"},
    "types_or": {"type": "array", "items": {"enum": ["json", "yaml"]}}, "files": {"type": "string", "format": "regex"}}}}
FILES = {"policies/a.json": GOOD, "team/policy/b.yaml": json.dumps(json.loads(GOOD)), "policies/notes.txt": "no policy", "other/c.json": BAD, "mypolicies/d.json": BAD}


def pre_commit(tally, work):
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    tally.add("ci pre-commit: the file", [e.message for e in jsonschema.Draft7Validator(HOOKS).iter_errors(hooks)])
    hook, = hooks
    suffixes = {"json": ("*.json",), "yaml": ("*.yaml", "*.yml")}
    own = work / "pre-commit-bin"
    own.mkdir()
    (own / "orgexit").symlink_to(ORGEXIT)
    env = {**judge.CLEAN, "PATH": f"{own}:{os.environ['PATH']}", "PRE_COMMIT_HOME": str(work / "pre-commit-home"), "GIT_CONFIG_GLOBAL": "/dev/null"}
    folder = repository(work, "pre-commit", FILES)

    def chosen():
        tracked = git(folder, "ls-files", "-z").split("\0")[:-1]
        return [f for f in tracked if re.search(hook["files"], f) and any(fnmatch.fnmatch(f, s) for t in hook["types_or"] for s in suffixes[t])]

    def run():
        return subprocess.run([*shlex.split(hook["entry"]), *hook.get("args", []), *chosen()], cwd=folder, env=env, capture_output=True, text=True)

    tally.add("ci pre-commit: which files", formats.differ("files", chosen(), ["policies/a.json", "team/policy/b.yaml"]))
    done = run()
    tally.add("ci pre-commit: policies without a fault", [] if done.returncode == 0 else f"{done.returncode} {done.stdout} {done.stderr}")
    (folder / "policies" / "e.json").write_text(BAD)
    git(folder, "add", "-A")
    done = run()
    tally.add("ci pre-commit: a fault", [] if done.returncode == 1 and "policies/e.json" in done.stdout and "\x1b" not in done.stdout else f"{done.returncode} {done.stdout} {done.stderr}")
    documented = next(yaml.safe_load(b) for b in yaml_blocks() if b.startswith("repos:"))
    tally.add("ci docs/ci.md: the hook", [] if [h["id"] for h in documented["repos"][0]["hooks"]] == [hook["id"]] else f"{documented}")
    if not shutil.which("pre-commit"):
        print("pre-commit is not installed: its own reading of .pre-commit-hooks.yaml was not asked")
        return
    # The hook as others get it: a repository that holds the file.
    hooks_at = repository(work, "hooks", {".pre-commit-hooks.yaml": (ROOT / ".pre-commit-hooks.yaml").read_text()})
    revision = git(hooks_at, "rev-parse", "HEAD").strip()
    (folder / ".pre-commit-config.yaml").write_text(f"repos: [{{repo: {hooks_at}, rev: {revision}, hooks: [{{id: {hook['id']}}}]}}]\n")
    git(folder, "add", "-A")
    for name, want in (("a fault", 1), ("no fault", 0)):
        done = subprocess.run(["pre-commit", "run", "--all-files", "--color=never"], cwd=folder, env=env, capture_output=True, text=True)
        wrong = [] if done.returncode == want and "orgexit lint" in done.stdout else [f"exit {done.returncode}: {done.stdout[-600:]} {done.stderr[-300:]}"]
        wrong += [f"it looked at {f}" for f in ("other/c.json", "mypolicies/d.json") if f in done.stdout]
        wrong += ["no finding"] if want and "policies/e.json" not in done.stdout else []
        tally.add(f"ci pre-commit: by itself, {name}", wrong)
        (folder / "policies" / "e.json").write_text(GOOD)
        git(folder, "add", "-A")


# ---- the image ----

def instructions(text):
    lines = re.sub(r"\\\n", " ", text).splitlines()
    return [line.split(None, 1) for line in lines if line.strip() and not line.startswith("#")]


def image(tally, work):
    file = instructions((ROOT / "Dockerfile").read_text())
    kinds = [k for k, _ in file]
    stages = [a for k, a in file if k == "FROM"]
    wrong = [] if kinds[0] == "FROM" and len(stages) == 2 and all(s.startswith("debian:bookworm-slim") for s in stages) else [f"stages {stages}"]
    wrong += [f"{k} is no instruction that it needs" for k in set(kinds) - {"FROM", "RUN", "COPY", "WORKDIR", "USER", "ENTRYPOINT"}]
    last = dict(file[max(i for i, k in enumerate(kinds) if k == "FROM"):])
    wrong += ["it runs as root"] if last.get("USER") != "65534" else []
    wrong += ["its entry point is another"] if json.loads(last["ENTRYPOINT"]) != ["orgexit"] else []
    tally.add("ci Dockerfile: stages", wrong)
    runs = [a for k, a in file if k == "RUN"]
    makes = [shlex.split(a.replace('"$(nproc)"', "2")) for a in runs if a.startswith("make ")]
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = [w for m in makes for w in m[1:] if not w.startswith("-") and "=" not in w and not w.isdigit()]
    tally.add("ci Dockerfile: targets of the Makefile", [f"make has no target {t}" for t in named if t not in targets] + ([] if named == ["build-deps", "install"] else [f"{named}"]))
    packages = [set(a.split("--no-install-recommends", 1)[1].split("&&")[0].split()) for a in runs if "apt-get install" in a]
    needed = set(re.findall(r"^build \S+ \S+ (\S+)", (ROOT / "scripts" / "install-deps.sh").read_text(), re.M))
    tally.add("ci Dockerfile: what building needs comes from install-deps.sh", [] if len(packages) == 2 and packages[0] == {"make"} and len(needed) == 7 else f"{packages} {needed}")
    # Of every library that building takes, the package that holds what the program is linked with.
    if shutil.which("dpkg") and "bookworm" in Path("/etc/os-release").read_text() and ORGEXIT == (ROOT / "build" / "orgexit").resolve():
        linked = re.findall(r"=> (\S+)", subprocess.run(["ldd", ORGEXIT], capture_output=True, text=True, check=True).stdout)
        owners = set()
        for path in linked:
            for p in {path, os.path.realpath(path), re.sub("^/lib", "/usr/lib", path), re.sub("^/usr/lib", "/lib", os.path.realpath(path))}:
                done = subprocess.run(["dpkg", "-S", p], capture_output=True, text=True)
                owners |= {line.split(":")[0] for line in done.stdout.splitlines()}
        owners -= {"libc6", "libgcc-s1", "libasan8", "libubsan1", "libstdc++6"}
        tally.add("ci Dockerfile: the libraries are those that the program is linked with", formats.differ("packages", packages[1], owners))
    else:
        print("this is no Debian 12, or no build/orgexit: the libraries of the Dockerfile were not compared with those of the program")
    # What `make install` puts in place runs, and nothing but the copied paths is needed. The build is that of the tests.
    out = work / "out"
    build = str(Path(os.environ.get("BUILD", ROOT / "build")))
    install = next(m for m in makes if "install" in m)
    if (Path(build) / "orgexit").resolve() == ORGEXIT and build == str(ROOT / "build"):
        done = subprocess.run([*[w.replace("/out", str(out)) for w in install]], cwd=ROOT, env=OUTSIDE, capture_output=True, text=True)
        wrong = [] if done.returncode == 0 else [done.stderr[-300:]]
        copies = [a.split() for k, a in file if k == "COPY" and a.startswith("--from=build")]
        wrong += [f"{source} is not there" for _, source, _ in copies if not (work / source.lstrip("/")).exists()]
        said = subprocess.run([out / "usr/bin/orgexit", "--version"], capture_output=True, text=True, cwd=work, env=judge.CLEAN) if not wrong else None
        wrong += [] if said and said.stdout.startswith("orgexit ") else ["it does not run"]
        wrong += [f"{source} goes to {to}" for _, source, to in copies if source.removeprefix("/out") != to]
        tally.add("ci Dockerfile: what it installs", wrong)
    else:
        print(f"{ORGEXIT} is no build/orgexit: `make install` of the Dockerfile is not run")
    ignored = (ROOT / ".dockerignore").read_text().split()
    tally.add("ci .dockerignore", [] if ignored == [".git", "build"] else f"{ignored}")


def main():
    tally = judge.Tally()
    with tempfile.TemporaryDirectory() as place:
        work = Path(place).resolve()
        gates(tally, work)
        github(tally, work)
        gitlab(tally, work)
        pre_commit(tally, work)
        image(tally, work)
    tally.end()


if __name__ == "__main__":
    main()
