package build

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// diskFullError says that a destination is on a full disk.
type diskFullError struct{ dest string }

func (e *diskFullError) Error() string {
	return fmt.Sprintf("writing %s: its disk is full: free some of it, or write to another with -o", e.dest)
}

// How often a disk is looked at, and how long it may be full. BuildKit's transfer
// of a folder can wait for ever when a file of it cannot be written.
const (
	diskInterval = time.Second
	diskPatience = 20 * time.Second
)

// watchDisks sends the error of an output folder whose disk stays full, until the
// context ends.
func (d *delivery) watchDisks(ctx context.Context) <-chan error {
	full := make(chan error, 1)
	go func() {
		ticker := time.NewTicker(diskInterval)
		defer ticker.Stop()
		since := time.Duration(0)
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			since += diskInterval
			err := d.diskFull(true)
			if err == nil {
				since = 0
			}
			if since >= diskPatience {
				full <- err
				return
			}
		}
	}()
	return full
}

// diskFull is the error of the first destination on a full disk, nil when there
// is none. Only folders are looked at when files are not.
func (d *delivery) diskFull(onlyFolders bool) error {
	for _, out := range d.outputs {
		if out.Dest == "" || out.Dest == "-" || onlyFolders && !out.Folder {
			continue
		}
		if isFull(existing(out.Dest)) {
			return &diskFullError{out.Dest}
		}
	}
	return nil
}

// explain gives the full disk that a failed build wrote to as the reason.
func (d *delivery) explain(err error) error {
	if err == nil {
		return nil
	}
	// The end of a transfer is all that BuildKit says of some.
	if text := err.Error(); strings.Contains(text, "no space left on device") || strings.HasSuffix(text, "EOF") {
		if full := d.diskFull(false); full != nil {
			return full
		}
	}
	return err
}

// existing is a path, or the nearest folder above it that is there.
func existing(path string) string {
	for !exists(path) && filepath.Dir(path) != path {
		path = filepath.Dir(path)
	}
	return path
}
