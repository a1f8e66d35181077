"""Names the shared libraries that what was built loads, and that the function will not have."""

import os
import struct
import sys

sys.path.insert(0, os.path.dirname(__file__))
import sizes

ELF = b"\x7fELF\x02\x01"  # with 64 bits, the lowest first
LOAD, DYNAMIC = 1, 2
NEEDED, STRINGS = 1, 5
# Where the loader of a Lambda base looks: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
FOLDERS = "var/lang/lib lib lib64 usr/lib usr/lib64 usr/local/lib usr/local/lib64 var/runtime var/runtime/lib opt/lib".split()
MACHINES = ("x86_64-linux-gnu", "aarch64-linux-gnu")


def needed(path):
    """The names of the libraries that a file loads; none for a file that is no library.

    https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.dynamic.html
    """
    with open(path, "rb") as file:
        if file.read(6) != ELF:
            return []
        file.seek(0)
        content = file.read()
    table, _, _, _, size, count = struct.unpack_from("<QQIHHH", content, 32)
    headers = [struct.unpack_from("<IIQQQQQQ", content, table + i * size) for i in range(count)]

    def offset(address):
        for kind, _, start, at, _, length, _, _ in headers:
            if kind == LOAD and at <= address < at + length:
                return address - at + start
        raise ValueError("no segment has the address %d" % address)

    entries = []
    for kind, _, start, _, _, length, _, _ in headers:
        if kind == DYNAMIC:
            entries += [struct.unpack_from("<QQ", content, at) for at in range(start, start + length - 15, 16)]
    strings = [offset(value) for tag, value in entries if tag == STRINGS]
    names = [strings[0] + value for tag, value in entries if tag == NEEDED]
    return [content[at : content.index(b"\0", at)].decode(errors="replace") for at in names]


def provided(tree, base):
    """The names of the files that a loader may find, in the function and in its base."""
    names = {os.path.basename(name) for name in sizes.files(tree)}
    for folder in FOLDERS:
        for machine in ("",) + MACHINES:
            place = os.path.join(base, folder, machine)
            if os.path.isdir(place):
                names.update(os.listdir(place))
    return names


def check(tree, base, built):
    """Refuse libraries that load what neither the tree nor the base has.

    With the names of built packages only their files are looked at: the wheels of an
    index keep to the list of their manylinux policy.
    """
    owners, found = sizes.owners(tree) if built else {}, None
    for name in sizes.files(tree):
        path = os.path.join(tree, name)
        if built and owners.get(name, [""])[0].replace("_", "-").lower() not in built:
            continue
        if os.path.islink(path) or ".so" not in os.path.basename(name):
            continue
        for library in needed(path):
            found = found or provided(tree, base)
            if library not in found:
                sizes.fail(
                    "missing-library",
                    "%s loads %s, which is not in the base: name a base image that has it with `base`, or copy it to /opt/lib/ with `include`, "
                    "or build the package without it" % (name, library),
                )
