// Package rootless gives a person who is not root what only root may do on
// Linux: to mount, to unpack files of any mode, and to start containers. The
// program runs a second time, in a user namespace in which the person is root.
// Such a namespace knows one user: all files in it belong to that user.
package rootless

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// idMapFile says which users this process's user namespace knows, and who they
// are outside of it: https://man7.org/linux/man-pages/man7/user_namespaces.7.html
const idMapFile = "/proc/self/uid_map"

// EndedError is the end of a second run that failed and has printed the reason.
type EndedError struct {
	// Code is its exit status.
	Code int
}

// Error says what little this process knows.
func (e *EndedError) Error() string {
	return fmt.Sprintf("the run in a user namespace ended with status %d", e.Code)
}

// OneUser reports whether this process is in a user namespace that knows one
// user only.
func OneUser() bool {
	_, one := oneUser()
	return one
}

// UserID is the person's user ID on this machine, also for a process in a user
// namespace of one user.
func UserID() int {
	if outside, one := oneUser(); one {
		return outside
	}
	return os.Geteuid()
}

// oneUser is who the namespace's only user is outside of it.
func oneUser() (outside int, one bool) {
	data, err := os.ReadFile(idMapFile)
	if err != nil {
		// This system has no user namespaces.
		return 0, false
	}
	return parseIDMap(string(data))
}

// parseIDMap reads lines of three numbers: the first ID of a range inside, the
// first one outside, and how many there are.
func parseIDMap(text string) (outside int, one bool) {
	fields := strings.Fields(text)
	if len(fields) != 3 || fields[2] != "1" {
		return 0, false
	}
	outside, err := strconv.Atoi(fields[1])
	return outside, err == nil
}
