package spec

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseSlim(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []string
	}{
		{"absent", ``, nil},
		{"off", `slim = { tests = false }`, nil},
		{"some", `slim = { stubs = true, tests = true }`, []string{"tests", "stubs"}},
		{"all", "[tool.uvlambda.slim]\nstrip = true\nboto3 = true\ndist-info = true\nstubs = true\ntests = true", []string{"tests", "stubs", "dist-info", "boto3", "strip"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, err := parse(t, "pyproject.toml", "[tool.uvlambda]\n"+tt.text+"\n")
			require.NoError(t, err)
			assert.ElementsMatch(t, tt.want, s.Slim)
		})
	}
	_, err := parse(t, "pyproject.toml", "[tool.uvlambda.slim]\ntest = true\n")
	require.EqualError(t, err, `pyproject.toml:2: unknown key "test" in [tool.uvlambda.slim]: did you mean "tests"?`)
	_, err = parse(t, "pyproject.toml", "[tool.uvlambda.slim]\ntests = 1\n")
	assert.EqualError(t, err, `pyproject.toml:2: slim.tests must be a boolean, not an integer: write true or false`)
}

// TestFunctionsInheritSlim lets a function turn a way off that the table above
// turns on, and leaves the table as it is.
func TestFunctionsInheritSlim(t *testing.T) {
	t.Parallel()
	s, err := parse(t, "uvlambda.toml", `
[slim]
tests = true
stubs = true
[functions.orders]
[functions.receipts.slim]
tests = false
boto3 = true
`)
	require.NoError(t, err)
	orders, err := s.Function("orders")
	require.NoError(t, err)
	assert.Equal(t, []string{"tests", "stubs"}, orders.Slim)
	receipts, err := s.Function("receipts")
	require.NoError(t, err)
	assert.Equal(t, []string{"stubs", "boto3"}, receipts.Slim)
	assert.Equal(t, []string{"tests", "stubs"}, s.Slim)
}
