"""Tests of what the scripts do, in their own language: python -B -m unittest unit, with the scripts' folder in PYTHONPATH."""

import contextlib
import io
import json
import os
import struct
import sys
import tempfile
import unittest
import zlib

import driver
import libraries
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


def library(needs=(), folders=""):
    """A library of 64 bits that loads others: its headers, its names, and its dynamic section."""
    names = b"\0" + b"".join(os.fsencode(name) + b"\0" for name in [folders, *needs])
    entries, at = [(29, 1)] if folders else [], len(os.fsencode(folders)) + 2
    for name in needs:
        entries.append((1, at))
        at += len(os.fsencode(name)) + 1
    strings, start = 64 + 2 * 56, 64 + 2 * 56 + len(names)
    entries += [(5, 0x1000 + strings), (0, 0)]
    section = b"".join(struct.pack("<QQ", *entry) for entry in entries)
    length = start + len(section)
    header = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    load = struct.pack("<IIQQQQQQ", 1, 5, 0, 0x1000, 0, length, length, 4096)
    return header + load + struct.pack("<IIQQQQQQ", 2, 6, start, 0x1000 + start, 0, len(section), len(section), 8) + names + section


class Libraries(Tree):
    def lacking(self, files, base=(), built=()):
        for name, content in files.items():
            self.write("tree/" + name, content)
        for name in base:
            self.write("base/" + name)
        found = libraries.check(os.path.join(self.root, "tree"), [n for n in files if ".so" in n], os.path.join(self.root, "base"), built)
        return [(entry["package"], entry["file"], entry["library"]) for entry in found]

    def test_dynamic(self):
        path = self.write("a.so", library(["libm.so.6", "libz.so.1"], "$ORIGIN/../x.libs:/opt/lib"))
        self.assertEqual(libraries.dynamic(path), (["libm.so.6", "libz.so.1"], ["$ORIGIN/../x.libs", "/opt/lib"]))
        self.assertEqual(libraries.dynamic(self.write("b.so", library())), ([], []))

    def test_this_python(self):
        if not driver.read(sys.executable).startswith(libraries.ELF):
            self.skipTest("this Python is no ELF file of 64 bits")
        self.assertIn("libc.so.6", libraries.dynamic(sys.executable)[0])

    def test_broken_and_foreign(self):
        whole = library(["libz.so.1"], "$ORIGIN")
        for content in [
            b"", b"#!/bin/sh\n", b"INPUT(libz.so.1)\n", b"\xcf\xfa\xed\xfe" + bytes(100), b"MZ" + bytes(100),  # a script, Mach-O, PE
            whole[:4] + b"\x01" + whole[5:], whole[:5] + b"\x02" + whole[6:],  # with 32 bits, the highest first
            whole[:32] + b"\xff" * 32 + whole[64:],  # headers out of all bounds
            whole[:64] + b"\xff" * 112 + whole[176:], whole[:64] + bytes(112) + whole[176:],
            library(["libz.so.1" * 40]),  # a name that no file can have
        ]:
            self.assertEqual(libraries.dynamic(self.write("x.so", content))[0], [], content[:80])
        for length in range(len(whole)):  # what is cut off may be the end of the list only
            self.assertIn(libraries.dynamic(self.write("x.so", whole[:length]))[0], ([], ["libz.so.1"]))
        for at in range(len(whole)):  # any damage is either no library or names something else
            for byte in b"\x00\x7f\xff":
                damaged = self.write("x.so", whole[:at] + bytes([byte]) + whole[at + 1 :])
                self.assertLessEqual(len(libraries.dynamic(damaged)[0]), 1)
        self.assertEqual(libraries.dynamic(os.path.join(self.root, "none.so")), ([], []))

    def test_names_that_are_no_text(self):
        name = os.fsdecode(b"lib\xff.so")
        self.assertEqual(libraries.dynamic(self.write("a.so", library([name])))[0], [name])

    def test_found(self):
        files = {"a/a.so": library(["libbase.so", "libconf.so", "libown.so.1", "ld-linux-aarch64.so.1", "libc.musl-aarch64.so.1"]), "a.libs/libown.so.1": b""}
        self.write("base/etc/ld.so.conf.d/more.conf", b"# a remark\n/usr/lib64/more\n")
        self.assertEqual(self.lacking(files, ["usr/lib64/libbase.so", "usr/lib64/more/libconf.so"]), [])

    def test_each_library_of_a_package_once(self):
        files = {name: library(["libGL.so.1"]) for name in ("b/one.so", "b/two.so", "c/three.so")}
        files["b_b-1.0.dist-info/RECORD"] = b"b/one.so,,\nb/two.so,,\n"
        files["c-1.0.dist-info/RECORD"] = b"c/three.so,,\n"
        self.assertEqual(self.lacking(files), [("b-b", "b/one.so", "libGL.so.1"), ("c", "c/three.so", "libGL.so.1")])

    def test_of_another_package(self):
        files = {"torch/lib/a.so": library(["libcublas.so.12"], "$ORIGIN/../../nvidia/cublas/lib:$ORIGIN")}
        self.assertEqual(self.lacking(files), [])
        self.write("tree/nvidia/cublas/lib/README")
        self.assertEqual(self.lacking(files), [("", "torch/lib/a.so", "libcublas.so.12")])

    def test_built(self):
        files = {"a.so": library(["libx.so"]), "a-1.0.dist-info/RECORD": b"a.so,,\n"}
        sizes.REPORT = os.path.join(self.root, "failure.json")
        self.assertEqual(len(self.lacking(files, built=["other"])), 1)
        for built in (True, ["a"]):
            with self.assertRaisesRegex(SystemExit, "^a.so loads libx.so, which is not in the base: name a base"):
                self.lacking(files, built=built)

    def test_reported(self):
        driver.LAYER, driver.SLIMMED = os.path.join(self.root, "layer"), os.path.join(self.root, "report/slimmed.json")
        tree = os.path.dirname(self.write("layer/var/task/a.py"))
        os.mkdir(os.path.join(self.root, "report"))
        driver.packages(["1"], lambda args: [])
        self.assertEqual(os.listdir(tree), ["a.py"])
        driver.packages(["1"], lambda args: [{"library": "libx.so"}])
        path = os.path.join(tree, driver.LACKING)
        self.assertEqual((json.loads(driver.read(path)), os.stat(path).st_mtime), ([{"library": "libx.so"}], driver.EPOCH))
        driver.packages(["--pack", "", "1"], lambda args: [])
        self.assertEqual(driver.read(os.path.join(self.root, "report", driver.LACKING)), b"[]")


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
