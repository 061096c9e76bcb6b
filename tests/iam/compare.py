#!/usr/bin/python3
"""Random requests, decided by the real evaluator and by a naive one (tests/iam/naive.py), and properties of the real one.

    compare.py PROGRAM [CASES [SEED]]     PROGRAM reads cases on standard input and prints an answer a line

Where keys are not known, values are tried for them: a definite decision must hold under all of them, and Unknown must
come from two that differ. The vocabulary is small, so that things match; how often each operator met a key in each
state is printed, and too few is a failure.
"""
import collections
import itertools
import json
import random
import re
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import naive  # noqa: E402

CHUNK = 1000
A, B = "111122223333", "444455556666"
IAM, STS = f"arn:aws:iam::{A}:", f"arn:aws:sts::{A}:"
CALLERS = [IAM + "user/jo"] * 4 + [IAM + "role/App"] * 3 + [STS + "assumed-role/App/jo"] * 4 + [
    IAM + "root", IAM + "role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", STS + "federated-user/fed",
    f"arn:aws:iam::{B}:user/al", f"arn:aws:iam::{B}:root", f"arn:aws:sts::{B}:assumed-role/R/s", "cloudtrail.amazonaws.com",
    IAM + "saml-provider/Idp", STS + "assumed-role/AWSServiceRoleForX/s"]
TARGETS = [("s3:GetObject", "arn:aws:s3:::bucket/a")] * 5 + [
    ("s3:PutObject", "arn:aws:s3:::bucket/b"), ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{A}:q"), ("iam:CreateRole", IAM + "role/New"),
    ("organizations:LeaveOrganization", "*"), ("kms:Decrypt", f"arn:aws:kms:eu-west-1:{A}:key/1"), ("sts:AssumeRole", IAM + "role/Target"),
    ("S3:getobject", "arn:aws:s3:::bucket/jo")]
ACTIONS = ["*", "*", "*", "s3:*", "s3:Get*", "s3:GetObject", "S3:*Object", "s3:?etObject", "iam:*", "organizations:Leave*", "*:*",
           "kms:Decrypt", "sts:*", "sqs:SendMessage", "s3*", "ec2:*"]
RESOURCES = ["*", "*", "*", "arn:aws:s3:::bucket/*", "arn:aws:s3:::*", "arn:aws:s3:*", "arn:aws:s3:::bucket/?", "arn:aws:s3:::bucket/a",
             "arn:aws:s3:::bucket/${aws:username}", "arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'a'}", "arn:aws:sqs:*:*:q", "arn:aws:*:*:*:*",
             "arn:aws:s?s:*", f"arn:aws:iam::{A}:role/*", "arn:aws:s3:::bucket/${*}", f"arn:aws:sqs:eu-*-1:{A}:*"]
PRINCIPALS = ["*", {"AWS": "*"}, {"AWS": A}, {"AWS": IAM + "root"}, {"AWS": IAM + "user/jo"}, {"AWS": IAM + "role/App"},
              {"AWS": [STS + "assumed-role/App/jo", B]}, {"AWS": [IAM + "user/jo", IAM + "root"]}, {"Service": "cloudtrail.amazonaws.com"},
              {"AWS": [STS + "assumed-role/App/jo", IAM + "role/App", IAM + "root"]}, {"Federated": IAM + "saml-provider/Idp"},
              {"AWS": STS + "federated-user/fed"}, {"CanonicalUser": "79a5"}, {"AWS": f"arn:aws:iam::{B}:user/al"}, {"Robot": "x"}]

# key: (kind, can be a single value, can be a set). "example:" keys may be anything.
KEYS = {
    "aws:PrincipalTag/team": ("text", True, False), "aws:RequestedRegion": ("text", True, False), "example:text": ("text", True, True),
    "example:Tag/x": ("text", True, True), "aws:username": ("text", True, False),
    "aws:MultiFactorAuthAge": ("number", True, False), "example:count": ("number", True, True),
    "aws:TokenIssueTime": ("date", True, False), "example:date": ("date", True, True),
    "aws:MultiFactorAuthPresent": ("bool", True, False), "example:flag": ("bool", True, True), "example:bytes": ("bytes", True, True),
    "aws:SourceIp": ("ip", True, False), "example:ip": ("ip", True, True), "aws:SourceArn": ("arn", True, False), "example:arn": ("arn", True, True),
    "aws:TagKeys": ("text", False, True), "aws:PrincipalOrgPaths": ("text", False, True),
}
SNS = "arn:aws:sns:eu-west-1:1:"
WANTED = {
    "text": ["a", "b", "A", "ab", "a*", "*b", "?", "*", "a?", "", "jo", "${aws:username}", "x${aws:PrincipalTag/team}", "a${*}",
             "${example:text, 'b'}"],
    "number": ["1", "2", "2.0", "10", "-1", "1.5", "x", 2, "1", "2", "1.5", "10", "1e1", "2."],
    "date": ["2026-01-01T00:00:00Z", "2026-06-01", "2026-01-01T01:00:00+01:00", "1767225600", "2027", "x", "2026-01-01", "2026-06-01T00:00:00"],
    "bool": ["true", "false", True, "TRUE", "x"],
    "bytes": ["YQ==", "Yg==", "YWI=", "*"],
    "ip": ["10.0.0.0/8", "10.1.0.0/16", "203.0.113.5", "203.0.113.0/24", "2001:db8::/32", "0.0.0.0/0", "x"],
    "arn": [SNS + "a", "arn:aws:sns:*:1:*", "arn:aws:sns:*:*:a*", "arn:aws:s*:eu-west-1:1:?", "arn:aws:sqs:*:*:*", "*", SNS + "${aws:username}"],
}
FOUND = {
    "text": ["a", "b", "A", "ab", "aab", "jo", "xa", "", "a*", "zz"],
    "number": ["1", "2", "2.00", "10", "-1", "1.5", "11", "x"],
    "date": ["2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", "2026-06-01T00:00:00Z", "1767225601", "2030-01-01", "x"],
    "bool": ["true", "false", "x"],
    "bytes": ["YQ==", "Yg==", "YWI=", "?"],
    "ip": ["10.0.0.1", "10.1.2.3", "203.0.113.5", "203.0.113.6", "8.8.8.8", "2001:db8::1", "2001:db9::1", "x"],
    "arn": [SNS + "a", SNS + "ab", SNS + "jo", "arn:aws:sqs:eu-west-1:1:a", "arn:aws:sns:us-east-1:2:b", "x"],
}
OPERATORS = {
    "text": ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"],
    "number": ["NumericEquals", "NumericNotEquals"] + ["Numeric" + o for o in naive.ORDERS if o != "Equals"],
    "date": ["DateEquals", "DateNotEquals"] + ["Date" + o for o in naive.ORDERS if o != "Equals"],
    "bool": ["Bool"], "bytes": ["BinaryEquals"], "ip": ["IpAddress", "NotIpAddress"],
    "arn": ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
}
KIND_OF = {o: k for k, names in OPERATORS.items() for o in names}
KEYS_OF = {k: [key for key, v in KEYS.items() if v[0] == k] for k in OPERATORS}
STATES = ("present", "absent", "unknown", "multivalued")
ALL_OPERATORS = naive.OPERATORS


# ---- making cases ----

class Maker:
    def __init__(self, rng):
        self.rng = rng
        self.met = collections.Counter()

    def pick(self, values):
        return self.rng.choice(values)

    def chance(self, p):
        return self.rng.random() < p

    def some(self, values, most=3):
        n = self.pick([1, 1, 1, 2, most])
        return self.pick(values) if n == 1 and self.chance(0.7) else [self.pick(values) for _ in range(n)]

    def condition(self):
        operator = self.pick(ALL_OPERATORS)
        kind = KIND_OF.get(operator) or self.pick(list(OPERATORS))
        key = self.pick(KEYS_OF[kind] if self.chance(0.95) else list(KEYS))
        values = self.some(["true", "false", True] if operator == "Null" else WANTED[kind])
        name = operator
        if operator != "Null":
            if self.chance(0.2):
                name += "IfExists"
            if (key in ("aws:TagKeys", "aws:PrincipalOrgPaths") and self.chance(0.8)) or (key.startswith("example:") and self.chance(0.2)):
                name = self.pick(["ForAllValues:", "ForAnyValue:"]) + name
        return name, self.casing(key), values

    def casing(self, key):
        return key.swapcase() if self.chance(0.05) else key

    def conditions(self, most):
        block = {}
        for _ in range(self.rng.randint(1, most)):
            name, key, values = self.condition()
            if self.chance(0.003):
                name = "StringMatches"
            if key.lower() not in (k.lower() for k in block.get(name, {})):
                block.setdefault(name, {})[key] = values
        return block

    def statement(self, effect, principal=False, plain=0.3):
        s = {"Effect": effect}
        if self.chance(0.1):
            s["NotAction"] = self.some(ACTIONS)
        else:
            s["Action"] = self.some(ACTIONS)
        if self.chance(0.1):
            s["NotResource"] = self.some(RESOURCES)
        elif not (principal and self.chance(0.2)):
            s["Resource"] = self.some(RESOURCES) if self.chance(0.4) else "*"
        if principal:
            s["NotPrincipal" if self.chance(0.1) else "Principal"] = self.pick(PRINCIPALS)
        if not self.chance(plain):
            s["Condition"] = self.conditions(3)
        if self.chance(0.003):
            s["Unheard"] = "of"
        return s

    def policy(self, name, allow=1, deny=0.4, principal=False):
        statements = [self.statement("Allow", principal) for _ in range(allow)]
        while self.chance(deny):
            statements.append(self.statement("Deny", principal, 0.05))
        self.rng.shuffle(statements)
        document = {"Statement": statements}
        if not self.chance(0.05):
            document["Version"] = self.pick(["2012-10-17"] * 9 + ["2008-10-17"])
        return {"name": name, "document": document}

    def full(self):
        return {"name": "full", "document": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}

    def layer(self, full, principal=False):
        policies = [self.full()] if self.chance(full) else []
        while self.chance(0.5) or not policies:
            policies.append(self.policy(f"p{len(policies)}", self.pick([0, 1, 1, 2]), 0.35, principal))
        return policies

    def rcp(self):
        statements = []
        while self.chance(0.5):
            s = self.statement("Deny", False, 0.1)
            if not self.chance(0.01):
                s["Principal"] = "*"
            statements.append(s)
        return [{"name": "rcp", "document": {"Version": "2012-10-17", "Statement": statements}}] if statements else []

    def policies(self):
        p = {"identity": self.layer(0.6) if self.chance(0.9) else []}
        if self.chance(0.5):
            p["scps"] = [{"level": f"l{i}", "policies": self.layer(0.85)} for i in range(self.pick([1, 2, 3]))]
        if self.chance(0.15):
            p["rcps"] = [{"level": f"l{i}", "policies": self.rcp()} for i in range(self.pick([1, 2]))]
        if self.chance(0.2):
            p["boundary"] = self.layer(0.7)
        if self.chance(0.15):
            p["session"] = self.layer(0.7)
        if self.chance(0.35):
            p["resource"] = self.policy("resource", self.pick([1, 2]), 0.3, True)
        return p

    def case(self, number):
        action, resource = self.pick(TARGETS)
        case = {"name": f"c{number}", "request": {"principal": self.pick(CALLERS), "action": action, "resource": resource}, "policies": self.policies()}
        if self.chance(0.3):
            case["request"]["resourceAccount"] = self.pick([A, A, B])
        self.context(case)
        return case

    def context(self, case):
        used = keys_of(case)
        context, unknown = {}, []
        room = 60
        for key in sorted(used):
            name = next((k for k in KEYS if k.lower() == key), None)
            if not name:
                continue
            kind, single, many = KEYS[name]
            state = self.rng.choices(STATES, (35, 22, 25, 18))[0]
            if state == "unknown":
                n = len(candidates(case, name))
                if n > room or len(unknown) == 4:
                    state = "absent"
                else:
                    room //= n
                    unknown.append(name)
            if state == "present" and not single:
                state = "multivalued"
            if state == "multivalued" and not many and self.chance(0.5):
                state = "present"
            if state == "present":
                context[name] = self.pick(FOUND[kind])
            elif state == "multivalued":
                context[name] = [self.pick(FOUND[kind]) for _ in range(self.pick([0, 1, 1, 2, 2, 3]))]
            for operator in used[key]:
                self.met[operator, state] += 1
        case["request"]["context"] = context
        if unknown:
            case["request"]["unknownContext"] = unknown


# ---- looking into cases ----

def documents(case):
    p = case["policies"]
    for one in p.get("identity") or []:
        yield one["document"]
    for level in (p.get("scps") or []) + (p.get("rcps") or []):
        for one in level["policies"]:
            yield one["document"]
    for name in ("boundary", "session"):
        for one in p.get(name) or []:
            yield one["document"]
    if p.get("resource"):
        yield p["resource"]["document"]


def statements(case):
    for d in documents(case):
        yield from d["Statement"]


def wanted_values(case, key):
    """(operator, value) of every condition on the key."""
    for s in statements(case):
        for name, by_key in s.get("Condition", {}).items():
            for k, values in by_key.items():
                if k.lower() == key.lower():
                    for v in naive.as_list(values):
                        yield name, naive.text_of(v)


def keys_of(case):
    """Each key that something reads, in lower case, with the operators that do (variables: none)."""
    used = {}
    for s in statements(case):
        for name, by_key in s.get("Condition", {}).items():
            operator = name.split(":")[-1].replace("IfExists", "")
            for k in by_key:
                used.setdefault(k.lower(), []).append(operator)
        for m in re.findall(r"\$\{([^},]*:[^},]*)", json.dumps(s)):
            used.setdefault(m.lower(), [])
    return used


def near(kind, name, text):
    """Values on both sides of what a condition tells apart."""
    plain = re.sub(r"\$\{([^}]*)\}", "", text)
    yield plain.replace("*", "").replace("?", "q")
    if kind == "text":
        yield plain.replace("*", "qq").replace("?", "")
        if "IgnoreCase" in name:
            yield plain.replace("*", "").swapcase()  # a wildcard within a value leaves variables open
    if kind == "number" and naive.number(text):
        yield str(naive.number(text) + 1)
        yield str(naive.number(text) - 1)
    if kind == "date" and naive.instant(text):
        second = naive.instant(text) // 10**9
        yield str(second)
        yield str(second + 1)
        yield str(second - 1)
    if kind == "ip" and naive.network(text):
        net = naive.network(text)
        yield str(net[0])
        yield str(net[-1])
    if kind == "arn" and text.count(":") >= 5:
        yield plain.replace("*", "q:q").replace("?", "q")


def candidates(case, key):
    """Values to try for a key that is not known; None: absent."""
    kind, single, many = KEYS[key]
    typed = not key.startswith("example:")
    values, sets = [], False
    for name, text in wanted_values(case, key):
        sets |= name.startswith("For")
        values += near(kind, name, text)
    values = list(dict.fromkeys(values))[:5]
    if kind == "bool":
        values = ["true", "false"] + ([] if typed else ["x"])
    elif typed and kind == "number":
        values = [v for v in values + ["7"] if isinstance(naive.number(v), naive.Decimal)]
    elif typed and kind == "date":
        values = [v for v in values + ["2026-03-01"] if naive.instant(v) is not None]
    elif typed and kind == "ip":
        values = [v for v in values + ["9.9.9.9", "2001:db9::9"] if naive.address(v)]
    else:
        values.append("other")
    found = [None]
    if single:
        found += values
    if many and (sets or not single):
        few = [v for v in values if v][:3]
        found += [[], [""]] + [list(c) for n in (1, 2) for c in itertools.combinations(few, n)]
    return found


# ---- comparing ----

def answer_of(decision):
    return "denied" if decision.endswith("Denied") else decision


def decide_under(case, keys, values):
    context = dict(case["request"]["context"])
    context.update({k: v for k, v in zip(keys, values) if v is not None})
    return naive.decide(case, context)


def witness_fault(case, keys, witness, wanted, trials):
    """A witness decides whatever the other keys are: tried with the first few values."""
    if witness is None:
        return None
    named = {k.lower(): v for k, v in witness.items()}
    for values in itertools.islice(trials, 8):
        values = [named.get(k.lower(), v) for k, v in zip(keys, values)]
        if answer_of(decide_under(case, keys, values)) != wanted:
            return f"the witness {witness} does not make it {wanted} with {dict(zip(keys, values))}"
    return None


def compare(case, answer):
    """(fault or None, whether an Unknown was blunt)"""
    real = answer.get("decision")
    keys = case["request"].get("unknownContext", [])
    if real is None:
        return f"no decision: {answer}", False
    lists = [candidates(case, k) for k in keys]
    outcomes = {values: decide_under(case, keys, [thaw(v) for v in values]) for values in itertools.product(*[[freeze(v) for v in l] for l in lists])}
    seen = collections.Counter(outcomes.values())
    if not keys:
        return (None if real in seen else f"{real}, naive {seen}"), False
    if real in ("Allowed", "ExplicitlyDenied") and set(seen) != {real}:
        return f"{real}, naive {dict(seen)}", False
    if real == "ImplicitlyDenied" and not set(seen) <= {"ExplicitlyDenied", "ImplicitlyDenied"}:
        return f"{real}, naive {dict(seen)}", False
    if real != "Unknown":
        return None, False
    trials = lambda: itertools.product(*lists)  # noqa: E731
    fault = (witness_fault(case, keys, answer.get("allowed_when"), "Allowed", trials())
             or witness_fault(case, keys, answer.get("denied_when"), "denied", trials())
             or turns_fault(keys, outcomes, answer))
    differ = len({answer_of(o) for o in seen}) > 1 or "Unknown" in seen
    return fault, not (differ or ("allowed_when" in answer and "denied_when" in answer))


def turns_fault(keys, outcomes, answer):
    """Keys that are not named must not turn the answer."""
    if "allowed_when" not in answer and "denied_when" not in answer:
        return None
    for i, key in enumerate(keys):
        if key in answer["depends_on"]:
            continue
        groups = {}
        for values, outcome in outcomes.items():
            rest = values[:i] + values[i + 1:]
            if groups.setdefault(rest, answer_of(outcome)) != answer_of(outcome):
                return f"it turns on {key}, which depends_on does not name"
    return None


def freeze(value):
    return tuple(value) if isinstance(value, list) else value


def thaw(value):
    return list(value) if isinstance(value, tuple) else value


# ---- properties: changed cases, and what their answers must be ----

def copy(case):
    return json.loads(json.dumps(case))


def toward(before, after):
    """It did not move towards Allowed."""
    rank = {"denied": 0, "Unknown": 1, "Allowed": 2}
    return rank[answer_of(after)] <= rank[answer_of(before)]


def same(before, after):
    return before == after


def not_against(before, after):
    return before == "Unknown" or answer_of(before) == answer_of(after)


def covers(before, *readings):
    """An answer that is not Unknown stands under every reading of what is not understood."""
    return before == "Unknown" or all(r == before or (before == "ImplicitlyDenied" and answer_of(r) == "denied") for r in readings)


def makes_sets(statement):
    """It takes a key for a set that may be none: that changes what other statements mean."""
    return any(name.startswith("For") and any(k.lower().startswith("example:") for k in by_key)
               for name, by_key in statement.get("Condition", {}).items())


def policy_lists(case):
    """Each list of policies that are ORed."""
    p = case["policies"]
    for name in ("identity", "boundary", "session"):
        if p.get(name):
            yield p[name]
    for level in (p.get("scps") or []) + (p.get("rcps") or []):
        yield level["policies"]


def add_deny(maker, case):
    deny = maker.statement("Deny")
    if not makes_sets(deny):
        maker.pick(case["policies"].get("identity") or [maker.full()])["document"]["Statement"].append(deny)
    return [case], toward


def add_level(maker, case):
    """Beside levels that allow little: the new one must not make up for them."""
    levels, policies = case["policies"].setdefault("scps", []), maker.layer(0.5)
    for level in levels:
        level["policies"] = [p for p in level["policies"] if p["name"] != "full"]
    before = copy(case)
    if not any(makes_sets(s) for p in policies for s in p["document"]["Statement"]):
        levels.insert(maker.rng.randint(0, len(levels)), {"level": "new", "policies": policies})
    return [case, before], lambda _, after, less: toward(less, after)


def drop_allow(maker, case):
    """One Allow statement, or all that a level, a boundary or a session policy allows."""
    found = [(d["Statement"], s) for d in documents(case) for s in d["Statement"] if s["Effect"] == "Allow" and not makes_sets(s)]
    if maker.chance(0.5):
        chosen = maker.pick(list(policy_lists(case)) or [[]])
        inside = [id(s) for p in chosen for s in p["document"]["Statement"]]
        found = [f for f in found if id(f[1]) in inside]
        for statements_of, s in found:
            statements_of.remove(s)
    elif found:
        statements_of, s = maker.pick(found)
        statements_of.remove(s)
    return [case], toward


def shuffled(maker, value):
    """The same, every list and object in another order."""
    if isinstance(value, list):
        return maker.rng.sample([shuffled(maker, v) for v in value], len(value))
    if isinstance(value, dict):
        return {k: shuffled(maker, v) for k, v in maker.rng.sample(sorted(value.items()), len(value))}
    return value


def shuffle(maker, case):
    return [shuffled(maker, case)], same


def parts_of(statement):
    """Statements that mean the same together: one for each action, resource or principal."""
    for e in ("Action", "Resource"):
        if isinstance(statement.get(e), list) and len(statement[e]) > 1:
            return [dict(statement, **{e: v}) for v in statement[e]]
    principal = statement.get("Principal")
    if isinstance(principal, dict):
        return [dict(statement, Principal={kind: v}) for kind, values in principal.items() for v in naive.as_list(values)]
    return [statement]


def split(maker, case):
    """Statements in parts; then each in a policy of its own, or those of one version in one policy."""
    for d in documents(case):
        d["Statement"] = [part for s in d["Statement"] for part in parts_of(s)]
    apart = maker.chance(0.5)
    for policies in policy_lists(case):
        groups = collections.defaultdict(list)
        for p in policies:
            for s in p["document"]["Statement"]:
                groups[len(groups) if apart else p["document"].get("Version"), p["document"].get("Version")].append(s)
        policies[:] = [{"name": "p", "document": {"Statement": found, **({"Version": v} if v else {})}} for (_, v), found in groups.items()]
    return [case], same


def casing(maker, case):
    for s in statements(case):
        for e in ("Action", "NotAction"):
            if e in s:
                s[e] = [a.swapcase() for a in naive.as_list(s[e])]
        for name, by_key in list(s.get("Condition", {}).items()):
            s["Condition"][name] = {k.upper(): v for k, v in by_key.items()}
    return [case], same


def resolve(maker, case):
    keys = case["request"].pop("unknownContext", [])
    if keys:
        key = maker.pick(keys)
        keys.remove(key)
        value = maker.pick(candidates(case, key))
        if value is not None:
            case["request"]["context"][key] = value
        if keys:
            case["request"]["unknownContext"] = keys
    return [case], not_against


JUNK = [None, 7, [], {}, [None], [["*"]], {"x": "*"}, True]


def spoil_element(maker, s):
    name = maker.pick(sorted(set(s) & {"Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"}))
    if name == "Condition":
        s[name] = maker.pick([None, 7, [], "x", {"StringEquals": "x"}, {"StringEquals": {"a:b": None}}])
    elif isinstance(s[name], list) and maker.chance(0.5):
        s[name] = s[name] + [maker.pick(JUNK)]
    else:
        s[name] = maker.pick(JUNK)


def spoil_effect(maker, s):
    s["Effect"] = maker.pick([s["Effect"].lower(), s["Effect"].upper(), s["Effect"] + " ", "", [s["Effect"]]])


def spoil_name(maker, s):
    name = maker.pick(sorted(s))
    s[maker.pick([name.lower(), name + " ", "x-" + name])] = s.pop(name)


def spoil_condition(maker, s):
    block = s.get("Condition") or s.setdefault("Condition", {"StringEquals": {"example:text": "a"}})
    operator = maker.pick(sorted(block))
    key = maker.pick(sorted(block[operator]))
    values = block[operator][key]
    how = maker.rng.randrange(4)
    if how == 0:  # the operator, the values, the key, the keys
        block[maker.pick([operator.lower(), operator + " ", "Not" + operator + "s", "ForSomeValue:" + operator])] = block.pop(operator)
    elif how == 1:
        block[operator][key] = maker.pick([[], None, {}, [[values]], naive.as_list(values) + [None]])
    elif how == 2:
        block[operator][key.upper() if key != key.upper() else key.lower()] = "other"
    else:
        block[operator] = naive.as_list(values)


def spoil_more(maker, s):
    """One element more: unheard of, or the opposite of one that is there."""
    opposite = {**{e: "Not" + e for e in ("Action", "Resource", "Principal")}, **{"Not" + e: e for e in ("Action", "Resource", "Principal")}}
    s[maker.pick(["Unheard"] + [opposite[e] for e in sorted(s) if e in opposite])] = "*"


def spoil(maker, case):
    """A statement that nobody understands any more may mean what it said, or nothing."""
    found = [(d["Statement"], i) for d in documents(case) for i, s in enumerate(d["Statement"]) if not makes_sets(s)]
    if not found:
        return [case, case], covers
    statements_of, i = maker.pick(found)
    whole, s = statements_of[i], copy(statements_of[i])
    original = copy(case)
    del statements_of[i]
    without = copy(case)
    maker.pick([spoil_element, spoil_effect, spoil_name, spoil_condition, spoil_more])(maker, s)
    statements_of.insert(i, s)
    assert s != whole
    return [case, original, without], lambda before, spoiled, *readings: covers(spoiled, *readings)


PROPERTIES = [add_deny, add_level, drop_allow, shuffle, split, casing, resolve, spoil]


# ---- running ----

def run(program, cases):
    text = "".join(json.dumps(c) + "\n" for c in cases)
    done = subprocess.run([program], input=text, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def chunk(job):
    program, seed, first, count = job
    maker = Maker(random.Random(f"{seed}/{first}"))
    cases = [maker.case(first + i) for i in range(count)]
    tried = []  # property, changed cases, what must hold between the answers
    for i, c in enumerate(cases):
        make = PROPERTIES[i % len(PROPERTIES)]
        tried.append((make.__name__, *make(maker, copy(c))))
    answers = run(program, cases + [c for t in tried for c in t[1]])
    faults, decisions, blunt, open_cases = [], collections.Counter(), 0, 0
    if len(answers) != count + sum(len(t[1]) for t in tried):
        return [("the program answered", str(len(answers)))], decisions, 0, 0, maker.met, collections.Counter()
    for c, answer in zip(cases, answers):
        fault, was_blunt = compare(c, answer)
        decisions[answer.get("decision")] += 1
        blunt += was_blunt
        open_cases += "unknownContext" in c["request"]
        if fault:
            faults.append((fault, c, answer))
    rest = iter(answers[count:])
    moved = collections.Counter()
    for original, answer, (name, changed, holds) in zip(cases, answers, tried):
        after = [next(rest).get("decision", "none") for _ in changed]
        moved[name, "changed"] += changed[0] != original
        moved[name, "decided otherwise"] += any(a != answer.get("decision") for a in after)
        if "none" in after or not holds(answer.get("decision", ""), *after):
            faults.append((f"property {name}: {answer.get('decision')} became {after}", original, changed[0]))
    return faults, decisions, blunt, open_cases, maker.met, moved


def report(total, decisions, blunt, open_cases, met, moved):
    """Prints the tables; gives what is too rare."""
    short = []
    for make in PROPERTIES:
        changed = moved[make.__name__, "changed"]
        print(f"{make.__name__:12} {changed:7} cases changed, {moved[make.__name__, 'decided otherwise']:6} decided otherwise")
        if total >= 20000 and changed < 500:
            short.append(f"property {make.__name__} changed only {changed} cases")
    print("operator".ljust(28) + "".join(s.rjust(13) for s in STATES))
    for operator in sorted(ALL_OPERATORS):
        counts = [met[operator, s] for s in STATES]
        print(operator.ljust(28) + "".join(f"{n:13d}" for n in counts))
        if total >= 20000 and min(counts) < 500:
            short.append(f"{operator} met a key in some state only {min(counts)} times")
    for decision in ("Allowed", "ExplicitlyDenied", "ImplicitlyDenied", "Unknown"):
        share = decisions[decision] / total
        print(f"{decision:18} {100 * share:5.1f} %")
        if share < 0.05:
            short.append(f"{decision} in only {100 * share:.1f} % of the cases")
    print(f"Unknown without two values that differ: {blunt} of {open_cases} cases with unknown keys")
    if blunt * 100 >= max(open_cases, 1):
        short.append("1 % or more of the Unknowns are blunt")
    return short


def main():
    program, total = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20000
    seed = sys.argv[3] if len(sys.argv) > 3 else str(random.SystemRandom().randrange(10**9))
    jobs = [(program, seed, first, min(CHUNK, total - first)) for first in range(0, total, CHUNK)]
    decisions, met, moved, faults, blunt, open_cases = collections.Counter(), collections.Counter(), collections.Counter(), [], 0, 0
    print(f"{total} cases, seed {seed}")
    with ProcessPoolExecutor(2) as pool:
        for found, d, b, o, m, moves in pool.map(chunk, jobs):
            faults += found
            decisions += d
            blunt += b
            open_cases += o
            met += m
            moved += moves
    for fault in faults[:10]:
        print("FAIL", *(f if isinstance(f, str) else json.dumps(f) for f in fault), sep="\n  ")
    kinds = collections.Counter(f[0].split(":")[0] if f[0].startswith("property") else "against the naive evaluator" for f in faults)
    for kind, n in kinds.most_common():
        print(f"FAIL {n} times {kind}")
    short = report(total, decisions, blunt, open_cases, met, moved)
    for s in short:
        print("FAIL", s)
    print(f"{total - len(faults)} passed, {len(faults) + len(short)} failed")
    return 1 if faults or short else 0


if __name__ == "__main__":
    sys.exit(main())
