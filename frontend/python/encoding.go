package python

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// declaration is a comment that names the encoding of a file
// (https://peps.python.org/pep-0263/).
var declaration = regexp.MustCompile(`^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)`)

// blankLine is a first line after which the second may name the encoding.
var blankLine = regexp.MustCompile(`^[ \t\f]*(?:#.*)?$`)

// decode gives a file as UTF-8 with \n as its line ends. A file whose encoding
// is not known here is not decoded.
func decode(data []byte) (text string, known bool, err error) {
	data, marked := bytes.CutPrefix(data, []byte("\xef\xbb\xbf"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	name := encodingName(data)
	switch {
	case marked && name != "" && !strings.HasPrefix(name, "utf-8"):
		return "", false, &SyntaxError{Position{1, 1}, "the file starts with a byte order mark of UTF-8, and names another encoding"}
	case name == "" || isUTF8(name):
	case isLatin(name):
		// The meaning of a byte above 127 changes nothing in the structure.
		data = []byte(strings.ToValidUTF8(string(latin(data)), "_"))
	default:
		return "", false, nil
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return "", false, &SyntaxError{linesOf(string(data)).position(string(data), i), "the source holds a null byte"}
	}
	if !utf8.Valid(data) {
		return "", false, &SyntaxError{linesOf(string(data)).position(string(data), invalidAt(data)), "the source is not UTF-8: save it as UTF-8"}
	}
	return string(data), true, nil
}

// encodingName is the encoding that one of the first two lines names.
func encodingName(data []byte) string {
	for range 2 {
		line, rest, _ := bytes.Cut(data, []byte("\n"))
		if m := declaration.FindSubmatch(line); m != nil {
			return strings.ReplaceAll(strings.ToLower(string(m[1])), "_", "-")
		}
		if !blankLine.Match(line) {
			return ""
		}
		data = rest
	}
	return ""
}

func isUTF8(name string) bool {
	return slices.Contains([]string{"utf-8", "utf8", "u8", "cp65001", "utf-8-sig"}, name) || strings.HasPrefix(name, "utf-8-")
}

// isLatin tells encodings with one byte a character, whose lower half is ASCII.
func isLatin(name string) bool {
	for _, prefix := range []string{"latin", "iso-8859-", "iso8859-", "cp125", "windows-125", "koi8-"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return slices.Contains([]string{"ascii", "us-ascii", "l1", "cp850", "cp437", "mac-roman", "iso-latin-1-unix"}, name)
}

// latin reads bytes as the characters of these numbers.
func latin(data []byte) []rune {
	all := make([]rune, len(data))
	for i, b := range data {
		all[i] = rune(b)
	}
	return all
}

// invalidAt is the first byte that is not UTF-8.
func invalidAt(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(data)
}
