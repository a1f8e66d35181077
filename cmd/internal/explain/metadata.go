package explain

import (
	"bufio"
	"bytes"
	"io"
	"net/textproto"
	"strings"
	"unicode/utf8"
)

// metadata is a package's core metadata:
// https://packaging.python.org/en/latest/specifications/core-metadata/
type metadata struct {
	name, version, licence string
}

// longestLicence is how many characters the name of a licence may have. Some
// packages have its whole text in the field for the name.
const longestLicence = 80

// readMetadata reads the headers of a METADATA file. What can't be read is
// empty.
func readMetadata(data []byte) metadata {
	text := io.MultiReader(bytes.NewReader(data), strings.NewReader("\n\n"))
	// A malformed line ends the headers, and those before it are returned.
	headers, _ := textproto.NewReader(bufio.NewReader(text)).ReadMIMEHeader()
	return metadata{
		name:    headers.Get("Name"),
		version: headers.Get("Version"),
		licence: licence(headers),
	}
}

// licence is the expression of PEP 639, else what was used before it: the name,
// where it is one, and the classifiers.
func licence(headers textproto.MIMEHeader) string {
	if expression := headers.Get("License-Expression"); expression != "" {
		return expression
	}
	if name := headers.Get("License"); name != "" && name != "UNKNOWN" && utf8.RuneCountInString(name) <= longestLicence {
		return name
	}
	var names []string
	for _, classifier := range headers.Values("Classifier") {
		levels := strings.Split(classifier, " :: ")
		if last := levels[len(levels)-1]; levels[0] == "License" && last != "License" && last != "OSI Approved" {
			names = append(names, last)
		}
	}
	return strings.Join(names, ", ")
}
