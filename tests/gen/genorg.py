#!/usr/bin/python3
"""Writes an invented organization of any size, as the AWS CLI would print it, with verdicts that are known beforehand.

    genorg.py --accounts 100 --size 1000000 --seed 1 --out DIR

DIR/snapshot is the snapshot, DIR/expected.tsv what `check --as-of 2026-11-20T12:00:00Z` must say (account, route, verdict, blockers, as tests/judge.py
reads them). The same seed gives the same bytes. --size is about the bytes of IAM captures of an account; each account has policies of its own.

The mix follows what organizations look like: most SCPs deny Regions and services by NotAction or test principals and tags, a role has two thirds of a
customer policy of its own with one to five versions, and some accounts have something planted that decides their verdict.
"""
import argparse
import json
import random
from pathlib import Path

AT, AS_OF = "2026-11-20T08:00:00Z", "2026-11-20T12:00:00Z"
ORG, ROOT, MANAGEMENT = "o-generated99", "r-gen0", "900000000000"
SERVICES = {
    "s3": ["GetObject", "PutObject", "DeleteObject", "ListBucket", "GetBucketPolicy", "GetObjectTagging", "PutObjectTagging", "AbortMultipartUpload"],
    "dynamodb": ["GetItem", "PutItem", "Query", "Scan", "BatchWriteItem", "DescribeTable", "UpdateItem", "ConditionCheckItem"],
    "sqs": ["SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility"],
    "kms": ["Decrypt", "Encrypt", "GenerateDataKey", "DescribeKey", "CreateGrant"],
    "logs": ["CreateLogGroup", "CreateLogStream", "PutLogEvents", "DescribeLogStreams", "FilterLogEvents"],
    "lambda": ["InvokeFunction", "GetFunction", "UpdateFunctionCode", "ListVersionsByFunction"],
    "ec2": ["DescribeInstances", "RunInstances", "TerminateInstances", "CreateTags", "DescribeSubnets", "AttachVolume"],
    "secretsmanager": ["GetSecretValue", "DescribeSecret", "PutSecretValue"],
    "ssm": ["GetParameter", "GetParametersByPath", "SendCommand"],
    "states": ["StartExecution", "DescribeExecution", "SendTaskSuccess"],
}
WORDS = "amber birch cedar delta ember fjord grove haven iris juniper kelp larch maple north opal pine quartz river slate tide umber vale willow yarrow zephyr".split()
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
STAR = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
TOPICS = ["standalone.customer-agreement", "standalone.payment-method", "standalone.payment-supported", "standalone.contact-verified",
          "standalone.phone-verified", "standalone.support-plan", "billing.iam-access"]

# What is planted, how often, and what comes of it: {route or family: blockers}; every other route is READY.
PLANTS = [
    ("ready", 40, {}),
    ("denied", 20, {"leave": "leave.denied-by-scp"}),
    ("excepted", 6, {"leave/console": "leave.denied-by-scp"}),
    ("unattested", 10, {"all": " ".join(t + "?" for t in TOPICS)}),
    ("delegated", 6, {"all": "delegated.administrator"}),
    ("young", 5, {"all": "account.age"}),
    ("closed", 4, {"all": "account.active"}),
    ("cut", 5, {"all": "slr.organizations-deletable?"}),
    ("no-identity", 4, {"all": "evidence.right-account?"}),
]
ROUTES = ["remove/api", "remove/console", "leave/api", "leave/console"]


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=4) + "\n")


class Account:
    """One account's IAM, grown until it is about as large as was asked for."""

    def __init__(self, rng, account):
        self.rng, self.id, self.serial = rng, account, 0
        self.users, self.groups, self.roles, self.policies = [], [], [], []

    def uid(self, prefix):
        self.serial += 1
        return prefix + "".join(self.rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=17))

    def name(self, kind):
        return f"{self.rng.choice(WORDS)}-{self.rng.choice(WORDS)}-{kind}-{self.serial}"

    def date(self):
        return f"20{self.rng.randint(19, 25)}-{self.rng.randint(1, 12):02}-{self.rng.randint(1, 28):02}T{self.rng.randint(0, 23):02}:{self.rng.randint(0, 59):02}:00+00:00"

    def resource(self, service):
        return f"arn:aws:{service}:eu-west-{self.rng.randint(1, 3)}:{self.id}:{self.rng.choice(WORDS)}/{self.rng.choice(WORDS)}-{self.rng.randrange(10**6)}" + self.rng.choice(["", "/*", "*"])

    def statement(self, n):
        service = self.rng.choice(list(SERVICES))
        actions = self.rng.sample(SERVICES[service], min(len(SERVICES[service]), 1 + int(self.rng.expovariate(0.4))))
        s = {"Sid": f"S{n}{self.rng.choice(WORDS).title()}", "Effect": "Deny" if self.rng.random() < 0.08 else "Allow",
             "Action": [f"{service}:{a}" for a in actions], "Resource": [self.resource(service) for _ in range(1 + int(self.rng.expovariate(0.5)))]}
        if self.rng.random() < 0.25:
            s["Condition"] = self.rng.choice([
                {"StringEquals": {"aws:ResourceTag/team": self.rng.sample(WORDS, 2)}}, {"StringLike": {"aws:PrincipalTag/cost": self.rng.choice(WORDS) + "-*"}},
                {"IpAddress": {"aws:SourceIp": [f"10.{self.rng.randrange(256)}.0.0/16"]}}, {"Bool": {"aws:SecureTransport": "true"}},
                {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{self.id}:{self.rng.choice(WORDS)}*"}}])
        return s

    def document(self):
        return {"Version": "2012-10-17", "Statement": [self.statement(n) for n in range(1 + int(self.rng.expovariate(0.45)))]}

    def customer_policy(self):
        name, versions = self.name("policy"), min(5, 1 + int(self.rng.expovariate(0.8)))
        arn = f"arn:aws:iam::{self.id}:policy/{name}"
        dates = sorted(self.date() for _ in range(versions))
        self.policies.append({
            "PolicyName": name, "PolicyId": self.uid("ANPA"), "Arn": arn, "Path": "/", "DefaultVersionId": f"v{versions}", "AttachmentCount": 1,
            "PermissionsBoundaryUsageCount": 0, "IsAttachable": True, "CreateDate": dates[0], "UpdateDate": dates[-1],
            "PolicyVersionList": [{"Document": self.document(), "VersionId": f"v{n}", "IsDefaultVersion": n == versions, "CreateDate": dates[n - 1]}
                                  for n in range(versions, 0, -1)]})
        return {"PolicyName": name, "PolicyArn": arn}

    def role(self, name, principal, path="/", attached=(), inline=()):
        self.roles.append({
            "Path": path, "RoleName": name, "RoleId": self.uid("AROA"), "Arn": f"arn:aws:iam::{self.id}:role{path}{name}", "CreateDate": self.date(),
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]},
            "InstanceProfileList": [], "RolePolicyList": [{"PolicyName": f"inline-{n}", "PolicyDocument": d} for n, d in enumerate(inline)],
            "AttachedManagedPolicies": list(attached), "Tags": [{"Key": "team", "Value": self.rng.choice(WORDS)}],
            "RoleLastUsed": {"LastUsedDate": self.date(), "Region": "eu-west-1"} if self.rng.random() < 0.6 else {}})

    def grow(self, size):
        """Workload roles, trusted by services or by roles of the account, until the JSON is about `size` bytes."""
        written = 0
        while written < size:
            before = len(self.policies)
            attached = [self.customer_policy() for _ in range(self.rng.random() < 0.7)]
            trust = {"Service": self.rng.choice(["lambda", "ec2", "states.eu-west-1", "ecs-tasks"]) + ".amazonaws.com"} if self.rng.random() < 0.8 else \
                {"AWS": f"arn:aws:iam::{self.id}:role/{self.rng.choice(WORDS)}"}
            self.role(self.name("role"), trust, "/workloads/", attached, [self.document()] if self.rng.random() < 0.5 else [])
            written += len(json.dumps(self.roles[-1:] + self.policies[before:])) * 2.45  # the CLI's indentation
            if self.rng.random() < 0.15:
                name = self.name("user")
                self.users.append({"Path": "/", "UserName": name, "UserId": self.uid("AIDA"), "Arn": f"arn:aws:iam::{self.id}:user/{name}", "CreateDate": self.date(),
                                   "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": self.document()}], "GroupList": ["developers"], "AttachedManagedPolicies": [], "Tags": []})

    def details(self):
        managed = {"PolicyName": "AdministratorAccess", "PolicyId": "ANPAIWMBCKSKIEE64ZLYK", "Arn": ADMIN, "Path": "/", "DefaultVersionId": "v1", "AttachmentCount": 1,
                   "PermissionsBoundaryUsageCount": 0, "IsAttachable": True, "CreateDate": "2015-02-06T18:39:46+00:00", "UpdateDate": "2015-02-06T18:39:46+00:00",
                   "PolicyVersionList": [{"Document": STAR, "VersionId": "v1", "IsDefaultVersion": True, "CreateDate": "2015-02-06T18:39:46+00:00"}]}
        return {"UserDetailList": self.users, "GroupDetailList": self.groups, "RoleDetailList": self.roles, "Policies": [managed] + self.policies}

    def summary(self):
        return {"SummaryMap": {"Users": len(self.users), "Groups": len(self.groups), "Roles": len(self.roles), "Policies": len(self.policies),
                               "AccountMFAEnabled": 1, "AccountAccessKeysPresent": 0, "AccountPasswordPresent": 1}}


def scps(rng):
    """{id: (document, kind)}: what stands on OUs beside FullAWSAccess. Only `denied` and `excepted` touch leaving."""
    out = {}
    for n in range(24):
        kind = rng.choices(["region", "tag", "principal"], [14, 4, 6])[0]
        exempt = sorted({f"{s}:*" for s in rng.sample(list(SERVICES), 4)} | {"iam:*", "organizations:*", "sts:*", "support:*", "account:*"})
        statement = {
            "region": {"Sid": "Regions", "Effect": "Deny", "NotAction": exempt, "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": rng.sample(["eu-west-1", "eu-central-1", "eu-north-1"], 2)}}},
            "tag": {"Sid": "Tags", "Effect": "Deny", "Action": ["ec2:RunInstances", "s3:CreateBucket"], "Resource": "*", "Condition": {"Null": {"aws:RequestTag/team": "true"}}},
            "principal": {"Sid": "Records", "Effect": "Deny", "Action": ["cloudtrail:Stop*", "config:Delete*", f"{rng.choice(list(SERVICES))}:Delete*"], "Resource": "*",
                          "Condition": {"ArnNotLike": {"aws:PrincipalArn": [f"arn:aws:iam::*:role/{rng.choice(WORDS)}", "arn:aws:iam::*:role/platform/*"]}}},
        }[kind]
        out[f"p-gen{n:05}"] = {"Version": "2012-10-17", "Statement": [statement]}
    out["p-stay00001"] = {"Version": "2012-10-17", "Statement": [{"Sid": "Stay", "Effect": "Deny", "Action": "organizations:Leave*", "Resource": "*"}]}
    out["p-except001"] = {"Version": "2012-10-17", "Statement": [{"Sid": "StayUnlessPlatform", "Effect": "Deny", "Action": ["organizations:LeaveOrganization"], "Resource": "*",
                          "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/platform/Exit"}}}]}
    return out


def generate(count, seed, size, out):
    rng = random.Random(seed)
    kinds = rng.choices([p[0] for p in PLANTS], [p[1] for p in PLANTS], k=count)
    for n, (kind, *_) in enumerate(PLANTS[:count]):
        kinds[n] = kind  # each at least once
    ids = [f"{n:012}" for n in sorted(rng.sample(range(10**10, 9 * 10**11), count))]
    folders = {}  # OU: (name, parent); up to five levels deep
    for n in range(max(3, count // 40 + 2)):
        parent = ROOT if n == 0 else rng.choice([ROOT, *[o for o in folders if depth(folders, o) < 5]])
        folders[f"ou-gen0-{n:08}"] = (f"{rng.choice(WORDS).title()}{n}", parent)
    for n, kind in enumerate(("denied", "excepted")):
        folders[f"ou-gen0-{kind:x<8}"] = (kind.title(), rng.choice([ROOT, *[o for o in folders if depth(folders, o) < 5 and not o.endswith("x")]]))
    plain = [o for o in folders if not o.endswith("x") and o != "ou-gen0-excepted"]
    place = {a: "ou-gen0-deniedxx" if k == "denied" else "ou-gen0-excepted" if k == "excepted" else rng.choice(plain) for a, k in zip(ids, kinds)}

    snapshot = out / "snapshot"
    organization(rng, snapshot, ids, kinds, folders, place, plain)
    attestations(snapshot, ids, kinds)
    rows = []
    for account, kind in zip(ids, kinds):
        one_account(random.Random(f"{seed}/{account}"), snapshot / "accounts" / account, account, kind, size)
        rows += expected(account, dict((p[0], p[2]) for p in PLANTS)[kind])
    (out / "expected.tsv").write_text("".join(rows))


def depth(folders, ou):
    return 1 + depth(folders, folders[ou][1]) if ou in folders else 0


def expected(account, blockers):
    verdicts = []
    rows = []
    for route in ROUTES:
        ids = " ".join(v for k, v in blockers.items() if k == "all" or route == k or route.startswith(k + "/")).split()
        verdicts.append("READY" if not ids else "UNDETERMINED" if all(i.endswith("?") for i in ids) else "NOT READY")
        rows.append(f"{account}\t{route}\t{verdicts[-1]}\t{' '.join(ids) or '-'}\n")
    best = min(verdicts, key=["READY", "UNDETERMINED", "NOT READY"].index)
    return rows + [f"{account}\t*\t{best}\t-\n"]


def organization(rng, snapshot, ids, kinds, folders, place, plain):
    org = snapshot / "organizations"
    account_arn = lambda a: f"arn:aws:organizations::{MANAGEMENT}:account/{ORG}/{a}"

    def entry(a, kind):
        joined = "2026-11-18T06:00:00+00:00" if kind == "young" else "2021-05-06T07:08:09+00:00"
        state = ("CLOSED", "SUSPENDED") if kind == "closed" else ("ACTIVE", "ACTIVE")
        return {"Id": a, "Arn": account_arn(a), "Email": f"{a}@generated.example", "Name": f"{kind}-{a[-4:]}", "State": state[0], "Status": state[1],
                "JoinedMethod": "CREATED", "JoinedTimestamp": joined}

    entries = {MANAGEMENT: {**entry(MANAGEMENT, "management"), "JoinedMethod": "INVITED"}} | {a: entry(a, k) for a, k in zip(ids, kinds)}
    place = {MANAGEMENT: ROOT, **place}
    write(org / "describe-organization.json", {"Organization": {
        "Id": ORG, "Arn": f"arn:aws:organizations::{MANAGEMENT}:organization/{ORG}", "FeatureSet": "ALL", "MasterAccountArn": account_arn(MANAGEMENT),
        "MasterAccountId": MANAGEMENT, "MasterAccountEmail": "root@generated.example"}})
    write(org / "list-roots.json", {"Roots": [{"Id": ROOT, "Arn": f"arn:aws:organizations::{MANAGEMENT}:root/{ORG}/{ROOT}", "Name": "Root",
                                               "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]}]})
    write(org / "list-accounts.json", {"Accounts": list(entries.values())})
    for parent in [ROOT, *folders]:
        write(org / "list-accounts-for-parent" / f"{parent}.json", {"Accounts": [e for a, e in entries.items() if place[a] == parent]})
        write(org / "list-organizational-units-for-parent" / f"{parent}.json", {"OrganizationalUnits": [
            {"Id": o, "Arn": f"arn:aws:organizations::{MANAGEMENT}:ou/{ORG}/{o}", "Name": name} for o, (name, above) in folders.items() if above == parent]})
    write(org / "list-delegated-administrators.json", {"DelegatedAdministrators": [
        {**entries[a], "DelegationEnabledDate": "2023-01-02T03:04:05+00:00"} for a, k in zip(ids, kinds) if k == "delegated"]})
    documents = {"p-FullAWSAccess": STAR, **scps(rng)}
    targets = {p: [] for p in documents}
    targets["p-FullAWSAccess"] = [ROOT, *folders, *entries]
    targets["p-stay00001"], targets["p-except001"] = ["ou-gen0-deniedxx"], ["ou-gen0-excepted"]
    for p in documents:
        if p.startswith("p-gen"):
            targets[p] = [rng.choice([ROOT, *plain])]
    summaries = {p: {"Id": p, "Arn": f"arn:aws:organizations::aws:policy/service_control_policy/{p}" if p == "p-FullAWSAccess" else
                     f"arn:aws:organizations::{MANAGEMENT}:policy/{ORG}/service_control_policy/{p}", "Name": p[2:], "Description": "", "Type": "SERVICE_CONTROL_POLICY",
                     "AwsManaged": p == "p-FullAWSAccess"} for p in documents}
    write(org / "list-policies" / "SERVICE_CONTROL_POLICY.json", {"Policies": list(summaries.values())})

    def target(t):
        kind, arn, name = ("ROOT", f"root/{ORG}/{ROOT}", "Root") if t == ROOT else ("ORGANIZATIONAL_UNIT", f"ou/{ORG}/{t}", folders[t][0]) if t in folders else \
            ("ACCOUNT", f"account/{ORG}/{t}", entries[t]["Name"])
        return {"TargetId": t, "Arn": f"arn:aws:organizations::{MANAGEMENT}:{arn}", "Name": name, "Type": kind}

    for p, document in documents.items():
        write(org / "describe-policy" / f"{p}.json", {"Policy": {"PolicySummary": summaries[p], "Content": json.dumps(document, indent=2)}})
        write(org / "list-targets-for-policy" / f"{p}.json", {"Targets": [target(t) for t in targets[p]]})
    management = Account(rng, MANAGEMENT)
    management.role("Offboarding", {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}, inline=[{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["organizations:RemoveAccountFromOrganization", "organizations:Describe*"], "Resource": "*"}]}])
    details = management.details()
    details["Policies"] = []
    folder = snapshot / "accounts" / MANAGEMENT
    write(folder / "iam" / "get-account-authorization-details.json", details)
    write(folder / "iam" / "get-account-summary.json", management.summary())
    write(folder / "sts" / "get-caller-identity.json", {"UserId": "AROA:gen", "Account": MANAGEMENT, "Arn": f"arn:aws:sts::{MANAGEMENT}:assumed-role/Collect/gen"})
    write(snapshot / "capture.json", {"version": 1, "captured_at": AT, "completed_at": "2026-11-20T09:00:00Z", "caller": f"arn:aws:iam::{MANAGEMENT}:role/Offboarding",
                                      "partition": "aws", "tool": "genorg", "errors": [
                                          {"call": f"accounts/{a}/sts/get-caller-identity", "code": "ExpiredToken"} for a, k in zip(ids, kinds) if k == "no-identity"]})


def attestations(snapshot, ids, kinds):
    text = ["version: 1\ndefaults: {by: gen@generated.example, date: 2026-11-10}\naccounts:\n"]
    for a, kind in zip(ids, kinds):
        if kind != "unattested":
            text.append(f'  "{a}":\n    iam_billing_access: {{value: true}}\n    customer_agreement: {{value: true}}\n    support_plan: {{value: basic}}\n'
                        "    contact_verified: {value: true}\n    phone_verified: {value: true}\n    payment_method: {value: true, valid_until: 2027-06-30}\n")
    (snapshot / "attestations.yaml").write_text("".join(text))


def one_account(rng, folder, account, kind, size):
    a = Account(rng, account)
    a.role("OrganizationAccountAccessRole", {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}, attached=[{"PolicyName": "AdministratorAccess", "PolicyArn": ADMIN}])
    a.role("AWSServiceRoleForOrganizations", {"Service": "organizations.amazonaws.com"}, "/aws-service-role/organizations.amazonaws.com/")
    if kind == "excepted":
        a.role("Exit", {"AWS": f"arn:aws:iam::{account}:root"}, "/platform/", inline=[{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "organizations:LeaveOrganization", "Resource": "*"}]}])
    a.groups.append({"Path": "/", "GroupName": "developers", "GroupId": a.uid("AGPA"), "Arn": f"arn:aws:iam::{account}:group/developers", "CreateDate": a.date(),
                     "GroupPolicyList": [{"PolicyName": "work", "PolicyDocument": a.document()}], "AttachedManagedPolicies": []})
    a.grow(size)
    details = a.details()
    if kind == "cut":
        details |= {"IsTruncated": True, "Marker": "AAEE=="}
    write(folder / "iam" / "get-account-authorization-details.json", details)
    write(folder / "iam" / "get-account-summary.json", a.summary())
    if kind != "no-identity":
        write(folder / "sts" / "get-caller-identity.json", {"UserId": "AROA:gen", "Account": account, "Arn": f"arn:aws:sts::{account}:assumed-role/Collect/gen"})
    write(folder / "account" / "get-contact-information.json", {"ContactInformation": {
        "FullName": "Generated Ltd", "AddressLine1": "1 Seed Street", "City": "Random", "PostalCode": "10001", "CountryCode": "DE", "PhoneNumber": "+4900000001"}})


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--accounts", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--size", type=int, default=1_000_000)
    options.add_argument("--out", type=Path, required=True)
    o = options.parse_args()
    generate(o.accounts, o.seed, o.size, o.out)


if __name__ == "__main__":
    main()
