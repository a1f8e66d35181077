package main

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/moby/buildkit/client"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/emulation"
	"github.com/uvlambda/uvlambda/integration/standin"
	"github.com/uvlambda/uvlambda/plan"
)

// imageScenarios are the builds of images that are not a matter of every day.
func imageScenarios() []scenario {
	return []scenario{
		{
			page: performance, against: theGuide, prepare: func(l *lab) pair { return l.cold(l.uncache) },
			rows: []row{{"cold: nothing cached but base images and uv's cache", inSeconds, ratio(0.85)}},
		},
		{
			page: performance, against: theGuide, prepare: func(l *lab) pair { return l.cold(l.emptyUVCache, l.uncache) },
			rows: []row{{"cold, with an empty cache of uv", inSeconds, ratio(1)}},
		},
		{
			page: performance, against: theGuide,
			prepare: func(l *lab) pair { return l.afterEdit(l.locked(l.version)) },
			rows:    []row{{"version counted up and locked again", inSeconds, ratio(0.15)}},
		},
		{
			page: performance, against: theGuide, prepare: dependencyAdded,
			rows: []row{{"one dependency added to 30", inSeconds, ratio(0.8)}},
		},
		{
			page: performance, against: theGuide, prepare: baseBumped,
			rows: []row{{"new digest of the base image", inSeconds, ratio(0.9)}},
		},
		{
			page: performance, against: theGuide + ", emulated", prepare: architectureAdded,
			rows: []row{{"arm64 added to an amd64 build", inSeconds, ratio(0.05)}},
		},
	}
}

// cold runs all steps again, after something was removed. The registry then
// forgets what was pushed, so that every build pushes all layers but the base's.
func (l *lab) cold(remove ...func()) pair {
	of := func(dir string, build func(dir string, flags ...string) built) side {
		return func(int) []float64 {
			for _, some := range remove {
				some()
			}
			b := build(dir)
			l.forget(b.ref)
			return l.timeAndBytes(b)
		}
	}
	return pair{of(l.project("fastapi", "Dockerfile"), l.guide), of(l.project("fastapi", "Dockerfile"), l.ours)}
}

// forget deletes from the registry what images have over their base.
func (l *lab) forget(refs ...string) {
	known := map[string]bool{}
	for _, blob := range l.blobs(l.baseImage()) {
		known[blob] = true
	}
	for _, ref := range refs {
		repository, _, _ := strings.Cut(strings.TrimPrefix(ref, l.env.Registry+"/"), ":")
		for _, blob := range l.blobs(ref) {
			if known[blob] {
				continue
			}
			known[blob] = true
			request, err := http.NewRequestWithContext(l.Context(), http.MethodDelete, "http://"+l.env.Registry+"/v2/"+repository+"/blobs/"+blob, nil)
			require.NoError(l, err)
			response, err := http.DefaultClient.Do(request)
			require.NoError(l, err)
			response.Body.Close()
			require.Equal(l, http.StatusAccepted, response.StatusCode, "deleting a layer")
		}
	}
}

// blobs are the digests of an image's layers and configuration.
func (l *lab) blobs(ref string) []string {
	manifest, err := l.image(ref).Manifest()
	require.NoError(l, err)
	digests := []string{manifest.Config.Digest.String()}
	for _, layer := range manifest.Layers {
		digests = append(digests, layer.Digest.String())
	}
	return digests
}

// baseImage is where the base image is read from.
func (l *lab) baseImage() string {
	if len(l.env.StandIns()) > 0 {
		return l.env.Mirrored(standin.Python313)
	}
	return standin.Python313
}

// uncache has the builder forget all results but pulled images, and keep the
// cache mounts, which --no-cache would empty. It does not forget what a build
// still holds, which for a moment goes on after its client has ended.
func (l *lab) uncache() {
	c, err := client.New(l.Context(), l.env.Address)
	require.NoError(l, err)
	defer c.Close()
	for range 100 {
		records, err := c.DiskUsage(l.Context())
		require.NoError(l, err)
		var results []string
		for _, r := range records {
			if r.RecordType != client.UsageRecordTypeCacheMount && !strings.HasPrefix(r.Description, "pulled from ") {
				results = append(results, "id=="+r.ID)
			}
		}
		if len(results) == 0 { // no filter would mean all there is
			return
		}
		require.NoError(l, c.Prune(l.Context(), nil, client.WithFilter(results), client.PruneAll))
		time.Sleep(20 * time.Millisecond)
	}
	require.Fail(l, "the builder does not forget its results")
}

// emptyUVCache removes the cache mounts of all builds.
func (l *lab) emptyUVCache() {
	l.output(l.env.Buildctl(l.Context(), "prune", "--filter", "type==exec.cachemount"))
}

// thirty are what makes examples/fastapi a project of 30 packages.
func thirty() []string {
	return []string{"httpx", "jinja2", "pyyaml", "rich", "requests", "python-dateutil", "orjson"}
}

// dependencyAdded adds a package to a project of 30, whose wheels are in uv's
// cache on both sides.
func dependencyAdded(l *lab) pair {
	with := l.locked(func(dir string, i int) {
		l.add(dir, thirty()...)
		l.addSmall(dir, i)
	})
	guideDir, ourDir := l.project("fastapi", "Dockerfile"), l.project("fastapi", "Dockerfile")
	for _, dir := range []string{guideDir, ourDir} {
		l.add(dir, thirty()...)
		l.lock(dir)
	}
	require.Equal(l, 30, l.packages(ourDir))
	all := l.env.Example(l, "fastapi")
	l.add(all, append(thirty(), small()[:l.runs+1]...)...)
	l.lock(all)
	l.env.WriteGuide(l, "Dockerfile", all)
	for _, dir := range []string{all, guideDir, ourDir} {
		l.guide(dir)
		l.ours(dir)
	}
	return l.pair(guideDir, ourDir, with, l.guideImage, l.ourImage)
}

// packages are how many a folder's build installs.
func (l *lab) packages(dir string) int {
	out, err := l.env.Command(l.Context(), l.env.Binary("uvlambda"), "plan", "--json", dir).Output()
	require.NoError(l, err)
	var plans []plan.Plan
	require.NoError(l, json.Unmarshal(out, &plans))
	require.Len(l, plans, 1)
	return plans[0].Packages()
}

// baseBumped builds on a base image whose tag gets a new digest before each
// run: one more layer, with a file that nobody reads.
func baseBumped(l *lab) pair {
	base := l.reference()
	guideDir, ourDir := l.project("fastapi", "Dockerfile"), l.project("fastapi", "Dockerfile")
	dockerfile := filepath.Join(guideDir, "Dockerfile")
	l.write(dockerfile, strings.ReplaceAll(l.read(dockerfile), "FROM "+standin.Python313, "FROM "+base))
	l.append(filepath.Join(ourDir, projectFile), fmt.Sprintf("base = %q\n", base))
	bumps := 0
	return l.pair(guideDir, ourDir, func(string, int) {
		bumps++
		l.bump(base, bumps)
	}, l.guideImage, l.ourImage)
}

// bump pushes the base image with one more layer.
func (l *lab) bump(ref string, i int) {
	layer := static.NewLayer(l.tar("etc/bump", fmt.Sprint(i)), types.OCIUncompressedLayer)
	image, err := mutate.AppendLayers(l.image(l.baseImage()), layer)
	require.NoError(l, err)
	parsed, err := name.ParseReference(ref, name.Insecure)
	require.NoError(l, err)
	require.NoError(l, remote.Write(parsed, image, remote.WithContext(l.Context())))
}

// tar is an archive of one file.
func (l *lab) tar(name, content string) []byte {
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	require.NoError(l, w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(content))}))
	_, err := w.Write([]byte(content))
	require.NoError(l, err)
	require.NoError(l, w.Close())
	return archive.Bytes()
}

// architectureAdded builds for amd64 and, timed, for amd64 and arm64. Each run
// installs something else, so that nothing for arm64 is there.
func architectureAdded(l *lab) pair {
	emulation.Register(l)
	const both = "linux/amd64,linux/arm64"
	take := l.locked(l.addSmall)
	return l.pair(l.project("fastapi", "Dockerfile"), l.project("fastapi", "Dockerfile"), take,
		func(dir string) []float64 {
			l.guide(dir, "--opt", "platform=linux/amd64")
			return l.timeAndBytes(l.guide(dir, "--opt", "platform="+both))
		},
		func(dir string) []float64 {
			l.ours(dir, "--platform", "linux/amd64")
			return l.timeAndBytes(l.ours(dir, "--platform", both))
		})
}
