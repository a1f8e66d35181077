package project

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRepository(t *testing.T) {
	t.Parallel()
	commit := strings.Repeat("0123456789", 4)
	for _, test := range []struct {
		source Source
		want   GitSource
	}{
		{Source{Git: "https://git.example.com/team/library#" + commit}, GitSource{Repository: "https://git.example.com/team/library", Scheme: "https", Host: "git.example.com", Folder: "."}},
		{
			Source{Git: "ssh://git@git.example.com:2222/library.git?subdirectory=py%2Fsub&tag=v1#" + commit},
			GitSource{Repository: "ssh://git@git.example.com:2222/library.git", Scheme: "ssh", Host: "git.example.com:2222", Folder: "py/sub"},
		},
		{Source{Git: "http://git.example.com/a%20b?lfs=true&rev=main#" + commit, Subdirectory: "../up"}, GitSource{Repository: "http://git.example.com/a%20b", Scheme: "http", Host: "git.example.com", Folder: "up", LFS: true}},
		{Source{Git: "svn://git.example.com/library#" + strings.Repeat("ab", 32)}, GitSource{Repository: "svn://git.example.com/library", Scheme: "svn", Host: "git.example.com", Folder: ".", Commit: strings.Repeat("ab", 32)}},
	} {
		if test.want.Commit == "" {
			test.want.Commit = commit
		}
		got, ok := test.source.Repository()
		assert.True(t, ok, test.source.Git)
		assert.Equal(t, test.want, got)
		assert.Equal(t, test.want.Scheme != "svn", got.Fetchable())
	}
	for _, none := range []Source{{}, {URL: "https://example.com"}, {Git: "https://git.example.com/library#v1"}, {Git: "https://git.example.com/library"}, {Git: "/library#" + commit}, {Git: "http://%#" + commit}} {
		_, ok := none.Repository()
		assert.False(t, ok, none.Git)
	}
}
