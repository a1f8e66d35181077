package spec

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// member gives a part of the schema.
func member(t *testing.T, path ...string) any {
	t.Helper()
	data, err := Schema()
	require.NoError(t, err)
	var at any
	require.NoError(t, json.Unmarshal(data, &at))
	for _, name := range path {
		table, isObject := at.(map[string]any)
		require.True(t, isObject, "%v: %s", path, name)
		at = table[name]
	}
	return at
}

// TestSchemaOfTypes has a key of each type.
func TestSchemaOfTypes(t *testing.T) {
	t.Parallel()
	tests := []struct{ key, want string }{
		{"lock", `{
			"x-taplo": {"links": {"key": "https://github.com/uvlambda/uvlambda/blob/main/docs/reference.md#lock"}},
			"type": "string", "minLength": 1, "enum": ["checked", "unchecked"], "default": "checked", "examples": ["unchecked"],
			"description": "Whether a uv.lock that no longer matches pyproject.toml fails the build.\nWhen absent: checked."}`},
		{"compile-bytecode", `{
			"x-taplo": {"links": {"key": "https://github.com/uvlambda/uvlambda/blob/main/docs/reference.md#compile-bytecode"}},
			"type": "boolean", "default": true, "examples": [false],
			"description": "Whether the modules of packages and members are compiled ahead of the first start. The application's modules are not: Python compiles them on import.\nWhen absent: true."}`},
		{"groups", `{
			"x-taplo": {"links": {"key": "https://github.com/uvlambda/uvlambda/blob/main/docs/reference.md#groups"}},
			"type": "array", "items": { "type": "string", "minLength": 1 }, "examples": [["prod"]],
			"description": "The dependency groups to install.\nWhen absent: none, not even default groups."}`},
		{"env", `{
			"x-taplo": {"links": {"key": "https://github.com/uvlambda/uvlambda/blob/main/docs/reference.md#env"}},
			"type": "object", "propertyNames": { "minLength": 1 }, "additionalProperties": { "type": "string" }, "examples": [{ "LOG_LEVEL": "info" }],
			"description": "Environment variables of the function.\nWhen absent: the base image's."}`},
	}
	for _, tt := range tests {
		got, err := json.Marshal(member(t, "properties", tt.key))
		require.NoError(t, err)
		assert.JSONEq(t, tt.want, string(got), tt.key)
	}
	assert.Equal(t, []any{"from", "to"}, member(t, "properties", "include", "items").(map[string]any)["oneOf"].([]any)[1].(map[string]any)["required"])
	assert.Equal(t, map[string]any{"$ref": functionDefinition}, member(t, "properties", "functions", "additionalProperties"))
	assert.Equal(t, map[string]any{
		"type": "integer", "minimum": 1.0, "maximum": 1800.0, "default": 30.0, "examples": []any{10.0},
		"description": "How many seconds the function may take for an event.\nWhen absent: 30.",
		"x-taplo":     map[string]any{"links": map[string]any{"key": "https://github.com/uvlambda/uvlambda/blob/main/docs/reference.md#testtimeout"}},
	}, member(t, "properties", "test", "properties", "timeout"))
	assert.Equal(t, false, member(t, "properties", "test", "properties", "on-build", "default"))
}

// TestSchemaOfFunctions has all keys of the table but the functions themselves.
func TestSchemaOfFunctions(t *testing.T) {
	t.Parallel()
	function := member(t, "definitions", "function", "properties").(map[string]any)
	assert.Len(t, function, len(Keys())-1)
	assert.NotContains(t, function, functionsKey)
	assert.Equal(t, map[string]any{"$ref": "#/properties/handler"}, function["handler"])
}

// TestDefaultsAreThoseRead compares the defaults that are values with what an
// empty table is read as.
func TestDefaultsAreThoseRead(t *testing.T) {
	t.Parallel()
	empty, err := parse(t, "uvlambda.toml", "")
	require.NoError(t, err)
	defaults := map[string]any{}
	var collect func(table string, keys []Key)
	collect = func(table string, keys []Key) {
		for _, key := range keys {
			if value := key.defaultValue(); value != nil {
				defaults[table+key.Name] = value
			}
			collect(key.Name+".", key.Keys)
		}
	}
	collect("", Keys())
	want := map[string]any{
		"compile-bytecode": empty.CompileBytecode, "lock": empty.Lock,
		"test.on-build": empty.Test.OnBuild, "test.network": empty.Test.Network, "test.timeout": empty.Test.Timeout,
		"check.error": empty.Check.Error,
	}
	for _, name := range []string{SlimTests, SlimStubs, SlimDistInfo, SlimBoto3, SlimStrip} {
		want["slim."+name] = false
	}
	assert.Equal(t, want, defaults)
}

func TestBrokenExample(t *testing.T) {
	t.Parallel()
	_, err := keySchema(nil, Key{Name: "handler", Type: String, Example: "handler = "})
	require.ErrorContains(t, err, "reading the example of handler: example:2: malformed TOML")
}

func TestPyprojectSchemaHoldsTheTable(t *testing.T) {
	t.Parallel()
	data, err := PyprojectSchema()
	require.NoError(t, err)
	assert.Contains(t, string(data), `"uvlambda"`)
	assert.Contains(t, string(data), `"handler"`)
}
