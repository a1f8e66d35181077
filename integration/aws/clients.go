// Package aws puts the programs in place that people deploy with (the AWS
// command line, SAM, the CDK, the linters of their files), and a server on
// loopback that answers them in AWS's place.
package aws

import (
	"context"
	_ "embed"
	"errors"
	"io"
	"os/exec"

	"github.com/uvlambda/uvlambda/integration/pinned"
)

// requirements pins every Python package, and is made from requirements.in.
//
//go:embed requirements.txt
var requirements []byte

// packageJSON pins the CDK's command, which is a Node program.
//
//go:embed package.json
var packageJSON []byte

// ErrNoNode says that the machine has no Node, which the CDK runs on.
var ErrNoNode = errors.New("the CDK needs node and npm, which are not on PATH")

// Clients are installed programs, all of them of Python but the CDK's.
type Clients struct {
	pinned.Python
	cache string
}

// Install puts the pinned Python programs into the cache folder, once for each
// set of pins. Progress goes to log; root says whether system packages may be
// installed.
func Install(ctx context.Context, cache string, log io.Writer, root bool) (Clients, error) {
	python, err := pinned.InstallPython(ctx, cache, "aws", requirements, log, root)
	return Clients{python, cache}, err
}

// CDK is the path of the CDK's own command, which is installed at the first
// call. The error is ErrNoNode where it can't be.
func (c Clients) CDK(ctx context.Context) (string, error) {
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			return "", ErrNoNode
		}
	}
	node, err := pinned.InstallNode(ctx, c.cache, "cdk", packageJSON)
	return node.Program("cdk"), err
}
