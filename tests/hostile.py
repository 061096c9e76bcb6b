"""A snapshot whose names try to break out of a page: for the tests of the html report, with a browser and without."""
import json
import shutil
import unicodedata

NAMES = [
    "<script>window.broken = 1</script>",
    "</noscript></details><img src=x onerror='window.broken = 2'>",
    "]]>--><!-- \" ' ` & &lt;b&gt; &#60;",
    "\u202egnp.exe\u2066 \u001b[31m \u2028 \u200b \ufeff \u0085",
    "</title></style></script><svg onload=\"window.broken = 3\">",
    "ACCOUNT-ID :LINE #n1 {{7*7}} ${7*7} \\u{202e}",
]


def visible(text):
    """As the report writes it: what is not seen, or turns the direction of writing, by its number."""
    return "".join(f"\\u{{{ord(c):x}}}" if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") else c for c in text)


def snapshot(root, folder):
    """A copy of tests/tiny in `folder` with hostile names of accounts, OUs, policies and people."""
    shutil.copytree(root / "tests" / "tiny", folder)
    names = {}
    for path in sorted(folder.rglob("*.json")):
        doc = json.loads(path.read_text())

        def spoil(value):
            if isinstance(value, list):
                for item in value:
                    spoil(item)
            elif isinstance(value, dict):
                if isinstance(value.get("Name"), str) and isinstance(value.get("Id"), str) and value["Name"] not in ("Root", "FullAWSAccess"):
                    value["Name"] = names.setdefault(value["Id"], NAMES[len(names) % len(NAMES)])
                for item in value.values():
                    spoil(item)

        spoil(doc)
        path.write_text(json.dumps(doc, indent=4))
    attested = folder / "attestations.yaml"
    text = attested.read_text()
    attested.write_text(text.replace("me@tiny.example", '"<b onclick=\'window.broken = 4\'>jo</b> \\u202e"'))
    return folder
