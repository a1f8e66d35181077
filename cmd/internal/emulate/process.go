package emulate

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/uvlambda/uvlambda/cmd/internal/rootless"
	"github.com/uvlambda/uvlambda/plan"
)

const (
	// entrypoint is what starts the runtime in AWS's base images.
	entrypoint = "/lambda-entrypoint.sh"
	// defaultMemory is the memory of a Lambda function that sets none, in MB.
	defaultMemory = 128
	// temporary is the size of /tmp that Lambda gives by default, in MB.
	temporary = 512
)

// lambdaUser is the unprivileged user that functions run as. Lambda runs every
// image as one, whatever USER it sets; these are the numbers that a function
// sees there.
func lambdaUser() owner { return owner{uid: 993, gid: 990} }

// imageUser is the user that runc runs functions as. A namespace with one user has
// no other, and all files of the image belong to that user.
func imageUser() owner {
	if rootless.OneUser() {
		return owner{}
	}
	return lambdaUser()
}

// process is the program of a function.
type process struct {
	args []string
	env  []string
	dir  string
	user owner
}

// owner is a user with its group.
type owner struct{ uid, gid uint32 }

// newProcess works out how Lambda would start an image: its entrypoint with
// its command, or with the handler in the command's place.
func newProcess(config v1.Config, user owner, opts Options, port int) (process, error) {
	command := config.Cmd
	if opts.Handler != "" {
		command = []string{opts.Handler}
	}
	args := slices.Concat(config.Entrypoint, command)
	if len(args) == 0 {
		return process{}, errors.New("the image has neither an entrypoint nor a command: name the function with --handler")
	}
	dir := config.WorkingDir
	if dir == "" {
		dir = "/"
	}
	variables := variables(opts, "127.0.0.1", port)
	if len(command) > 0 {
		variables = append([]string{"_HANDLER=" + command[0]}, variables...)
	}
	return process{args: args, env: overlay(config.Env, variables), dir: dir, user: user}, nil
}

// variables are what Lambda adds to an image's environment, then the user's
// own. They are listed in the Lambda Developer Guide, "Defined runtime
// environment variables".
func variables(opts Options, host string, port int) []string {
	memory := opts.Memory
	if memory == 0 {
		memory = defaultMemory
	}
	return append([]string{
		fmt.Sprintf("AWS_LAMBDA_RUNTIME_API=%s:%d", host, port),
		"AWS_LAMBDA_FUNCTION_NAME=function",
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=" + strconv.Itoa(memory),
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/function",
		"AWS_LAMBDA_LOG_STREAM_NAME=uvlambda",
		"AWS_REGION=us-east-1",
		"AWS_DEFAULT_REGION=us-east-1",
		"LAMBDA_TASK_ROOT=" + plan.TaskRoot,
		"LAMBDA_RUNTIME_DIR=/var/runtime",
	}, opts.Env...)
}

// overlay joins environments; a variable's last value holds.
func overlay(base, changes []string) []string {
	place := map[string]int{}
	var joined []string
	for _, variable := range slices.Concat(base, changes) {
		name, _, _ := strings.Cut(variable, "=")
		if i, known := place[name]; known {
			joined[i] = variable
			continue
		}
		place[name] = len(joined)
		joined = append(joined, variable)
	}
	return joined
}
