package spec

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIncludes(t *testing.T) {
	t.Parallel()
	tests := map[string]Include{
		`"app/"`:                                                                {From: "app"},
		`{ from = "run.sh", to = "./bin/" }`:                                    {From: "run.sh", To: "bin/"},
		`{ from = "app", to = "./" }`:                                           {From: "app", To: "."},
		`{ from = "ext/", to = "/opt/extensions/" }`:                            {From: "ext", To: "/opt/extensions/"},
		`{ from = "a", to = "/var/task/" }`:                                     {From: "a", To: "."},
		`{ from = "a", to = "/var/task/b//c" }`:                                 {From: "a", To: "b/c"},
		`{ from = "fonts", to = "/usr/share/fonts" }`:                           {From: "fonts", To: "/usr/share/fonts"},
		`{ image = "ext:1", from = "/opt/.", to = "/opt" }`:                     {Image: "ext:1", From: "/opt", To: "/opt"},
		`{ image = "ext:1", from = "adapter", to = "/opt/extensions/adapter" }`: {Image: "ext:1", From: "/adapter", To: "/opt/extensions/adapter"},
		`{ image = "ext:1", from = "/", to = "model/" }`:                        {Image: "ext:1", From: "/", To: "model/"},
	}
	for text, want := range tests {
		s, err := parse(t, "uvlambda.toml", "include = ["+text+"]\n")
		require.NoError(t, err, text)
		want.Source = s.Include[0].Source
		assert.Equal(t, []Include{want}, s.Include, text)
		assert.Equal(t, 1, want.Source.Line)
		assert.Len(t, s.LocalIncludes(), map[bool]int{true: 1, false: 0}[want.Image == ""])
	}
}

func TestIncludeErrors(t *testing.T) {
	t.Parallel()
	const runtime = "is a part of Lambda's runtime, without which no function starts: choose a place below /opt"
	tests := map[string]string{
		`from = "a", to = "/var/runtime/a"`:                 `to "/var/runtime/a" ` + runtime,
		`from = "a", to = "/var/lang"`:                      `to "/var/lang" ` + runtime,
		`from = "a", to = "/opt/../var/lang/a"`:             `to "/opt/../var/lang/a" has a "..": name a path without it`,
		`from = "a", to = "/lambda-entrypoint.sh"`:          `to "/lambda-entrypoint.sh" ` + runtime,
		`from = "a", to = "//usr/local/bin/aws-lambda-rie"`: `to "//usr/local/bin/aws-lambda-rie" ` + runtime,
		`from = "a", to = "/etc/krb5.conf"`:                 `to "/etc/krb5.conf" is outside of /opt, /usr/local, /usr/share and /srv: choose a place there, or make a base image that has the file, and name it with ` + "`base`",
		`from = "a", to = "/optional"`:                      `to "/optional" is outside of /opt, /usr/local, /usr/share and /srv: choose a place there, or make a base image that has the file, and name it with ` + "`base`",
		`from = "a", to = "/opt\\a"`:                        `to "/opt\\a" has a backslash: separate folders with /`,
		`from = "/a", to = "b"`:                             `from "/a" is absolute: make it relative`,
		`image = "a b", from = "/a", to = "b"`:              `image "a b" is not an image reference: write it as NAME:TAG or NAME@DIGEST`,
		`image = "", from = "/a", to = "b"`:                 `image is empty: give it a value or remove it`,
		`image = "ext:1", from = "/../a", to = "/opt/a"`:    `from "/../a" has a "..": name a path without it`,
		`image = "ext:1", to = "/opt/a"`:                    `has no "from": write { from = "PATH", to = "PATH" }`,
		`image = "ext:1", from = "/a"`:                      `has no "to": write { from = "PATH", to = "PATH" }`,
	}
	for text, want := range tests {
		_, err := parse(t, "uvlambda.toml", "\ninclude = [{ "+text+" }]\n")
		require.EqualError(t, err, "uvlambda.toml:2: include "+want, text)
	}
	_, err := parse(t, "uvlambda.toml", `include = [{ image = 1, from = "/a", to = "b" }]`)
	require.EqualError(t, err, "uvlambda.toml:1: include[0].image must be a string, not an integer: put it in quotes")
}
