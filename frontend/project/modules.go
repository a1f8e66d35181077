package project

import (
	"slices"
	"strings"
)

// IsStandardModule tells whether a top-level module is in Python's standard
// library, in all of Lambda's Pythons, by a name without an underscore first.
func IsStandardModule(name string) bool {
	return slices.Contains(strings.Fields(standardModules), name)
}

// MayBeStandardModule tells whether a top-level module is in the standard
// library of any Python.
func MayBeStandardModule(name string) bool {
	return strings.HasPrefix(name, "_") || IsStandardModule(name) || slices.Contains(strings.Fields(someStandardModules), name)
}

// IsRuntimeModule tells whether a top-level module is in /var/runtime of AWS's
// base.
func IsRuntimeModule(name string) bool { return slices.Contains(strings.Fields(runtimeModules), name) }

// Provides tells whether a distribution has a top-level module, by its name:
// distributions are mostly named after their module, and some have well-known
// other ones.
func (p *Package) Provides(module string) bool {
	if NormalizeName(module) == p.Name {
		return true
	}
	if module == "google" {
		return strings.HasPrefix(p.Name, "google-") || p.Name == "protobuf"
	}
	for names := range strings.Lines(otherNames) {
		if fields := strings.Fields(names); len(fields) > 0 && fields[0] == module {
			return slices.Contains(fields[1:], p.Name)
		}
	}
	return false
}

// otherNames are modules, each with the distributions that have it.
const otherNames = `
Crypto pycryptodome
Cryptodome pycryptodomex
MySQLdb mysqlclient
OpenSSL pyopenssl
PIL pillow
attr attrs
bs4 beautifulsoup4
cv2 opencv-python opencv-python-headless opencv-contrib-python opencv-contrib-python-headless
dateutil python-dateutil
docx python-docx
dotenv python-dotenv
fitz pymupdf
git gitpython
jose python-jose
jwt pyjwt
ldap python-ldap
magic python-magic
multipart python-multipart
nacl pynacl
pkg_resources setuptools
psycopg psycopg psycopg-binary
psycopg2 psycopg2 psycopg2-binary
pythonjsonlogger python-json-logger
ruamel ruamel-yaml
serial pyserial
sklearn scikit-learn
skimage scikit-image
slugify python-slugify
snowflake snowflake-connector-python
telegram python-telegram-bot
usb pyusb
websocket websocket-client
yaml pyyaml
zmq pyzmq
`

// runtimeModules are what AWS's base has in /var/runtime.
const runtimeModules = `awslambdaric boto3 botocore dateutil jmespath s3transfer simplejson six snapshot_restore_py urllib3`

// standardModules are what sys.stdlib_module_names has in all of Lambda's
// Pythons, less names with an underscore first and modules that only other
// systems have.
const standardModules = `
abc antigravity argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2 cProfile calendar
cmath cmd code codecs codeop collections colorsys compileall concurrent configparser contextlib contextvars
copy copyreg csv ctypes curses dataclasses datetime dbm decimal difflib dis doctest email encodings ensurepip
enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt
getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib importlib inspect io
ipaddress itertools json keyword linecache locale logging lzma mailbox marshal math mimetypes mmap
modulefinder multiprocessing netrc ntpath nturl2path numbers opcode operator optparse os pathlib
pdb pickle pickletools pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd
py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy
sched secrets select selectors shelve shlex shutil signal site smtplib socket socketserver sqlite3
ssl stat statistics string stringprep struct subprocess symtable sys
sysconfig syslog tabnanny tarfile tempfile termios textwrap this threading time timeit tkinter token tokenize
trace traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uuid venv warnings
wave weakref webbrowser wsgiref xml xmlrpc zipapp zipfile zipimport zlib zoneinfo`

// someStandardModules are modules of some Pythons, or of other systems.
const someStandardModules = `
aifc annotationlib asynchat asyncore audioop binhex cgi cgitb chunk compression crypt distutils formatter imghdr imp
lib2to3 macpath mailcap msilib msvcrt nis nntplib nt ossaudiodev parser pipes profiling pydoc_data smtpd sndhdr spwd
sre_compile sre_constants sre_parse sunau symbol telnetlib test tomllib uu winreg winsound xdrlib`
