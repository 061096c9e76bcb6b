#!/usr/bin/python3
"""Writes cases for `simulate --cases` that look like real work: SCPs at one or two levels, an identity policy, now and then a boundary.

    gencases.py COUNT repeated|distinct [SEED]    to standard output; about 700 bytes a line

`repeated` draws policy texts from two dozen, as the cases of one organization do; with `distinct` no text stands there twice.
"""
import json
import random
import sys

ALLOW_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ACTIONS = ["organizations:LeaveOrganization", "s3:GetObject", "s3:PutObject", "ec2:RunInstances", "iam:CreateUser", "kms:Decrypt", "sts:AssumeRole"]
KEYS = {"aws:RequestedRegion": ["us-east-1", "eu-central-1"], "aws:PrincipalArn": ["arn:aws:iam::111122223333:role/Exit", "arn:aws:iam::111122223333:role/App"],
        "aws:SourceIp": ["203.0.113.7", "198.51.100.9"], "aws:MultiFactorAuthPresent": ["true", "false"], "aws:PrincipalTag/team": ["platform", "data"]}
TESTS = [{"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}}, {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Exit"}},
         {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}, {"Bool": {"aws:MultiFactorAuthPresent": "false"}}, {"StringEquals": {"aws:PrincipalTag/team": "data"}}]


def deny(r, mark):
    statement = {"Sid": f"Deny{mark}", "Effect": "Deny", "Action": sorted(r.sample(ACTIONS, 2)), "Resource": "*"}
    if r.random() < 0.5:
        statement["Condition"] = r.choice(TESTS)
    return {"Version": "2012-10-17", "Statement": [statement]}


def allow(r, mark):
    return {"Version": "2012-10-17", "Statement": [{"Sid": f"Allow{mark}", "Effect": "Allow", "Action": [r.choice(ACTIONS), f"{r.choice(ACTIONS).split(':')[0]}:*"], "Resource": "*"}]}


def main():
    count, distinct, r = int(sys.argv[1]), sys.argv[2] == "distinct", random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    denies, allows = [deny(r, i) for i in range(12)], [allow(r, i) for i in range(12)]
    out = []
    for i in range(count):
        policy = {"name": "guard", "document": deny(r, f"{i}") if distinct else r.choice(denies)}
        grant = {"name": "grant", "document": allow(r, f"{i}") if distinct else r.choice(allows)}
        full = {"name": f"FullAWSAccess-{i}" if distinct else "FullAWSAccess", "document": ALLOW_ALL if not distinct else {**ALLOW_ALL, "Id": f"{i}"}}
        context = {k: r.choice(v) for k, v in r.sample(sorted(KEYS.items()), 1)}
        case = {"name": f"case {i}",
                "request": {"principal": f"arn:aws:iam::111122223333:role/App{r.randrange(50)}", "action": r.choice(ACTIONS), "resource": "*", "context": context},
                "policies": {"identity": [grant], "scps": [{"level": "r-ab12", "policies": [full, policy]}]}}
        if i % 8 == 0:
            case["policies"]["scps"].append({"level": "ou-ab12-11112222", "policies": [full]})
        if i % 7 == 0:
            case["policies"]["boundary"] = [{"name": "boundary", "document": ALLOW_ALL if not distinct else allow(r, f"{i}b")}]
        if i % 5 == 0:
            case["request"]["unknownContext"] = [r.choice(sorted(set(KEYS) - set(context)))]
        out.append(json.dumps(case, separators=(",", ":")))
        if len(out) == 10000:
            print("\n".join(out))
            out = []
    if out:
        print("\n".join(out))


main()
