package testenv

import (
	"io"
	"net/http"
	"strings"
	"sync"
)

// Traffic is what went into and out of one repository of the registry: the
// bytes of blobs and manifests, as they were on the wire.
type Traffic struct {
	Pushed, Pulled int64
}

// Fetched are the bytes that were pulled of each blob of a reference's repository
// since the run began, by the blob's digest.
func (e *Env) Fetched(ref string) map[string]int64 {
	return e.traffic.fetched(e.repository(ref))
}

// Traffic is the traffic with a reference's repository since the run began. A
// blob that the registry has already, from any repository, is not pushed.
func (e *Env) Traffic(ref string) Traffic {
	return e.traffic.get(e.repository(ref))
}

// repository is the repository of a reference.
func (e *Env) repository(ref string) string {
	repository, _, _ := strings.Cut(strings.TrimPrefix(ref, e.Registry+"/"), ":")
	return repository
}

// counter counts the traffic of each repository.
type counter struct {
	mu           sync.Mutex
	repositories map[string]Traffic
	// blobs are the bytes that were pulled of each blob, by repository and digest.
	blobs map[[2]string]int64
}

// newCounter has counted nothing yet.
func newCounter() *counter {
	return &counter{repositories: map[string]Traffic{}, blobs: map[[2]string]int64{}}
}

func (c *counter) get(repository string) Traffic {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.repositories[repository]
}

func (c *counter) fetched(repository string) map[string]int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	fetched := map[string]int64{}
	for blob, size := range c.blobs {
		if blob[0] == repository {
			fetched[blob[1]] = size
		}
	}
	return fetched
}

// add counts bytes of a repository, of a blob with a digest or of something else.
func (c *counter) add(repository, digest string, pushed, pulled int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if digest != "" && pulled > 0 {
		c.blobs[[2]string{repository, digest}] += int64(pulled)
	}
	sum := c.repositories[repository]
	sum.Pushed += int64(pushed)
	sum.Pulled += int64(pulled)
	c.repositories[repository] = sum
}

// count is a registry whose traffic is counted.
func (c *counter) count(registry http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if repository, ok := repositoryOf(r.URL.Path); ok {
			_, digest, _ := strings.Cut(r.URL.Path[len("/v2/"+repository):], "/blobs/")
			r.Body = countedBody{r.Body, func(n int) { c.add(repository, digest, n, 0) }}
			if r.Method == http.MethodGet {
				w = countedResponse{w, func(n int) { c.add(repository, digest, 0, n) }}
			}
		}
		registry.ServeHTTP(w, r)
	})
}

// repositoryOf is the repository in a path of the registry's API, which is
// /v2/NAME/blobs/... or /v2/NAME/manifests/...
func repositoryOf(path string) (string, bool) {
	path, ok := strings.CutPrefix(path, "/v2/")
	end := max(strings.LastIndex(path, "/blobs/"), strings.LastIndex(path, "/manifests/"))
	if !ok || end < 0 {
		return "", false
	}
	return path[:end], true
}

type countedBody struct {
	io.ReadCloser
	add func(int)
}

// Read counts what it reads.
func (b countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.add(n)
	return n, err
}

type countedResponse struct {
	http.ResponseWriter
	add func(int)
}

// Write counts what it writes.
func (w countedResponse) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.add(n)
	return n, err
}
