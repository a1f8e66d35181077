package planner_test

import (
	"testing"

	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// What a client asks for counts before what the project says, and that before the
// machine. A lock is for all platforms, and made on one.
func TestPlatforms(t *testing.T) {
	t.Parallel()
	intel, arm := ocispecs.Platform{OS: "linux", Architecture: "amd64"}, ocispecs.Platform{OS: "linux", Architecture: "arm64"}
	own := []ocispecs.Platform{intel, arm}
	for name, tt := range map[string]struct {
		asked        []ocispecs.Platform
		architecture string
		output       plan.Output
		want         []ocispecs.Platform
	}{
		"asked for":      {[]ocispecs.Platform{arm}, "x86_64", plan.OutputImage, []ocispecs.Platform{arm}},
		"both asked for": {[]ocispecs.Platform{arm, intel}, "", plan.OutputImage, []ocispecs.Platform{arm, intel}},
		"the project's":  {nil, "arm64", plan.OutputZip, []ocispecs.Platform{arm}},
		"Lambda's name":  {nil, "x86_64", plan.OutputZip, []ocispecs.Platform{intel}},
		"the machine's":  {nil, "", plan.OutputImage, own},
		"a lock":         {[]ocispecs.Platform{arm}, "arm64", plan.OutputLock, []ocispecs.Platform{intel}},
	} {
		assert.Equal(t, tt.want, planner.Platforms(tt.asked, own, &spec.Spec{Architecture: tt.architecture}, tt.output), name)
	}
}
