package diagnosis_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/failure/diagnosis"
)

func TestReadReport(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]diagnosis.Report{
		`{"given": ["netrc"], "messages": "error: no\n"}`:                  {Given: []string{"netrc"}, Messages: "error: no\n"},
		`{"problem": "no-module", "message": "the wheel holds no module"}`: {Problem: "no-module", Message: "the wheel holds no module"},
		`{"problem": "no-mod`: {},
		"":                    {},
	} {
		r := diagnosis.ReadReport(text)
		assert.Equal(t, want, r, text)
		assert.Equal(t, want.Problem != "", r.LacksModules(), text)
		assert.Equal(t, want.Messages+want.Message, r.Said(), text)
	}
}
