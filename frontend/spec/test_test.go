package spec

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseTest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       Test
	}{
		{"absent", ``, Test{Timeout: 30}},
		{"empty", `[tool.uvlambda.test]`, Test{Timeout: 30}},
		{"inline", `test = { on-build = true, timeout = 1800 }`, Test{OnBuild: true, Timeout: 1800}},
		{
			"all", "[tool.uvlambda.test]\non-build = false\nevents = [\"event.json\", \"events/**\"]\nnetwork = true\ntimeout = 1",
			Test{Events: []string{"event.json", "events/**"}, Network: true, Timeout: 1},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, err := parse(t, "pyproject.toml", "[tool.uvlambda]\n"+tt.text+"\n")
			require.NoError(t, err)
			assert.Equal(t, tt.want, s.Test)
		})
	}
}

// TestFunctionsInheritTheTest reads a function's table over the one above it.
func TestFunctionsInheritTheTest(t *testing.T) {
	t.Parallel()
	s, err := parse(t, "uvlambda.toml", `
[test]
events = ["events/*.json"]
timeout = 5
[functions.orders]
[functions.receipts.test]
events = ["receipts/*.json"]
`)
	require.NoError(t, err)
	orders, err := s.Function("orders")
	require.NoError(t, err)
	assert.Equal(t, Test{Events: []string{"events/*.json"}, Timeout: 5}, orders.Test)
	assert.Equal(t, 3, orders.Locate("test", "events", "0").Line)
	receipts, err := s.Function("receipts")
	require.NoError(t, err)
	assert.Equal(t, Test{Events: []string{"receipts/*.json"}, Timeout: 5}, receipts.Test)
	assert.Equal(t, 7, receipts.Locate("test", "events", "0").Line)
	assert.Equal(t, []string{"events/*.json"}, s.Test.Events)
}

func TestParseTestErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"no table", `test = true`, `pyproject.toml:2: test must be a table, not a boolean`},
		{
			"unknown key", "[tool.uvlambda.test]\nonbuild = true",
			`pyproject.toml:3: unknown key "onbuild" in [tool.uvlambda.test]: did you mean "on-build"?`,
		},
		{
			"unknown key unlike any", "[tool.uvlambda.test]\nmemory = 128",
			`pyproject.toml:3: unknown key "memory" in [tool.uvlambda.test]: known are on-build, events, network, timeout`,
		},
		{"text for a boolean", `test.on-build = "yes"`, `pyproject.toml:2: test.on-build must be a boolean, not a string: write true or false`},
		{"text for a list", `test.events = "events/*.json"`, `pyproject.toml:2: test.events must be an array, not a string: put it in brackets`},
		{"number for a pattern", `test.events = [1]`, `pyproject.toml:2: test.events[0] must be a string, not an integer: put it in quotes`},
		{"empty pattern", "test.events = [\n  'a.json',\n  '',\n]", `pyproject.toml:4: events is empty: give it a value or remove it`},
		{"pattern outside", `test.events = ["../events/*.json"]`, `pyproject.toml:2: events "../events/*.json" has a "..": name a path without it`},
		{"absolute pattern", `test.events = ["/events/*.json"]`, `pyproject.toml:2: events "/events/*.json" is absolute: make it relative`},
		{"negated pattern", `test.events = ["!a.json"]`, `pyproject.toml:2: events "!a.json" is no pattern of files: write it as in "events/*.json"`},
		{"broken pattern", `test.events = ["event[.json"]`, `pyproject.toml:2: events "event[.json" is no pattern of files: write it as in "events/*.json"`},
		{"text for a number", `test.timeout = "5"`, `pyproject.toml:2: test.timeout must be an integer, not a string: write a whole number, without quotes`},
		{"no time", `test.timeout = 0`, `pyproject.toml:2: timeout 0 is out of range: use 1 to 1800 seconds, as Lambda does`},
		{"too much time", `test.timeout = 1801`, `pyproject.toml:2: timeout 1801 is out of range: use 1 to 1800 seconds, as Lambda does`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := parse(t, "pyproject.toml", "[tool.uvlambda]\n"+tt.text+"\n")
			require.EqualError(t, err, tt.want)
		})
	}
}
