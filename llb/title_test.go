package llb_test

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// numbered is the name of a vertex of a step: the owner, the step's number, and the
// number of steps.
var numbered = regexp.MustCompile(`^\[\S.* (\d+)/(\d+)\] `)

// TestTitles: steps are numbered over those that exist, and no two vertices of a
// graph have one name.
func TestTitles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(plans)
	require.NoError(t, err)
	for _, file := range files {
		p := readPlan(t, file)
		res, err := llb.Convert(p, inputs(), options(t))
		require.NoError(t, err)
		states := []graph{decode(t, output(res))}
		if res.Check != nil {
			states = append(states, decode(t, *res.Check))
		}
		steps := 0
		for _, st := range p.Steps {
			if !p.Guarding(st.Name) && st.Kind != plan.KindBase {
				steps++
			}
		}
		bytes, numbers := map[string]string{}, map[int]bool{}
		for _, g := range states {
			for i, v := range g.vertices {
				if v.name == "" {
					continue
				}
				if same, seen := bytes[v.name]; seen {
					assert.Equal(t, same, string(g.bytes[i]), "two vertices of %s are called %s", file, v.name)
				}
				bytes[v.name] = string(g.bytes[i])
				if m := numbered.FindStringSubmatch(v.name); m != nil {
					number, _ := strconv.Atoi(m[1])
					numbers[number] = true
					assert.Equal(t, strconv.Itoa(steps), m[2], v.name)
				} else {
					assert.True(t, strings.HasPrefix(v.name, "[internal] ") || strings.HasPrefix(v.name, "["+p.Project+"] "), v.name)
				}
			}
		}
		for number := 1; number <= steps; number++ {
			assert.True(t, numbers[number], "%s has no step %d of %d", file, number, steps)
		}
		assert.Len(t, numbers, steps)
	}
}
