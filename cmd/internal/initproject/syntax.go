package initproject

import (
	"bytes"
	"fmt"

	"github.com/distribution/reference"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/uvlambda/uvlambda/plan"
)

// setSyntax makes the first line of a build file lead docker buildx to a frontend
// image. It keeps a syntax line that names the image, and replaces a line that
// names another image.
func setSyntax(name string, data []byte, image string) ([]byte, []Replacement) {
	line := "# syntax=" + image
	old, _, ranges, found := parser.DetectSyntax(data)
	switch {
	case found && old == image:
		return data, nil
	case found:
		start, end := lineSpan(data, ranges[0].Start.Line)
		replaced := Replacement{
			Location: plan.Location{File: name, Line: ranges[0].Start.Line, EndLine: ranges[0].End.Line},
			Old:      string(data[start:end]),
			New:      line,
		}
		return splice(data, map[span]string{{start, end}: line}), []Replacement{replaced}
	default:
		at := len(data) - len(bytes.TrimPrefix(data, []byte(bom)))
		return splice(data, map[span]string{{at, at}: line + lineEnd(data)}), nil
	}
}

// lineSpan is the range of a line, counted from 1, without its end.
func lineSpan(data []byte, line int) (start, end int) {
	start = len(data) - len(bytes.TrimPrefix(data, []byte(bom)))
	for range line - 1 {
		start = lineAfter(data, start)
	}
	end = lineAfter(data, start)
	return start, start + len(bytes.TrimRight(data[start:end], "\r\n"))
}

// checkSyntax refuses a text that is no image reference.
func checkSyntax(image string) error {
	if _, err := reference.ParseNormalizedNamed(image); err != nil {
		return fmt.Errorf("--syntax %q is not an image: %w: write it as registry.example.com/uvlambda:1", image, err)
	}
	return nil
}
