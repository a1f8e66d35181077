package images

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/uvlambda/uvlambda/frontend/gateway"
)

// ArgEpoch is the build argument of https://reproducible-builds.org/specs/source-date-epoch/
const ArgEpoch = "SOURCE_DATE_EPOCH"

// Epoch reads SOURCE_DATE_EPOCH: seconds, or "context" for the time of a git
// or http context. It is nil when the client sets none.
func Epoch(ctx context.Context, c *gateway.Client) (*time.Time, error) {
	value := c.BuildArgs[ArgEpoch]
	switch value {
	case "":
		return nil, nil
	case "context":
		t, err := c.ResolveMainContextSourceDateEpoch(ctx)
		if err != nil {
			return nil, fmt.Errorf("finding the time of the build context for %s=context: %w", ArgEpoch, err)
		}
		return t, nil
	}
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%s=%q is not a number of seconds: give a Unix time, or \"context\"", ArgEpoch, value)
	}
	t := time.Unix(seconds, 0).UTC()
	return &t, nil
}
