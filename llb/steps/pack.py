"""Compresses a tree of files for an archive for AWS Lambda.

Usage: pack.py TREE PREFIX OUT REPORT

The files of TREE, which become PREFIX/..., are written to OUT/part.data as
entries of a zip archive, one after the other, and REPORT/part.tsv says what they
are. An archive is such parts one after the other, and a directory behind them.

The bytes depend on the files and their names only: names are sorted, times are
1980-01-01, modes of files 0644 or 0755, and there are no extra fields. Links
stay links, and a folder is an entry when nothing is in it. The format is
https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT without ZIP64,
whose sizes are beyond what Lambda takes.
"""

import os
import stat
import struct
import sys
import zlib

sys.path.insert(0, os.path.dirname(__file__))
import sizes

DATE = (0 << 9) | (1 << 5) | 1  # 1980-01-01
UTF8 = 0x800
STORED, DEFLATED = 0, 8
LINK, FOLDER = stat.S_IFLNK | 0o777, stat.S_IFDIR | 0o755
# Two thirds of the time of zip's own level 6, for one percent more bytes, which
# is less than the extra fields take that zip writes.
LEVEL = 5
# A file is compressed in pieces of this size, side by side. Each knows the
# window before it, so that the whole is hardly larger.
PIECE = 1 << 20
WINDOW = 1 << 15


def check_link(tree, path, target):
    """Refuse a symbolic link that would lead elsewhere once the archive is unpacked."""
    root, resolved, leads = os.path.realpath(tree), os.path.realpath(path), os.readlink(path)
    if os.path.isabs(leads) or os.path.commonpath([root, resolved]) != root:
        sizes.fail("link-outside", "%s is a symbolic link to %s, outside of the archive: copy the file itself" % (target, leads))
    if not os.path.exists(resolved):
        sizes.fail("link-dangling", "%s is a symbolic link to %s, which is not in the archive: remove it, or copy that too" % (target, leads))


def check_name(tree, prefix, name):
    """Refuse what cannot be in an archive."""
    path, target = os.path.join(tree, name), os.path.join(prefix, name)
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode):
        check_link(tree, path, target)
    elif not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        sizes.fail("special-file", "%s is a named pipe, a socket or a device, which no archive can hold: remove it" % target)
    if "\\" in target or any(ord(c) < 32 for c in target):
        sizes.fail("odd-name", "the file name %r cannot live in a zip archive: rename the file" % target)


def is_file(path):
    return stat.S_ISREG(os.lstat(path).st_mode)


def compress(path, at):
    """The compressed piece of a file that begins at an offset."""
    start = max(at - WINDOW, 0)
    with open(path, "rb") as source:
        source.seek(start)
        content = source.read(at - start + PIECE)
        last = not source.read(1)
    window, content = content[: at - start], content[at - start :]
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_DEFAULT_STRATEGY, window)
    return deflate.compress(content) + deflate.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)


def describe(path, target, pieces):
    """A file, a link or an empty folder as an archive entry, and its bytes."""
    if os.path.islink(path):
        # Lambda unpacks links as links, so that a library with three names takes its place once.
        leads = os.fsencode(os.readlink(path))
        return [target, LINK, STORED, zlib.crc32(leads), len(leads), len(leads)], leads
    if target.endswith(os.sep):
        return [target, FOLDER, STORED, 0, 0, 0], b""
    with open(path, "rb") as source:
        content = source.read()
    packed, method = b"".join(pieces), DEFLATED
    if len(packed) >= len(content):
        packed, method = content, STORED
    mode = 0o755 if os.stat(path).st_mode & 0o100 else 0o644
    return [target, mode, method, zlib.crc32(content), len(packed), len(content)], packed


def header(target, mode, method, crc, packed, size):
    """What stands before the bytes of an entry."""
    name = target.encode("utf-8")
    return b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 20, UTF8, method, 0, DATE, crc, packed, size, len(name), 0) + name


def compress_all(tree, names):
    """The compressed pieces of each file, made one after another or, if that is worth it, side by side."""
    sizes_of = {name: os.stat(os.path.join(tree, name)).st_size for name in names}
    waiting = [(name, at) for name in names for at in range(0, max(sizes_of[name], 1), PIECE)]
    done, failed = {}, []

    def work():
        while waiting and not failed:
            try:
                name, at = waiting.pop()
            except IndexError:  # another thread took the last one
                return
            try:
                done[name, at] = compress(os.path.join(tree, name), at)
            except BaseException as error:
                failed.append(error)

    if sum(sizes_of.values()) < PIECE:
        work()
    else:
        # concurrent.futures takes as long to import as a thousand files to look at.
        import threading

        # The largest is taken first: begun last, it would keep a single core busy.
        waiting.sort(key=lambda piece: sizes_of[piece[0]] - piece[1])
        # zlib works outside of Python's lock, so threads use all cores.
        threads = [threading.Thread(target=work) for _ in range(os.cpu_count())]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]
    return {name: [done[name, at] for at in range(0, max(sizes_of[name], 1), PIECE)] for name in names}


def pack(tree, prefix, out, report):
    """Write the part that the files of a tree make."""
    if not os.path.isdir(tree):
        sizes.fail("lost-tree", "the files to compress are not there any more, as when the cache of the builder is pruned during a build: build again, and when that fails too, restart the builder")
    names, owned, offset = sorted(sizes.files(tree) + sizes.empty_folders(tree)), sizes.owners(tree), 0
    for name in names:
        check_name(tree, prefix, name)
    with open(os.path.join(out, "part.data"), "wb") as data, open(os.path.join(report, "part.tsv"), "w", encoding="utf-8", newline="\n") as table:
        pieces = compress_all(tree, [name for name in names if is_file(os.path.join(tree, name))])
        for name in names:
            entry, packed = describe(os.path.join(tree, name), os.path.join(prefix, name), pieces.pop(name, []))
            owner = owned.get(sizes.source_of(name), sizes.APPLICATION)
            # No name has a tab or a newline: such names are refused.
            print(*entry, offset, *owner, sep="\t", file=table)
            offset += data.write(header(*entry)) + data.write(packed)


if __name__ == "__main__":
    pack(*sys.argv[1:])
