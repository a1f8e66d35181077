package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// operators are what gremlins puts in the place of an operator, by the kind of a
// mutant: https://gremlins.dev/latest/usage/mutations/.
func operators(kind string) map[string]string {
	switch kind {
	case "CONDITIONALS_NEGATION":
		return map[string]string{"==": "!=", "!=": "==", "<=": ">", ">=": "<", "<": ">=", ">": "<="}
	case "CONDITIONALS_BOUNDARY":
		return map[string]string{"<=": "<", ">=": ">", "<": "<=", ">": ">="}
	case "ARITHMETIC_BASE":
		return map[string]string{"+": "-", "-": "+", "*": "/", "/": "*", "%": "*"}
	case "INVERT_NEGATIVES":
		return map[string]string{"-": "+"}
	default:
		return nil
	}
}

// mutated gives the text of a file with a mutant in it.
func (s *source) mutated(m mutant) (string, error) {
	lines := append([]string(nil), s.lines...)
	before, after := lines[m.Line-1][:m.Column-1], lines[m.Line-1][m.Column-1:]
	replaced := operators(m.Kind)
	for _, length := range []int{2, 1} {
		operator := after[:min(length, len(after))]
		if other, ok := replaced[operator]; ok {
			lines[m.Line-1] = before + other + strings.TrimPrefix(after, operator)
			return strings.Join(lines, "\n"), nil
		}
	}
	return "", fmt.Errorf("%s: there is no operator of that kind", m)
}

// testUncounted tests a mutant that gremlins passes over. It gives the status that
// gremlins would.
func testUncounted(ctx context.Context, dir string, s *source, m mutant) (status string, err error) {
	text, err := s.mutated(m)
	if err != nil {
		return "", err
	}
	folder, err := os.MkdirTemp("", "mutant-")
	if err != nil {
		return "", fmt.Errorf("creating a folder for a mutant: %w", err)
	}
	defer os.RemoveAll(folder)
	original, err := filepath.Abs(s.name)
	if err != nil {
		return "", err
	}
	changed, overlay := filepath.Join(folder, "mutant.go"), filepath.Join(folder, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {original: changed}})
	if err != nil {
		return "", err
	}
	for name, data := range map[string][]byte{changed: []byte(text), overlay: replace} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			return "", fmt.Errorf("writing a mutant: %w", err)
		}
	}
	out, err := exec.CommandContext(ctx, "go", "test", "-overlay", overlay, "-failfast", "-timeout", "60s", "./"+dir).CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err == nil:
		return "LIVED", nil
	case strings.Contains(string(out), "[build failed]"):
		return "NOT VIABLE", nil
	default:
		return "KILLED", nil
	}
}
