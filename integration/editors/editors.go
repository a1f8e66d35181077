// Package editors puts the programs in place with which editors and build
// servers check TOML files and schemas, and that draw pictures in Markdown.
package editors

import (
	"context"
	_ "embed"
	"io"

	"github.com/uvlambda/uvlambda/integration/apt"
	"github.com/uvlambda/uvlambda/integration/pinned"
)

// requirements pins the Python programs, and is made from requirements.in.
//
//go:embed requirements.txt
var requirements []byte

// packageJSON pins the Node programs.
//
//go:embed package.json
var packageJSON []byte

// Tools are installed programs.
type Tools struct {
	// Python has taplo, validate-pyproject and check-jsonschema.
	Python pinned.Python
	// Node has the validator ajv and the page script mermaid.
	Node pinned.Node
}

// Install puts the programs into the cache folder, once for each set of pins.
// Progress goes to log; root says whether system packages may be installed.
func Install(ctx context.Context, cache string, log io.Writer, root bool) (Tools, error) {
	python, err := pinned.InstallPython(ctx, cache, "editors", requirements, log, root)
	if err != nil {
		return Tools{}, err
	}
	if err := apt.Ensure(ctx, log, root, apt.NPM); err != nil {
		return Tools{}, err
	}
	node, err := pinned.InstallNode(ctx, cache, "editors-node", packageJSON)
	return Tools{Python: python, Node: node}, err
}
