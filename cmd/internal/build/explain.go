package build

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// explain gives the one error of a build: the frontend's, which says more, else
// BuildKit's. A fault of the builder or of a registry comes with a remedy.
func (d Daemon) explain(ctx context.Context, frontend, buildkit error) error {
	err := frontend
	if err == nil {
		err = buildkit
	}
	// A command that was interrupted has lost nothing.
	if err != nil && d.Builder != nil && ctx.Err() == nil {
		err = d.Builder.Explain(err)
	}
	return explainPush(err)
}

var (
	// pushFailed is how BuildKit starts the error of a push.
	pushFailed = regexp.MustCompile(`(?s)failed to push (\S+): (.*)`)
	// refused are a registry's words for credentials that it wants or that do not
	// suffice.
	refused = regexp.MustCompile(`(?i)unauthorized|authentication required|no basic auth credentials|insufficient_scope|authorization failed|denied|forbidden|\b40[13]\b`)
	// absent are its words for a repository that has to be made first.
	absent = regexp.MustCompile(`(?i)\b404\b|not found|does not exist|name unknown`)
)

// explainPush adds what lets a registry take an image.
func explainPush(err error) error {
	if err == nil {
		return nil
	}
	push := pushFailed.FindStringSubmatch(err.Error())
	if push == nil {
		return err
	}
	reference, reason := push[1], push[2]
	host := registryOf(reference)
	switch {
	case refused.MatchString(reason):
		return fmt.Errorf("pushing %s: the registry refuses it (%s): log in with `%s`, and check that you may write to the repository", reference, reason, login(host))
	case absent.MatchString(reason):
		return fmt.Errorf("pushing %s: the registry has no such repository (%s): create it there first", reference, reason)
	}
	return errors.New("pushing " + reference + " failed: " + reason)
}

// registryOf is the registry of a reference.
func registryOf(reference string) string {
	host, _, found := strings.Cut(reference, "/")
	if !found || !strings.ContainsAny(host, ".:") && host != "localhost" {
		return ""
	}
	return host
}

// login is the command that gives docker the credentials of a registry.
func login(host string) string {
	const ecr = ".dkr.ecr."
	if _, region, ok := strings.Cut(host, ecr); ok {
		region, _, _ = strings.Cut(region, ".")
		return "aws ecr get-login-password --region " + region + " | docker login --username AWS --password-stdin " + host
	}
	return strings.TrimSpace("docker login " + host)
}
