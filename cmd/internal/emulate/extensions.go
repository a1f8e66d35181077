package emulate

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/uvlambda/uvlambda/cmd/internal/docker"
)

// extensionsFolder has the programs that Lambda starts beside a function.
const extensionsFolder = "/opt/extensions"

// extensionsIn are the extensions in a root filesystem of this machine, by their
// paths in it.
func extensionsIn(rootfs string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(rootfs, extensionsFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for extensions: %w", err)
	}
	var found []string
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && isProgram(info.Mode()) {
			found = append(found, path.Join(extensionsFolder, entry.Name()))
		}
	}
	return found, nil
}

// isProgram tells a file that can be run.
func isProgram(mode fs.FileMode) bool { return mode.IsRegular() && mode&0o111 != 0 }

// runBeside runs a function's process, and beside it the extensions of its image
// once that is there. They end with the container.
func runBeside(function *exec.Cmd, beside func() []*exec.Cmd) error {
	if err := function.Start(); err != nil {
		return err
	}
	var extensions sync.WaitGroup
	extensions.Go(func() {
		for _, extension := range beside() {
			// One that ends says why in the log.
			extensions.Go(func() { _ = extension.Run() })
		}
	})
	err := function.Wait()
	extensions.Wait()
	return err
}

// startTime is how long a container may take to be there for its extensions.
const startTime = 30 * time.Second

// awaitContainer asks until a container is there, or for as long as that may take.
func awaitContainer(ctx context.Context, there func() bool) bool {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for !there() {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(20 * time.Millisecond):
		}
	}
	return true
}

// extensionsOf are the extensions in a container of the engine. It has none when the
// engine cannot say.
func extensionsOf(ctx context.Context, container string) []string {
	var copied bytes.Buffer
	there := func() bool {
		copied.Reset()
		var problem bytes.Buffer
		command := docker.Command(ctx, "cp", container+":"+extensionsFolder, "-")
		command.Stdout, command.Stderr = &copied, &problem
		// An image without the folder is an answer too.
		return command.Run() == nil || !strings.Contains(strings.ToLower(problem.String()), "no such container")
	}
	if !awaitContainer(ctx, there) {
		return nil
	}
	var found []string
	for archive := tar.NewReader(&copied); ; {
		header, err := archive.Next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return nil
			}
			slices.Sort(found)
			return found
		}
		if isProgram(header.FileInfo().Mode()) {
			found = append(found, path.Join(extensionsFolder, path.Base(header.Name)))
		}
	}
}
