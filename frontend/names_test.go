package frontend

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// TestCheckNames looks at the files of a member.
func TestCheckNames(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{}
	p.AddMember(&plan.Member{Path: "libs/core", Exclude: []string{"dist"}}, nil, plan.Location{File: "libs/core/pyproject.toml", Line: 1})
	for name, want := range map[string]string{
		"libs/core/\ufffd.md":      "",
		"libs/core/dist/\xff":      "",
		"libs/\xff":                "",
		"libs/core/caf\xe9 [1].md": `libs/core/pyproject.toml:1: the name of the file "libs/core/caf\xe9 [1].md" is not UTF-8: rename it, or leave it out by the line libs/core/caf? [\[]1[\]].md in .dockerignore`,
		"libs/core/\xff/a.md":      `libs/core/pyproject.toml:1: the name of the file "libs/core/\xff" is not UTF-8: rename it, or leave it out by the line libs/core/? in .dockerignore`,
	} {
		ref := &stubRef{map[string]string{"libs/core/pyproject.toml": "", name: ""}}
		err := checkNames(t.Context(), p, ref)
		if want == "" {
			require.NoError(t, err, "%q", name)
			continue
		}
		assert.EqualError(t, err, want, "%q", name)
	}
}
