package frontend

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// argEpoch is the build argument of https://reproducible-builds.org/specs/source-date-epoch/
const argEpoch = "SOURCE_DATE_EPOCH"

// epoch reads SOURCE_DATE_EPOCH: seconds, or "context" for the time of a git
// or http context. It is nil when the client sets none.
func (b *build) epoch(ctx context.Context) (*time.Time, error) {
	value := b.client.BuildArgs[argEpoch]
	switch value {
	case "":
		return nil, nil
	case "context":
		t, err := b.client.ResolveMainContextSourceDateEpoch(ctx)
		if err != nil {
			return nil, fmt.Errorf("finding the time of the build context for %s=context: %w", argEpoch, err)
		}
		return t, nil
	}
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%s=%q is not a number of seconds: give a Unix time, or \"context\"", argEpoch, value)
	}
	t := time.Unix(seconds, 0).UTC()
	return &t, nil
}
