package run

import (
	"fmt"
	"strings"
	"sync"
)

// failed is the explained failure of a build's steps. Steps run side by side, and
// several solves wait for one step.
type failed struct {
	mu  sync.Mutex
	err error
}

// lostFailure is all that BuildKit 0.34 says of a failed step whose inputs another
// failed step of the build has, from the second solve of the step on.
const lostFailure = "releasing already released reference"

// explain explains a failure, one at a time. When BuildKit has lost a failure, the
// first one is the answer.
func (f *failed) explain(explain func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := explain()
	if err != nil && strings.Contains(err.Error(), lostFailure) {
		if f.err != nil {
			return f.err
		}
		return fmt.Errorf("a step failed, and BuildKit has lost why: see the step's log, and build again with --progress plain if there is none (%w)", err)
	}
	if f.err == nil {
		f.err = err
	}
	return err
}

// forget is called before a build is tried again.
func (f *failed) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = nil
}
