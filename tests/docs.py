#!/usr/bin/python3
"""The documentation shows what the program prints: every ```console block of README.md and docs/*.md is run.

A line that begins with "$ " is run by sh from the project's root, with `orgexit` and `build/orgexit` being the program under test; the lines
below it are its standard output, up to the next "$ ". A line "…" stands for any number of lines. Nothing else may differ.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ORGEXIT = Path(os.environ.get("ORGEXIT", ROOT / "build" / "orgexit")).resolve()
ENV = {k: v for k, v in os.environ.items() if k not in ("SOURCE_DATE_EPOCH", "COLUMNS", "FORCE_COLOR", "CLICOLOR_FORCE", "ORGEXIT_CONFIG")}


def blocks(text):
    for match in re.finditer(r"^```console\n(.*?)^```", text, re.M | re.S):
        yield text[: match.start()].count("\n") + 2, match.group(1)


def commands(block):
    command, output = None, []
    for line in block.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, output
            command, output = line[2:], []
        else:
            output.append(line.rstrip())
    if command:
        yield command, output


def agrees(expected, actual):
    """Whether the lines agree, "…" standing for any number of them."""
    pattern = "\n".join(r"(?:.*\n)*?.*" if line.strip() == "…" else re.escape(line) for line in expected)
    return re.fullmatch(pattern, "\n".join(actual)) is not None


def main():
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "orgexit").symlink_to(ORGEXIT)
        ENV["PATH"] = folder + os.pathsep + ENV["PATH"]
        for file in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
            for line, block in blocks(file.read_text()):
                for command, expected in commands(block):
                    run = command.replace("build/orgexit", "orgexit")
                    done = subprocess.run(["sh", "-c", run], cwd=ROOT, env=ENV, capture_output=True, text=True, timeout=60)
                    actual = [x.rstrip() for x in done.stdout.splitlines()]
                    while expected and not expected[-1]:
                        expected.pop()
                    if agrees(expected, actual):
                        passed += 1
                        continue
                    failed += 1
                    print(f"FAIL docs {file.relative_to(ROOT)}:{line}: $ {command}")
                    print("\n".join("     | " + x for x in actual[:200]))
                    print(done.stderr)
    print(f"{passed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
