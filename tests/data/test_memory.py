"""Files that were made to fill the memory are refused with little of it, C libraries included."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytest.importorskip("resource", reason="limits of memory are those of Unix")
from tests.test_structure import ROOT

ROOM = 200 * 2**20  # bytes beyond what the engine takes once it is imported
SCRIPT = """
import io, os, re, resource, struct, sys, zipfile
from explorer.data import limits
from explorer.data.read_upload import read_upload
from explorer.data.uploaded import UploadOptions
from explorer.settings import InputError
from tests.data.pictures import persons, zipped
from tests.data.test_arrays import member
from tests.data.test_picture_file import bomb

lie = bytearray(zipped({"a/1.png": bytes(20 * 2**20), "b/1.png": b"x"}).getvalue())
for signature, at in ((b"PK\\1\\2", 24), (b"PK\\3\\4", 22)):
    struct.pack_into("<I", lie, lie.index(signature) + at, 10)
record = struct.pack("<4s4B4HL2L5H2L", b"PK\\1\\2", 20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
end = struct.pack("<4s4H2LH", b"PK\\5\\6", 0, 0, 65535, 65535, 300_000 * len(record), 0, 0)
files = {
    "ratio.zip": zipped({f"a/{n}.pgm": bytes(2**20) for n in range(40)}).getvalue(),
    "lie.zip": bytes(lie),
    "entries.zip": record * 300_000 + end,
    "pixels.zip": zipped({f"{c}/{n}.png": bomb(30_000, 30_000) for c in "ab" for n in "12"}).getvalue(),
    "labels.npz": zipped(
        {"x.npy": member((4_000_000, 2), content=bytes(8_000_000)),
         "y.npy": member((4_000_000,), content=bytes(4_000_000))}, zipfile.ZIP_STORED,
    ).getvalue(),
    "shape.npz": zipped({"x.npy": member((10**9, 9, 9)), "y.npy": member((10**9,))}).getvalue(),
    "table.csv": b"1" * (limits.TABLE + 1),
    "row.csv": b"1," * (limits.TABLE // 2 - 1),
}
read_upload(zipped(persons()), "warm.zip", UploadOptions())
used = int(re.search(r"VmSize:\\s+(\\d+)", open("/proc/self/status").read())[1]) * 1024
resource.setrlimit(resource.RLIMIT_AS, (used + int(sys.argv[1]),) * 2)
for name, content in files.items():
    try:
        read_upload(io.BytesIO(content), name, UploadOptions())
    except InputError as error:
        print(name, error)
"""


@pytest.mark.skipif(
    not os.path.exists("/proc/self/status"), reason="the size of the process is read where Linux has it"
)
def test_bombs_are_refused_within_a_limit_of_the_system():
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(ROOM)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert list(said) == [
        "ratio.zip", "lie.zip", "entries.zip", "pixels.zip", "labels.npz", "shape.npz", "table.csv", "row.csv",
    ]  # fmt: skip
    assert "4,000,000 samples; at most" in said["labels.npz"]
    assert "times its size" in said["ratio.zip"] and "250,000 files" in said["entries.zip"]
    assert "None of the 2 pictures" in said["lie.zip"] and "None of the 4 pictures" in said["pixels.zip"]
    assert (
        "The array x" in said["shape.npz"] and "32 MiB" in said["table.csv"] and "a row of more than" in said["row.csv"]
    )
