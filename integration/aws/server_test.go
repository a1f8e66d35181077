package aws

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadURL(t *testing.T) {
	t.Parallel()
	url, err := readURL(strings.NewReader("WARNING: This is a development server.\n * Running on http://127.0.0.1:37419\nPress CTRL+C to quit\n"))
	require.NoError(t, err)
	require.Equal(t, "http://127.0.0.1:37419", url)

	_, err = readURL(strings.NewReader("Address already in use\n"))
	require.EqualError(t, err, "moto's server ended before it listened:\nAddress already in use\n")
}

func TestEnvironHasNothingOfThePersonsOwn(t *testing.T) {
	t.Parallel()
	server := &Server{URL: "http://127.0.0.1:37419"}
	person := []string{"HOME=/home/ada", "AWS_PROFILE=work", "AWS_ACCESS_KEY_ID=real"}
	environ := server.Environ(person)
	require.Contains(t, environ, "HOME=/home/ada")
	require.Contains(t, environ, "AWS_ENDPOINT_URL=http://127.0.0.1:37419")
	require.NotContains(t, environ, "AWS_PROFILE=work")
	require.NotContains(t, environ, "AWS_ACCESS_KEY_ID=real")
	require.Equal(t, []string{"HOME=/home/ada", "AWS_PROFILE=work", "AWS_ACCESS_KEY_ID=real"}, person)
}
