package eject

import (
	"fmt"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/plan"
)

// removal is a way to make packages smaller by leaving files out.
type removal struct {
	way string
	// test is the Python expression that is true for such a file. In it, parts
	// holds the parts of the file's path below the task root.
	test string
}

// removals are the kinds of files that [tool.uvlambda.slim] removes.
func removals() []removal {
	return []removal{
		{"tests", `not {"test", "tests"}.isdisjoint(parts[:-1])`},
		{"stubs", `parts[-1].endswith(".pyi") or parts[-1] == "py.typed"`},
		{"dist-info", `parts[0].endswith(".dist-info")` + "\n            " +
			`and parts[1:] not in (("METADATA",), ("entry_points.txt",), ("RECORD",))`},
		{"boto3", `parts[0].split("-")[0] in ("boto3", "botocore", "s3transfer")`},
	}
}

// slim is the script that leaves out of the task root what the ways name.
func slim(python string, ways []string) string {
	var imports []string
	names, body := []string{"from pathlib import Path"}, ""
	var tests []string
	for _, r := range removals() {
		if slices.Contains(ways, r.way) {
			tests = append(tests, r.test)
		}
	}
	if len(tests) > 0 {
		imports = append(imports, "import os")
		body += fmt.Sprintf(slimRemove, strings.Join(tests, "\n            or "))
	}
	if slices.Contains(ways, "strip") {
		imports = append(imports, "import shutil", "import struct", "import subprocess")
		names = append([]string{"from base64 import urlsafe_b64encode", "from hashlib import sha256"}, names...)
		body += slimStrip
	}
	return fmt.Sprintf("#!%s -IS\n%s\n\ntask = Path(%q)\n", python, strings.Join(slices.Concat(imports, names), "\n"), layerPath+plan.TaskRoot) + body
}

// slimRemove removes files, and the folders that they leave empty.
const slimRemove = `for folder, _, files in os.walk(task, topdown=False):
    for path in (Path(folder, name) for name in files):
        parts = path.relative_to(task).parts
        if (
            %s
        ):
            path.unlink()
    if not os.listdir(folder):
        os.rmdir(folder)
`

// slimStrip removes symbols from native libraries, where the base has strip. strip
// breaks libraries that were edited to be in a wheel, so these stay as they are.
const slimStrip = `
# loaded is what a loader makes of a library, which no symbols are part of.
def loaded(library):
    table, _, _, _, size, count = struct.unpack_from("<QQIHHH", library, 32)
    headers = [struct.unpack_from("<IIQQQQQQ", library, table + i * size) for i in range(count)]
    content = bytearray(library)
    content[:64] = bytes(64)
    content[table : table + count * size] = bytes(count * size)
    return [
        (flags, address, in_memory, (address - offset) % max(align, 1), bytes(content[offset : offset + in_file]))
        for kind, flags, offset, address, _, in_file, in_memory, align in headers
        if kind == 1
    ]

# again is a line of a package's RECORD for what a file holds now.
def again(row):
    name, ending = row.rsplit(",", 2)[0], row[len(row.rstrip("\r\n")):]
    content = (task / name.strip('"')).read_bytes()
    digest = urlsafe_b64encode(sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}{ending}"

if shutil.which("strip"):
    stripped = set()
    for path in task.rglob("*.so*"):
        library = path.read_bytes() if path.is_file() else b""
        if library.startswith(b"\x7fELF\x02\x01"):
            subprocess.run(["strip", "--strip-unneeded", path], stderr=subprocess.DEVNULL)
            # Tools that put libraries into wheels make some that strip breaks.
            if loaded(path.read_bytes()) != loaded(library):
                path.write_bytes(library)
            if path.read_bytes() != library:
                stripped.add(path)
    for record in task.glob("*.dist-info/RECORD"):
        with record.open(encoding="utf-8", newline="") as file:
            rows = file.readlines()
        with record.open("w", encoding="utf-8", newline="") as file:
            file.writelines(again(row) if task / row.rsplit(",", 2)[0].strip('"') in stripped else row for row in rows)
`
