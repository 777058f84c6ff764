"""A zip that was made to do harm is refused in one sentence, with little memory; an ordinary one is read."""

from __future__ import annotations

import io
import stat
import struct
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data import limits
from explorer.data.archive import Archive, DamagedEntryError
from explorer.settings import InputError
from tests.data.pictures import zipped

MEMORY = 16 * 2**20  # bytes that refusing may take


def refused(file):
    """The sentence, and what refusing took in bytes."""
    tracemalloc.start()
    try:
        with pytest.raises(InputError) as caught:
            Archive(file, "it.zip")
        return str(caught.value), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def entry(path="a/1.png", content=b"x", **attributes):
    """A zip of one entry with these attributes."""
    file, info = io.BytesIO(), zipfile.ZipInfo(path)
    info.compress_type = attributes.pop("compress_type", zipfile.ZIP_STORED)
    for name, value in attributes.items():
        setattr(info, name, value)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(info, content)
    file.seek(0)
    return file


def renamed(file, before, after):
    """The zip with other letters in its names, as many of them."""
    assert len(before) == len(after)
    return io.BytesIO(file.getvalue().replace(before, after))


def test_an_ordinary_zip_is_read():
    files = {"a/1.png": b"one", "a/b/2.png": b"two" * 1000, "c d/ü.png": b""}
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        archive = Archive(zipped(files, method), "it.zip")
        assert {path: archive.read(path, 5000) for path in archive.paths} == files


def test_folders_and_backslashes():
    file = renamed(zipped({"a/": b"", "a/b|1.png": b"x"}), b"a/b|1.png", b"a\\b\\1.png")
    assert Archive(file, "it.zip").paths == ["a/b/1.png"]


@pytest.mark.parametrize("path", ["/etc/passwd", "../1.png", "a/../../1.png", "C:/1.png", "\\\\h\\1.png", "..\\1.png"])
def test_paths_that_lead_out_are_refused(path):
    letters = "x" * len(path)
    sentence, _ = refused(renamed(entry(letters), letters.encode(), path.encode()))
    assert sentence.startswith("it.zip contains a path outside the archive (")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(kind):
    sentence, _ = refused(entry(content=b"/etc/passwd", create_system=3, external_attr=(kind | 0o644) << 16))
    assert sentence.startswith("it.zip contains a link or a device (")


def test_an_encrypted_zip_is_refused():
    file = bytearray(entry().getvalue())
    file[6] |= 1  # of the entry
    file[file.index(b"PK\x01\x02") + 8] |= 1  # of the directory
    assert refused(io.BytesIO(file))[0] == "it.zip is encrypted; pack it without a password."


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_compression_is_refused_because_one_piece_may_unpack_to_gigabytes(method):
    sentence, _ = refused(zipped({"a/1.png": bytes(10**6)}, method))
    assert sentence == "it.zip has an unsupported compression; pack it as an ordinary zip (deflate)."


def test_the_same_path_twice_is_refused():
    assert "the same path twice" in refused(renamed(zipped({"a/1": b"x", "a/2": b"y"}), b"a/2", b"a/1"))[0]
    assert "the same path twice" in refused(zipped({"a/1": b"x", "a//1": b"y"}))[0]


def test_a_zip_that_says_it_is_huge_is_refused():
    file = bytearray(entry().getvalue())
    struct.pack_into("<I", file, file.index(b"PK\x01\x02") + 24, 2**31)
    sentence, memory = refused(io.BytesIO(file))
    assert sentence == "it.zip has or unpacks to more than 1 GiB, which is the limit."
    assert memory < MEMORY


def test_a_bomb_is_refused_by_its_ratio():
    file = zipped({f"a/{number}.pgm": bytes(2**20) for number in range(40)})
    assert len(file.getvalue()) < 2**18
    sentence, memory = refused(file)
    assert sentence.startswith("it.zip unpacks to ") and sentence.endswith("at most 100 times are allowed.")
    assert memory < MEMORY


def test_a_lie_about_the_size_gains_nothing():
    """The directory says 10 bytes, the data unpack to 25 MB."""
    file = bytearray(zipped({"a/1.png": bytes(25 * 2**20)}).getvalue())
    for signature, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", file, file.index(signature) + at, 10)
    archive = Archive(io.BytesIO(file), "it.zip")
    tracemalloc.start()
    with pytest.raises(DamagedEntryError):
        archive.read("a/1.png", 2**20)
    assert tracemalloc.get_traced_memory()[1] < MEMORY
    tracemalloc.stop()


def test_what_is_unpacked_in_all_is_counted_whatever_the_directory_says(monkeypatch):
    archive = Archive(zipped({"a": bytes(600), "b": bytes(600)}, zipfile.ZIP_STORED), "it.zip")
    monkeypatch.setattr(limits, "UNPACKED", 1000)
    assert len(archive.read("a", 600)) == 600
    with pytest.raises(InputError, match="unpacks to more than"):
        archive.read("b", 600)


def test_an_entry_larger_than_was_asked_for_is_not_read():
    archive = Archive(zipped({"a": bytes(600)}), "it.zip")
    with pytest.raises(DamagedEntryError):
        archive.read("a", 599)


def test_millions_of_entries_are_refused_before_their_names_are_read(monkeypatch):
    """300,000 empty entries with one letter each; zipfile would make an object of every one of them."""
    record = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = record * 300_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, len(directory), 0, 0)
    sentence, memory = refused(io.BytesIO(directory + end))
    assert sentence == "it.zip contains more than 250,000 files and folders, which is the limit."
    assert memory < MEMORY
    monkeypatch.setattr(limits, "ENTRIES", 3)
    assert "more than 3 files" in refused(zipped({str(number): b"" for number in range(4)}))[0]


def test_a_file_that_is_too_large_is_not_even_parsed(monkeypatch):
    file = zipped({"a": bytes(5000)}, zipfile.ZIP_STORED)
    monkeypatch.setattr(limits, "UNPACKED", 4000)
    assert refused(file)[0].startswith("it.zip has or unpacks to more than")


@pytest.mark.parametrize(
    "content",
    [b"PK", b"no zip at all", zipped({"a/1": b"x"}).getvalue()[:-10]],
    ids=["two letters", "words", "cut off"],  # a zip holds the time: each test process would name it otherwise
)
def test_what_is_no_zip_is_refused(content):
    expected = "it.zip is not a zip that can be read: it is damaged, truncated or of another format."
    assert refused(io.BytesIO(content))[0] == expected


@pytest.mark.parametrize("files", [None, {}, {"a/": b""}], ids=["no bytes", "no entries", "a folder"])
def test_an_empty_file_and_a_zip_without_files_are_said_to_be_empty_and_what_is_needed(files):
    file = io.BytesIO() if files is None else zipped(files)
    with pytest.raises(InputError, match=r"^it.zip is empty; pack what is needed\.$"):
        Archive(file, "it.zip", "pack what is needed")


LETTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])  # a zip ends names at the first


@settings(max_examples=60)
@given(name=st.text(LETTERS, min_size=1, max_size=40), content=st.binary(max_size=40))
def test_any_name_is_read_from_within_or_refused(name, content):
    archive, sentence = None, ""
    try:
        archive = Archive(zipped({name: content}), "it.zip")
    except InputError as error:
        sentence = str(error)
    assert (archive is None) == ("path outside the archive" in sentence) and "\n" not in sentence
    for path in archive.paths if archive else ():
        assert not path.startswith("/") and ".." not in path.split("/")
        assert archive.read(path, 100) == content


@given(where=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_a_damaged_byte_is_one_sentence_or_a_damaged_entry(where, byte):
    file = bytearray(zipped({"faces/anna/1.png": b"abc" * 50, "faces/ben/1.png": b"defg" * 50}).getvalue())
    file[where % len(file)] = byte
    try:
        archive = Archive(io.BytesIO(file), "it.zip")
        for path in archive.paths:
            archive.read(path, 1000)
    except (InputError, DamagedEntryError):
        pass
