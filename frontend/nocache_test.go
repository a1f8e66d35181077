package frontend

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckNoCache(t *testing.T) {
	t.Parallel()
	for names, want := range map[string]string{
		"":                 "",
		"app":              "",
		"Dependencies,app": "",
		"lock-check,":      "",
		"everything":       `there is no stage "everything" for --no-cache-filter: the stages are lock, base, export, package, git, dependencies, members, files, app, lock-check, test, compress, archive`,
		"app,dependecies":  `there is no stage "dependecies" for --no-cache-filter: did you mean "dependencies"?`,
	} {
		_, err := buildForTest(t.Context(), newStub(greeting(), map[string]string{"no-cache": names}))
		if want == "" {
			require.NoError(t, err, names)
			continue
		}
		require.EqualError(t, err, want)
	}
}
