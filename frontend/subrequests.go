package frontend

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

	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// keyRequest is the client's option that names a subrequest, which `docker
// buildx build --call` sends.
const keyRequest = "requestid"

// answer answers a subrequest; handled is false when the client asks for a
// build.
func (b *build) answer(ctx context.Context) (res *gwclient.Result, handled bool, err error) {
	switch b.client.BuildOpts().Opts[keyRequest] {
	case subrequests.RequestSubrequestsDescribe:
		// dockerui's own description leaves the check out.
		res, err := describe()
		return res, true, err
	case outline.RequestSubrequestsOutline:
		// dockerui's own answer has no functions.
		res, err := b.outline(ctx)
		return res, true, err
	}
	return b.client.HandleSubrequest(ctx, dockerui.RequestHandler{
		ListTargets: located(b, b.targets),
		Lint:        located(b, b.check),
	})
}

// located is a handler whose errors come with their lines.
func located[T any](b *build, handler func(context.Context) (*T, error)) func(context.Context) (*T, error) {
	return func(ctx context.Context) (*T, error) {
		answer, err := handler(ctx)
		if err != nil {
			return nil, b.withSources(err)
		}
		return answer, nil
	}
}

// describe lists the subrequests that are answered.
func describe() (*gwclient.Result, error) {
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

// asked are the builds that a question is about: without --target, those of
// all functions.
func (b *build) asked(table *spec.Spec) []*build {
	targets := []string{b.target}
	if functions := table.Functions(); b.target == "" && len(functions) > 1 {
		targets = functions
	}
	all := make([]*build, len(targets))
	for i, target := range targets {
		all[i] = newBuild(b.client, b.filename, target, b.surroundings)
		all[i].entry = b.entry
	}
	return all
}

// answerSources are the files whose lines an answer points at.
type answerSources struct {
	infos []*pb.SourceInfo
	// names are their places in the context. A client may know the build file
	// by another name, which the file at the context's root has too.
	names []string
}

// locate is the first of some locations as answers have it, with the others
// that are in the same file; its source is -1 when the lines are not known. The
// file comes from the build that read it.
func (s *answerSources) locate(b *build, locations ...plan.Location) *pb.Location {
	at := &pb.Location{SourceIndex: -1}
	if len(locations) == 0 || locations[0].Line == 0 {
		return at
	}
	file := locations[0].File
	if at.SourceIndex = s.index(b, file); at.SourceIndex < 0 {
		return at
	}
	for _, loc := range locations {
		if loc.File == file && loc.Line > 0 {
			at.Ranges = append(at.Ranges, pbRange(loc))
		}
	}
	return at
}

// optional is locate for answers that leave out what is not known.
func (s *answerSources) optional(b *build, loc plan.Location) *pb.Location {
	if at := s.locate(b, loc); at.SourceIndex >= 0 {
		return at
	}
	return nil
}

// index is the place of a file in the list, to which it is added if need be;
// it is -1 when the build has not read the file.
func (s *answerSources) index(b *build, file string) int32 {
	if i := slices.Index(s.names, file); i >= 0 {
		return int32(i)
	}
	info := b.sourceInfo(file)
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
