#!/usr/bin/python3
"""How long `check` takes on a generated organization, against stock cJSON parsing and freeing the same files on one thread.

First the planted verdicts are compared; only then the clock is looked at. Runs are interleaved A B A B, the least of five in each block, the ratio
being the median over the blocks; CPU time decides, so that other work on the machine blurs it little. Nothing here fails because of time.

    bench.py [--build FOLDER]     whose program is measured; default build

    BENCH_ACCOUNTS (100), BENCH_SIZE (1000000), BENCH_SEED (1), BENCH_BLOCKS (5), BENCH_PROFILE (1: where the instructions go, by callgrind; 0: not)
"""
import os
import re
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

if sys.argv[1:2] == ["--build"]:
    os.environ["ORGEXIT"] = str(Path(sys.argv[2]).resolve() / "orgexit")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import judge  # noqa: E402

ACCOUNTS, SIZE, SEED = (int(os.environ.get(k, d)) for k, d in (("BENCH_ACCOUNTS", "100"), ("BENCH_SIZE", "1000000"), ("BENCH_SEED", "1")))
BLOCKS, IN_BLOCK = int(os.environ.get("BENCH_BLOCKS", "5")), 5
GOAL, LIMIT = 0.7, 1.0
AS_OF = "2026-11-20T12:00:00Z"
BUILD = Path(judge.ORGEXIT).resolve().parent / "bench"


def organization(accounts):
    """The generated organization, made once for each set of numbers and each state of the generator."""
    generator = judge.ROOT / "tests" / "gen" / "genorg.py"
    folder = BUILD / f"{accounts}x{SIZE}-{SEED}"
    stamp = folder / "made-by"
    if not stamp.exists() or stamp.read_bytes() != generator.read_bytes():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, generator, "--accounts", str(accounts), "--size", str(SIZE), "--seed", str(SEED), "--out", folder], check=True)
        stamp.write_bytes(generator.read_bytes())
    return folder


def build_yardstick():
    program = BUILD / "bench"
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libcjson"], check=True, capture_output=True, text=True).stdout.split()
    source = judge.ROOT / "tests" / "bench" / "bench.c"
    subprocess.run([os.environ.get("CC", "cc"), "-std=c11", "-D_DEFAULT_SOURCE", "-O2", "-o", program, source, *flags], check=True)
    return program


def planted(folder):
    """Every verdict and blocker as planted, or the end."""
    result = judge.check(folder / "snapshot", "--as-of", AS_OF, timeout=600)
    wrong = judge.compare(result, judge.read_want(folder / "expected.tsv")) if result.doc else [f"exit {result.code} {result.err.decode(errors='replace')[:500]}"]
    if wrong:
        print(*wrong[:20], f"{len(wrong)} differences from what was planted: no time is worth printing", sep="\n")
        raise SystemExit(1)


def measure(program, command):
    out = subprocess.run([program, "time", BUILD / "out", *command], check=True, capture_output=True, text=True).stdout.split()
    return float(out[0]), float(out[1]), int(out[2]), int(out[3])


def block(program, ours, theirs):
    """The least of five interleaved runs each: (ours, theirs), each (CPU seconds, wall seconds, KiB)."""
    runs = [(measure(program, ours), measure(program, theirs)) for _ in range(IN_BLOCK)]
    return [tuple(min(r[side][field] for r in runs) for field in range(3)) for side in (0, 1)]


# What a check is made of, outermost first: a share holds those of the stages that it calls.
STAGES = [("check_open", "rules, organization, list of inputs"), ("account_load", "an account's captures read and understood"), ("json_read", "- of that JSON, bytes to nodes"),
          ("known_meet", "- looking for documents that other accounts have too"), ("policy_parse", "- policies"), ("judge", "facts and rules"),
          ("org_references", "- which policies know of the organization"), ("source_locate", "places of evidence"), ("report_account", "printing")]


def annotated(out, *options):
    text = subprocess.run(["callgrind_annotate", "--threshold=100", *options, out], capture_output=True, text=True).stdout
    rows = re.findall(r"^\s*([\d,]+) \(\s*([\d.]+)%\)\s+(\S+)", text, re.M)
    return [(int(count.replace(",", "")), where.split(":")[-1], Path(where.rsplit(":", 1)[0]).name) for count, _, where in rows]


def profile(folder):
    """Where the instructions go: what would bring the ratio down."""
    out = BUILD / "callgrind.out"
    out.unlink(missing_ok=True)
    run = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", judge.ORGEXIT, "check", folder / "snapshot", "--as-of", AS_OF, "--jobs", "1",
                          "--format", "ndjson"], capture_output=True, text=True)
    if not out.exists():
        print("callgrind gave nothing:", run.stderr[-300:])
        return
    own, whole = annotated(out), annotated(out, "--inclusive=yes")
    size = sum(p.stat().st_size for p in (folder / "snapshot").rglob("*.json"))
    total = max(count for count, _, _ in whole)
    print(f"\nwhat would bring it down ({total / size:.1f} instructions a byte):")
    for name, what in STAGES:
        count = max((count for count, where, _ in whole if where == name), default=0)
        print(f"  {100 * count / total:5.1f} %  {count / size:6.2f} a byte  {what} ({name})")
    print("of single functions, without those that they call:")
    for count, name, file in [r for r in own if r[1] != "PROGRAM"][:12]:
        print(f"  {100 * count / total:5.1f} %  {count / size:6.2f} a byte  {name}  {file}")


def main():
    BUILD.mkdir(parents=True, exist_ok=True)
    folder = organization(ACCOUNTS)
    program = build_yardstick()
    planted(folder)
    files = sorted((folder / "snapshot").rglob("*.json"))
    (BUILD / "files").write_text("".join(f"{p}\n" for p in files))
    size = sum(p.stat().st_size for p in files)
    ours = [Path(judge.ORGEXIT).resolve(), "check", folder / "snapshot", "--as-of", AS_OF, "--jobs", "1", "--format", "ndjson"]
    theirs = [program, "parse", BUILD / "files"]
    print(f"{ACCOUNTS} accounts, {len(files)} files, {size / 1e6:.1f} MB, seed {SEED}; the planted verdicts are as they should be")
    block(program, ours, theirs)  # warms the page cache
    blocks = [block(program, ours, theirs) for _ in range(BLOCKS)]
    ratios = [a[0] / b[0] for a, b in blocks]
    (cpu, wall, rss), (base, base_wall, base_rss) = (tuple(min(b[side][field] for b in blocks) for field in range(3)) for side in (0, 1))
    ratio = statistics.median(ratios)
    print(f"  orgexit check   {cpu:7.3f} s CPU  {wall:7.3f} s wall  {size / cpu / 1e6:7.1f} MB/s  peak {rss / 1024:6.1f} MiB")
    print(f"  cJSON alone     {base:7.3f} s CPU  {base_wall:7.3f} s wall  {size / base / 1e6:7.1f} MB/s  peak {base_rss / 1024:6.1f} MiB")
    print(f"  ratio {ratio:.2f} (median of {BLOCKS} blocks: {' '.join(f'{r:.2f}' for r in ratios)}); goal {GOAL}, at most {LIMIT}: "
          f"{'reached' if ratio <= GOAL else 'within the limit, the goal is not reached' if ratio <= LIMIT else 'TOO SLOW'}")
    if os.environ.get("BENCH_PROFILE", "1") != "0":
        if shutil.which("valgrind"):
            profile(folder)
        else:
            print("no valgrind: where the instructions go is not shown")


if __name__ == "__main__":
    main()
