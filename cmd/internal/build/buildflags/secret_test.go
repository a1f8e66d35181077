package buildflags

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend"
)

// Of a secret its name is known, and whether it comes from a variable that is not
// set.
func TestOfferedSecrets(t *testing.T) {
	t.Parallel()
	flags := Flags{Secrets: []string{"id=a,env=EMPTY", "id=b,src=file", "id=c", "id=d,env=NOPE", "type=env,ID=e,src=NOPE", "malformed\""}}
	env := Environment{LookupEnv: func(name string) (string, bool) { return "", name == "EMPTY" }}
	assert.Equal(t, []frontend.Secret{{ID: "a"}, {ID: "b"}, {ID: "c"}, {ID: "d", Unset: "NOPE"}, {ID: "e", Unset: "NOPE"}, {}}, flags.secrets(env))
}
