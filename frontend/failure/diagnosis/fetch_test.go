package diagnosis_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/failure/diagnosis"
	"github.com/uvlambda/uvlambda/plan"
)

func TestExplainFetch(t *testing.T) {
	t.Parallel()
	const git = "failed to fetch remote: git stderr:\n"
	pass := "pass --secret id=GIT_AUTH_TOKEN with a token that may read the repository, or --secret id=GIT_AUTH_HEADER with a whole Authorization header (`basic …`)"
	for _, test := range []struct {
		said    string
		offered []diagnosis.Secret
		want    string
	}{
		{`no SSH key "default" forwarded from the client`, nil, "git.example.com is asked over SSH: pass --ssh default, with a key of yours in an SSH agent (`ssh-add`)"},
		{git + "git@git.example.com: Permission denied (publickey).", nil, "git.example.com refused the keys of --ssh default: add a key that may read the repository to the SSH agent (`ssh-add -l` lists what it has)"},
		{git + "fatal: Authentication failed", nil, "git.example.com wants credentials, or refused those that it was given: " + pass},
		{git + "fatal: Authentication failed", []diagnosis.Secret{{ID: "GIT_AUTH_TOKEN", Unset: "TOKEN"}}, "git.example.com wants credentials, or refused those that it was given: " + pass + "; --secret id=GIT_AUTH_TOKEN is empty, since TOKEN is not set in the environment"},
		{
			git + "fatal: Authentication failed", []diagnosis.Secret{{ID: "GIT_AUTH_TOKEN"}, {ID: "GIT_AUTH_HEADER.git.example.com"}},
			"git.example.com refused the credentials of --secret id=GIT_AUTH_HEADER.git.example.com: correct them (a line break at their end counts), or " + pass,
		},
		{git + "fatal: repository 'https://git.example.com/library' not found", nil, "git.example.com has no repository https://git.example.com/library, or hides it from those who may not read it: correct its URL in [tool.uv.sources], or pass --secret id=GIT_AUTH_TOKEN with a token that may read it"},
		{git + "fatal: remote error: upload-pack: not our ref 0123456", nil, "the repository no longer has the commit 0123456 that uv.lock names: push it again, or lock another one with `uv lock --upgrade-package library`"},
		{git + "fatal: SSL certificate problem: self-signed certificate", nil, "the machine that BuildKit runs on does not trust the TLS certificate of git.example.com: add its authority there, where git finds it"},
		{git + "fatal: Could not resolve host: git.example.com", nil, "git.example.com could not be reached: check the network of the machine that BuildKit runs on, which fetches repositories by itself, through the proxies of its own environment"},
		{"failed to update submodules: " + git + "fatal: Could not resolve host: other.example.com", nil, "a submodule of it: git.example.com could not be reached: check the network of the machine that BuildKit runs on, which fetches repositories by itself, through the proxies of its own environment"},
		{"no handler for git", nil, "the machine that BuildKit runs on has no git, which fetches repositories: install it there, or use a builder that has it, such as docker's"},
		{git + "fatal: strange", nil, "correct what git reports of https://git.example.com/library:"},
	} {
		work := &plan.Git{Name: "library", Version: "2.1.0", Repository: "https://git.example.com/library", Commit: "0123456789"}
		err := diagnosis.ExplainFetch(diagnosis.Failure{
			Step:  &plan.Step{Kind: plan.KindGit, Work: work, Source: plan.Location{File: "pyproject.toml", Line: 3, EndLine: 3}},
			Cause: errors.New(test.said + "\n: exit status 128"), Offered: test.offered,
		})
		require.ErrorContains(t, err, "pyproject.toml:3: fetching library failed: "+test.want+"\n  | ")
		assert.NotContains(t, err.Error(), "exit status")
	}
}
