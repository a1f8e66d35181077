package emulate

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFunctionLog(t *testing.T) {
	t.Parallel()
	const (
		account = "[ERROR] ValueError: no\rTraceback (most recent call last):\r\u00a0\u00a0File \"/var/task/app.py\", line 2, in handler\r\u00a0\u00a0\u00a0\u00a0raise ValueError(\"no\")\n"
		warning = "[WARNING]\t2026-11-28T20:00:00.000Z\t\tLAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code.\n"
	)
	tests := map[string]struct{ written, want string }{
		"what a function prints":   {"one\ntwo\n", "one\ntwo\n"},
		"no end of line":           {"one", "one"},
		"a progress bar":           {"1%\r2%\r3%\n", "1%\r2%\r3%\n"},
		"the runtime's account":    {"one\n" + account + "two\n", "one\ntwo\n"},
		"an account at the end":    {account[:len(account)-1], ""},
		"the runtime's warning":    {warning + account, ""},
		"a function's own error":   {"[ERROR]\t2026-11-28T20:00:00.000Z\tid\tno\n", "[ERROR]\t2026-11-28T20:00:00.000Z\tid\tno\n"},
		"a function's own print":   {"[ERROR] no\n[ERROR] no", "[ERROR] no\n[ERROR] no"},
		"a function's own warning": {"[WARNING]\tLAMBDA_WARNING\n", "[WARNING]\tLAMBDA_WARNING\n"},
		"the start of an account":  {"[ERR", "[ERR"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, size := range []int{1, 7, len(test.written)} {
				var out bytes.Buffer
				log := newFunctionLog(&out)
				for rest := []byte(test.written); len(rest) > 0; rest = rest[min(size, len(rest)):] {
					piece := rest[:min(size, len(rest))]
					n, err := log.Write(piece)
					require.NoError(t, err)
					require.Equal(t, len(piece), n)
				}
				log.flush()
				assert.Equal(t, test.want, out.String(), "in pieces of %d", size)
			}
		})
	}
	var out bytes.Buffer
	_, err := newFunctionLog(&out).Write([]byte("Name? "))
	require.NoError(t, err)
	assert.Equal(t, "Name? ", out.String(), "what is no account is not held back")
}
