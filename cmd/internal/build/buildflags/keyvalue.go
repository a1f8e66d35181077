package buildflags

import (
	"errors"
	"strings"

	"github.com/tonistiigi/go-csvvalue"
)

// keyValues reads values of the form KEY=VALUE. A KEY alone takes its value
// from lookup, and is left out when lookup does not know it; without a lookup
// its value is empty.
func keyValues(flag string, values []string, lookup func(string) (string, bool)) (map[string]string, error) {
	read := make(map[string]string, len(values))
	for _, v := range values {
		key, value, given := strings.Cut(v, "=")
		if key == "" {
			return nil, fail(flag, v, errors.New("the key is empty, write KEY=VALUE"))
		}
		if !given && lookup != nil {
			known := false
			if value, known = lookup(key); !known {
				continue
			}
		}
		read[key] = value
	}
	return read, nil
}

// csvAttributes reads a line of comma-separated KEY=VALUE fields, the grammar
// that buildx uses for outputs, caches and attestations. Each of them has its own
// way to read a key.
func csvAttributes(flag, line string, key func(string) string) (map[string]string, error) {
	fields, err := csvvalue.Fields(line, nil)
	if err != nil {
		return nil, fail(flag, line, err)
	}
	attrs := make(map[string]string, len(fields))
	for _, field := range fields {
		name, value, ok := strings.Cut(field, "=")
		if !ok {
			return nil, fail(flag, line, errors.New("field "+field+" is not KEY=VALUE"))
		}
		attrs[key(name)] = value
	}
	return attrs, nil
}
