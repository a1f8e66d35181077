package buildflags

import (
	"fmt"

	"github.com/moby/buildkit/cmd/buildctl/build"
	"github.com/moby/buildkit/frontend/dockerfile/dfgitutil"
	"github.com/moby/buildkit/util/gitutil"
)

// setSSH sets the agents and keys offered to the build. A context that is
// cloned over SSH gets the default agent without being asked for it.
func (f Flags) setSSH(r *Request, context string) error {
	values := f.SSH
	if len(values) == 0 && clonesOverSSH(context) {
		values = []string{"default"}
	}
	var err error
	if r.SSH, err = build.ParseSSH(values); err != nil {
		return fmt.Errorf("invalid --ssh: %w", err)
	}
	return nil
}

// clonesOverSSH reports whether the context is a git repository behind SSH.
func clonesOverSSH(context string) bool {
	ref, ok, err := dfgitutil.ParseGitRef(context)
	if !ok || err != nil {
		return false
	}
	remote, err := gitutil.ParseURL(ref.Remote)
	return err == nil && remote.Scheme == gitutil.SSHProtocol
}
