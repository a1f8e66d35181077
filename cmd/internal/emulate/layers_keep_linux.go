package emulate

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/containerd/containerd/v2/pkg/archive"
	"golang.org/x/sys/unix"

	"github.com/uvlambda/uvlambda/cmd/internal/images"
	"github.com/uvlambda/uvlambda/cmd/internal/rootless"
)

// The folder of a layer is there when the layer is complete. Its time is the time
// of its last use, and whoever uses it has a shared lock on it.
const (
	// filesFolder is where the layer's files are in it, sizeFile where their
	// size is, in bytes.
	filesFolder, sizeFile = "files", "size"
	// unfinished begins the names of folders that are no layer's: not yet, or
	// no longer.
	unfinished = "unfinished-"
	// bootFile says which start of the machine this is.
	bootFile = "/proc/sys/kernel/random/boot_id"
)

// holdAll has layers unpacked and keeps their folders, each once: two equal
// layers would be one folder twice, which no mount takes.
func (l *Layers) holdAll(ctx context.Context, layers []images.Layer) (held []*os.File, err error) {
	boot, err := os.ReadFile(bootFile)
	if err != nil {
		return nil, fmt.Errorf("looking for unpacked layers: %w", err)
	}
	if err := os.MkdirAll(l.folder, 0o700); err != nil {
		return nil, fmt.Errorf("making a folder for unpacked layers: %w", err)
	}
	for _, layer := range layers {
		// Nothing waits until a layer is on the disk, so those that were unpacked
		// before the machine last started may be broken.
		folder := filepath.Join(l.folder, string(boot[:8])+"-"+layer.ID.Hex)
		if slices.ContainsFunc(held, func(f *os.File) bool { return f.Name() == folder }) {
			continue
		}
		hold, err := l.hold(ctx, folder, layer)
		if err != nil {
			return nil, errors.Join(err, release(held))
		}
		held = append(held, hold)
	}
	return held, nil
}

// release ends the use of layers.
func release(held []*os.File) error {
	var problems []error
	for _, hold := range held {
		problems = append(problems, hold.Close())
	}
	return errors.Join(problems...)
}

// hold has a layer unpacked in a folder, and keeps it until what it returns is
// closed.
func (l *Layers) hold(ctx context.Context, folder string, layer images.Layer) (*os.File, error) {
	for {
		held, err := lock(folder, unix.LOCK_SH)
		if err == nil {
			now := []unix.Timespec{{Nsec: unix.UTIME_NOW}, {Nsec: unix.UTIME_NOW}}
			return held, unix.UtimesNanoAt(unix.AT_FDCWD, folder, now, 0)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("looking for the unpacked image layer %s: %w", layer.ID, err)
		}
		if err := l.unpack(ctx, folder, layer); err != nil {
			return nil, fmt.Errorf("unpacking an image layer: %w", err)
		}
	}
}

// unpack unpacks a layer for an overlay mount: files that it deletes from lower
// layers are marked as overlayfs marks them. When several processes unpack a layer
// at once, one of them puts its result in place.
func (l *Layers) unpack(ctx context.Context, folder string, layer images.Layer) (err error) {
	made, err := l.newFolder()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(made.Name()), made.Close()) }()
	files := filepath.Join(made.Name(), filesFolder)
	// The function's unprivileged user reads the files in it.
	if err := os.Mkdir(files, 0o755); err != nil {
		return err
	}
	size, err := layer.Unpack(ctx, files, archive.WithConvertWhiteout(convertWhiteout))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(made.Name(), sizeFile), []byte(strconv.FormatInt(size, 10)), 0o600); err != nil {
		return err
	}
	if err := os.Rename(made.Name(), folder); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return l.prune()
}

// opaqueFile in a layer empties the folder it is in:
// https://github.com/opencontainers/image-spec/blob/main/layer.md#opaque-whiteout
const opaqueFile = ".wh..wh..opq"

// convertWhiteout marks what a layer deletes in overlay's own way. In a user
// namespace an emptied folder is marked by an attribute that its user may set,
// which the mount option userxattr has overlay look at:
// https://docs.kernel.org/filesystems/overlayfs.html#user-xattr
func convertWhiteout(header *tar.Header, file string) (write bool, err error) {
	if rootless.OneUser() && filepath.Base(file) == opaqueFile {
		return false, unix.Setxattr(filepath.Dir(file), "user.overlay.opaque", []byte("y"), 0)
	}
	return archive.OverlayConvertWhiteout(header, file)
}

// newFolder makes a folder for an unfinished layer or mount, and locks it.
func (l *Layers) newFolder() (*os.File, error) {
	for {
		folder, err := os.MkdirTemp(l.folder, unfinished)
		if err != nil {
			return nil, err
		}
		// Until the folder is locked, another process may take it for a leftover and
		// remove it.
		made, err := lock(folder, unix.LOCK_SH)
		if !errors.Is(err, fs.ErrNotExist) {
			return made, err
		}
	}
}

// prune removes unfinished layers of processes that have ended, and then the least
// recently used layers, until the limits are kept.
func (l *Layers) prune() error {
	entries, err := os.ReadDir(l.folder)
	if err != nil {
		return err
	}
	var layers []keptLayer
	for _, entry := range entries {
		folder := filepath.Join(l.folder, entry.Name())
		layer, err := readKept(folder)
		switch {
		case err == nil:
			layers = append(layers, layer)
		case errors.Is(err, fs.ErrNotExist):
			err = l.remove(folder)
		}
		if err != nil {
			return err
		}
	}
	slices.SortFunc(layers, func(a, b keptLayer) int { return b.used.Compare(a.used) })
	var sum int64
	for i, layer := range layers {
		if sum += layer.size; sum > l.limit || i >= maxLayers {
			if err := l.remove(layer.folder); err != nil {
				return err
			}
		}
	}
	return nil
}

// keptLayer is a layer that is unpacked.
type keptLayer struct {
	folder string
	size   int64
	used   time.Time
}

// readKept describes the layer in a folder. It fails with fs.ErrNotExist when the
// folder holds no layer.
func readKept(folder string) (keptLayer, error) {
	if strings.HasPrefix(filepath.Base(folder), unfinished) {
		return keptLayer{}, fs.ErrNotExist
	}
	info, err := os.Stat(folder)
	if err != nil {
		return keptLayer{}, err
	}
	text, err := os.ReadFile(filepath.Join(folder, sizeFile))
	if err != nil {
		return keptLayer{}, err
	}
	size, err := strconv.ParseInt(string(text), 10, 64)
	return keptLayer{folder: folder, size: size, used: info.ModTime()}, err
}

// remove deletes a folder that nobody uses.
func (l *Layers) remove(folder string) error {
	held, err := lock(folder, unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer held.Close()
	// A layer that is half removed is no layer.
	gone, err := l.newFolder()
	if err != nil {
		return err
	}
	defer gone.Close()
	if err := os.Rename(folder, filepath.Join(gone.Name(), filesFolder)); err != nil {
		return err
	}
	return os.RemoveAll(gone.Name())
}

// lock locks a folder as flock(2) says how. The error is fs.ErrNotExist also when
// the folder was removed before it was locked.
func lock(folder string, how int) (*os.File, error) {
	held, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	if err = unix.Flock(int(held.Fd()), how); err == nil {
		err = stillThere(held, folder)
	}
	if err != nil {
		return nil, errors.Join(err, held.Close())
	}
	return held, nil
}

// stillThere fails with fs.ErrNotExist when a path no longer leads to an open
// folder.
func stillThere(open *os.File, path string) error {
	locked, err := open.Stat()
	if err != nil {
		return err
	}
	there, err := os.Lstat(path)
	if err == nil && !os.SameFile(locked, there) {
		return fs.ErrNotExist
	}
	return err
}
