package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		response string
		problem  string
	}{
		"the guide's":      {response: `{"statusCode": 200, "body": "\"Hello, world!\""}`},
		"another status":   {response: `{"statusCode": 500, "body": "\"Hello, world!\""}`, problem: `the response has status 500 and body "Hello, world!"; it should have 200 and "Hello, world!"`},
		"another body":     {response: `{"statusCode": 200, "body": "bye"}`, problem: `the response has status 200 and body bye; it should have 200 and "Hello, world!"`},
		"something else":   {response: `Traceback`, problem: "the response is no JSON: invalid character 'T' looking for beginning of value"},
		"nothing at all":   {response: ``, problem: "the response is no JSON: unexpected end of JSON input"},
		"JSON, no gateway": {response: `{}`, problem: `the response has status 0 and body ; it should have 200 and "Hello, world!"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := check([]byte(test.response))
			if test.problem == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, test.problem)
		})
	}
}
