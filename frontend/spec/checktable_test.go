package spec

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/source"
)

// parsed reads a pyproject.toml.
func parsed(t *testing.T, text string) (*Spec, error) {
	t.Helper()
	doc, err := source.Parse("pyproject.toml", []byte(text))
	require.NoError(t, err)
	return Parse(doc)
}

func TestCheckTable(t *testing.T) {
	t.Parallel()
	s, err := parsed(t, `[tool.uvlambda.check]
skip = ["UnpinnedImage"]
error = true

[tool.uvlambda.functions.orders.check]
skip = []

[tool.uvlambda.functions.receipts]
handler = "receipts.handler"
`)
	require.NoError(t, err)
	assert.Equal(t, Check{Skip: []string{"UnpinnedImage"}, Error: true}, s.Check)
	orders, err := s.Function("orders")
	require.NoError(t, err)
	assert.Equal(t, Check{Skip: []string{}, Error: true}, orders.Check)
	receipts, err := s.Function("receipts")
	require.NoError(t, err)
	assert.Equal(t, s.Check, receipts.Check)

	_, err = parsed(t, "[tool.uvlambda.check]\nskip = 'UnpinnedImage'\nerror = 1\nskipp = []\n")
	require.EqualError(t, err, `pyproject.toml:2: check.skip must be an array, not a string: put it in brackets
pyproject.toml:3: check.error must be a boolean, not an integer: write true or false
pyproject.toml:4: unknown key "skipp" in [tool.uvlambda.check]: did you mean "skip"?`)
}

// A key is said by a function's own table, or by that above.
func TestSays(t *testing.T) {
	t.Parallel()
	s, err := parsed(t, "[tool.uvlambda.slim]\nboto3 = false\n[tool.uvlambda.functions.orders]\nbase = \"a:1\"\n")
	require.NoError(t, err)
	orders, err := s.Function("orders")
	require.NoError(t, err)
	assert.True(t, orders.Says("slim", "boto3"))
	assert.True(t, orders.Says("base"))
	assert.False(t, s.Says("base"))
	assert.False(t, orders.Says("slim", "tests"))
}
