package builder

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"syscall"

	"github.com/moby/buildkit/util/grpcerrors"
	"google.golang.org/grpc/codes"
)

// unreached matches the error of a connection that was never made, and lost the
// error of a connection that ended. gRPC keeps only the text of a cause.
var (
	unavailable = regexp.MustCompile(`code = Unavailable desc|(?:^|: )Unavailable: (?:connection error|error reading from server)`)
	unreached   = regexp.MustCompile(`connection error: desc = "(?s:(.*))"`)
	lost        = regexp.MustCompile(`error reading from server|EOF|transport is closing|connection reset by peer|broken pipe|connection refused`)
	// dialled captures the reason why a socket could not be opened. ran captures the
	// output of the command that an address is reached through.
	dialled = regexp.MustCompile(`Error while dialing: .*: (?:connect: )?([^:]+)$`)
	ran     = regexp.MustCompile(`(?s)stderr=(.*)$`)
)

// Explain says that the builder does not answer, or that it was lost, in place of
// gRPC's error about it. Other errors pass.
func (b *Builder) Explain(err error) error {
	text := err.Error()
	// A builder that ends cancels its builds, when it has the time to.
	cancelled := errors.Is(err, context.Canceled) || grpcerrors.Code(err) == codes.Canceled
	if !cancelled && grpcerrors.Code(err) != codes.Unavailable && !unavailable.MatchString(text) {
		return err
	}
	connection := unreached.FindStringSubmatch(text)
	switch {
	case cancelled, connection == nil && lost.MatchString(text):
		return explained(err, "the connection to BuildKit was lost: it ended or was restarted (%s): build again, since its cache has what was done", b.place())
	case connection == nil:
		return err
	case forbidden(err):
		return explained(err, "BuildKit at %s refuses you: permission denied: join the group of its socket, or run the command with sudo", b.Description)
	}
	return explained(err, "no BuildKit answers at %s: %s: %s", b.Description, cause(connection[1]), b.remedy())
}

// unavailableError is an error of gRPC in other words. Its code stays known.
type unavailableError struct {
	text string
	err  error
}

func (e *unavailableError) Error() string { return e.text }

func (e *unavailableError) Unwrap() error { return e.err }

func explained(err error, format string, args ...any) error {
	return &unavailableError{fmt.Sprintf(format, args...), err}
}

// cause is why a connection could not be made.
func cause(description string) string {
	for _, pattern := range []*regexp.Regexp{dialled, ran} {
		if found := pattern.FindStringSubmatch(description); found != nil {
			return strings.TrimSpace(strings.NewReplacer(`\r`, "", `\n`, " ").Replace(found[1]))
		}
	}
	return description
}

// remedy is what makes a builder answer.
func (b *Builder) remedy() string {
	switch b.Kind {
	case KindBuildx:
		return "start it with `docker buildx inspect --bootstrap`, or choose another with --builder"
	case KindDocker:
		return "start the Docker engine, or choose another builder with --builder"
	case KindPrivate:
		return "start it with `uvlambda builder start`"
	}
	if b.origin == hostVariable {
		return "start it, or unset " + hostVariable + " to have another found"
	}
	return "start it, or choose another with --builder"
}

// place is the builder, and the file where one of ours says why it ended.
func (b *Builder) place() string {
	if b.log == "" {
		return b.Description
	}
	return b.Description + ", whose log is " + b.log
}

// forbidden reports whether a socket may not be opened by this person.
func forbidden(err error) bool {
	return strings.Contains(err.Error(), syscall.EACCES.Error())
}
