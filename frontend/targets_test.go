package frontend

import (
	"encoding/json"
	"testing"

	"github.com/moby/buildkit/frontend/subrequests/targets"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTargets(t *testing.T) {
	t.Parallel()
	text, data := call(t, asking("targets", greeting(), nil), "targets")
	assert.Equal(t, `TARGET          DESCRIPTION
image (default) the container image
zip             a zip of the dependencies, the members and the application
layer           a Lambda layer with the third-party dependencies
app             a zip of the members and the application, to go with a layer
dir             the unpacked task root
test            the report of the function's test in its own image
lock            a refreshed uv.lock
`, text)
	var list targets.List
	require.NoError(t, json.Unmarshal(data, &list))
	require.Len(t, list.Targets, 7)
	assert.Equal(t, int32(7), list.Targets[0].Location.Ranges[0].Start.Line)
	assert.Equal(t, greeting()["pyproject.toml"], string(list.Sources[list.Targets[0].Location.SourceIndex]))
}

// With several functions there is no default; the target that the client names
// does not matter, even if there is no such.
func TestTargetsOfFunctions(t *testing.T) {
	t.Parallel()
	shop := changed("pyproject.toml", "[tool.uvlambda.functions]\norders = {}\nreceipts = {}\n")
	text, data := call(t, asking("targets", shop, map[string]string{"target": "absent"}), "targets")
	assert.Equal(t, `TARGET         DESCRIPTION
orders/image   the container image
orders/zip     a zip of the dependencies, the members and the application
orders/layer   a Lambda layer with the third-party dependencies
orders/app     a zip of the members and the application, to go with a layer
orders/dir     the unpacked task root
orders/test    the report of the function's test in its own image
receipts/image the container image
receipts/zip   a zip of the dependencies, the members and the application
receipts/layer a Lambda layer with the third-party dependencies
receipts/app   a zip of the members and the application, to go with a layer
receipts/dir   the unpacked task root
receipts/test  the report of the function's test in its own image
lock           a refreshed uv.lock
`, text)
	var list targets.List
	require.NoError(t, json.Unmarshal(data, &list))
	assert.Equal(t, int32(2), list.Targets[0].Location.Ranges[0].Start.Line)
	assert.Equal(t, int32(3), list.Targets[6].Location.Ranges[0].Start.Line)

	one := changed("pyproject.toml", "[tool.uvlambda.functions]\norders = {}\n")
	text, _ = call(t, asking("targets", one, nil), "targets")
	assert.Contains(t, text, "\norders/image (default) the container image\n")
}
