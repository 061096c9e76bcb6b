"""A second evaluator, deliberately naive, written straight from AWS's documents and sharing no code with the real one.

It decides one case of `simulate --cases` whose context is complete: True, False, or None where the documents leave a
thing open. Keys that are not known are for the caller, who tries values for them (tests/iam/compare.py).
"""
import base64
import datetime
import functools
import ipaddress
import re
from decimal import Decimal

COVERED_BY_RCPS = {"s3", "sqs", "kms", "sts", "secretsmanager", "dynamodb", "logs", "ecr"}


def all_of(values):
    values = list(values)
    return False if False in values else None if None in values else True


def any_of(values):
    values = list(values)
    return True if True in values else None if None in values else False


def negate(value):
    return None if value is None else not value


def as_list(value):
    return value if isinstance(value, list) else [value]


def text_of(value):
    """Quotation marks are optional for numbers and Booleans."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


# ---- wildcards and variables: a pattern is a list of pieces, ("text", t), ("any",) or ("one",) ----

@functools.lru_cache(None)
def plain_pieces(text, wildcards):
    if not wildcards:
        return [("text", text)]
    return [("any",) if p == "*" else ("one",) if p == "?" else ("text", p) for p in re.split(r"([*?])", text) if p]


NOCASE = int(re.IGNORECASE | re.ASCII)
VARIABLE = re.compile(r"\$\{([^}]*)\}")
OPEN, DEFAULTED, MISSING = "open", "open, with a default", "missing"


def pieces(text, wildcards, version, context):
    """The readings of a text: a list of patterns, and whether a variable of it is MISSING or OPEN."""
    if version == "2008-10-17" or "${" not in text:
        return [plain_pieces(text, wildcards)], None
    state, strict, loose, at = None, [], [], 0
    unclosed = VARIABLE.sub(lambda m: "." * len(m.group()), text).find("${")
    if unclosed >= 0:
        text = text[:unclosed]
    for m in VARIABLE.finditer(text):
        before = plain_pieces(text[at:m.start()], wildcards)
        at = m.end()
        name, _, default = m.group(1).partition(",")
        strict += before
        loose += before
        if name in ("*", "?", "$"):
            value = name
            strict.append(("text", value))
            loose.append(("text", value))
            continue
        value = context.get(name.lower())
        if ":" not in name or isinstance(value, list):
            state = state if state in (OPEN, MISSING) else DEFAULTED if default else OPEN
            strict.append(("any",))
            loose.append(("any",))
            continue
        if value is None:
            if not default:
                state = MISSING
                continue
            value = default.strip().strip("'")
        value = text_of(value)
        strict.append(("text", value))
        loose += plain_pieces(value, wildcards)
    strict += plain_pieces(text[at:], wildcards)
    loose += plain_pieces(text[at:], wildcards)
    if unclosed >= 0:
        state = state if state == MISSING else OPEN
        strict.append(("any",))
        loose.append(("any",))
    return [strict] if strict == loose else [strict, loose], state


@functools.lru_cache(None)
def regex(pattern, flags):
    body = "".join(re.escape(p[1]) if p[0] == "text" else ".*" if p[0] == "any" else "." for p in pattern)
    return re.compile(body, re.DOTALL | flags)


def like(pattern, value, flags=0):
    return regex(tuple(pattern), int(flags)).fullmatch(value) is not None


def split_pieces(pattern):
    """Cut at the first five colons: six components."""
    parts = [[]]
    for p in pattern:
        if p[0] != "text":
            parts[-1].append(p)
            continue
        rest = p[1]
        while len(parts) < 6 and ":" in rest:
            head, rest = rest.split(":", 1)
            parts[-1].append(("text", head))
            parts.append([])
        parts[-1].append(("text", rest))
    return parts


def arn_like(pattern, value):
    parts, found = split_pieces(pattern), value.split(":", 5)
    if len(parts) < 6:
        return None if like(pattern, value) else False
    return len(found) == 6 and all(like(p, f) for p, f in zip(parts, found))


# ---- scalars ----

@functools.lru_cache(None)
def number(text):
    """A decimal; None where AWS does not say whether it is one; False: none."""
    if re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
        return Decimal(text)
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        return None
    return False


@functools.lru_cache(None)
def instant(text):
    """Nanoseconds since 1970."""
    m = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?([Zz]|[+-]\d\d:\d\d))?)?)?", text)
    if m:
        year, month, day, hour, minute, second, fraction, zone = m.groups()
        try:
            t = datetime.datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0))
        except ValueError:
            return None
        seconds = (t - datetime.datetime(1970, 1, 1)) // datetime.timedelta(seconds=1)
        if zone and zone not in "Zz":
            seconds -= (1 if zone[0] == "+" else -1) * (int(zone[1:3]) * 3600 + int(zone[4:6]) * 60)
        return seconds * 10**9 + int((fraction or "0").ljust(9, "0")[:9])
    m = re.fullmatch(r"-?\d{1,15}(\.\d+)?", text)
    return int(Decimal(text) * 10**9) if m else None


@functools.lru_cache(None)
def address(text):
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


@functools.lru_cache(None)
def network(text):
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def same_bytes(a, b):
    try:
        return base64.b64decode(a, validate=True) == base64.b64decode(b, validate=True)
    except ValueError:
        return False


ORDERS = {"Equals": lambda a, b: a == b, "LessThan": lambda a, b: a < b, "LessThanEquals": lambda a, b: a <= b,
          "GreaterThan": lambda a, b: a > b, "GreaterThanEquals": lambda a, b: a >= b}
NEGATED = {"StringNotEquals": "StringEquals", "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase", "StringNotLike": "StringLike",
           "NumericNotEquals": "NumericEquals", "DateNotEquals": "DateEquals", "NotIpAddress": "IpAddress",
           "ArnNotEquals": "ArnEquals", "ArnNotLike": "ArnLike"}
POSITIVE = (["StringEquals", "StringEqualsIgnoreCase", "StringLike", "Bool", "BinaryEquals", "IpAddress", "ArnEquals", "ArnLike"]
            + ["Numeric" + o for o in ORDERS] + ["Date" + o for o in ORDERS])
OPERATORS = POSITIVE + list(NEGATED) + ["Null"]


def compare_texts(test, wanted, value, wildcards, version, context):
    readings, state = pieces(wanted, wildcards, version, context)
    if state == MISSING:
        return False
    if state in (OPEN, DEFAULTED):
        flags = NOCASE if test is nocase else 0
        return None if like(readings[0], value, flags) else False
    answers = {test(r, value) for r in readings}
    return answers.pop() if len(answers) == 1 else None


def nocase(pattern, value):
    return like(pattern, value, NOCASE)


def matches(operator, wanted, value, version, context):
    """Whether one value of the policy matches one of the request, under a positive operator."""
    wanted, value = text_of(wanted), text_of(value)
    if operator == "StringEquals":
        return compare_texts(like, wanted, value, False, version, context)
    if operator == "StringEqualsIgnoreCase":
        return compare_texts(nocase, wanted, value, False, version, context)
    if operator == "StringLike":
        return compare_texts(like, wanted, value, True, version, context)
    if operator in ("ArnEquals", "ArnLike"):
        return compare_texts(arn_like, wanted, value, True, version, context)
    if operator in ("Bool", "Null"):
        if operator == "Bool" and "${" in wanted and version != "2008-10-17":
            return None
        return wanted.lower() in ("true", "false") and wanted.lower() == value.lower()
    if operator == "BinaryEquals":
        return same_bytes(wanted, value)
    if operator == "IpAddress":
        net, addr = network(wanted), address(value)
        return net is not None and addr is not None and net.version == addr.version and addr in net
    kind = "Numeric" if operator.startswith("Numeric") else "Date"
    order = ORDERS[operator[len(kind):]]
    if kind == "Numeric":
        a, b = number(value), number(wanted)
        if a is False or b is False:
            return False
        return None if a is None or b is None else order(a, b)
    a, b = instant(value), instant(wanted)
    if a is not None and b is None and re.match(r"\d{4}-\d\d-\d\d[Tt ]", wanted) and instant(wanted[:10]) is not None:
        return None  # a date, but of another profile
    return a is not None and b is not None and order(a, b)


def one_condition(name, key, wanted, version, context):
    prefix, _, rest = name.rpartition(":")
    exists = rest.endswith("IfExists")
    operator = rest[:-8] if exists else rest
    values = as_list(wanted)
    if operator not in OPERATORS or prefix not in ("", "ForAllValues", "ForAnyValue") or not values:
        return None
    if operator == "Null" and (prefix or exists):
        return None
    positive, negated = NEGATED.get(operator, operator), operator in NEGATED
    found = context.get(key.lower())

    def match_any(value):
        return any_of(matches(positive, w, value, version, context) for w in values)

    def passes(value):
        return negate(match_any(value)) if negated else match_any(value)

    if operator == "Null":
        return match_any("true" if found is None or found == [] else "false")
    if found is None:
        return exists or prefix == "ForAllValues" or (not prefix and negated)
    given = as_list(found)
    if prefix == "ForAllValues":
        return True if given in ([], [""]) else all_of(passes(v) for v in given)
    if prefix == "ForAnyValue":
        if not negated:
            return any_of(passes(v) for v in given)
        # none of the policy's values, or not this one of them: the documents do not say which
        singles = [(passes(v), any_of(negate(matches(positive, w, v, version, context)) for w in values)) for v in given]
        return any_of(a if a == b else None for a, b in singles)
    if isinstance(found, list):
        if not given:
            return None if negated or exists else False
        return False if all(passes(v) is False for v in given) else None
    return passes(found)


def conditions(block, version, context):
    if not isinstance(block, dict):
        return None
    answers = []
    for name, by_key in block.items():
        if not isinstance(by_key, dict):
            answers.append(None)
            continue
        for key, wanted in by_key.items():
            known = all(isinstance(w, (str, bool, int, float)) for w in as_list(wanted))
            known = known and [k.lower() for k in by_key].count(key.lower()) == 1
            answers.append(one_condition(name, key, wanted, version, context) if known else None)
    return all_of(answers)


# ---- elements ----

def action_entry(pattern, action):
    if not like(plain_pieces(pattern, True), action, NOCASE):
        return False
    return True if ":" in pattern or set(pattern) == {"*"} else None


def resource_entry(text, resource, version, context):
    if text and set(text) == {"*"}:
        return True
    readings, state = pieces(text, True, version, context)
    if state == MISSING:
        return False
    answers = set()
    for pattern in readings:
        loose = like(pattern, resource)
        if resource == "*" or not loose:
            answers.add(False)
        elif state in (OPEN, DEFAULTED):
            answers.add(None)
        else:
            answers.add(documented_resource(pattern, resource))
    answer = answers.pop() if len(answers) == 1 else None
    variable = text.find("${") if version != "2008-10-17" else -1
    if answer and variable >= 0 and text[:variable].count(":") < 5:
        return None
    return answer


def documented_resource(pattern, resource):
    """It matches as a plain text: does the guide say so too?"""
    if all(p[0] == "text" for p in pattern):
        return True
    if not (pattern[0][0] == "text" and pattern[0][1].startswith("arn:")):
        return None
    parts = split_pieces(pattern)
    inner = parts[:5]
    if len(parts) > 2 and any(p[0] != "text" for p in parts[2]):
        return None
    ends = all(p[0] != "any" or not any(q != ("text", "") for q in part[i + 1:]) for part in inner for i, p in enumerate(part))
    if ends:
        return True
    return True if arn_like(pattern, resource) else None


def listed(statement, name, test):
    """YES, NO or open for Name or NotName."""
    positive, negative = name in statement, "Not" + name in statement
    if positive == negative:
        return None
    entries = as_list(statement[name if positive else "Not" + name])
    if not entries or not all(isinstance(e, str) for e in entries):
        return None
    answer = any_of(test(e) for e in entries)
    return answer if positive else negate(answer)


@functools.lru_cache(None)
def caller_of(arn):
    parts = arn.split(":", 5)
    if len(parts) == 6 and parts[0] == "arn":
        what = parts[5].split("/")
        kind = {("iam", "root"): "root", ("iam", "user"): "user", ("iam", "role"): "role",
                ("sts", "assumed-role"): "session", ("sts", "federated-user"): "federated"}.get((parts[2], what[0]), "other")
        return kind, parts[4], what[1] if kind == "session" else what[-1]
    return ("service" if arn.endswith(".amazonaws.com") else "other"), "", ""


def principal_entry(kind, text, who, context):
    """How it names the caller: a dictionary from 'direct', 'role', 'everyone', 'account', 'alone'."""
    caller, account, name = caller_of(who)
    alone = caller in ("service", "other")
    if kind == "AWS":
        if text == "*":
            return {"everyone": True}
        what, of, named = ("root", text, "") if re.fullmatch(r"\d{12}", text) else caller_of(text)
        if what == "root":
            return {"account": True} if of == account and not alone else {}
        if what in ("user", "federated") and text == who:
            return {"direct": True}
        if what == "user" and caller == "federated" and of == account:
            return {"role": None}
        if what == "role" and of == account:
            if caller == "role" and text == who:
                return {"role": True}
            if caller == "session":
                known = context.get("aws:principalarn")
                return {"role": True} if (known == text if isinstance(known, str) else named == name) else {}
        if what == "session":
            if text == who:
                return {"direct": True}
            if caller == "role" and of == account and named == name:
                return {"direct": None}
        return {}
    if kind in ("Service", "Federated"):
        if text == who and (caller == "service" or (caller == "other" and kind == "Federated")):
            return {"alone": True}
        return {"alone": None} if text == "*" and alone else {}
    return {} if alone else {"account": None}


def principals(statement, who, context, bounded):
    """(matches, how) of Principal or NotPrincipal."""
    negative = "NotPrincipal" in statement
    element = statement.get("NotPrincipal" if negative else "Principal")
    if element is None:
        return (None, {"everyone": None}) if is_odd(statement) else (False, {})
    by = {}
    if element == "*":
        by["everyone"] = True
    elif isinstance(element, dict) and element and set(element) <= {"AWS", "Service", "Federated", "CanonicalUser"}:
        for kind, texts in element.items():
            for text in as_list(texts):
                for how, sure in principal_entry(kind, text, who, context).items():
                    by[how] = any_of([by.get(how, False), sure])
    else:
        return None, {"everyone": None}
    if not negative:
        return any_of(by.values()), by
    if bounded and statement.get("Effect") == "Deny":
        return True, {"everyone": True}
    if by.get("everyone") or by.get("alone"):
        answer = False
    elif any_of(by.values()) is False:
        answer = True
    else:
        caller = caller_of(who)[0]
        needed = {"root": ["account"], "user": ["account", "direct"], "federated": ["account", "direct"]}.get(caller, ["account", "direct", "role"])
        answer = False if all(by.get(n) is True for n in needed) else None
    if statement.get("Effect") != "Deny":
        reached = bounded and statement.get("Effect") != "Allow"  # it may be a Deny
        answer = all_of([any_of([answer, None if reached else False]), None])
    return answer, {"everyone": answer}


ELEMENTS = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"}


def is_odd(statement):
    """Something in it is not of the grammar."""
    block = statement.get("Condition", {})
    return (bool(set(statement) - ELEMENTS) or not isinstance(statement.get("Sid", ""), str) or not isinstance(block, dict)
            or not all(isinstance(by_key, dict) for by_key in block.values()))


def statement_matches(statement, layer, request, version, context, bounded):
    if not isinstance(statement, dict):
        return None, {"everyone": None}
    how = {}
    answers = [listed(statement, "Action", lambda e: action_entry(e, request["action"]))]
    if answers == [False]:
        return False, how  # most end here
    if "Resource" in statement or "NotResource" in statement:
        resource = listed(statement, "Resource", lambda e: resource_entry(e, request["resource"], version, context))
        if "NotResource" in statement and resource is True and any(
                pieces(e, True, version, context)[1] in (OPEN, MISSING) for e in as_list(statement["NotResource"])):
            resource = None
        answers.append(resource)
    elif layer != "resource":
        answers.append(None)
    named = "Principal" in statement or "NotPrincipal" in statement
    if layer == "resource" or (layer == "rcp" and "Principal" in statement and "NotPrincipal" not in statement):
        answer, how = principals(statement, request["principal"], context, bounded)
        answers.append(answer)
    elif layer == "rcp" or named:
        answers.append(None)
    if "Condition" in statement:
        answers.append(conditions(statement["Condition"], version, context))
    if is_odd(statement):
        answers.append(None)
    return all_of(answers), how


class Layer:
    """What one set of policies says: allow, deny, and by what kinds of grant."""

    def __init__(self, policies, layer, request, context, bounded):
        allows, denies, self.by = [], [], {}
        for p in policies:
            document = p["document"]
            version = document.get("Version", "2008-10-17")
            for s in as_list(document["Statement"]):
                answer, how = statement_matches(s, layer, request, version, context, bounded)
                effect = s.get("Effect") if isinstance(s, dict) else None
                if effect not in ("Allow", "Deny"):
                    answer = all_of([answer, None])
                if effect != "Allow":
                    denies.append(answer)
                if effect != "Deny":
                    allows.append(answer)
                    for kind, sure in how.items():
                        self.by[kind] = any_of([self.by.get(kind, False), all_of([answer, sure])])
        self.allow, self.deny = any_of(allows), any_of(denies)


def service_linked(who, context):
    kind, _, name = caller_of(who)
    if kind == "role":
        return ":role/aws-service-role/" in who
    if kind == "session":
        known = context.get("aws:principalarn")
        if isinstance(known, str):
            return ":role/aws-service-role/" in known
        return None if name.startswith("AWSServiceRoleFor") else False
    return False


def grant(request, caller, account, identity, boundary, session, resource):
    owner = request.get("resourceAccount") or (request["resource"].split(":") + [""] * 5)[4]
    same = not re.fullmatch(r"\d{12}", owner) or owner == account
    by = {k: resource.by.get(k, False) for k in ("direct", "role", "everyone", "account", "alone")}
    action, target = request["action"].lower(), request["resource"].split(":", 5)
    explicit = len(target) == 6 and (
        (action.startswith("kms:") and target[2] == "kms" and target[5].startswith("key/")) or
        ((action.startswith("sts:assume") or action in ("sts:tagsession", "sts:setsourceidentity")) and
         target[2] == "iam" and target[5].startswith("role/")))
    limits = all_of([boundary, session])
    if caller in ("service", "other"):
        return any_of(by.values())
    if not same:
        return all_of([any_of(by.values()), True if caller == "root" else identity.allow, limits])
    if caller == "root":
        return all_of([session, any_of(by.values()) if explicit else True])
    everyone = by["everyone"] if limits is True else all_of([by["everyone"], None])
    own = all_of([identity.allow, by["account"]]) if explicit else identity.allow
    return any_of([by["direct"], everyone, all_of([any_of([by["role"], own]), limits])])


def decide(case, context):
    """Allowed, ExplicitlyDenied, ImplicitlyDenied or Unknown, for a complete context (keys as written: values)."""
    request, p = case["request"], case["policies"]
    context = {k.lower(): v for k, v in context.items()}
    caller, account, _ = caller_of(request["principal"])
    if request["action"].lower() == "sts:getcalleridentity":
        return "Allowed"
    if request["action"].lower() == "sts:getsessiontoken" and caller in ("user", "root"):
        return "Allowed"
    bounded = p.get("boundary") is not None

    def layer(policies, kind):
        return Layer(policies, kind, request, context, bounded)

    exempt = service_linked(request["principal"], context)
    scps = p.get("scps") or []
    applies = all_of([bool(scps), negate(exempt)]) if caller not in ("service", "other") else False
    rcps = p.get("rcps") or []
    covered = request["action"].lower().split(":")[0] in COVERED_BY_RCPS and request["action"].lower() != "kms:retiregrant"
    rcp_applies = all_of([bool(rcps) and covered, negate(exempt)])
    scp_layers = [layer(l["policies"], "scp") for l in scps]
    rcp_layers = [layer(l["policies"], "rcp") for l in rcps]
    identity = layer(p.get("identity") or [], "identity")
    boundary = layer(p["boundary"], "boundary") if bounded else None
    session = layer(p["session"], "session") if p.get("session") is not None else None
    resource = layer([p["resource"]] if p.get("resource") else [], "resource")
    denied = any_of([all_of([applies, l.deny]) for l in scp_layers] + [all_of([rcp_applies, l.deny]) for l in rcp_layers]
                    + [l.deny for l in (boundary, session, resource, identity) if l])
    guardrails = all_of(any_of([negate(applies), l.allow]) for l in scp_layers)
    granted = grant(request, caller, account, identity, boundary.allow if boundary else True,
                    session.allow if session else caller != "federated", resource)
    passes = all_of([guardrails, granted])
    if denied is True:
        return "ExplicitlyDenied"
    if passes is False:
        return "ImplicitlyDenied"
    return "Allowed" if passes and denied is False else "Unknown"
