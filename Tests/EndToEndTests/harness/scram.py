"""The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), for SASL."""

import base64
import hashlib
import hmac
import os


def digest(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, hashlib.sha256).digest()


class Scram:
    def __init__(self, account: str, password: str):
        self.password = password
        self.nonce = base64.b64encode(os.urandom(18)).decode()
        self.bare = f"n={account},r={self.nonce}"
        self.signature = b""

    def first(self) -> str:
        return f"n,,{self.bare}"

    def final(self, challenge: str) -> str:
        fields = dict(field.split("=", 1) for field in challenge.split(","))
        assert fields["r"].startswith(self.nonce) and len(fields["r"]) > len(self.nonce), challenge
        assert int(fields["i"]) >= 4096, challenge
        salted = hashlib.pbkdf2_hmac("sha256", self.password.encode(), base64.b64decode(fields["s"]), int(fields["i"]))
        key = digest(salted, b"Client Key")
        without_proof = f"c=biws,r={fields['r']}"
        text = f"{self.bare},{challenge},{without_proof}".encode()
        proof = bytes(a ^ b for a, b in zip(key, digest(hashlib.sha256(key).digest(), text)))
        self.signature = digest(digest(salted, b"Server Key"), text)
        return f"{without_proof},p={base64.b64encode(proof).decode()}"

    def check(self, answer: str) -> None:
        """The server has to know the password, too."""
        assert answer == "v=" + base64.b64encode(self.signature).decode(), answer
