package builder

import (
	"errors"
	"os"
	"os/exec"
)

// A private builder is for Linux, and NewPrivate's Start refuses it elsewhere:
// nothing below is reached on Windows.

var errWindows = errors.New("a private builder runs on Linux only")

func detach(*exec.Cmd) {}

func terminate(int) error { return errWindows }

func lockFile(*os.File) error { return errWindows }
