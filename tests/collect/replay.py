"""Answers calls of the AWS CLI from a snapshot folder: what the fake `aws` and the replay server share."""
import datetime
import json
import os
import re
import urllib.parse

# What the service says where the snapshot holds no such capture and REPLAY_COMPLETE asks for a whole organization.
EMPTY = {
    "organizations list-aws-service-access-for-organization": {"EnabledServicePrincipals": []},
    "organizations list-create-account-status": {"CreateAccountStatuses": []},
    "organizations list-inbound-responsibility-transfers": {"ResponsibilityTransfers": []},
    "organizations list-outbound-responsibility-transfers": {"ResponsibilityTransfers": []},
    "organizations list-tags-for-resource": {"Tags": []},
    "organizations list-handshakes-for-account": {"Handshakes": []},
    "organizations describe-resource-policy": "ResourcePolicyNotFoundException",
    "organizations list-delegated-services-for-account": "AccountNotRegisteredException",
    "account get-alternate-contact": "ResourceNotFoundException",
    "account get-contact-information": "ResourceNotFoundException",
    "iam list-organizations-features": "ServiceAccessNotEnabledException",
}
OWN_KEY = "AKIAOWNCALLER0000000"
SECRET, TOKEN = "SecretKeyNobodyMaySee", "SessionTokenNobodyMaySee"


class Refused(Exception):
    def __init__(self, code, message="refused by the replay"):
        super().__init__(code)
        self.code, self.message = code, message


def operation_name(service_operation):
    """ListRoots for list-roots, as in error messages."""
    return "".join(word.capitalize() for word in service_operation.split("-"))


def read(path):
    """The JSON in a file; None where there is none. (The fake imports little, so that it starts fast.)"""
    try:
        with open(path) as f:
            return json.load(f)
    except FileNotFoundError:
        return None


def quote(argument):
    return re.sub(r"[^A-Za-z0-9._,-]", lambda m: "".join(f"%{b:02X}" for b in m[0].encode()), argument)


DOCUMENTS = {"AssumeRolePolicyDocument", "PolicyDocument", "Document"}


def moment(value):
    """Seconds since 1970 of a time as either CLI prints it."""
    return value if isinstance(value, (int, float)) else datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()


def spelled(value, cli, service, key=""):
    """The answer as that CLI prints it: v1 shows times of JSON services as numbers and State beside Status, v2 times as text with
    an offset and State alone. Both show policy documents of IAM as objects."""
    if isinstance(value, dict):
        if "Status" in value and "Email" in value:  # an account
            state = value.get("State", value["Status"])
            value = {**value, "State": state} if cli == "v1" else {**{k: v for k, v in value.items() if k != "Status"}, "State": state}
        return {k: spelled(v, cli, service, k) for k, v in value.items()}
    if isinstance(value, list):
        return [spelled(v, cli, service) for v in value]
    if key in DOCUMENTS and isinstance(value, str):
        return json.loads(urllib.parse.unquote(value) if value.startswith("%") else value)
    if re.search("(Timestamp|Date|DateEnabled)$", key) and value:
        at = datetime.datetime.fromtimestamp(moment(value), datetime.timezone.utc)
        if cli == "v1":
            return at.strftime("%Y-%m-%dT%H:%M:%SZ") if service == "iam" else at.timestamp()
        return at.isoformat(timespec="seconds" if service == "iam" else "microseconds")
    return value


class Replay:
    def __init__(self, folder, complete=False):
        self.folder, self.complete = str(folder), complete
        capture = read(os.path.join(self.folder, "capture.json"))
        self.caller = capture["caller"]
        self.own = self.caller.split(":")[4]
        self.errors = {e["call"]: e for e in capture["errors"]}

    def account_of(self, key):
        """Who signs with that access key id."""
        return key[4:16] if re.fullmatch(r"ASIA\d{12}", key) else self.own

    def assume_role(self, arn):
        account = arn.split(":")[4]
        return {"Credentials": {"AccessKeyId": "ASIA" + account, "SecretAccessKey": SECRET, "SessionToken": TOKEN + account,
                                "Expiration": "2030-01-01T00:00:00Z"},
                "AssumedRoleUser": {"AssumedRoleId": "AROAX:orgexit", "Arn": f"arn:aws:sts::{account}:assumed-role/Role/orgexit"}}

    def answer(self, account, service, operation, argument, region=""):
        """The JSON of the answer, or Refused."""
        if (service, operation) == ("sts", "get-caller-identity") and account == self.own:
            return {"UserId": "AROAOWN:me", "Account": account, "Arn": self.caller}
        asks_organization = account in (self.own, os.environ.get("REPLAY_DELEGATE"))
        tail = f"{service}/{operation}" + ("/" + quote(argument) if argument else "")
        below = f"accounts/{account}/" + (f"regions/{region}/" if region else "") + tail
        for path in [tail, below] if asks_organization else [below]:
            if path in self.errors:
                raise Refused(self.errors[path]["code"], self.errors[path].get("message", ""))
            found = read(os.path.join(self.folder, f"{path}.json"))
            if found is not None:
                return found
        empty = EMPTY.get(f"{service} {operation}") if self.complete else None
        if self.complete and (service, operation) == ("account", "get-account-information"):
            return {"AccountId": account, "AccountName": "x", "AccountCreatedDate": "2020-02-02T02:02:02+00:00"}
        if self.complete and (service, operation) == ("organizations", "describe-organization"):
            return read(os.path.join(self.folder, "organizations/describe-organization.json"))
        if isinstance(empty, dict):
            return empty
        raise Refused(empty or "AccessDeniedException")
