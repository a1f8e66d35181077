package emulate

import (
	"bytes"
	"io"
	"sync"
)

// functionLog passes on the output of a function's process, except for the
// runtime's own account of an error: the runtime sends the same error to the
// Runtime API, and the command prints it once, in lines.
type functionLog struct {
	to io.Writer

	mu sync.Mutex
	// held is the start of a line that may be such an account.
	held []byte
}

// newFunctionLog passes on to a writer.
func newFunctionLog(to io.Writer) *functionLog { return &functionLog{to: to} }

// accountStarts are how lines begin that may be the runtime's. The client of
// AWS's Python runtimes, awslambdaric, writes an exception as one line, whose
// parts a carriage return separates, after a warning about updates of managed
// runtimes.
func accountStarts() [][]byte { return [][]byte{[]byte("[ERROR] "), []byte("[WARNING]\t")} }

// isAccount reports whether a line is the runtime's account of an error.
func isAccount(line []byte) bool {
	starts := accountStarts()
	return bytes.HasPrefix(line, starts[0]) && bytes.Contains(line, []byte("\rTraceback (most recent call last):")) ||
		bytes.HasPrefix(line, starts[1]) && bytes.Contains(line, []byte("\tLAMBDA_WARNING: Unhandled exception."))
}

// mayBeAccount reports whether a line that begins so may become one.
func mayBeAccount(start []byte) bool {
	for _, known := range accountStarts() {
		if bytes.HasPrefix(start, known) || bytes.HasPrefix(known, start) {
			return true
		}
	}
	return false
}

// Write passes p on, except for an end that may be the start of an account.
func (l *functionLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = append(l.held, p...)
	var pass []byte
	for len(l.held) > 0 {
		line, _, complete := bytes.Cut(l.held, []byte("\n"))
		if !complete && mayBeAccount(line) {
			break
		}
		end := len(line)
		if complete {
			end++
		}
		if !isAccount(line) {
			pass = append(pass, l.held[:end]...)
		}
		l.held = l.held[end:]
	}
	if len(pass) == 0 {
		return len(p), nil
	}
	if _, err := l.to.Write(pass); err != nil {
		return 0, err
	}
	return len(p), nil
}

// flush passes the kept end on. It is called when the process has ended.
func (l *functionLog) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.held) > 0 && !isAccount(l.held) {
		// A log that cannot be written has nowhere else to go.
		_, _ = l.to.Write(l.held)
	}
	l.held = nil
}
