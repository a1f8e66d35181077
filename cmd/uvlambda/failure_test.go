package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"
	"github.com/stretchr/testify/assert"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestReport(t *testing.T) {
	t.Parallel()
	root := errors.New("unknown key \"handlr\"")
	located := errdefs.WithSource(root, &errdefs.Source{
		Info:   &pb.SourceInfo{Filename: "pyproject.toml", Data: []byte("[tool.uvlambda]\nhandlr = \"a\"")},
		Ranges: []*pb.Range{{Start: &pb.Position{Line: 2}, End: &pb.Position{Line: 2}}},
	})
	tests := map[string]struct {
		err  error
		want []string
		code int
	}{
		"plain": {root, []string{`ERROR: unknown key "handlr"`}, 1},
		"through layers": {
			fmt.Errorf("failed to solve: rpc error: code = Unknown desc = failed to run Build function: %w", root),
			[]string{`ERROR: unknown key "handlr"`}, 1,
		},
		"with lines": {fmt.Errorf("failed to solve: %w", located), []string{
			"pyproject.toml:2",
			"--------------------",
			"   1 |     [tool.uvlambda]",
			`   2 | >>> handlr = "a"`,
			"--------------------",
			`ERROR: unknown key "handlr"`,
		}, 1},
		"interrupted": {errInterrupted, []string{"ERROR: interrupted"}, 130},
		// A builder that ends cancels builds too, which is no signal here.
		"cancelled there": {status.Error(codes.Canceled, "context canceled"), []string{"ERROR: context canceled"}, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var text strings.Builder
			report(&text, test.err)
			assert.Equal(t, strings.Join(test.want, "\n")+"\n", text.String())
			assert.Equal(t, test.code, exitCode(test.err))
		})
	}
}
