#!/usr/bin/python3
"""How long `lint` takes, against stock cJSON parsing and freeing the same files on one thread: many small policies (the AWS managed ones of the
corpus, where it is at hand), and the large captures of a generated organization.

Runs are interleaved A B A B, the least of five in each block, the ratio being the median over the blocks; CPU time decides. Nothing fails because of time.

    lint.py [--build FOLDER]      whose program is measured; default build
"""
import json
import os
import statistics
from pathlib import Path

import bench
import judge

CORPUS = Path(os.environ.get("ORGEXIT_CORPUS", judge.ROOT.parent / "shared" / "corpus"))


def managed():
    """One file for each AWS managed policy, as a policy repository would have it."""
    folder = bench.BUILD / "managed"
    source = CORPUS / "managed" / "aws-managed-policies.ndjson"
    if not source.exists():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    for line in source.read_text().splitlines():
        policy = json.loads(line)
        (folder / f"{policy['name']}.json").write_text(json.dumps(policy["document"], indent=4))
    return folder


def compare(program, name, folder, limit):
    files = sorted(folder.rglob("*.json"))
    listed = bench.BUILD / "lint-files"
    listed.write_text("".join(f"{file}\n" for file in files))
    size = sum(file.stat().st_size for file in files)
    ours = [judge.ORGEXIT, "lint", folder, "--jobs", "1", "--format", "ndjson", "--as-of", bench.AS_OF]
    theirs = [program, "parse", listed]
    blocks = [bench.block(program, ours, theirs) for _ in range(bench.BLOCKS)]
    ratios = [a[0] / b[0] for a, b in blocks]
    mine, stock = min(a[0] for a, _ in blocks), min(b[0] for _, b in blocks)
    ratio = statistics.median(ratios)
    print(f"lint, {name}: {len(files)} files, {size / 1e6:.1f} MB")
    print(f"  orgexit {mine:.3f} s ({size / 1e6 / mine:.0f} MB/s, {len(files) / mine:.0f} files/s), cJSON {stock:.3f} s")
    print(f"  ratio {ratio:.2f} (median of {bench.BLOCKS} blocks: {' '.join(f'{r:.2f}' for r in ratios)}), at most {limit}: {'reached' if ratio <= limit else 'TOO SLOW'}")


def main():
    bench.BUILD.mkdir(parents=True, exist_ok=True)
    program = bench.build_yardstick()
    folder = managed()
    if folder:
        compare(program, "AWS managed policies", folder, 15)
    compare(program, "large captures", bench.organization(bench.ACCOUNTS) / "snapshot", 4)


if __name__ == "__main__":
    main()
