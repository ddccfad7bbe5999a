#!/usr/bin/env python3
"""A name server for tests, over UDP on a free port of the loopback. It ends when its standard input does.

    dns-server.py [NAME=ADDRESS/TTL]... [--silent NAME]... [--broken NAME]...

It has these addresses, says nothing at all of silent names, fails for broken ones, and knows no others. Its first line is the
port, and each line after that the name of a question, as it comes.
"""
import argparse
import sys

from dnslib import A, QTYPE, RCODE, RR
from dnslib.server import BaseResolver, DNSHandler, DNSServer


class Silence(Exception):
    """No answer."""


class Handler(DNSHandler):
    """Sends nothing where the resolver has nothing to say."""

    def handle(self):
        try:
            super().handle()
        except Silence:
            pass


class Resolver(BaseResolver):
    """Answers from what was said at the start."""

    def __init__(self, options):
        self.records = {}
        for record in options.records:
            name, _, rest = record.partition("=")
            address, _, ttl = rest.partition("/")
            self.records.setdefault(name, []).append((address, int(ttl)))
        self.silent = set(options.silent)
        self.broken = set(options.broken)

    def resolve(self, request, handler):
        name = str(request.q.qname).rstrip(".").lower()
        # At once, since questions come at the same time.
        print(name + "\n", end="", flush=True)
        if name in self.silent:
            raise Silence
        reply = request.reply()
        if name in self.broken:
            reply.header.rcode = RCODE.SERVFAIL
            return reply
        found = self.records.get(name, [])
        if not found:
            reply.header.rcode = RCODE.NXDOMAIN
        for address, ttl in found:
            if request.q.qtype == QTYPE.A:
                reply.add_answer(RR(request.q.qname, QTYPE.A, rdata=A(address), ttl=ttl))
        return reply


class Quiet:
    """Logs nothing."""

    def __getattr__(self, name):
        return lambda *_: None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("records", nargs="*")
    parser.add_argument("--silent", action="append", default=[])
    parser.add_argument("--broken", action="append", default=[])
    options = parser.parse_args()
    server = DNSServer(Resolver(options), address="127.0.0.1", port=0, handler=Handler, logger=Quiet())
    print(server.server.server_address[1], flush=True)
    server.start_thread()
    sys.stdin.read()


main()
