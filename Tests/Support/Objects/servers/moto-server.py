"""An S3 for tests: moto on a free port of 127.0.0.1, whose number is the first line that it prints.

Every signature is checked by botocore, so by other code than that which made it. Ends when its standard input does.
"""

import hashlib
import io
import logging
import sys
import threading
from urllib.parse import parse_qs

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

ACCESS_KEY, SECRET_KEY = sys.argv[1:3]


class Handler(WSGIRequestHandler):
    """Keeps connections open, and says nothing of requests."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_):
        pass


def refusal(start_response, code, message):
    """Answers as S3 does when it does not believe who asks."""
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
    start_response("403 Forbidden", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
    return [body]


def what_is_wrong(environ, body):
    """What a request's signature does not fit; None if it is good."""
    given = environ.get("HTTP_AUTHORIZATION", "")
    parts = dict(part.strip().split("=", 1) for part in given.partition(" ")[2].split(","))
    _, date, region, service, _ = parts["Credential"].split("/")
    headers = {}
    for name in parts["SignedHeaders"].split(";"):
        key = name.upper().replace("-", "_")
        headers[name] = environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"]
    digest = hashlib.sha256(body).hexdigest()
    if headers["x-amz-content-sha256"] != digest:
        return "the body has another digest"
    request = AWSRequest(
        method=environ["REQUEST_METHOD"],
        url=f"http://{environ['HTTP_HOST']}{environ['REQUEST_URI']}",
        data=body,
        headers=headers,
    )
    request.context["timestamp"] = headers["x-amz-date"]
    signer = S3SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), service, region)
    own = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return None if own == parts["Signature"] else "the signature does not fit"


def what_is_wrong_in_query(environ):
    """What the signature in a URL does not fit; None if it is good."""
    target, _, query = environ["REQUEST_URI"].partition("?")
    fields = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
    _, date, region, service, _ = fields["X-Amz-Credential"].split("/")
    signed = "&".join(part for part in query.split("&") if not part.startswith("X-Amz-Signature="))
    request = AWSRequest(
        method=environ["REQUEST_METHOD"],
        url=f"http://{environ['HTTP_HOST']}{target}?{signed}",
        headers={"host": environ["HTTP_HOST"]},
    )
    request.context["timestamp"] = fields["X-Amz-Date"]
    signer = S3SigV4QueryAuth(Credentials(ACCESS_KEY, SECRET_KEY), service, region)
    own = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return None if own == fields["X-Amz-Signature"] else "the signature in the URL does not fit"


class Checked:
    """Lets through what is signed as it should be."""

    def __init__(self, application):
        self.application = application
        self.claims = threading.Lock()

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        try:
            is_url = "X-Amz-Signature=" in environ.get("QUERY_STRING", "")
            wrong = what_is_wrong_in_query(environ) if is_url else what_is_wrong(environ, body)
        except (KeyError, ValueError) as error:
            wrong = f"it is not signed: {error}"
        if wrong:
            return refusal(start_response, "SignatureDoesNotMatch", wrong)
        if "HTTP_IF_NONE_MATCH" not in environ:
            return self.application(environ, start_response)
        # S3 looks and puts in one step; moto does not, where threads do it at the same moment.
        with self.claims:
            return self.application(environ, start_response)


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = Checked(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Handler)
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


main()
