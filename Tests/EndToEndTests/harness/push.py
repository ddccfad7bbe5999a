"""A push service and the devices behind it: it takes what is pushed over TLS, and decrypts and verifies it by the words of the RFCs."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import ssl
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .client import PATIENCE, Matcher, matches
from .message import Message


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def derive(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """HKDF with SHA-256 (RFC 5869), of one block."""
    pseudorandom = hmac.digest(salt, secret, hashlib.sha256)
    return hmac.digest(pseudorandom, info + b"\x01", hashlib.sha256)[:length]


class Device:
    """Who decrypts what it is pushed (RFC 8291)."""

    def __init__(self, service: "PushService", name: str):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        self.path = f"/{name}"
        self.endpoint = f"https://localhost:{service.port}{self.path}"
        self.keys = f"p256dh={encode(point(self.key.public_key()))};auth={encode(self.secret)}"

    def decrypt(self, body: bytes) -> str:
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(body) <= 4096 and size >= len(sealed), "one record"
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        info = b"WebPush: info\x00" + point(self.key.public_key()) + sender
        secret = derive(self.secret, shared, info, 32)
        key = derive(salt, secret, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = derive(salt, secret, b"Content-Encoding: nonce\x00", 12)
        text = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00")
        assert text[-1] == 2, "the last record ends with 2"
        return text[:-1].decode()


class Push:
    """One request."""

    def __init__(self, path: str, headers: dict[str, str], body: bytes):
        self.path, self.headers, self.body = path, headers, body

    def verify(self, audience: str, contact: str) -> str:
        """Checks who sent it (RFC 8292). Returns the public key that proves it."""
        scheme, _, parameters = self.headers["authorization"].partition(" ")
        values = dict(part.strip().split("=", 1) for part in parameters.split(","))
        assert scheme == "vapid" and set(values) == {"t", "k"}, scheme
        head, claims, signature = values["t"].split(".")
        assert json.loads(decode(head)) == {"typ": "JWT", "alg": "ES256"}
        said = json.loads(decode(claims))
        assert said["aud"] == audience and said["sub"] == contact, said
        assert time.time() < said["exp"] <= time.time() + 24 * 3600, said
        raw = decode(signature)
        assert len(raw) == 64
        pair = utils.encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(values["k"]))
        try:
            key.verify(pair, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            raise AssertionError("the token is not signed with its key") from None
        return values["k"]


class PushService:
    """Takes requests; `answers` says for a path with which statuses, one after the other, and 201 when there are none left."""

    def __init__(self):
        self.pushes: list[Push] = []
        self.answers: dict[str, list[str]] = {}
        self.changed = asyncio.Condition()
        self.server: asyncio.Server | None = None
        self.port = 0

    async def start(self, certificate: str, key: str) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = self.server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            method, path, _ = head[0].split(" ")
            headers = {k.lower(): v.strip() for k, v in (line.split(":", 1) for line in head[1:] if line)}
            body = await reader.readexactly(int(headers["content-length"]))
            assert method == "POST" and headers["content-encoding"] == "aes128gcm" and int(headers["ttl"]) > 0
            answers = self.answers.get(path, [])
            status = answers.pop(0) if answers else "201 Created"
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
            async with self.changed:
                self.pushes.append(Push(path, headers, body))
                self.changed.notify_all()
        finally:
            writer.close()

    def requests(self, device: Device) -> list[Push]:
        """What came for a device."""
        return [push for push in self.pushes if push.path == device.path]

    def lines(self, device: Device) -> list[Message]:
        """What a device was pushed, by the ids of messages each once."""
        messages = [Message.parse(device.decrypt(push.body)) for push in self.requests(device)]
        return list({m.tags.get("msgid", m.line): m for m in messages}.values())

    async def expect(self, device: Device, wanted: Matcher) -> Message:
        """Waits until a device was pushed a line."""

        def found() -> Message | None:
            return next((m for m in self.lines(device) if matches(wanted, m)), None)

        async with asyncio.timeout(PATIENCE), self.changed:
            return await self.changed.wait_for(found)
