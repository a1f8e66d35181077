package initproject

import (
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/shell"
	"github.com/stretchr/testify/assert"
)

func TestSplitShell(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		commands []string
		chained  bool
	}{
		`dnf install -y a && dnf clean all`:     {[]string{`dnf install -y a `, ` dnf clean all`}, true},
		"set -e\nldconfig; true":                {[]string{`set -e`, `ldconfig`, ` true`}, true},
		`echo "a && b; c" > /d && rm '/e;f'`:    {[]string{`echo "a && b; c" > /d `, ` rm '/e;f'`}, true},
		`curl https://example.com | tar x`:      {[]string{`curl https://example.com | tar x`}, true},
		`test -f /a || touch /a`:                {[]string{`test -f /a `, ` touch /a`}, false},
		`a 2>&1 && b $(c; d) && (e; f)`:         {[]string{`a 2>&1 `, ` b $(c; d) `, ` (e; f)`}, true},
		`echo \"; echo \; && b` + " `c;d` '\\'": {[]string{`echo \"`, ` echo \; `, " b `c;d` '\\'"}, true},
		"":                                      {[]string{""}, true},
	}
	for script, want := range tests {
		commands, chained := splitShell(script)
		assert.Equal(t, want.commands, commands, script)
		assert.Equal(t, want.chained, chained, script)
	}
}

func TestWorkOfCommands(t *testing.T) {
	t.Parallel()
	r := &reader{lex: shell.NewLex('\\'), root: "/var/task", parts: []part{{copies: []copied{{from: "tool", to: "/srv/tool"}}}}}
	s := newScope("public.ecr.aws/lambda/python:3.13")
	tests := map[string]work{
		"set -eux": neutral, "": neutral, "# a remark": neutral, "cd /tmp": neutral, "echo hello": neutral,
		"mkdir -p $LAMBDA_TASK_ROOT/data": neutral, "chmod -R a+rX ${LAMBDA_TASK_ROOT}": neutral, "chmod 644 main.py ./a": neutral, "chown 1000 .": neutral,
		"A=1 uv sync": installation, "/root/.local/bin/uv pip install x": installation, "python3.13 -m pip install x": installation,
		"python -m compileall .": installation, "git config --global a b": installation, "ssh-keyscan h >> ~/.ssh/known_hosts": installation,
		"echo machine x > ~/.netrc": installation, "curl -LsSf https://astral.sh/uv/install.sh | sh": installation,
		"dnf install -y libpq": system, "sudo apt-get update": system, "useradd app": system, "ldconfig": system,
		"echo a > /etc/b": system, "curl -L https://example.com/x | tar xz -C /opt": system, "chmod 755 /etc/x": system, "mkdir /data": system,
		"chmod 755 ./run.sh": other, "rm -rf $LAMBDA_TASK_ROOT/tests": other, "cp /srv/tool /usr/bin": other, "make": other, "npm ci": other,
		"python -c x": other, "(dnf install x)": other,
	}
	for command, want := range tests {
		assert.Equal(t, want, r.workOf(&s, commandWords(command), command), command)
	}
}

func TestSystemPackages(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"dnf install -y gcc 'libpq'":                    {"gcc", "libpq"},
		"apt-get -qq install --no-install-recommends a": {"a"},
		"apk add --no-cache b":                          {"b"},
		"apt-get update":                                nil,
		"curl install a":                                nil,
		"":                                              nil,
		"microdnf -y --setopt=install_weak_deps=0 install c": {"c"},
	}
	for command, want := range tests {
		assert.Equal(t, want, systemPackages(commandWords(command)), command)
	}
}
