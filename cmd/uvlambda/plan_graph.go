package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"

	"github.com/uvlambda/uvlambda/plan"
	"github.com/uvlambda/uvlambda/plan/draw"
)

// The formats that --graph takes.
const (
	graphMermaid = "mermaid"
	graphDOT     = "dot"
	graphSVG     = "svg"
)

// checkGraph refuses flags that mean nothing before anything is read.
func checkGraph(format string, json bool) error {
	switch format {
	case "":
		return nil
	case graphMermaid, graphDOT, graphSVG:
	default:
		return fmt.Errorf("invalid --graph %q: use %s, %s or %s", format, graphMermaid, graphDOT, graphSVG)
	}
	if json {
		return errors.New("--graph and --json cannot be used together: leave one out")
	}
	return nil
}

// writeGraph prints a picture of plans.
func writeGraph(ctx context.Context, out io.Writer, format string, plans []plan.Plan) error {
	graph := draw.NewGraph(plans)
	var text string
	switch format {
	case graphMermaid:
		text = graph.Mermaid()
	case graphDOT:
		text = graph.DOT()
	case graphSVG:
		svg, err := layOut(ctx, graph.DOT())
		if err != nil {
			return err
		}
		text = svg
	}
	if _, err := io.WriteString(out, text); err != nil {
		return fmt.Errorf("printing the picture: %w", err)
	}
	return nil
}

// layOut has Graphviz draw a graph.
func layOut(ctx context.Context, dot string) (string, error) {
	command := exec.CommandContext(ctx, "dot", "-Tsvg")
	command.Stdin = strings.NewReader(dot)
	var svg, stderr bytes.Buffer
	command.Stdout, command.Stderr = &svg, &stderr
	switch err := command.Run(); {
	case errors.Is(err, exec.ErrNotFound):
		return "", fmt.Errorf("--graph=svg takes Graphviz, whose program dot is not on PATH: install it (apt-get install graphviz, or brew install graphviz), or use --graph=mermaid, which takes nothing")
	case err != nil:
		return "", fmt.Errorf("drawing the plan with Graphviz's dot: %w: %s", err, strings.TrimSpace(stderr.String()))
	}
	return svg.String(), nil
}
