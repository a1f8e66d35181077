package integration

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSummary ends builds with what they made.
func TestSummary(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, nil)
	ref := newReference(t)
	for _, test := range []struct {
		command, want string
	}{
		{"uvlambda build --progress plain --target zip -o dist .", `^dist/function\.zip  under 0\.1 MB, under 0\.1 of 250 MB unzipped, python3\.13 (x86_64|arm64)$`},
		{"uvlambda build --progress plain -t " + ref + " --push .", `^pushed ` + regexp.QuoteMeta(ref) + `@sha256:[0-9a-f]{64}$`},
		{"uvlambda build --progress plain -o type=oci,dest=hello.tar .", `^wrote hello\.tar$`},
	} {
		out := shell(t, dir, newestUV, test.command+" 2>&1 | tail -n 1")
		require.Regexp(t, test.want, out[:len(out)-1])
	}
}
