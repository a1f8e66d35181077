package standin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// answerTimeout is how long a registry may take before stand-ins are used.
const answerTimeout = 3 * time.Second

// Source gives the stand-ins that this machine needs: stand-ins for images whose
// registry does not answer.
type Source struct {
	store  Store
	silent []string
}

// NewSource asks the registries of all known images, and says in a line to
// log which will not be used.
func NewSource(ctx context.Context, log io.Writer) (*Source, error) {
	store, err := userStore(ctx, log)
	if err != nil {
		return nil, err
	}
	s := &Source{store: store, silent: silentRegistries(ctx)}
	if len(s.silent) > 0 {
		fmt.Fprintf(log, "images: no answer from %s within %v, so stand-ins made on this machine are used\n",
			strings.Join(s.silent, ", "), answerTimeout)
	}
	return s, nil
}

// Silent are the hosts of the registries that do not answer.
func (s *Source) Silent() []string {
	return s.silent
}

// Get returns the stand-in for a reference, and false when the real image can
// be used.
func (s *Source) Get(ctx context.Context, ref string) (Image, bool, error) {
	for _, host := range s.silent {
		if strings.HasPrefix(ref, host+"/") {
			image, err := s.store.Get(ctx, ref)
			return image, err == nil, err
		}
	}
	return Image{}, false, nil
}

func silentRegistries(ctx context.Context) []string {
	refs := []string{Python313, UVNewest, Golang, Distroless}
	answered := make([]bool, len(refs))
	var group sync.WaitGroup
	for i, ref := range refs {
		group.Go(func() { answered[i] = Answers(ctx, ref, answerTimeout) })
	}
	group.Wait()
	var silent []string
	for i, ref := range refs {
		if !answered[i] {
			host, _, _ := strings.Cut(ref, "/")
			silent = append(silent, host)
		}
	}
	return silent
}

// userStore keeps stand-ins in the person's cache folder.
func userStore(ctx context.Context, log io.Writer) (Store, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return Store{}, fmt.Errorf("finding the cache folder: %w; set XDG_CACHE_HOME", err)
	}
	goroot, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return Store{}, fmt.Errorf("finding the Go toolchain: %w", err)
	}
	ca, err := caFile(os.Getenv("SSL_CERT_FILE"))
	if err != nil {
		return Store{}, err
	}
	return Store{
		Dir:    filepath.Join(cache, "uvlambda", "standins"),
		CAFile: ca,
		GOROOT: strings.TrimSpace(string(goroot)),
		Root:   os.Geteuid() == 0,
		Log:    log,
	}, nil
}

// caFile is the machine's certificate bundle: the one set in the environment,
// else the first of the usual places.
func caFile(set string) (string, error) {
	places := []string{
		set,
		"/etc/ssl/certs/ca-certificates.crt", // Debian, Alpine
		"/etc/pki/tls/certs/ca-bundle.crt",   // Fedora
		"/etc/ssl/ca-bundle.pem",             // openSUSE
		"/etc/ssl/cert.pem",
	}
	for _, place := range places {
		if _, err := os.Stat(place); place != "" && err == nil {
			return place, nil
		}
	}
	return "", errors.New("no bundle of CA certificates found; install ca-certificates or set SSL_CERT_FILE")
}
