"""The image's file system, with another program in the place of ours, and how Docker is asked for an image."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import rendered

# As SwiftPM notes them: a version, and a revision that has none.
PINS = [
    {
        "identity": "swift-nio",
        "location": "https://github.com/apple/swift-nio.git",
        "state": {"revision": "5e" * 20, "branch": "main"},
    },
    {
        "identity": "grdb.swift",
        "location": "https://github.com/groue/GRDB.swift",
        "state": {"revision": "a6" * 20, "version": "7.10.0"},
    },
]


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        binaries = os.path.join(cls.folder, "binaries")
        os.mkdir(binaries)
        # Any program that loads libraries.
        shutil.copy(shutil.which("openssl") or shutil.which("ls"), os.path.join(binaries, "roost"))
        # And what it could have been built from.
        cls.pins = os.path.join(binaries, "Package.resolved")
        with open(cls.pins, "w", encoding="utf-8") as file:
            json.dump({"pins": PINS}, file)
        cls.root = os.path.join(cls.folder, "image")
        words = [rendered.path("scripts", "assemble-image"), "--binaries", binaries, cls.root]
        environment = dict(os.environ, SOURCE_DATE_EPOCH="1700000000")
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)

    def read(self, *parts):
        with open(os.path.join(self.root, *parts), encoding="utf-8") as file:
            return file.read()

    def packages(self):
        """What dpkg says of the image's packages, as scanners read it."""
        for name in os.listdir(os.path.join(self.root, "var", "lib", "dpkg", "status.d")):
            fields = dict(re.findall(r"^([A-Z][\w-]*): (.*)$", self.read("var", "lib", "dpkg", "status.d", name), re.MULTILINE))
            self.assertEqual(fields["Package"], name)
            yield name, fields

    def sbom(self):
        return json.loads(self.read("usr", "share", "doc", "roost", "sbom.spdx.json"))

    def test_every_library_is_of_a_package_that_is_noted(self):
        noted = dict(self.packages())
        self.assertLessEqual({"libc6", "ca-certificates", "tzdata"}, set(noted))
        libraries = [
            os.path.join(folder, name)[len(self.root):]
            for folder, _, names in os.walk(self.root)
            for name in names
            if ".so" in name
        ]
        self.assertGreater(len(libraries), 1)
        listed = set()
        for name in noted:
            files = subprocess.run(["dpkg-query", "-L", name], capture_output=True, text=True, check=True).stdout
            listed |= {os.path.realpath(path) for path in files.splitlines()}
        for library in libraries:
            self.assertIn(os.path.realpath(library), listed)
        for name in noted:
            self.assertTrue(os.path.exists(os.path.join(self.root, "usr", "share", "doc", name, "copyright")), name)

    def test_a_program_without_its_pins_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(shutil.which("ls"), os.path.join(folder, "roost"))
            words = [rendered.path("scripts", "assemble-image"), "--binaries", folder, os.path.join(folder, "image")]
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 69)
            self.assertIn(f"there is no {folder}/Package.resolved", done.stderr)
            self.assertFalse(os.path.exists(os.path.join(folder, "image")))

    def test_it_says_which_system_it_is(self):
        self.assertIn("ID=debian", self.read("etc", "os-release"))

    def test_the_sbom_has_the_systems_packages_and_the_swift_packages(self):
        sbom = self.sbom()
        self.assertEqual((sbom["spdxVersion"], sbom["dataLicense"]), ("SPDX-2.3", "CC0-1.0"))
        self.assertEqual(sbom["creationInfo"]["created"], "2023-11-14T22:13:20Z")
        found = {one["name"]: one for one in sbom["packages"]}
        self.assertEqual(set(found), {"roost", "grdb.swift", "swift-nio"} | set(dict(self.packages())))
        for name, fields in self.packages():
            self.assertEqual(found[name]["versionInfo"], fields["Version"])
            self.assertRegex(found[name]["externalRefs"][0]["referenceLocator"], rf"^pkg:deb/debian/{re.escape(name)}@")
        self.assertEqual(found["grdb.swift"]["versionInfo"], "7.10.0")
        self.assertEqual(found["swift-nio"]["versionInfo"], "5e" * 20)
        where = {name: found[name]["externalRefs"][0]["referenceLocator"] for name in ("grdb.swift", "swift-nio")}
        self.assertEqual(where["grdb.swift"], "pkg:swift/github.com/groue/GRDB.swift@7.10.0")
        self.assertEqual(where["swift-nio"], f"pkg:swift/github.com/apple/swift-nio@{'5e' * 20}")
        ids = [one["SPDXID"] for one in sbom["packages"]]
        self.assertEqual(len(ids), len(set(ids)))
        for one in ids:
            self.assertRegex(one, r"^SPDXRef-[A-Za-z0-9.-]+$")
        related = {one["relatedSpdxElement"] for one in sbom["relationships"]}
        self.assertEqual(related, set(ids))

    def test_the_same_image_has_the_same_sbom(self):
        environment = dict(os.environ, SOURCE_DATE_EPOCH="1700000000")
        version = self.sbom()["packages"][0]["versionInfo"]
        words = [rendered.path("scripts", "make-sbom"), self.root, version, self.pins]
        again = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
        self.assertEqual(json.loads(again.stdout), self.sbom())


class Build(unittest.TestCase):
    def build(self, *words):
        """What Docker is asked for."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "docker")
            with open(path, "w", encoding="utf-8") as file:
                file.write('#!/bin/sh\nprintf "%s\\n" "$@"\n')
            os.chmod(path, 0o755)
            environment = dict(os.environ, PATH=f"{folder}:{os.environ['PATH']}")
            script = [rendered.path("scripts", "build-image"), *words]
            return subprocess.run(script, env=environment, capture_output=True, text=True, check=False)

    def test_what_is_pushed_is_for_two_architectures_and_says_what_is_in_it(self):
        asked = self.build("--push", "registry.example.com/roost:1").stdout.splitlines()
        self.assertEqual(asked[:2], ["buildx", "build"])
        self.assertEqual(asked[asked.index("--platform") + 1], "linux/amd64,linux/arm64")
        self.assertLessEqual({"--push", "--sbom=true", "--provenance=mode=max"}, set(asked))
        self.assertEqual(asked[asked.index("--tag") + 1], "registry.example.com/roost:1")
        self.assertEqual(asked[-1], ".")

    def test_every_argument_is_one_that_the_dockerfile_takes_and_labels_are_made_of_them(self):
        asked = self.build("roost:1").stdout.splitlines()
        given = dict(word.split("=", 1) for before, word in zip(asked, asked[1:]) if before == "--build-arg")
        dockerfile = rendered.text("Dockerfile")
        self.assertLessEqual(set(given), set(re.findall(r"^ARG (\w+)", dockerfile, re.MULTILINE)))
        self.assertRegex(given["VERSION"], r"^\d+\.\d+\.\d+")
        self.assertRegex(given["CREATED"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        labels = dict(re.findall(r'org\.opencontainers\.image\.([\w.]+)="(.*)"', dockerfile))
        for name in ("title", "description", "version", "revision", "created", "source", "documentation", "licenses"):
            self.assertTrue(labels[name], name)

    def test_several_platforms_are_kept_in_a_registry_only(self):
        refused = self.build("--platform", "linux/amd64,linux/arm64", "roost:1")
        self.assertEqual(refused.returncode, 64)
        self.assertIn("--push", refused.stderr)


if __name__ == "__main__":
    unittest.main()
