#!/usr/bin/python3
"""Help, completions and manual pages come out of one table: they must name the same options, and be read by those they are for. What `make install` puts where."""
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import doors

ROOT = Path(__file__).resolve().parent.parent
EXE = os.environ.get("ORGEXIT", str(ROOT / "build" / "orgexit"))
failures = []
passed = 0


def check(what, good, tell=""):
    global passed
    if good:
        passed += 1
    else:
        failures.append(f"{what}: {tell}")


def run(*args, text=None):
    return subprocess.run(args, input=text, capture_output=True, text=True, check=False)


def out(*args):
    done = run(EXE, *args)
    check(" ".join(args), done.returncode == 0, done.stderr)
    return done.stdout


def commands():
    return re.findall(r"^  ([a-z]{2,})  *\S", out("help").split("Exit codes")[0], re.M)


def options_of_help(command):
    return set(re.findall(r"^  (?:-\w, )?--([a-z-]+)", out("help", command), re.M))


def options_of_bash(script, command):
    line = re.search(rf'^    {command}\) options="([^"]*)"', script, re.M)
    return {word[2:] for word in line.group(1).split()} if line else set()


def options_of_zsh(script, command):
    part = re.search(rf"^    {command}\)\n(.*?)^        ;;", script, re.M | re.S)
    return set(re.findall(r"^            (?:'\*')?--([a-z-]+)", part.group(1), re.M)) if part else set()


def options_of_fish(script, command):
    return set(re.findall(rf"from {command}' -l ([a-z-]+)", script))


def options_of_manual(page):
    return set(re.findall(r"^\.It (?:Fl \w , )?Fl -([a-z-]+)", page, re.M))


def completed(script, *words):
    """What bash offers behind these words."""
    line = " ".join(f"'{w}'" for w in words)
    done = run("bash", "-c", f"{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _orgexit; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
    return set(done.stdout.split())


def lint(name, page):
    if not shutil.which("mandoc"):
        return
    done = run("mandoc", "-Tlint", "-Wwarning", text=page)
    bad = [line for line in done.stdout.splitlines() if "new sentence, new line" not in line]
    check(f"mandoc reads {name}", not bad, "\n".join(bad))


def same_options():
    bash, zsh, fish = (out("completion", shell) for shell in ("bash", "zsh", "fish"))
    for command in commands():
        want = options_of_help(command)
        page = out("help", command, "--man")
        for where, got in (("bash", options_of_bash(bash, command)), ("zsh", options_of_zsh(zsh, command)), ("fish", options_of_fish(fish, command)),
                           ("manual", options_of_manual(page))):
            check(f"{command}: {where}", want and got == want, f"{sorted(want ^ got)} differ")
        lint(f"orgexit-{command}.1", page)
    check("bash: a command", completed(bash, "orgexit", "chec") == {"check"}, completed(bash, "orgexit", "chec"))
    check("bash: an option", completed(bash, "orgexit", "check", "--form") == {"--format"}, completed(bash, "orgexit", "check", "--form"))
    check("bash: its values", completed(bash, "orgexit", "check", "--color", "") == {"auto", "always", "never"}, completed(bash, "orgexit", "check", "--color", ""))
    for shell, script in (("bash", bash), ("zsh", zsh), ("fish", fish)):
        if shutil.which(shell):
            done = run(shell, "-n", text=script)
            check(f"{shell} reads it", done.returncode == 0 and not done.stderr, done.stderr)


def installed():
    want = ["bin/orgexit", "lib/liborgexit.a", "lib/pkgconfig/orgexit.pc", "include/orgexit.h", "share/man/man1/orgexit.1", "share/man/man5/orgexit-rules.5",
            "share/man/man5/orgexit-snapshot.5", "share/bash-completion/completions/orgexit", "share/zsh/site-functions/_orgexit",
            "share/fish/vendor_completions.d/orgexit.fish"] + [f"share/man/man1/orgexit-{c}.1" for c in commands()]
    with tempfile.TemporaryDirectory() as folder:
        build = os.environ.get("BUILD", "build")
        made = run("make", "-s", "-C", str(ROOT), "install", f"BUILD={build}", f"PREFIX={folder}/usr", "-o", "all")
        check("make install", made.returncode == 0, made.stderr)
        for name in want:
            path = Path(folder, "usr", name)
            check(f"installed: {name}", path.is_file() and path.stat().st_size > 0, "not there")
        for page in sorted(Path(folder).glob("usr/share/man/man*/*")):
            lint(page.name, page.read_text())
        env = dict(os.environ, PKG_CONFIG_PATH=f"{folder}/usr/lib/pkgconfig")
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "orgexit"], capture_output=True, text=True, env=env, check=False)
        check("pkg-config knows it", f"-I{folder}/usr/include" in flags.stdout and "-lorgexit" in flags.stdout, flags.stderr)


def progress():
    """A stream that takes more than half a second: a line on the terminal, taken away at the end; none with --quiet, none in a pipe."""
    try:
        primary, secondary = pty.openpty()
    except OSError as why:  # a bare chroot
        print(f"manners: no terminal to be had ({why}): progress is not tested")
        return
    part, lines = doors.lines_of(doors.document_of(ROOT / "samples" / "acme"))
    text = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    with tempfile.TemporaryDirectory() as folder:
        org = Path(folder, "org.json")
        org.write_text(json.dumps(part))
        command = [EXE, "check", "-", "--org", str(org), "--as-of", doors.AS_OF, "--format", "ndjson", "--ascii"]
        for what, more, errors, shown in (("a terminal", [], secondary, True), ("quiet", ["--quiet"], secondary, False), ("a pipe", [], subprocess.PIPE, False)):
            process = subprocess.Popen(command + more, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors)
            time.sleep(0.7)
            said = process.communicate(text)[1]
            if errors == secondary:
                os.write(secondary, b"@")  # the end of what there is to read
                said = b""
                while not said.endswith(b"@"):
                    said += os.read(primary, 65536)
                said = said[:-1]
            check(f"progress, {what}", bool(re.search(rb"checking  \d+/\d+  [#.]{12}", said)) == shown and (not shown or said.endswith(b"\r\x1b[K")), said[:300])
    os.close(primary)
    os.close(secondary)


same_options()
installed()
progress()
for failure in failures:
    print("FAILED", failure)
print(f"{passed} passed, {len(failures)} failed")
sys.exit(bool(failures))
