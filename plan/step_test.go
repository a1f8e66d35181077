package plan

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// full is a plan with a step of each kind, which no build has.
func full() *Plan {
	at := func(line int) Location { return Location{File: "pyproject.toml", Line: line, EndLine: line} }
	secrets := []Secret{{ID: "ID", Env: "ENV", Source: at(1)}}
	p := &Plan{Version: Version, Project: "shop", Function: "orders", Output: OutputImage, Platform: "linux/amd64", Base: Image{Ref: "base"}, UV: Image{Ref: "uv"}}
	p.AddLock(&Lock{Root: "."}, secrets, at(2))
	p.AddBase(&Base{Path: "base.Dockerfile", Target: "runtime"}, []string{"certificates"}, at(14))
	p.AddExport(&Export{Root: ".", Files: []string{"pyproject.toml"}, Args: []string{}, Reduced: []File{{Path: "pyproject.toml", Altered: true}, {Path: "a"}}}, at(3))
	p.AddPackage(&Package{Name: "numpy", Version: "2.3.1", Size: 16499999, Install: Install{Args: []string{}, Pack: &Pack{}}}, nil, at(13))
	p.AddGit(&Git{Name: "library", Version: "2.1.0", Repository: "https://github.com/example/library", Commit: "0123456789", Folder: ".", Install: Install{Args: []string{}}}, nil, at(14))
	p.AddDependencies(&Dependencies{Packages: 2, Install: Install{Args: []string{}, Pack: &Pack{Prefix: "python"}}}, secrets, at(4))
	p.AddMember(&Member{Name: "library", Path: "library", Exclude: []string{"dist"}, Beside: []Folder{{Path: "words.txt"}}}, secrets, at(5))
	p.AddMember(&Member{Name: "wheel", Path: "wheel.whl", IsFile: true}, nil, at(6))
	p.AddFiles(&Files{Image: "adapter:1", Copies: []Copy{{From: "/adapter", To: "/opt/extensions/"}, {From: "/model", To: "/var/task/model"}}}, at(14))
	p.AddFiles(&Files{Copies: []Copy{{From: "ext", To: "/opt/ext", Source: at(15)}}}, at(15))
	p.AddApp(&App{Copies: []Copy{{From: "app", To: "app", Source: at(8)}}}, at(7))
	p.AddLockCheck(&LockCheck{Root: ".", Files: []string{"pyproject.toml"}, Reduced: []File{{Path: "pyproject.toml"}}, Builds: []Folder{{Path: "dynamic", Package: "dynamic"}}}, secrets, at(9))
	p.AddTest(&Test{Timeout: 1, Events: []Event{{Path: "event.json", Response: "event.response.json"}}}, at(10))
	p.AddCompress(&Compress{Root: TaskRoot, Pack: Pack{Prefix: "lib"}}, at(11))
	p.AddCompressFiles(&Compress{Root: LayerRoot}, at(16))
	p.AddArchive(&Archive{Name: "shop", Small: Small{1, 2}}, at(12))
	p.AddDir()
	p.AddImage()
	return p
}

// TestPlanIsData: a plan that is printed as JSON is the same when it is read.
func TestPlanIsData(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(full())
	require.NoError(t, err)
	read := &Plan{}
	require.NoError(t, json.Unmarshal(data, read))
	assert.Equal(t, full(), read)
	require.EqualError(t, json.Unmarshal([]byte(`{"steps": [{"kind": "paint", "work": {}}]}`), &Plan{}), `a plan of this version has no step of the kind "paint"`)
}

// TestStepsAreComplete: each kind has its work, a name of its own, and says who
// asked for it; what it takes and what guards it are steps before it.
func TestStepsAreComplete(t *testing.T) {
	t.Parallel()
	p := full()
	kinds, before := map[StepKind]bool{}, map[string]bool{}
	for _, st := range p.Steps {
		kinds[st.Kind] = true
		assert.Equal(t, st.Kind, st.Work.Kind())
		assert.False(t, before[st.Name], "%s is there twice", st.Name)
		for _, name := range append(st.Takes, st.Guards...) {
			assert.True(t, before[name], "%s needs %s, which is no earlier step", st.Name, name)
		}
		before[st.Name] = true
		assert.NotEmpty(t, st.Title)
		assert.NotEmpty(t, st.Owner)
		assert.Equal(t, st.On == "", len(st.Images) == 0 && st.Kind != KindBase || st.Kind == KindImage || st.Kind == KindFiles, st.Name)
	}
	for _, work := range Works() {
		assert.True(t, kinds[work.Kind()], "there is no step of the kind %s", work.Kind())
	}
	assert.Len(t, kinds, len(Works()))
}

func TestWhatStepsReadAndUse(t *testing.T) {
	t.Parallel()
	p := full()
	paths, whole := p.ContextPaths()
	assert.True(t, whole, "a lock is resolved on all of the context")
	assert.Equal(t, []string{".", "app", "dynamic", "ext", "library", "wheel.whl", "words.txt"}, paths)
	paths, whole = p.Without(KindLock, KindLockCheck).ContextPaths()
	assert.False(t, whole)
	assert.Equal(t, []string{"app", "ext", "library", "wheel.whl", "words.txt"}, paths)

	var fetches []string
	for _, st := range p.Fetches() {
		fetches = append(fetches, st.Name)
	}
	assert.Equal(t, []string{"lock", "package/numpy", "git/library", "dependencies", "members/library", "members/wheel", "lock-check"}, fetches)

	assert.Equal(t, "library", p.Step(KindMembers).Reads[0].Package)
	assert.Empty(t, All[Member](p)[1].reads()[0].Package, "a wheel is read as it is")
	assert.Equal(t, []string{"lock", "lock-check", "test"}, p.Step(KindArchive).Guards)
	assert.Equal(t, []string{"base", "package/numpy", "git/library", "dependencies", "compress", "compress/opt", "app"}, p.Step(KindArchive).Takes)
	assert.Equal(t, 4, p.Packages())
	assert.Len(t, p.Installs(), 3)
	assert.Equal(t, "install and compress numpy 2.3.1 (16 MB)", p.Step(KindPackage).Title)
	assert.Equal(t, "build and install library 2.1.0 from git", p.Step(KindGit).Title)
	assert.Equal(t, []string{"members/library", "members/wheel"}, p.Step(KindCompress).Takes)
	assert.Equal(t, []string{"shop", "orders"}, []string{p.Step(KindMembers).Owner, p.Step(KindApp).Owner})
}

func TestWithout(t *testing.T) {
	t.Parallel()
	p := full()
	without := p.Without(KindTest)
	assert.Nil(t, without.Step(KindTest))
	assert.NotContains(t, without.Result().Guards, "test")
	assert.Contains(t, p.Result().Guards, "test")
	assert.Nil(t, First[Test](without))
	assert.Nil(t, (&Plan{}).Result())
}

// TestWholeFiles: of the files in a shorter form stay those that say something
// else than in the context.
func TestWholeFiles(t *testing.T) {
	t.Parallel()
	p := full()
	whole := p.Whole()
	assert.Equal(t, []File{{Path: "pyproject.toml", Altered: true}}, First[Export](whole).Reduced)
	assert.Empty(t, First[LockCheck](whole).Reduced)
	assert.Len(t, First[Export](p).Reduced, 2)
	assert.Len(t, First[LockCheck](p).Reduced, 1)
}
