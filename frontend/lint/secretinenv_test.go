package lint_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSecretInEnv(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		`API_KEY = "x"`:                                true,
		`STRIPE_SECRET = "x"`:                          true,
		`auth_token = "x"`:                             true,
		`DB_PASSWD = "x"`:                              true,
		`CREDENTIALS = "x"`:                            true,
		`URL = "postgres://u:p@db/x"`:                  true,
		`NAME = "AKIA0123456789ABCDEF"`:                true,
		`X = "ghp_0123456789abcdefghij"`:               true,
		`PEM = "-----BEGIN RSA PRIVATE KEY-----\nMII"`: true,
		`API_KEY = ""`:                                 false,
		`API_KEY_ARN = "arn:aws:x"`:                    false,
		`SECRET_NAME = "prod/db"`:                      false,
		`TOKEN_URL = "https://id.example.com/token"`:   false,
		`MONKEY = "x"`:                                 false,
		`KEYBOARD = "x"`:                               false,
		`AUTHOR = "x"`:                                 false,
		`LOG_LEVEL = "info"`:                           false,
		`URL = "https://u@example.com:80/x"`:           false,
	}
	for entry, secret := range tests {
		var name string
		_, _ = fmt.Sscan(entry, &name)
		var want []string
		if secret {
			want = []string{fmt.Sprintf("pyproject.toml:8: env %s looks like a secret, and everybody who has the image can read it: let the function read it from a secret store, or set it where the function is deployed", name)}
		}
		assert.Equal(t, want, messages(t, table("handler = \"app.handler\"\nenv = { "+entry+" }", "")), entry)
	}
}
