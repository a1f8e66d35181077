package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/planner"
)

func TestUVVersion(t *testing.T) {
	t.Parallel()
	for ref, want := range map[string]string{
		"ghcr.io/astral-sh/uv:0.13.9":            "0.13.9",
		"registry.example.com:5000/uv:0.9.26":    "0.9.26",
		"uv:0.9.26@sha256:00":                    "0.9.26",
		"ghcr.io/astral-sh/uv:latest":            "",
		"ghcr.io/astral-sh/uv:0.13":              "",
		"registry.example.com:5000/uv@sha256:00": "",
		"uv":                                     "",
	} {
		assert.Equal(t, want, planner.UVVersion(ref), ref)
	}
}
