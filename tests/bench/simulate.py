#!/usr/bin/python3
"""How many cases `simulate --cases` decides a second on one thread, from lines to lines, and how many evaluations with the policies loaded.

The hand-written cases of tests/iam, which have every feature and a tenth of which stay Unknown, are decided too; and patterns made to be slow, of
doubled length: their time may grow fourfold, never exponentially.

Beside it stock cJSON, which only parses and frees the same lines. Runs are interleaved, the least of five counts, CPU time decides. Nothing here fails because of time.

    simulate.py [--build FOLDER]     whose program and library are measured; default build

    BENCH_CASES (200000), BENCH_SEED (1), BENCH_BLOCKS (5)
"""
import json
import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = Path(sys.argv[2] if sys.argv[1:2] == ["--build"] else ROOT / "build").resolve()
WORK = FOLDER / "bench"
CASES, SEED, BLOCKS = (os.environ.get(k, d) for k, d in (("BENCH_CASES", "200000"), ("BENCH_SEED", "1"), ("BENCH_BLOCKS", "5")))
LOADED = 200  # cases whose policies are held at once: what one organization has
GOAL_CASES, GOAL_EVALUATIONS, EVALUATIONS = 350_000, 2_000_000, 4_000_000


def build():
    program = WORK / "simulate"
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libcjson", "yaml-0.1", "libpcre2-8", "libcrypto"], check=True, capture_output=True, text=True).stdout.split()
    subprocess.run([os.environ.get("CC", "cc"), "-std=c11", "-D_XOPEN_SOURCE=700", "-O2", "-pthread", f"-I{ROOT}/src", "-o", program, ROOT / "tests" / "bench" / "simulate.c",
                    FOLDER / "liborgexit.a", *flags], check=True)
    return program


def cpu(command, out=subprocess.DEVNULL):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = subprocess.run(command, stdout=out).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if code not in (0, 1):
        sys.exit(f"{command}: exit {code}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def told(program, what, file, count=EVALUATIONS):
    return [float(x) for x in subprocess.run([program, what, file, str(count)], check=True, capture_output=True, text=True).stdout.split()]


def measure(program, kind):
    file = WORK / f"cases-{kind}-{CASES}-{SEED}.ndjson"
    with file.open("wb") as out:
        subprocess.run([sys.executable, ROOT / "tests" / "bench" / "gencases.py", CASES, kind, SEED], check=True, stdout=out)
    size, count = file.stat().st_size, int(CASES)
    ours = [str(FOLDER / "orgexit"), "simulate", "--cases", str(file), "--jobs", "1"]
    cpu(ours)  # warms the page cache
    runs = [(min(cpu(ours) for _ in range(5)), min(told(program, "cjson", file)[1] for _ in range(5))) for _ in range(int(BLOCKS))]
    best, base = min(r[0] for r in runs), min(r[1] for r in runs)
    ratio = statistics.median(a / b for a, b in runs)
    with file.open() as lines:
        speed, allowed = loaded(program, [line for line, _ in zip(lines, range(LOADED))])
    print(f"policy texts {kind}: {count} cases of {size / count:.0f} bytes, {100 * allowed:.0f} % allowed")
    print(f"  from lines to lines    {count / best:10,.0f} cases/s        {size / best / 1e6:6.0f} MB/s   goal {GOAL_CASES:,}: {'reached' if count / best >= GOAL_CASES else 'NOT REACHED'}")
    print(f"  cJSON parse and free   {count / base:10,.0f} lines/s        {size / base / 1e6:6.0f} MB/s   ours / cJSON {ratio:.2f} (median of {len(runs)} blocks)")
    print(f"  {LOADED} cases loaded       {speed:10,.0f} evaluations/s                  goal {GOAL_EVALUATIONS:,}: {'reached' if speed >= GOAL_EVALUATIONS else 'NOT REACHED'}")
    file.unlink()


def loaded(program, lines, count=EVALUATIONS):
    """Evaluations a second of cases that are read once, and the share that is allowed."""
    file = WORK / "cases-loaded.ndjson"
    file.write_text("".join(lines))
    done, seconds, allowed = min((told(program, "evaluate", file, count) for _ in range(3)), key=lambda r: r[1])
    file.unlink()
    return done / seconds, allowed / done


def measure_tables(program):
    lines = [line for table in sorted((ROOT / "tests" / "iam").glob("*.ndjson")) for line in table.open() if '"expect"' in line]
    speed, allowed = loaded(program, lines, EVALUATIONS // 4)
    print(f"{len(lines)} cases of tests/iam: {speed:10,.0f} evaluations/s, {100 * allowed:.0f} % allowed")


HOSTILE = {  # what a pattern of n pieces is, and the text that it nearly matches
    "*a*a...*b": lambda n: ("*a" * n + "*b", "a" * 8 * n), "*?*?...b": lambda n: ("*?" * n + "b", "a" * 8 * n),
    "a*a*...c": lambda n: ("a*" * n + "c", "ab" * 4 * n), "***...b": lambda n: ("*" * n + "b", "a" * 8 * n),
    "*aaa...b": lambda n: ("*" + "a" * n + "b", "a" * 8 * n)}


def hostile_case(where, pattern, text):
    statement = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    request = {"principal": "arn:aws:iam::111122223333:user/jo", "action": "s3:GetObject", "resource": "arn:aws:s3:::bucket/key", "context": {}}
    if where == "Condition":
        statement["Condition"] = {"StringLike": {"example:k": pattern}}
        request["context"]["example:k"] = text
    elif where == "Resource":
        statement["Resource"], request["resource"] = "arn:aws:s3:::" + pattern, "arn:aws:s3:::" + text
    else:
        statement["Action"], request["action"] = "s3:" + pattern, "s3:" + text
    return json.dumps({"name": where, "request": request, "policies": {"identity": [{"name": "p", "document": {"Version": "2012-10-17", "Statement": [statement]}}]}}) + "\n"


def measure_hostile(program):
    print("patterns made to be slow: microseconds with 25, 50, 100, 200 and 400 pieces, and the growth at each doubling")
    for name, make in HOSTILE.items():
        for where in ("Condition", "Resource", "Action"):
            times = [1e6 / loaded(program, [hostile_case(where, *make(n))], 400_000 // n)[0] for n in (25, 50, 100, 200, 400)]
            growth = [b / a for a, b in zip(times, times[1:])]
            print(f"  {name:10} {where:10}" + "".join(f"{t:10.2f}" for t in times) + "   x" + " x".join(f"{g:.1f}" for g in growth) +
                  ("   EXPONENTIAL?" if growth[-1] > 8 else ""))


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    program = build()
    for kind in ("repeated", "distinct"):
        measure(program, kind)
    measure_tables(program)
    measure_hostile(program)


main()
