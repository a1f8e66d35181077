package initproject

import (
	"path"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

// secret is a secret that the Dockerfile's installation is given, and the one that
// takes its place.
type secret struct{ id, instead string }

// readMounts reads which uv a RUN uses, and what its installation takes of the
// client: secrets, SSH agents, and the history of the clone.
func (r *reader) readMounts(c *instructions.RunCommand, installs bool) {
	for _, mount := range instructions.GetMounts(c) {
		r.noteUV(mount.From, c.Location())
		if !r.parts[r.at].used {
			continue
		}
		switch {
		case mount.Type == instructions.MountTypeBind && mount.From == "" && path.Base(path.Clean("/"+mount.Source)) == ".git":
			r.readsGit = true
		case mount.Type == instructions.MountTypeSSH:
			r.ssh = true
		case mount.Type == instructions.MountTypeSecret:
			s := secretOf(mount, c.String())
			if !installs {
				// The Dockerfile of the base takes it as it is.
				s.instead = s.id
			}
			r.secrets = append(r.secrets, s)
		}
	}
}

// secretOf finds the secret that uvlambda's builds take for one of an
// installation's (docs/git.md, README): the password of an index, netrc, or a token of git.
func secretOf(mount *instructions.Mount, command string) secret {
	id := mount.CacheID
	if id == "" {
		id = path.Base(mount.Target)
	}
	s := secret{id: id}
	names := []string{id, path.Base(mount.Target)}
	if mount.Env != nil {
		names = append(names, *mount.Env)
	}
	for _, name := range names {
		known := strings.HasPrefix(name, "UV_INDEX_") && (strings.HasSuffix(name, "_USERNAME") || strings.HasSuffix(name, "_PASSWORD")) ||
			strings.HasPrefix(name, "GIT_AUTH_TOKEN") || strings.HasPrefix(name, "GIT_AUTH_HEADER")
		switch {
		case known:
			s.instead = name
			return s
		case strings.TrimPrefix(name, ".") == "netrc":
			s.instead = "netrc"
		}
	}
	if s.instead == "" && (strings.Contains(command, "git config") || slices.ContainsFunc(names, namesGit)) {
		s.instead = "GIT_AUTH_TOKEN"
	}
	return s
}

// namesGit reports whether a secret's name is one of a git server.
func namesGit(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "git") || strings.HasPrefix(name, "gh_") || strings.HasPrefix(name, "gh-")
}

// clientNeeds are the flags that builds take for secrets and SSH agents, and what
// there is to say of them.
func (r *reader) clientNeeds() (flags, remarks []string) {
	if r.ssh {
		flags = append(flags, "--ssh default")
		remarks = append(remarks, "Builds take --ssh default, as the Dockerfile's do: BuildKit fetches repositories by the SSH agent.")
	}
	var seen []secret
	for _, s := range r.secrets {
		if slices.Contains(seen, s) {
			continue
		}
		seen = append(seen, s)
		switch {
		case s.instead == "":
			remarks = append(remarks, "The Dockerfile's secret "+s.id+" is none that builds take: a password of an index is UV_INDEX_NAME_PASSWORD, and a token of a git server GIT_AUTH_TOKEN.")
			continue
		case s.instead != s.id:
			remarks = append(remarks, "Builds take --secret id="+s.instead+" for the Dockerfile's secret "+s.id+".")
		default:
			remarks = append(remarks, "Builds take --secret id="+s.instead+", as the Dockerfile's do.")
		}
		flags = append(flags, "--secret id="+s.instead)
	}
	if r.givesVersion {
		remarks = append(remarks, "Builds read the version from git, and need no argument for it: --build-arg SETUPTOOLS_SCM_PRETEND_VERSION=VERSION gives another one.")
	}
	for _, name := range r.arguments {
		remarks = append(remarks, "Builds take --build-arg "+name+"=VALUE for the base, as the Dockerfile's do.")
	}
	slices.Sort(flags)
	return slices.Compact(flags), remarks
}
