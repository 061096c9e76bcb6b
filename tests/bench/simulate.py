#!/usr/bin/python3
"""How many cases `simulate --cases` decides a second on one thread, from lines to lines, and how many evaluations with the policies loaded.

Beside it stock cJSON, which only parses and frees the same lines. Runs are interleaved, the least of five counts, CPU time decides. Nothing here fails because of time.

    simulate.py [--build FOLDER]     whose program and library are measured; default build

    BENCH_CASES (200000), BENCH_SEED (1), BENCH_BLOCKS (5)
"""
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
GOAL_CASES, GOAL_EVALUATIONS = 350_000, 2_000_000


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


def told(program, what, file):
    return [float(x) for x in subprocess.run([program, what, file], check=True, capture_output=True, text=True).stdout.split()]


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
    few = WORK / f"cases-{kind}-loaded.ndjson"
    with file.open() as lines:
        few.write_text("".join(line for line, _ in zip(lines, range(LOADED))))
    done, seconds, allowed = min((told(program, "evaluate", few) for _ in range(3)), key=lambda r: r[1])
    print(f"policy texts {kind}: {count} cases of {size / count:.0f} bytes, {100 * allowed / done:.0f} % allowed")
    print(f"  from lines to lines    {count / best:10,.0f} cases/s        {size / best / 1e6:6.0f} MB/s   goal {GOAL_CASES:,}: {'reached' if count / best >= GOAL_CASES else 'NOT REACHED'}")
    print(f"  cJSON parse and free   {count / base:10,.0f} lines/s        {size / base / 1e6:6.0f} MB/s   ours / cJSON {ratio:.2f} (median of {len(runs)} blocks)")
    print(f"  {LOADED} cases loaded       {done / seconds:10,.0f} evaluations/s                  goal {GOAL_EVALUATIONS:,}: {'reached' if done / seconds >= GOAL_EVALUATIONS else 'NOT REACHED'}")
    file.unlink()
    few.unlink()


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    program = build()
    for kind in ("repeated", "distinct"):
        measure(program, kind)


main()
