"""A replay server on the loopback for the real AWS CLI: the protocols of organizations and account (JSON), iam and sts (query)."""
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).parent))
import replay  # noqa: E402

def kebab(name):
    """ListAWSServiceAccessForOrganization -> list-aws-service-access-for-organization"""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


def xml(name, value):
    if name in replay.DOCUMENTS:
        value = quote(value if isinstance(value, str) else json.dumps(value))
    if name == "SummaryMap":
        inner = "".join(f"<entry><key>{k}</key><value>{v}</value></entry>" for k, v in value.items())
    elif isinstance(value, dict):
        inner = "".join(xml(k, v) for k, v in value.items())
    elif isinstance(value, list):
        inner = "".join(xml("member", v) for v in value)
    else:
        inner = str(value).lower() if isinstance(value, bool) else escape(str(value))
    return f"<{name}>{inner}</{name}>"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def send(self, status, kind, body, **headers):
        data = body.encode()
        self.send_response(status)
        for name, value in {"content-type": kind, "content-length": str(len(data)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        key = re.search(r"Credential=([^/]*)/", self.headers.get("authorization", ""))
        account = self.server.world.account_of(key[1] if key else "")
        target, form = self.headers.get("x-amz-target"), parse_qs(body)
        if target:
            service, name, params = "organizations", target.split(".")[1], json.loads(body or "{}")
        elif "Action" in form:
            name, params = form["Action"][0], {k: v[0] for k, v in form.items() if k not in ("Action", "Version")}
            service = "sts" if name in ("AssumeRole", "GetCallerIdentity") else "iam"
        else:
            name, params, service = self.path.strip("/"), json.loads(body or "{}"), "account"
            name = name[0].upper() + name[1:]
        self.answer(service, name, params, account, query=service in ("iam", "sts"))

    def answer(self, service, name, params, account, query):
        world, fault = self.server.world, self.server.faults.pop(f"{account} {name}", None)
        if fault is not None:
            self.send(200, "application/x-amz-json-1.1", fault)
            return
        token = params.pop("NextToken", None) or params.pop("Marker", None)
        argument = ",".join(str(v) for k, v in params.items() if k not in ("RoleSessionName", "MaxItems", "MaxResults"))
        try:
            if name == "AssumeRole":
                answer = world.assume_role(params["RoleArn"])
            else:
                answer = world.answer(account, service, kebab(name), argument)
        except replay.Refused as e:
            if query:
                self.send(403, "text/xml", f"<ErrorResponse><Error><Type>Sender</Type><Code>{e.code}</Code><Message>{escape(e.message)}</Message>"
                                           "</Error><RequestId>r</RequestId></ErrorResponse>")
            else:
                self.send(400, "application/x-amz-json-1.1", json.dumps({"__type": e.code, "message": e.message, "Message": e.message}), x_amzn_errortype=e.code)
            return
        answer = self.page(name, answer, token)
        if query:
            inner = "".join(xml(k, v) for k, v in answer.items())
            self.send(200, "text/xml", f"<{name}Response><{name}Result>{inner}</{name}Result><ResponseMetadata><RequestId>r</RequestId>"
                                       f"</ResponseMetadata></{name}Response>")
        else:
            self.send(200, "application/x-amz-json-1.1", json.dumps(answer))

    def page(self, name, answer, token):
        """Every list of two and more comes in two pages."""
        key = next((k for k, v in answer.items() if isinstance(v, list) and len(v) > 1), None)
        pages = name.startswith("List") and "NextToken" or name == "GetAccountAuthorizationDetails" and "Marker"
        if not pages or not key:
            return answer
        self.server.pages.add((name, token))
        others = {k: [] for k, v in answer.items() if isinstance(v, list) and k != key}
        if pages == "Marker" and token:
            return {**answer, **others, key: answer[key][1:], "IsTruncated": False}
        if pages == "Marker":
            return {**answer, key: answer[key][:1], "IsTruncated": True, "Marker": "second"}
        return {**answer, key: answer[key][1:]} if token else {**answer, key: answer[key][:1], "NextToken": "second"}


def serve(folder, complete):
    """A server that runs until its shutdown(); .faults maps "ACCOUNT Operation" to a body that is served once."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.world, server.faults, server.pages = replay.Replay(folder, complete), {}, set()
    return server
