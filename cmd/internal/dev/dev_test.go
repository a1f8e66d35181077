package dev

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// session is a run whose builds read app.py: "broken" does not build, "dead"
// does not start, and anything else is what the function answers.
type session struct {
	t      *testing.T
	folder string
	opts   Options
	client *http.Client

	mu     sync.Mutex
	output bytes.Buffer
	builds []*fake
}

func newSession(t *testing.T, code string) *session {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	s := &session{t: t, folder: project(t, map[string]string{"app.py": code}), client: &http.Client{Transport: transport}}
	s.opts = Options{
		Context: s.folder,
		Build:   s.build,
		Inputs: func(context.Context) (*Inputs, error) {
			return ReadInputs(s.folder, "pyproject.toml", copying(plan.Copy{From: "app.py"}))
		},
		Events:   newListener(t),
		HTTP:     newListener(t),
		Out:      s,
		Report:   func(err error) { _, _ = s.Write([]byte("ERROR: " + err.Error() + "\n")) },
		Describe: func(err error) string { return "ERROR: " + err.Error() },
		Now:      func() time.Time { return time.Unix(0, 0) },
	}
	return s
}

func newListener(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return listener
}

// start runs until the test ends, and leaves no function then.
func (s *session) start() {
	ctx, end := context.WithCancel(s.t.Context())
	ended := make(chan error)
	go func() { ended <- Run(ctx, s.opts) }()
	s.t.Cleanup(func() {
		end()
		assert.NoError(s.t, <-ended)
		for _, f := range s.builds {
			assert.True(s.t, f.removed.Load())
		}
	})
}

func (s *session) build(context.Context) (Built, error) {
	data, err := os.ReadFile(filepath.Join(s.folder, "app.py"))
	if err != nil {
		return Built{}, err
	}
	code := string(data)
	if code == "broken" {
		return Built{}, errors.New("the build failed")
	}
	does := says(code)
	if code == "dead" {
		does = nil
	}
	f := newFake(s.t, does)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.builds = append(s.builds, f)
	return Built{Function: f.Function, ID: code}, nil
}

func (s *session) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.output.Write(p)
}

// prints waits for output that matches, and forgets it.
func (s *session) prints(pattern string) {
	s.t.Helper()
	expression := regexp.MustCompile("^(?:" + pattern + ")$")
	matches := func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return expression.Match(s.output.Bytes())
	}
	for end := time.Now().Add(10 * time.Second); !matches(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			require.FailNow(s.t, "other output", "%s\nis not\n%s", s.output.String(), pattern)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.output.Reset()
}

// save changes the code.
func (s *session) save(code string) {
	s.t.Helper()
	require.NoError(s.t, os.WriteFile(filepath.Join(s.folder, "app.py"), []byte(code), 0o644))
}

// answers asks both doors.
func (s *session) answers(want string) {
	s.t.Helper()
	event, err := s.client.Post("http://"+s.opts.Events.Addr().String()+InvokePath, "", strings.NewReader("{}"))
	s.hasBody(event, err, want)
	s.prints(`REPORT event 200  Duration: 0\.00 ms\n`)
	page, err := s.client.Get("http://" + s.opts.HTTP.Addr().String())
	s.hasBody(page, err, want)
	s.prints(`REPORT GET / 200  Duration: 0\.00 ms\n`)
}

// isBroken asks both doors, which answer with why there is no function.
func (s *session) isBroken(why string) {
	s.t.Helper()
	event, err := s.client.Post("http://"+s.opts.Events.Addr().String()+InvokePath, "", strings.NewReader("{}"))
	s.hasBody(event, err, `{"errorMessage":"ERROR: `+why+`","errorType":"ServiceException"}`+"\n")
	assert.Equal(s.t, http.StatusServiceUnavailable, event.StatusCode)
	s.prints(`REPORT event 503  Duration: 0\.00 ms\n`)
	page, err := s.client.Get("http://" + s.opts.HTTP.Addr().String())
	s.hasBody(page, err, "ERROR: "+why)
	assert.Equal(s.t, http.StatusBadGateway, page.StatusCode)
	s.prints(`REPORT GET / 502  Duration: 0\.00 ms\n`)
}

func (s *session) hasBody(response *http.Response, err error, want string) {
	s.t.Helper()
	require.NoError(s.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	assert.Equal(s.t, want, string(body))
}

// waiting is the message after a failed build.
const waiting = `requests are answered with this error; waiting for a change\n`

const addresses = `events: http://127\.0\.0\.1:\d+/2015-03-31/functions/function/invocations\nHTTP:   http://127\.0\.0\.1:\d+/\n`

func TestRun(t *testing.T) {
	t.Parallel()
	s := newSession(t, "1")
	s.start()
	s.prints(`ready in 0\.00 s\n` + addresses)
	s.answers("1")

	s.save("2")
	s.prints(`changed: app\.py\nready 0\.00 s after the save\n`)
	s.answers("2")

	s.save("broken")
	s.prints(`changed: app\.py\nERROR: the build failed\n` + waiting)
	s.isBroken("the build failed")

	s.save("dead")
	s.prints(`changed: app\.py\nERROR: the function did not start: ImportError: no module\n` + waiting)
	s.isBroken("the function did not start: ImportError: no module")

	s.save("2")
	s.prints(`changed: app\.py\nready 0\.00 s after the save\n`)
	s.answers("2")
	assert.Len(t, s.builds, 4)
	assert.Equal(t, int64(1), s.builds[1].processes.Load(), "what is the same goes on")
	assert.Zero(t, s.builds[3].processes.Load())
}

// A project may be broken from the start.
func TestRunOfWhatDoesNotBuild(t *testing.T) {
	t.Parallel()
	s := newSession(t, "broken")
	s.start()
	s.prints(`ERROR: the build failed\n` + waiting + addresses)
	s.isBroken("the build failed")
	s.save("1")
	s.prints(`changed: app\.py\nready 0\.00 s after the save\n`)
	s.answers("1")
}

func TestRunWithoutHTTP(t *testing.T) {
	t.Parallel()
	s := newSession(t, "1")
	require.NoError(t, s.opts.HTTP.Close())
	s.opts.HTTP = nil
	s.start()
	s.prints(`ready in 0\.00 s\nevents: http://127\.0\.0\.1:\d+/2015-03-31/functions/function/invocations\n`)
}

// A folder that cannot be watched ends the run, which also leaves nothing behind.
func TestRunThatCannotGoOn(t *testing.T) {
	t.Parallel()
	s := newSession(t, "1")
	broken := errors.New("no inputs")
	inputs := s.opts.Inputs
	s.opts.Inputs = func(ctx context.Context) (*Inputs, error) {
		if len(s.builds) > 0 {
			return nil, broken
		}
		return inputs(ctx)
	}
	ended := make(chan error)
	go func() { ended <- Run(t.Context(), s.opts) }()
	s.prints(`ready in 0\.00 s\n` + addresses)
	s.save("2")
	require.ErrorIs(t, <-ended, broken)
	assert.True(t, s.builds[0].removed.Load())
	_, err := s.client.Get("http://" + s.opts.HTTP.Addr().String())
	require.Error(t, err)
}

func TestList(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "a", list([]string{"a"}))
	assert.Equal(t, "a, b, c", list([]string{"a", "b", "c"}))
	assert.Equal(t, "a, b, c and 2 more", list([]string{"a", "b", "c", "d", "e"}))
}
