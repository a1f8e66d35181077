package planner_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// tested is a change of the base that has a table of tests, from line 9 on, and
// these files.
func tested(table string, contents map[string]string) map[string]string {
	all := keys("handler = \"app.handler\"\n[tool.uvlambda.test]\n" + table)
	maps.Copy(all, contents)
	return all
}

func TestPlanTest(t *testing.T) {
	t.Parallel()
	events := map[string]string{
		"event.json":                   "{}",
		"event.response.json":          "{}",
		"events/order.json":            "{}",
		"events/order.response.json":   "{}",
		"events/return.json":           "[1, null]",
		"events/deep/old.json":         "3",
		"elsewhere/events/other.json":  "no JSON, and not sent",
		"events/order.response.json.b": "not JSON either",
	}
	order := plan.Event{Path: "events/order.json", Response: "events/order.response.json"}
	tests := []struct {
		name, table string
		target      string
		want        *plan.Test
	}{
		{"only asked for", "", "test", &plan.Test{Timeout: 30}},
		{"not asked for", `events = ["nothing"]`, "image", nil},
		{"beside the image", "on-build = true", "image", &plan.Test{Timeout: 30}},
		{"beside an archive", "on-build = true", "zip", &plan.Test{Timeout: 30}},
		{"beside an archive of a part", "on-build = true", "app", &plan.Test{Timeout: 30}},
		{"not beside a lock", "on-build = true", "lock", nil},
		{"settings", "network = true\ntimeout = 7", "test", &plan.Test{Network: true, Timeout: 7}},
		{
			"one event", `events = ["event.json"]`, "test",
			&plan.Test{Timeout: 30, Events: []plan.Event{{Path: "event.json", Response: "event.response.json"}}},
		},
		{
			"in the order of the patterns, and once", `events = ["events/return.json", "events/*.json"]`, "test",
			&plan.Test{Timeout: 30, Events: []plan.Event{{Path: "events/return.json"}, order}},
		},
		{
			"folders", `events = ["events/**/*.json"]`, "test",
			&plan.Test{Timeout: 30, Events: []plan.Event{{Path: "events/deep/old.json"}, order, {Path: "events/return.json"}}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := newPlan(contextOf(change(tested(tt.table, events))), client{target: tt.target})
			require.NoError(t, err)
			assert.Equal(t, tt.want, plan.First[plan.Test](p))
			if tt.want != nil {
				assert.Equal(t, []any{"pyproject.toml", 9}, []any{p.Step(plan.KindTest).Source.File, p.Step(plan.KindTest).Source.Line})
			}
		})
	}
}

// TestPlanTestOfAMember finds events beside the build file.
func TestPlanTestOfAMember(t *testing.T) {
	t.Parallel()
	w := &planner.Workspace{Dir: "services/api"}
	s := &spec.Spec{Test: spec.Test{Events: []string{"event.json", "order[1].json"}}}
	patterns, err := planner.EventPatterns(s, w)
	require.NoError(t, err)
	assert.Equal(t, []string{"services/api/event.json", "services/api/order[1].json", `services/api/order[\[]1[\]].json`}, patterns)
}

// TestPlanTestOfANamedEvent sends the file of a pattern's name, not what the
// pattern matches.
func TestPlanTestOfANamedEvent(t *testing.T) {
	t.Parallel()
	contents := base()
	contents["pyproject.toml"] += "[tool.uvlambda.test]\nevents = ['order[1].json', 'other[1].json']\n"
	for _, name := range []string{"order[1].json", "order1.json", "other1.json"} {
		contents[name] = "{}"
	}
	p, err := newPlan(contextOf(contents), client{target: "test"})
	require.NoError(t, err)
	var events []string
	for _, event := range plan.First[plan.Test](p).Events {
		events = append(events, event.Path)
	}
	assert.Equal(t, []string{"order[1].json", "other1.json"}, events)
}

func TestEventFiles(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"a.json", "a.response.json", "b.response.json", "c.response.json", "c.txt"},
		planner.EventFiles([]string{"a.json", "a.response.json", "b.response.json", "c.txt"}))
}

func TestMistakesInTests(t *testing.T) {
	t.Parallel()
	asked := client{target: "test"}
	checkMistakes(t, []mistake{
		{
			name:   "no event",
			files:  tested("events = [\n  \"app.py.json\",\n]", nil),
			client: asked,
			want:   `pyproject.toml:11: events "app.py.json" match no file in the build context: correct the pattern (it is relative to the context's root), and check that .dockerignore does not hide them`,
		},
		{
			name:   "responses only",
			files:  tested(`events = ["*.json"]`, map[string]string{"order.response.json": "{}"}),
			client: asked,
			want:   `pyproject.toml:10: events "*.json": order.response.json is the response to no event: name it after one, or remove it`,
		},
		{
			name:   "response of a misspelled event",
			files:  tested(`events = ["*.json"]`, map[string]string{"order.json": "{}", "ordr.response.json": "{}"}),
			client: asked,
			want:   `pyproject.toml:10: events "*.json": ordr.response.json is the response to no event: name it after one, or remove it`,
		},
		{
			name:   "event that is not JSON",
			files:  tested(`events = ["*.json"]`, map[string]string{"order.json": "{\n  \"a\": 1,\n}\n"}),
			client: asked,
			want:   `order.json:3: the file is not JSON (invalid character '}' looking for beginning of object key string): correct it`,
		},
		{
			name:   "empty event",
			files:  map[string]string{"pyproject.toml": tested(`events = ["*.json"]`, nil)["pyproject.toml"], "order.json": "\n"},
			client: asked,
			want:   `order.json:2: the file is not JSON (unexpected end of JSON input): correct it`,
		},
		{
			name:   "response that is not JSON",
			files:  tested("on-build = true\nevents = [\"*.json\"]", map[string]string{"order.json": "{}", "order.response.json": "ok"}),
			client: client{target: "zip"},
			want:   `order.response.json:1: the file is not JSON (invalid character 'o' looking for beginning of value): correct it`,
		},
	})
}

// TestPlanTestOfAForeignPlatform skips what the builder cannot run.
func TestPlanTestOfAForeignPlatform(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		runnable []string
		want     string
	}{
		{"not known", nil, ""},
		{"native", []string{"linux/arm64"}, ""},
		{"emulated", []string{"linux/amd64", "linux/amd64/v2", "linux/arm64/v8"}, ""},
		{"neither", []string{"linux/amd64", "linux/arm/v7"}, "linux/arm64 is not among the builder's platforms: use a builder of that architecture, or install QEMU on it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := newPlan(contextOf(base()), client{target: "test", platform: "linux/arm64", runnable: tt.runnable})
			require.NoError(t, err)
			assert.Equal(t, tt.want, plan.First[plan.Test](p).Skip)
		})
	}
}

func FuzzEvents(f *testing.F) {
	f.Add("*.json", "a.json", "{}")
	f.Add("events", "events/a.json", "[1,\n")
	f.Add("**", "a.response.json", "")
	f.Fuzz(func(t *testing.T, pattern, name, text string) {
		quoted, err := json.Marshal(pattern)
		require.NoError(t, err)
		contents := tested("events = ["+string(quoted)+"]", nil)
		if _, taken := change(contents)[name]; taken || !fs.ValidPath(name) {
			return
		}
		contents[name] = text
		p, err := newPlan(contextOf(change(contents)), client{target: "test"})
		if err != nil {
			return
		}
		require.NotEmpty(t, plan.First[plan.Test](p).Events)
	})
}

// A pattern whose events an ignore file may hide is matched again among hidden files:
// one that matches no event, and one that matches a response alone.
func TestUnpaired(t *testing.T) {
	t.Parallel()
	matched := []string{"a.json", "a.response.json", "events/b.response.json", "events/c.json", "more/d.response.json"}
	for pattern, want := range map[string]bool{
		"a.json": false, "*.json": false, "gone.json": true, "events/*.json": true, "events/c.json": false, "more/*": true, "a.response.json": true, "more/x.json": true,
	} {
		unpaired, err := planner.Unpaired([]string{pattern}, matched)
		require.NoError(t, err)
		assert.Equal(t, want, len(unpaired) == 1, pattern)
	}
	unpaired, err := planner.Unpaired([]string{"a.json", "gone.json", "more/*"}, matched)
	require.NoError(t, err)
	assert.Equal(t, []string{"gone.json", "more/*"}, unpaired)
	_, err = planner.Unpaired([]string{"[a"}, matched)
	require.Error(t, err)
	_, err = planner.EventPatterns(&spec.Spec{Test: spec.Test{Events: []string{"[a"}}}, &planner.Workspace{Dir: "svc"})
	require.ErrorContains(t, err, `events "[a": `)
}
