"""Tests of what the scripts do, in their own language: python -B -m unittest unit, with the scripts' folder in PYTHONPATH."""

import contextlib
import io
import os
import sys
import tempfile
import unittest
import zlib

import driver
import pack
import sizes


class Tree(unittest.TestCase):
    """A test with a folder to write to."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def write(self, name, content=b""):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        return path


class Record(Tree):
    """RECORD says which files are whose:
    https://packaging.python.org/en/latest/specifications/recording-installed-packages/"""

    rows = (
        b"pkg/__init__.py,sha256=a,6\n"
        b"../bin/tool,sha256=b,1\n"
        b'"pkg/a,b.txt",sha256=c,1\n'
        b'"pkg/say ""hi"".txt",sha256=d,1\r\n'
        b"pkg-1.0.dist-info/RECORD,,\n"
    )

    def test_records(self):
        self.write("pkg-1.0.dist-info/RECORD", self.rows)
        self.write("other.dist-info/METADATA")
        found = [(path, checksum) for _, path, checksum in sizes.records(self.root)]
        self.assertEqual(found, [
            ("pkg/__init__.py", "sha256=a"), ("../bin/tool", "sha256=b"), ("pkg/a,b.txt", "sha256=c"),
            ('pkg/say "hi".txt', "sha256=d"), ("pkg-1.0.dist-info/RECORD", ""),
        ])
        self.assertEqual(sizes.owners(self.root)["pkg/a,b.txt"], ["pkg", "1.0"])

    def test_forget(self):
        driver.LAYER = self.root
        record = self.write("var/task/pkg-1.0.dist-info/RECORD", self.rows)
        driver.forget({'pkg/say "hi".txt', "../bin/tool"})
        with open(record, "rb") as rows:
            self.assertEqual(rows.read().count(b"\n"), 3)

    def test_replaced(self):
        for name, content in (("aa", b"1"), ("b_b", b"2"), ("cc", b"2"), ("dd", b"3")):
            self.write("%s-1.0.dist-info/RECORD" % name, b"who.py,sha256=%s,1\nsame.py,sha256=x,1\n" % content)
        self.write("who.py", b"WHO\n")
        there = sizes.sum_of(os.path.join(self.root, "who.py"))
        self.write("cc-1.0.dist-info/RECORD", b"who.py,%s,4\nsame.py,sha256=x,1\n" % there.encode())
        self.assertEqual({path: len(owners) for path, owners in sizes.replaced(self.root).items()}, {"who.py": 4})
        with contextlib.redirect_stderr(io.StringIO()) as said:
            sizes.warn_of_replaced(self.root)
        self.assertEqual(
            said.getvalue(),
            "warning: who.py is a file of aa 1.0 and of b_b 1.0 and of cc 1.0 and of dd 1.0: "
            "the one of cc 1.0 is installed, and the other packages may fail\n",
        )

    def test_sources(self):
        for name, source in (
            ("pkg/__pycache__/mod.cpython-313.pyc", "pkg/mod.py"),
            ("__pycache__/mod.cpython-313.opt-1.pyc", "mod.py"),
            ("pkg/mod.pyc", "pkg/mod.pyc"),
            ("pkg/data.bin", "pkg/data.bin"),
        ):
            self.assertEqual(sizes.source_of(name), source)


class Pieces(Tree):
    """A file is compressed in pieces, which together are one stream."""

    def test_borders(self):
        for size in (0, 1, pack.PIECE - 1, pack.PIECE, pack.PIECE + 1, 2 * pack.PIECE, 2 * pack.PIECE + 17):
            content = (b"%d," * 7 % tuple(range(7)) * (size // 14 + 1))[:size]
            self.write("file", content)
            pieces = pack.compress_all(self.root, ["file"])["file"]
            self.assertEqual(len(pieces), max(1, -(-size // pack.PIECE)), size)
            stream = zlib.decompressobj(-zlib.MAX_WBITS)
            self.assertEqual(stream.decompress(b"".join(pieces)) + stream.flush(), content, size)
            self.assertTrue(stream.eof, size)

    def test_windows(self):
        """A piece goes on from the one before it, and is as small as if there were no border."""
        block = os.urandom(pack.WINDOW // 2)
        self.write("file", block * (2 * pack.PIECE // len(block)))
        pieces = pack.compress_all(self.root, ["file"])["file"]
        self.assertLess(len(pieces[1]), len(pieces[0]))

    def test_same_bytes(self):
        for name in ("a", "b/c", "b/d"):
            self.write(name, name.encode() * pack.PIECE)
        names = ["a", "b/c", "b/d"]
        self.assertEqual(pack.compress_all(self.root, names), pack.compress_all(self.root, names))


class Strip(unittest.TestCase):
    """What a loader makes of a library decides whether a stripped one is kept."""

    def setUp(self):
        self.library = driver.read(os.path.realpath(sys.executable))
        if not self.library.startswith(driver.ELF):
            self.skipTest("this Python is no ELF file of 64 bits")

    def test_behind_the_segments(self):
        self.assertEqual(driver.loaded(self.library), driver.loaded(self.library + b"symbols"))

    def test_in_a_segment(self):
        changed = bytearray(self.library)
        content = driver.loaded(self.library)[-1][-1]
        changed[self.library.index(content)] ^= 1
        self.assertNotEqual(driver.loaded(self.library), driver.loaded(bytes(changed)))


class Wheels(unittest.TestCase):
    def test_too_new(self):
        line = '    { url = "https://files.example.com/pkg-1.0-cp313-cp313-%s.whl", hashes = {} },'
        for tags, new in (
            ("manylinux_2_28_x86_64", True),
            ("manylinux_2_26_x86_64", False),
            ("manylinux_2_17_x86_64.manylinux2014_x86_64", False),
            ("manylinux_2_28_x86_64.manylinux_2_17_x86_64", False),
            ("musllinux_1_2_x86_64", False),
            ("linux_x86_64", False),
        ):
            self.assertEqual(driver.is_too_new(line % tags, 26), new, tags)
        self.assertFalse(driver.is_too_new("requires-python", 26))

    def test_slimmed(self):
        for way, kept, gone in (
            ("tests", "pkg/test.py", "pkg/tests/data.bin"),
            ("stubs", "pkg/mod.py", "pkg/mod.pyi"),
            ("dist-info", "pkg-1.0.dist-info/RECORD", "pkg-1.0.dist-info/LICENSE"),
            ("boto3", "boto3stubs/mod.py", "boto3-1.0.dist-info/METADATA"),
        ):
            self.assertFalse(driver.REMOVALS[way](kept), kept)
            self.assertTrue(driver.REMOVALS[way](gone), gone)
