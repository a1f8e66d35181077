// Package answer answers what a client asks in place of a build: the targets, an
// outline of what they take, and a check.
package answer

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/frontend/subrequests"
	"github.com/moby/buildkit/frontend/subrequests/lint"
	"github.com/moby/buildkit/frontend/subrequests/outline"
	"github.com/moby/buildkit/frontend/subrequests/targets"
	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/frontend/contexts"
	"github.com/uvlambda/uvlambda/frontend/decide"
	"github.com/uvlambda/uvlambda/frontend/failure"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/load"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// keyRequest is the client's option that names a subrequest, which `docker
// buildx build --call` sends.
const keyRequest = "requestid"

// Request is what questions are answered from.
type Request struct {
	Client *gateway.Client
	// Target is --target as it was given.
	Target    string
	BuildFile *contexts.BuildFile
	Texts     *contexts.Texts
	// Open reads the workspace of the build file. choose gives the targets once the
	// file's table is read, and Open returns them too.
	Open func(ctx context.Context, choose func(*spec.Spec) []string) (*load.File, []string, error)
	// Settings are the client's for a target. A check exports nothing, whatever
	// the client asks for.
	Settings func(l *load.Loaded, check bool) decide.Settings
}

// Answer answers a subrequest; handled is false when the client asks for a
// build. Errors come with their lines.
func Answer(ctx context.Context, r Request) (res *gwclient.Result, handled bool, err error) {
	// dockerui's own answer has no functions.
	if r.Client.Option(keyRequest) == outline.RequestSubrequestsOutline {
		res, err := located(r, func() (*gwclient.Result, error) { return r.outline(ctx) })
		return res, true, err
	}
	return r.Client.HandleSubrequest(ctx, dockerui.RequestHandler{
		ListTargets: func(context.Context) (*targets.List, error) { return located(r, r.targets) },
		Lint: func(ctx context.Context) (*lint.LintResults, error) {
			return located(r, func() (*lint.LintResults, error) { return r.check(ctx) })
		},
	})
}

// located gives an answer, or an error with its lines.
func located[T any](r Request, answer func() (*T, error)) (*T, error) {
	found, err := answer()
	if err != nil {
		return nil, failure.WithSources(source.Shorten(err), r.Texts)
	}
	return found, nil
}

// IsDescribe reports whether the client asks for the questions themselves.
// dockerui's own description leaves the check out.
func IsDescribe(c *gateway.Client) bool {
	return c.Option(keyRequest) == subrequests.RequestSubrequestsDescribe
}

// Describe lists the subrequests that are answered.
func Describe() (*gwclient.Result, error) {
	check := lint.SubrequestLintDefinition
	check.Description = "Check the build file and the lock without a build"
	list := []subrequests.Request{
		outlineDefinition(),
		targets.SubrequestsTargetsDefinition,
		check,
		subrequests.SubrequestsDescribeDefinition,
	}
	data, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("describing the subrequests: %w", err)
	}
	var text bytes.Buffer
	if err := subrequests.PrintDescribe(data, &text); err != nil {
		return nil, fmt.Errorf("describing the subrequests: %w", err)
	}
	return answerOf(data, text.Bytes(), subrequests.SubrequestsDescribeDefinition.Version), nil
}

// answerOf is an answer in both of its forms. Clients that know the version
// make their own text of the JSON.
func answerOf(data, text []byte, version string) *gwclient.Result {
	res := gwclient.NewResult()
	res.AddMeta("result.json", data)
	res.AddMeta("result.txt", text)
	res.AddMeta("version", []byte(version))
	return res
}

// perFunction are the targets that a question is about. Without --target, there is
// one for each function.
func (r Request) perFunction(table *spec.Spec) []string {
	if functions := table.Functions(); r.Target == "" && len(functions) > 1 {
		return functions
	}
	return []string{r.Target}
}

// answerSources are the files whose lines an answer points at.
type answerSources struct {
	texts *contexts.Texts
	infos []*pb.SourceInfo
	// names are their places in the context. A client may know the build file
	// by another name, which the file at the context's root has too.
	names []string
}

// locate is the first of some locations as answers have it, with the others
// that are in the same file; its source is -1 when the lines are not known.
func (s *answerSources) locate(locations ...plan.Location) *pb.Location {
	at := &pb.Location{SourceIndex: -1}
	if len(locations) == 0 || locations[0].Line == 0 {
		return at
	}
	file := locations[0].File
	if at.SourceIndex = s.index(file); at.SourceIndex < 0 {
		return at
	}
	for _, loc := range locations {
		if loc.File == file && loc.Line > 0 {
			at.Ranges = append(at.Ranges, contexts.Range(loc))
		}
	}
	return at
}

// optional is locate for answers that leave out what is not known.
func (s *answerSources) optional(loc plan.Location) *pb.Location {
	if at := s.locate(loc); at.SourceIndex >= 0 {
		return at
	}
	return nil
}

// index is the place of a file in the list, to which it is added if need be;
// it is -1 when the file was not read.
func (s *answerSources) index(file string) int32 {
	if i := slices.Index(s.names, file); i >= 0 {
		return int32(i)
	}
	info := s.texts.Info(file)
	if info == nil {
		return -1
	}
	s.infos, s.names = append(s.infos, info), append(s.names, file)
	return int32(len(s.names) - 1)
}

// data are the contents of the files.
func (s *answerSources) data() [][]byte {
	var all [][]byte
	for _, info := range s.infos {
		all = append(all, info.Data)
	}
	return all
}
