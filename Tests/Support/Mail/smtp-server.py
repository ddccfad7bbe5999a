"""A mail server for tests, of Debian's aiosmtpd: on a port of 127.0.0.1, a free one by default, until its standard input ends.

Writes a line of JSON for each thing that happens: the port, each connection, each mail that it took. It has written of a mail before
it says so to the client.
"""

import argparse
import asyncio
import base64
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", choices=["no", "starttls", "implicit"], required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--certificate", help="a PEM file with key and certificate")
    parser.add_argument("--user", help="whoever sends signs on as this, with --password")
    parser.add_argument("--password")
    parser.add_argument("--sign-on-answer", help="what is said to a wrong password; %%s is that password")
    parser.add_argument("--answer", nargs=2, action="append", default=[], metavar=("RECIPIENT", "REPLY"))
    parser.add_argument("--content-answer", nargs=2, action="append", default=[], metavar=("RECIPIENT", "REPLY"))
    parser.add_argument("--sender-answer", help="what is said to every sender")
    parser.add_argument("--hang", action="append", default=[], metavar="RECIPIENT", help="never answered")
    parser.add_argument("--tires", action="store_true", help="a connection is good for one mail")
    parser.add_argument("--utf8", action="store_true", help="SMTPUTF8")
    return parser.parse_args()


def tell(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


class Handler:
    def __init__(self, options):
        self.options = options
        self.answers = dict(options.answer)
        self.content_answers = dict(options.content_answer)

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.options.sender_answer:
            return self.options.sender_answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.options.hang:
            await asyncio.Event().wait()
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        for address in envelope.rcpt_tos:
            if address in self.content_answers:
                return self.content_answers[address]
        tell(
            "mail",
            encrypted=bool(server.transport.get_extra_info("ssl_object")),
            user=session.auth_data.login.decode() if session.auth_data else None,
            client=session.host_name,
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            options=envelope.mail_options,
            content=base64.b64encode(envelope.original_content).decode(),
        )
        return "250 2.0.0 OK" + ("\r\n421 4.4.2 Tired" if self.options.tires else "")

    def sign_on(self, server, session, envelope, mechanism, data):
        if (data.login.decode(), data.password.decode()) == (self.options.user, self.options.password):
            return AuthResult(success=True, auth_data=data)
        answer = self.options.sign_on_answer
        return AuthResult(success=False, handled=False, message=answer and answer.replace("%s", data.password.decode()))


async def main():
    options = arguments()
    handler = Handler(options)
    context = None
    if options.tls != "no":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate)
    loop = asyncio.get_running_loop()

    def connection():
        tell("connection")
        return SMTP(
            handler,
            loop=loop,
            hostname="localhost",
            tls_context=context if options.tls == "starttls" else None,
            require_starttls=options.tls == "starttls",
            authenticator=handler.sign_on if options.user else None,
            auth_required=bool(options.user),
            auth_require_tls=options.tls == "starttls",
            auth_exclude_mechanism=[] if options.user else ["PLAIN", "LOGIN"],
            enable_SMTPUTF8=options.utf8,
        )

    server = await loop.create_server(connection, "127.0.0.1", options.port, ssl=context if options.tls == "implicit" else None)
    tell("port", port=server.sockets[0].getsockname()[1])
    ended = asyncio.Event()
    loop.add_reader(sys.stdin, lambda: ended.set() if not sys.stdin.buffer.read1(1) else None)
    await ended.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
