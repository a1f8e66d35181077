package build

import (
	"strings"
	"testing"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/progress/progressui"
	"github.com/stretchr/testify/assert"
)

func TestPrintWarnings(t *testing.T) {
	t.Parallel()
	warnings := []client.VertexWarning{
		{Short: []byte("plain")},
		{
			Short:      []byte("with lines"),
			Detail:     [][]byte{[]byte("more")},
			URL:        "https://example.com/rule",
			SourceInfo: &pb.SourceInfo{Filename: "pyproject.toml", Data: []byte("a\nb")},
			Range:      []*pb.Range{{Start: &pb.Position{Line: 2}, End: &pb.Position{Line: 2}}},
		},
	}
	shown := strings.Join([]string{
		"",
		"WARNING: plain",
		"",
		"WARNING: with lines",
		"more",
		"More info: https://example.com/rule",
		"pyproject.toml:2",
		"--------------------",
		"   1 |     a",
		"   2 | >>> b",
		"--------------------",
		"",
	}, "\n")
	for mode, want := range map[progressui.DisplayMode]string{
		progressui.PlainMode:   shown,
		progressui.QuietMode:   "",
		progressui.RawJSONMode: "",
	} {
		var text strings.Builder
		printWarnings(&text, "", warnings, mode)
		assert.Equal(t, want, text.String(), mode)
	}
}
