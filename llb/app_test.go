package llb_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// epoch is the time that every copied file gets, 1980-01-01.
const epoch = int64(315532800 * 1e9)

// TestCopiesFromTheContext checks that no copy from the context brings the
// times or modes of a checkout into the image.
func TestCopiesFromTheContext(t *testing.T) {
	t.Parallel()
	for _, g := range []graph{convertState(t, everyStep(), options(t)), convertState(t, lockStep(), options(t))} {
		copies := 0
		for _, v := range g.vertices {
			for _, action := range v.op.GetFile().GetActions() {
				c := action.GetCopy()
				if c == nil || strings.Contains(v.name, "assemble") || strings.Contains(v.name, "prepare the project files") {
					continue
				}
				copies++
				assert.Equal(t, epoch, c.Timestamp, v.name)
				if source := g.vertices[v.inputs[action.SecondaryInput]].op.GetSource(); source != nil {
					assert.Equal(t, "local://context", source.Identifier, v.name)
					assert.Equal(t, "u=rwX,go=rX", c.ModeStr, v.name)
					assert.True(t, c.CreateDestPath && c.DirCopyContents, v.name)
					assert.Equal(t, !strings.Contains(v.name, "copy the project"), c.FollowSymlink, v.name)
				}
			}
		}
		assert.NotZero(t, copies)
	}
}

func TestApplication(t *testing.T) {
	t.Parallel()
	v := convertState(t, everyStep(), options(t)).named(t, "[api 5/6] copy the application")
	actions := v.op.GetFile().Actions
	require.Len(t, actions, 2)
	first, second := actions[0].GetCopy(), actions[1].GetCopy()
	assert.Equal(t, "/src/app to /var/task/app", first.Src+" to "+first.Dest)
	assert.Equal(t, []string{"**/*.pyc"}, first.ExcludePatterns)
	assert.Equal(t, "/assets to /var/task", second.Src+" to "+second.Dest)
	assert.Empty(t, second.ExcludePatterns)
}

// TestTimesAreSettledOnlyWhenSeveralCopiesMeet: the copy that settles the
// times of folders costs, and one copy alone sets them right.
func TestTimesAreSettledOnlyWhenSeveralCopiesMeet(t *testing.T) {
	t.Parallel()
	settled := func(g graph) (n int) {
		for _, v := range g.vertices {
			if strings.Contains(v.name, "settle the times") {
				n++
			}
		}
		return n
	}
	assert.Equal(t, 2, settled(convertState(t, everyStep(), options(t))))
	p := stepsWithout(plan.KindMembers)
	app := plan.First[plan.App](p)
	app.Copies = app.Copies[:1]
	assert.Zero(t, settled(convertState(t, p, options(t))))
}
