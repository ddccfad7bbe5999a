"""The client's side of SCRAM (RFC 5802, RFC 7677), for SASL."""

import base64
import hashlib
import hmac
import os


class Scram:
    def __init__(self, account: str, password: str, mechanism: str = "SCRAM-SHA-256"):
        self.hash = mechanism.removeprefix("SCRAM-").replace("-", "").lower()
        self.password = password
        self.nonce = base64.b64encode(os.urandom(18)).decode()
        self.bare = f"n={account},r={self.nonce}"
        self.signature = b""

    def digest(self, key: bytes, text: bytes) -> bytes:
        return hmac.new(key, text, self.hash).digest()

    def first(self) -> str:
        return f"n,,{self.bare}"

    def final(self, challenge: str) -> str:
        fields = dict(field.split("=", 1) for field in challenge.split(","))
        assert fields["r"].startswith(self.nonce) and len(fields["r"]) > len(self.nonce), challenge
        assert int(fields["i"]) >= 4096, challenge
        salted = hashlib.pbkdf2_hmac(self.hash, self.password.encode(), base64.b64decode(fields["s"]), int(fields["i"]))
        key = self.digest(salted, b"Client Key")
        without_proof = f"c=biws,r={fields['r']}"
        text = f"{self.bare},{challenge},{without_proof}".encode()
        proof = bytes(a ^ b for a, b in zip(key, self.digest(hashlib.new(self.hash, key).digest(), text)))
        self.signature = self.digest(self.digest(salted, b"Server Key"), text)
        return f"{without_proof},p={base64.b64encode(proof).decode()}"

    def check(self, answer: str) -> None:
        """The server has to know the password, too."""
        assert answer == "v=" + base64.b64encode(self.signature).decode(), answer
