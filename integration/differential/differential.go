// Package differential compares decisions of this repository with the decisions
// of programs that are not ours and that people go by: uv, the library packaging,
// CPython. Inputs are generated from fixed seeds, so a difference comes back in
// the next run. A test needs neither a builder nor images. The other program is
// called an oracle, and is installed once at the version that requirements.txt
// pins.
//
// To compare something else, add a test file, and its oracle to requirements.in
// if pip can install it. All tests together take less than a minute, since they
// are part of every run of the integration tests.
package differential

import (
	"context"
	_ "embed"
	"io"

	"github.com/uvlambda/uvlambda/integration/pinned"
)

// requirements pins the oracles, and is made from requirements.in.
//
//go:embed requirements.txt
var requirements []byte

// Oracles are the installed programs.
type Oracles struct {
	// Python has uv and the library packaging.
	Python pinned.Python
}

// Install puts the oracles into the cache folder, once for each set of pins.
// Progress goes to log; root says whether system packages may be installed.
func Install(ctx context.Context, cache string, log io.Writer, root bool) (Oracles, error) {
	python, err := pinned.InstallPython(ctx, cache, "differential", requirements, log, root)
	return Oracles{Python: python}, err
}
