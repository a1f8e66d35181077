package explain

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLicence(t *testing.T) {
	t.Parallel()
	const osi = "Classifier: License :: OSI Approved :: "
	for headers, want := range map[string]string{
		"License-Expression: MIT OR Apache-2.0\nLicense: other":              "MIT OR Apache-2.0",
		"License: BSD-3-Clause\n" + osi + "BSD License":                      "BSD-3-Clause",
		"License: UNKNOWN\n" + osi + "BSD License":                           "BSD License",
		"License: " + strings.Repeat("whole text ", 20) + "\n" + osi + "MIT": "MIT",
		"License: Permission is\n        hereby granted":                     "Permission is hereby granted",
		osi + "MIT License\n" + osi + "Apache Software License":              "MIT License, Apache Software License",
		"Classifier: License :: OSI Approved\nClassifier: Typing :: Typed":   "",
		"":                                      "",
		"no header\nLicense: MIT":               "",
		"License: MIT\n\nLicense-Expression: X": "MIT",
	} {
		assert.Equal(t, want, readMetadata([]byte(headers)).licence, headers)
	}
}

func TestReadMetadata(t *testing.T) {
	t.Parallel()
	m := readMetadata([]byte("Metadata-Version: 2.1\r\nname: zope.interface\r\nVersion: 7.1\r\n\r\nName: body\r\n"))
	assert.Equal(t, metadata{name: "zope.interface", version: "7.1"}, m)
}
