#!/usr/bin/python3
"""--redact: in no format does an id, a name or a mail address of the captures survive; verdicts and exit code stay what they are.

What must not survive is gathered here from the files, by other means than the program's: all that has the shape of an id, and every name that people
chose. Names that are words of our own rules (a role called Admin) may stand in their prose and are left out of the search.
"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import judge

AS_OF = "2026-11-20T12:00:00Z"
SHAPES = [r"(?<!\d)\d{12}(?!\d)", r"\bo-[a-z0-9]{10,32}\b", r"\bou-[a-z0-9]{4,32}-[a-z0-9]{8,32}\b", r"\br-[a-z0-9]{4,32}\b", r"\bp-[a-z0-9]{8,128}\b",
          r"[\w.+-]+@[\w-]+\.[\w.-]+", r"\bA[A-Z0-9]{15,}\b"]
NAMES = {"Name", "UserName", "RoleName", "GroupName", "PolicyName", "FullName", "AddressLine1", "City", "PhoneNumber", "PostalCode", "by", "reason", "evidence"}
PUBLIC = re.compile(r"AWSServiceRole|FullAWSAccess$|^Root$|amazonaws\.com$")
PSEUDONYMS = re.compile(r"^(0{6}\d{6}|o-0\d{9}|ou-0000-0\d{7}|r-0\d{3}|p-0\d{7}|mail-\d+@redacted\.invalid)$")


def names_in(value):
    if isinstance(value, list):
        for item in value:
            yield from names_in(item)
    elif isinstance(value, dict):
        if ":aws:policy/" in str(value.get("Arn", value.get("PolicyArn", ""))) or value.get("AwsManaged"):
            return
        for key, item in value.items():
            if key in NAMES and isinstance(item, str):
                yield item
            yield from names_in(item)


def secrets_of(snapshot):
    own = "\n".join(p.read_text() for p in (judge.ROOT / "rules").glob("*.yaml"))
    found = set()
    for path in snapshot.rglob("*"):
        if not path.is_file() or path.suffix not in (".json", ".yaml"):
            continue
        text = path.read_text(errors="replace")
        for shape in SHAPES:
            found.update(re.findall(shape, text))
        if path.suffix == ".json":
            try:
                found.update(names_in(json.loads(text)))
            except ValueError:
                pass
        else:
            found.update(re.findall(r"\b(?:by|reason|evidence): ([^,}\n]+)", text))
    return {s.strip() for s in found if len(s) > 1 and not PUBLIC.search(s) and not re.search(rf"(?<!\w){re.escape(s)}(?!\w)", own)}


def formats():
    said = subprocess.run([judge.ORGEXIT, "check", "x", "--format", "?"], capture_output=True, text=True).stderr
    return re.search(r"the formats are (.*)", said).group(1).strip().split(", ")


def survivors(secrets, text):
    return sorted(s for s in secrets if re.search(rf"(?<![A-Za-z0-9]){re.escape(s)}(?![A-Za-z0-9])", text))


def check(snapshot, *options):
    return judge.run("check", snapshot, "--as-of", AS_OF, *options)


def verdicts(result):
    return [(a["verdict"], a["by_route"], a["routes"], [(f["rule"], f["severity"], f["outcome"], f["routes"]) for f in a["findings"]])
            for a in json.loads(result.out)["accounts"]]


def damaged(folder):
    """A copy with errors in it, whose messages quote what was found."""
    subprocess.run(["cp", "-r", judge.ROOT / "tests" / "tiny", folder], check=True)
    account = next((folder / "accounts").iterdir())
    (account / "iam" / "get-account-summary.json").write_text('{"SummaryMap": {"Users": "beta"}}')
    return folder


def main():
    tally = judge.Tally()
    with tempfile.TemporaryDirectory() as work:
        places = [judge.ROOT / "samples" / "acme", judge.ROOT / "tests" / "tiny", damaged(Path(work) / "beta-limited")]
        for snapshot in places:
            secrets, plain = secrets_of(snapshot), check(snapshot, "--format", "json")
            tally.add(f"{snapshot.name}: {len(secrets)} secrets, which the plain report holds",
                      [] if len(survivors(secrets, plain.out.decode())) > 5 else ["the search finds nothing in the plain report: it would find nothing at all"])
            for name in formats():
                for more in ([], ["--verbose"]) if name == "text" else ([],):
                    result = check(snapshot, "--redact", "--format", name, *more)
                    left = survivors(secrets, result.out.decode())
                    wrong = [f"still holds {s!r}" for s in left if not PSEUDONYMS.match(s)]
                    if result.code != plain.code:
                        wrong.append(f"exit {result.code}, without --redact {plain.code}")
                    again = check(snapshot, "--redact", "--format", name, "--jobs", "5", *more)
                    if again.out != result.out:
                        wrong.append("other bytes with --jobs 5")
                    if str(snapshot) in result.out.decode():
                        wrong.append("names the folder")
                    tally.add(f"{snapshot.name} as {name} {' '.join(more)}", wrong)
            hidden = check(snapshot, "--redact", "--format", "json")
            wrong = [] if verdicts(hidden) == verdicts(plain) else ["other verdicts or outcomes"]
            ids = [a["id"] for a in json.loads(hidden.out)["accounts"]]
            lines = [json.loads(line) for line in check(snapshot, "--redact", "--format", "ndjson").out.decode().splitlines()]
            if len(set(ids)) != len(ids) or not all(re.fullmatch(r"\d{12}", i) for i in ids):
                wrong.append(f"account ids are not twelve digits each, or not one for one: {ids}")
            if ids != [line["id"] for line in lines if line["type"] == "account"]:
                wrong.append("other pseudonyms in another format")
            tally.add(f"{snapshot.name}: same verdicts, one pseudonym for one id", wrong)
    tally.end()


if __name__ == "__main__":
    sys.exit(main())
