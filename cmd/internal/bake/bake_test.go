package bake

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// update rewrites the golden files: go test ./cmd/internal/bake -update
var update = flag.Bool("update", false, "rewrite golden files")

func TestHCL(t *testing.T) {
	t.Parallel()
	tests := map[string]File{
		"functions": {Context: ".", Targets: []Target{
			{Name: "orders", BuildFile: "pyproject.toml", Function: "orders", HasSyntax: true},
			{Name: "receipts", BuildFile: "pyproject.toml", Function: "receipts", HasSyntax: true},
		}},
		"projects": {Context: "shop/${x}", Syntax: "registry.example.com/uvlambda:1", Targets: []Target{
			{Name: "orders", BuildFile: "services/orders/pyproject.toml", HasSyntax: true},
			{Name: "receipts", BuildFile: "services/receipts/uvlambda.toml", Function: "receipts"},
		}},
	}
	for name, file := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden := "testdata/" + name + ".hcl"
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(file.HCL()), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			assert.Equal(t, string(want), file.HCL(), "rewrite it with: go test ./cmd/internal/bake -update")
		})
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		``:                  `""`,
		`a b`:               `"a b"`,
		`a"b\c`:             `"a\"b\\c"`,
		"a\nb\r\tc":         `"a\nb\r\tc"`,
		"bell\a, del\x7f":   `"bell\u0007, del\u007f"`,
		`${a}`:              `"$${a}"`,
		`$${a} %{if} $ % {`: `"$$${a} %%{if} $ % {"`,
		`größe/日本`:          `"größe/日本"`,
	}
	for text, want := range tests {
		assert.Equal(t, want, quote(text), text)
	}
}
