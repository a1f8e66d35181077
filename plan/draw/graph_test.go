package draw

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/plan"
)

// small is a plan with an awkward project and file.
func small() []plan.Plan {
	p := plan.Plan{
		Project: `a "<b>" & #c;`, Output: plan.OutputImage, Platform: "linux/amd64",
		Base: plan.Image{Ref: "base"},
	}
	p.AddApp(&plan.App{Copies: []plan.Copy{{From: "a\"<b>&#c;\n.py", To: "."}}}, plan.Location{})
	p.AddTest(&plan.Test{Skip: "no emulation"}, plan.Location{})
	p.AddImage()
	return []plan.Plan{p}
}

func TestMermaid(t *testing.T) {
	t.Parallel()
	lines := strings.Split(NewGraph(small()).Mermaid(), "\n")
	assert.Equal(t, []string{
		"---",
		`title: "a \"<b>\" & #c;: image for linux/amd64"`,
		"---",
		"flowchart LR",
	}, lines[:4])
	assert.Equal(t, []string{
		`  n1[/"a#quot;#lt;b#gt;#amp;#35;c;?.py"/]:::files`,
		`  n2["<b>copy a#quot;#lt;b#gt;#amp;#35;c;?.py to /var/task</b><br>again when an input or include changes"]:::step`,
		`  n3[("<b>base image</b><br>base")]:::image`,
		`  n4{{"<b>start the function</b><br>runs never: no emulation"}}:::check`,
		`  n5(["<b>assemble the image</b><br>again when an input changes"]):::result`,
		"  n1 --> n2",
		"  n3 --> n4",
		"  n2 --> n4",
		"  n3 --> n5",
		"  n2 --> n5",
		`  n4 -. "must pass" .-> n5`,
		"",
	}, lines[4+len(styles()):])
}

func TestDOT(t *testing.T) {
	t.Parallel()
	text := NewGraph(small()).DOT()
	for _, want := range []string{
		`label=<<b>a &#34;&lt;b&gt;&#34; &amp; #c;: image for linux/amd64</b><br/> >`,
		`n1 [fillcolor="#fff8e1", color="#b08900", shape=note, style=filled, label=<a&#34;&lt;b&gt;&amp;#c;?.py<br align="left"/>>];`,
		`n4 [fillcolor="#f3e5f5", color="#8e44ad", label=<<b>start the function</b><br/><font point-size="10" color="#57606a">runs never: no emulation</font>>];`,
		`n5 [fillcolor="#e6f4ea", color="#2e7d32", penwidth=2, label=<<b>assemble the image</b>`,
		"  n2 -> n5;\n",
		"  n4 -> n5 [style=dashed, label=\"must pass\"];\n}\n",
	} {
		assert.Contains(t, text, want)
	}
}

// TestGraphOfSeveralPlans draws what two platforms have in common once.
func TestGraphOfSeveralPlans(t *testing.T) {
	t.Parallel()
	arm := complete(plan.OutputImage, func(p *plan.Plan, _ *parts) {
		p.Platform, p.Python.WheelPlatform = "linux/arm64", "aarch64-manylinux_2_34"
	})
	g := NewGraph([]plan.Plan{*complete(plan.OutputImage), *arm})
	assert.Equal(t, "shop: 2 builds", g.title)
	drawn := map[string]int{}
	for _, n := range g.nodes {
		drawn[strings.Join(n.title, " ")]++
	}
	assert.Equal(t, map[string]int{
		"pyproject.toml (in part) uv.lock":                        1,
		"export uv.lock --group prod":                             1,
		"install 1 package linux/amd64":                           1,
		"install 1 package linux/arm64":                           1,
		"library":                                                 1,
		"build and install library linux/amd64":                   1,
		"build and install library linux/arm64":                   1,
		"app the whole context":                                   1,
		"copy the application to /var/task":                       1,
		"pyproject.toml uv.lock vendored-1.whl the whole context": 1,
		"check that uv.lock is up to date":                        1,
		"event.json":                                              1,
		"base image":                                              1,
		"send the function 1 event linux/amd64":                   1,
		"send the function 1 event linux/arm64":                   1,
		"assemble the image linux/amd64":                          1,
		"assemble the image linux/arm64":                          1,
	}, drawn)
	seen := map[edge]bool{}
	for _, e := range g.edges {
		assert.False(t, seen[e], "%v is drawn twice", e)
		assert.NotEmpty(t, e.from)
		seen[e] = true
	}
}

func TestGraphOfNothing(t *testing.T) {
	t.Parallel()
	assert.Empty(t, NewGraph(nil).nodes)
}

func TestWrap(t *testing.T) {
	t.Parallel()
	assert.Nil(t, wrap("", 3))
	assert.Equal(t, []string{"a b", "c", "defgh", "i"}, wrap("a b c defgh i", 3))
	assert.Equal(t, []string{"ä ö", "ü"}, wrap("ä ö ü", 3))
}

func TestListed(t *testing.T) {
	t.Parallel()
	eight := strings.Split("abcdefgh", "")
	assert.Equal(t, eight, listed(eight))
	assert.Equal(t, append(strings.Split("abcdefg", ""), "and 2 more"), listed(append(eight, "i")))
}
