package contexts

import (
	"context"
	"slices"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/plan"
)

// Sender brings the daemon the sources of plans.
type Sender struct {
	client  *gateway.Client
	context Context
	lines   bkllb.ConstraintsOpt
	folder  bool
	// past is set when files that an ignore file hides are sent all the same, as
	// far as uv resolves a lock from them.
	past bool
}

// NewSender sends parts of a client's context, in which files were read. past is
// for a build that makes the lock.
func NewSender(ctx context.Context, c *gateway.Client, read Context, past bool, lines bkllb.ConstraintsOpt) (*Sender, error) {
	folder, err := IsFolder(ctx, c)
	return &Sender{client: c, context: read, lines: lines, folder: folder, past: past}, err
}

// Sent is what the daemon has of a context.
type Sent struct {
	// Paths are the paths that were asked for, sorted.
	Paths []string
	// State is the transfer, and Ref its result.
	State bkllb.State
	Ref   gwclient.Reference
}

// Send transfers paths of the context beside the project files, which every
// transfer of sources brings, or the whole context.
func (s *Sender) Send(ctx context.Context, paths []string, whole bool) (Sent, error) {
	opts := transfer("sources", "sources", s.lines)
	ignore, err := s.context.Ignore(ctx)
	if err != nil {
		return Sent{}, err
	}
	if whole {
		ignored := ignore.Patterns
		if s.past {
			ignored = pastIgnored(ignored)
		}
		opts = append(opts, bkllb.ExcludePatterns(slices.Concat(ignored, notProjects)))
	} else {
		opts = append(opts, only(slices.Concat(paths, s.context.Paths())))
	}
	st, err := part(ctx, s.client, s.folder, ignore.Patterns, opts...)
	if err != nil {
		return Sent{}, Reading(err, "sources")
	}
	ref, err := s.client.Solve(ctx, *st, true)
	return Sent{paths, *st, ref}, Reading(err, "sources")
}

// SentFor are the files of a listing that the client sends for a plan.
func SentFor(p *plan.Plan, listed []lint.Sent) ([]lint.Sent, error) {
	paths, whole := p.ContextPaths()
	unread, err := files.Matcher(notProjects)
	if err != nil {
		return nil, err
	}
	var sent []lint.Sent
	for _, file := range listed {
		if whole {
			unsent, err := unread(file.Path)
			if err != nil {
				return nil, err
			}
			if !unsent {
				sent = append(sent, file)
			}
			continue
		}
		below := func(p string) bool { return file.Path == p || strings.HasPrefix(file.Path, p+"/") }
		if slices.ContainsFunc(paths, below) {
			sent = append(sent, file)
		}
	}
	return sent, nil
}
