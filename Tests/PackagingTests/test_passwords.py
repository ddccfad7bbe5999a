"""docs/operations/passwords.md, done as it is written: its lines of shell, with a Redis in the place of the pod's."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

import rendered

# What stands for kubectl: a Secret in a file, and a pod's commands run here, where the Secret is mounted.
KUBECTL = """
    import base64, json, os, subprocess, sys
    folder, words = os.environ["FOLDER"], sys.argv[1:]
    assert words[:2] == ["-n", "roost"], words
    path = os.path.join(folder, "secret.json")
    data = json.load(open(path))
    if words[2:5] == ["get", "secret", "roost-redis"]:
        print(base64.b64encode(data["password"].encode()).decode(), end="")
    elif words[2:6] == ["exec", "-i", "roost-redis-0", "--"]:
        here = [word.replace("/etc/roost/", folder + "/") for word in words[6:]]
        sys.exit(subprocess.run(here).returncode)
    elif words[2:8] == ["patch", "secret", "roost-redis", "--type", "merge", "--patch"]:
        data.update(json.loads(words[8])["stringData"])
        json.dump(data, open(path, "w"))
        for name, value in data.items():
            open(os.path.join(folder, name), "w").write(value)
    else:
        sys.exit(f"what is {words}?")
"""


class Passwords(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.cli = shutil.which("redis-cli")
        self.write("secret.json", json.dumps({"password": "old", "redis.conf": "requirepass old\n"}))
        self.write("password", "old")
        self.write("redis.conf", "requirepass old\n")
        os.mkdir(os.path.join(self.folder, "bin"))
        self.write("bin/kubectl", f"#!{sys.executable}\n" + textwrap.dedent(KUBECTL), 0o755)
        self.write("bin/redis-cli", f'#!/bin/sh\nexec {self.cli} -p {self.port} "$@"\n', 0o755)
        self.start()

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)

    def start(self):
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder]
        server = subprocess.Popen(
            ["redis-server", os.path.join(self.folder, "redis.conf"), *options],
            stdout=subprocess.DEVNULL,
        )

        def end():
            server.kill()
            server.wait()

        self.addCleanup(end)
        end_of_patience = time.monotonic() + 30
        while not self.takes("old") and time.monotonic() < end_of_patience:
            time.sleep(0.05)

    def takes(self, password):
        """Whether the Redis takes a password."""
        environment = dict(os.environ, REDISCLI_AUTH=password)
        words = [self.cli, "-p", str(self.port), "ping"]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
        return done.stdout.strip() == "PONG" and "AUTH failed" not in done.stderr

    def follow(self, block):
        """Runs lines of the page; what they set is there for the next ones."""
        environment = dict(os.environ, FOLDER=self.folder, PATH=f"{self.folder}/bin:{os.environ['PATH']}")
        kept = os.path.join(self.folder, "kept")
        script = f"set -euo pipefail\n[ ! -e {kept} ] || . {kept}\n{block}\ndeclare -p OLD NEW >{kept}\n"
        done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(kept, encoding="utf-8") as file:
            return dict(re.findall(r'declare -- (\w+)="(\w+)"', file.read()))

    def test_redis_has_another_password_while_edges_serve(self):
        page = rendered.text("docs", "operations", "passwords.md").split("## Redis")[1].split("## PostgreSQL")[0]
        first, second = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
        new = self.follow(first)["NEW"]
        # Until the fleet has the new one, either holds.
        self.assertTrue(self.takes("old") and self.takes(new))
        with open(os.path.join(self.folder, "secret.json"), encoding="utf-8") as file:
            secret = json.load(file)
        self.assertEqual(secret["password"], new)
        self.assertEqual(secret["url"], f"redis://default:{new}@roost-redis.roost.svc:6379/0")
        self.follow(second)
        self.assertFalse(self.takes("old"))
        self.assertTrue(self.takes(new))
        # What the next start reads says the same.
        self.assertEqual(secret["redis.conf"], f"requirepass {new}\n")

    def test_the_charts_secret_is_what_the_page_writes(self):
        secret = rendered.one(rendered.rendered("chart-everything"), "Secret", "roost-redis")["stringData"]
        page = rendered.text("docs", "operations", "passwords.md")
        self.assertEqual(set(secret), {"password", "redis.conf", "url"})
        self.assertIn(re.sub(r":[^:@]*@", ":$NEW@", secret["url"]), page)


if __name__ == "__main__":
    unittest.main()
