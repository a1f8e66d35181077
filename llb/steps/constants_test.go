package steps_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/llb/steps"
	"github.com/uvlambda/uvlambda/plan"
)

// TestConstants: what the scripts and the plan both name is the same.
func TestConstants(t *testing.T) {
	t.Parallel()
	assert.Contains(t, string(steps.Driver()), fmt.Sprintf("\nTASK_ROOT = %q\n", plan.TaskRoot))
	assert.Contains(t, string(steps.Driver()), fmt.Sprintf("\nEPOCH = %d ", plan.Epoch))
	assert.Contains(t, string(steps.Driver()), fmt.Sprintf("\nLACKING = %q\n", llb.LackingFile))
	assert.Contains(t, string(steps.Test()), fmt.Sprintf("%q: %q,", "LAMBDA_TASK_ROOT", plan.TaskRoot))
	epoch := time.Unix(plan.Epoch, 0).UTC()
	assert.Contains(t, string(steps.Pack()), fmt.Sprintf("\nDATE = (%d << 9) | (%d << 5) | %d ", epoch.Year()-1980, epoch.Month(), epoch.Day()))
	for kind, command := range map[plan.StepKind]string{
		plan.KindDependencies: "packages", plan.KindMembers: "member", plan.KindLockCheck: "explain", plan.KindExport: "explain", plan.KindLock: "lock",
	} {
		assert.Contains(t, string(steps.Driver()), fmt.Sprintf("%q: %s", kind, command))
	}
}
