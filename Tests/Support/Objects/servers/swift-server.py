"""Another S3 for tests: OpenStack's Swift with its s3api, all of it in this process, with data that goes when it does.

Prints the port of 127.0.0.1 that it listens on as its first line. Ends when its standard input does.
"""

import warnings

warnings.simplefilter("ignore")

import eventlet  # noqa: E402

eventlet.monkey_patch()

import base64  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import shutil  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402

import swift.common.utils  # noqa: E402
from eventlet import wsgi  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.common.wsgi import loadapp  # noqa: E402

ACCESS_KEY, SECRET_KEY = sys.argv[1:3]
DISK = "disk"

BACKENDS = {
    "account": "[app:main]\nuse = egg:swift#account\n",
    "container": "[app:main]\nuse = egg:swift#container\nallow_versions = true\n",
    "object": "[app:main]\nuse = egg:swift#object\n",
}
FRONTEND = """
[pipeline:main]
pipeline = catch_errors listing_formats bulk s3api tempauth slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user64_{account}_{user} = {key} .admin
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
[filter:symlink]
use = egg:swift#symlink
"""


def serve(folder, name, text, listener):
    """Starts one of Swift's servers."""
    path = f"{folder}/{name}.conf"
    common = f"swift_dir = {folder}\ndevices = {folder}\nmount_check = false\nlog_address = {folder}/none\n"
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"[DEFAULT]\n{common}log_level = ERROR\ndisable_fallocate = true\n{text}")
    eventlet.spawn(wsgi.server, listener, loadapp(path), logging.getLogger(name), log_output=False)


def make_ring(folder, name, port):
    """Says that everything of a kind lies on the one disk that there is."""
    ring = RingBuilder(4, 1, 0)
    place = {"ip": "127.0.0.1", "port": port, "replication_ip": "127.0.0.1", "replication_port": port}
    ring.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1, "device": DISK, **place})
    ring.rebalance()
    ring.get_ring().save(f"{folder}/{name}.ring.gz")


def main(folder):
    """Serves until nobody is there any more."""
    # What would stand in /etc/swift/swift.conf, which is read when the modules are.
    swift.common.utils.HASH_PATH_PREFIX, swift.common.utils.HASH_PATH_SUFFIX = b"", b"tests"
    os.makedirs(f"{folder}/{DISK}")
    listeners = {name: eventlet.listen(("127.0.0.1", 0)) for name in (*BACKENDS, "proxy")}
    for name, text in BACKENDS.items():
        make_ring(folder, name, listeners[name].getsockname()[1])
        serve(folder, name, text, listeners[name])
    account, user = (base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in ACCESS_KEY.split(":"))
    serve(folder, "proxy", FRONTEND.format(account=account, user=user, key=SECRET_KEY), listeners["proxy"])
    print(listeners["proxy"].getsockname()[1], flush=True)
    while os.read(0, 1024):
        pass


FOLDER = tempfile.mkdtemp(prefix="roost-swift-")
try:
    main(FOLDER)
finally:
    shutil.rmtree(FOLDER, ignore_errors=True)
