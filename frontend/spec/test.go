package spec

import (
	"fmt"
	"strconv"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/source"
)

// testName is the table of the test inside the build.
const testName = "test"

// Limits of Test.Timeout, in seconds. The default is far above Lambda's own
// default of 3 seconds, which an emulated processor cannot keep; the most is
// Lambda's: https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
const (
	DefaultTimeout = 30
	maxTimeout     = 1800
)

// Test is how the function is tested inside the build. Keys describes its fields.
type Test struct {
	OnBuild bool
	Events  []string
	Network bool
	Timeout int // seconds; DefaultTimeout when the key is absent
}

// testKey is the table test as a key of [tool.uvlambda].
func testKey() Key {
	return Key{
		Name: testName, Type: Group, Keys: testKeys(),
		Doc:     "How the function is tested in its own image inside the build.",
		Default: "--target test starts the function and sends it nothing",
		Example: "[tool.uvlambda.test]\non-build = true\nevents = [\"events/*.json\"]",
		read:    func(t *source.Table, s *Spec) { readGroup(t, s, testName, testKeys()) },
	}
}

// testKeys are the keys of the table.
func testKeys() []Key {
	at := func(name string) []string { return []string{testName, name} }
	return []Key{
		{
			Name: "on-build", Type: Boolean,
			Doc:     "Whether the test has to pass for anything to be built.",
			Default: "false: it runs with --target test only",
			Example: "on-build = true",
			read:    func(t *source.Table, s *Spec) { s.Test.OnBuild, _ = t.Bool(at("on-build")...) },
		},
		{
			Name: "events", Type: Strings,
			Doc:     "Patterns of the JSON files to send to the function, as in .dockerignore; a file with exactly the pattern's name counts before others. The response to NAME.json has to equal NAME.response.json, if there is one.",
			Default: "none: the function is only started, which imports the handler",
			Example: `events = ["event.json", "events/*.json"]`,
			read:    func(t *source.Table, s *Spec) { s.Test.Events = readEvents(t) },
		},
		{
			Name: "network", Type: Boolean,
			Doc:     "Whether the function reaches the network in the test.",
			Default: "false",
			Example: "network = true",
			read:    func(t *source.Table, s *Spec) { s.Test.Network, _ = t.Bool(at("network")...) },
		},
		{
			Name: "timeout", Type: Integer, Minimum: 1, Maximum: maxTimeout,
			Doc:     "How many seconds the function may take for an event.",
			Default: strconv.Itoa(DefaultTimeout),
			Example: "timeout = 10",
			read:    func(t *source.Table, s *Spec) { s.Test.Timeout = readTimeout(t) },
		},
	}
}

// readEvents reads the patterns of events.
func readEvents(t *source.Table) []string {
	items := t.Array(testName, "events")
	patterns := make([]string, 0, len(items))
	for i := range items {
		at := []string{testName, "events", strconv.Itoa(i)}
		patterns = append(patterns, checked(t, at, "events", checkEvents))
	}
	return patterns
}

// checkEvents is for a pattern of files to send, all relative to the build
// file's folder.
func checkEvents(value string) error {
	if p, err := files.ParsePattern(value); err != nil || p.Negated {
		return fmt.Errorf("%q is no pattern of files: write it as in \"events/*.json\"", value)
	}
	return checkPath(value)
}

// readTimeout reads a number of seconds.
func readTimeout(t *source.Table) int {
	at := []string{testName, "timeout"}
	seconds, ok := t.Int(at...)
	if ok && (seconds < 1 || seconds > maxTimeout) {
		t.Add(at, "timeout %d is out of range: use 1 to %d seconds, as Lambda does", seconds, maxTimeout)
	}
	return int(seconds)
}
