package emulate

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/uvlambda/uvlambda/plan"
)

// emulators is where Linux lists the interpreters of foreign programs.
const emulators = "/proc/sys/fs/binfmt_misc"

// checkRunnable refuses an image that this machine has no processor for, real
// or emulated. The emulators are the files of a folder, as in binfmt_misc.
func checkRunnable(architecture, host, emulators string) error {
	if architecture == host {
		return nil
	}
	state, err := os.ReadFile(filepath.Join(emulators, "qemu-"+plan.ArchitectureOfOCI(architecture).Machine))
	if err == nil && fixedAndEnabled(string(state)) {
		return nil
	}
	return fmt.Errorf("the image is for linux/%s and this machine is linux/%s: register an emulator (apt-get install qemu-user-static, with binfmt_misc mounted), or build with --platform linux/%s",
		architecture, host, host)
}

// fixedAndEnabled reads a binfmt_misc entry. Only an interpreter with the flag
// F is open already, and so found from inside another root filesystem.
func fixedAndEnabled(state string) bool {
	enabled, fixed := false, false
	for line := range strings.Lines(state) {
		line = strings.TrimSpace(line)
		enabled = enabled || line == "enabled"
		if flags, ok := strings.CutPrefix(line, "flags:"); ok {
			fixed = strings.Contains(flags, "F")
		}
	}
	return enabled && fixed
}
