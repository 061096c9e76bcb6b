#!/usr/bin/python3
"""NDJSON in, NDJSON out: shards judged apart give the account lines of a single run, byte for byte.

By GNU parallel, by split and xargs, and by what Spark's RDD.pipe does: the command's words, one process for each partition, a line in for each element, an element
for each line out. Spark itself is not at hand; its command and its filter are those of docs/scale.md.
"""
import json
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import doors
import judge

AS_OF = doors.AS_OF


def run(org, lines, *options):
    done = subprocess.run([judge.ORGEXIT, "check", "-", "--org", org, "--as-of", AS_OF, "--format", "ndjson", *options], input=lines, env=judge.CLEAN, capture_output=True)
    return done.returncode, done.stdout.splitlines(keepends=True), done.stderr.decode(errors="replace")


def accounts(lines):
    return [line for line in lines if line.startswith(b'{"type":"account"')]


def command(org):
    """As docs/scale.md has it."""
    return f'"{judge.ORGEXIT}" check - --org "{org}" --as-of {AS_OF} --format ndjson'


def by_parallel(org, lines, work):
    spread = f"parallel --will-cite --keep-order --pipe -N 3 '{command(org)} || test $? -ne 2 -a $? -ne 4'"
    return subprocess.run(["sh", "-c", spread], input=lines, env=judge.CLEAN, capture_output=True).stdout.splitlines(keepends=True)


def by_xargs(org, lines, work):
    (work / "all").write_bytes(lines)
    subprocess.run(["split", "-l", "3", "all", "shard."], cwd=work, check=True)
    subprocess.run(["sh", "-c", f"ls shard.* | xargs -P 3 -I@ sh -c '{command(org)} < @ > out.@'"], cwd=work, env=judge.CLEAN)
    return [line for path in sorted(work.glob("out.shard.*")) for line in path.read_bytes().splitlines(keepends=True)]


def by_pipes(org, lines, work):
    line = re.search(r'sc\.textFile\(.*?\)\.pipe\("(.+?)"\)\.filter\((lambda line: .+)\)$', (judge.ROOT / "docs" / "scale.md").read_text(), re.M)
    words = shlex.split(line[1].replace("orgexit", shlex.quote(judge.ORGEXIT), 1).replace("org.json", shlex.quote(str(org)))) + ["--as-of", AS_OF]
    keep, elements, out = eval(line[2]), lines.decode().splitlines(), []
    for first in range(0, len(elements), 4):
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=judge.CLEAN) as process:
            got, _ = process.communicate("".join(e + "\n" for e in elements[first:first + 4]).encode())
        out += [e for e in got.decode().split("\n") if keep(e)]
    return [e.encode() + b"\n" for e in out]


def has_gnu_parallel():
    return shutil.which("parallel") and b"GNU parallel" in subprocess.run(["parallel", "--version"], capture_output=True).stdout


def main():
    tally = judge.Tally()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        part, lines = doors.lines_of(doors.document_of(judge.ROOT / "samples" / "acme"))
        org = work / "org.json"
        org.write_text(json.dumps(part))
        text = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        code, whole, err = run(org, text, "--jobs", "1")
        tally.add("all accounts have a line out", [] if len(accounts(whole)) == len(lines) > 10 else [f"{len(accounts(whole))} of {len(lines)}: {err[:300]}"])
        ways = [("xargs", by_xargs), ("Spark's pipes", by_pipes)] + ([("GNU parallel", by_parallel)] if has_gnu_parallel() else [])
        for name, spread in ways:
            tally.add(f"shards by {name} give the lines of a single run", [] if accounts(spread(org, text, work)) == accounts(whole) else ["they differ"])
        if len(ways) == 2:
            print("GNU parallel is not installed: it was not tried")
        for jobs in ("2", "7", "32"):
            tally.add(f"--jobs {jobs} gives the bytes of --jobs 1", [] if run(org, text, "--jobs", jobs)[:2] == (code, whole) else ["they differ"])
        (work / "lines").write_bytes(text)
        named = subprocess.run([judge.ORGEXIT, "check", work / "lines", "--org", org, "--as-of", AS_OF, "--format", "ndjson"], env=judge.CLEAN, capture_output=True)
        tally.add("a file gives what standard input gives", [] if named.stdout == b"".join(whole) else ["they differ"])
        # A stream that was cut anywhere is never better than the whole: what is left of a line is an error, and the lines before it are told.
        wrong = []
        for cut in range(0, len(text), 977):
            left, out = text[:cut], run(org, text[:cut])
            ends_whole = left.endswith(b"\n") or not left
            if accounts(out[1]) != accounts(whole)[:left.count(b"\n")]:
                wrong.append(f"cut at {cut}: other account lines")
            if not ends_whole and out[0] != 2:
                wrong.append(f"cut at {cut}: exit {out[0]}")
            if out[0] == 0:
                wrong.append(f"cut at {cut}: exit 0")
        tally.add("a stream that was cut is exit 2, what stood before is told", wrong)
    tally.end()


if __name__ == "__main__":
    sys.exit(main())
