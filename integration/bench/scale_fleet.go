package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// Words in the flags of a fleet that stand for what each run has of its own.
const (
	imageWord  = "IMAGE"
	cacheWord  = "CACHE"
	folderWord = "FOLDER"
)

// fleet is a way to build on several builders that share nothing but a cache
// in the registry.
type fleet struct {
	name  string
	flags []string
	// from is where the second builder finds the cache.
	from string
}

func fleets() []fleet {
	toCache := []string{"--cache-to", "type=registry,mode=max,ref=" + cacheWord}
	image := []string{"-t", imageWord, "--push"}
	return []fleet{
		{"image", append(toCache, image...), cacheWord},
		{"image of both architectures", append(append(toCache, image...), "--platform", "linux/amd64,linux/arm64"), cacheWord},
		{"image with its cache inside", append(image, "--cache-to", "type=inline"), imageWord},
		{"zip", append(toCache, "--target", "zip", "-o", folderWord), cacheWord},
	}
}

// fleetScenarios build on several builders, each with empty state: a second
// one after the first, and four at once.
func fleetScenarios() []scenario {
	var scenarios []scenario
	for _, f := range fleets() {
		scenarios = append(scenarios, scenario{
			page: scale, against: "first builder", runs: scaleRuns, fresh: true, prepare: f.secondBuilder,
			rows: []row{
				{"second builder: " + f.name, inSeconds, goal{}},
				{"installations by the second builder: " + f.name, counted, figure(0)},
				{"bytes of cache that the second builder pulls: " + f.name, inBytes, goal{}},
			},
		})
	}
	return append(scenarios, scenario{
		page: scale, against: "one builder", runs: scaleRuns, fresh: true, prepare: fourBuilders,
		rows: []row{
			{"four builders at once on one cache", inSeconds, goal{}},
			{"different images of four builders", counted, figure(1)},
			{"installations by a fifth builder from their cache", counted, figure(0)},
		},
	})
}

// secondBuilder builds on a builder that fills a cache, and then on another
// from that cache. The product has to be the same.
func (f fleet) secondBuilder(l *lab) pair {
	dir := l.env.Example(l, "workspace")
	return together(func() (first, second []float64) {
		image, cache, folder := l.reference(), l.reference(), l.TempDir()
		words := strings.NewReplacer(imageWord, image, cacheWord, cache, folderWord, folder)
		from := words.Replace(f.from)
		build := func(flags ...string) ([]float64, string) {
			before := l.env.Traffic(from).Pulled
			args := []string{"--builder", l.env.NewBuilder(l)}
			for _, flag := range append(flags, f.flags...) {
				args = append(args, words.Replace(flag))
			}
			spent, trace := l.traced(dir, args...)
			return []float64{spent, float64(installations(trace)), float64(l.env.Traffic(from).Pulled - before)}, l.product(image, folder)
		}
		first, want := build()
		second, got := build("--cache-from", "type=registry,ref="+f.from)
		require.Equal(l, want, got, "the builders made different things")
		return first, second
	})
}

// together makes a pair from one function that measures both, the baseline first.
func together(run func() (baseline, ours []float64)) pair {
	var baseline, ours []float64
	last := -1
	of := func(figures *[]float64) side {
		return func(i int) []float64 {
			if i != last {
				baseline, ours = run()
				last = i
			}
			return *figures
		}
	}
	return pair{of(&baseline), of(&ours)}
}

// traced builds a folder with the command, and gives the seconds and the steps.
func (l *lab) traced(dir string, flags ...string) (float64, testenv.Trace) {
	start := time.Now()
	trace := l.env.CLI().MustBuild(l, dir, flags...).Trace
	return time.Since(start).Seconds(), trace
}

// installations are how many steps installed packages or members.
func installations(trace testenv.Trace) int { return len(trace.Stages().Named("install").Ran()) }

// product identifies what a build left behind: archives, or else an image.
func (l *lab) product(image, folder string) string {
	archives, err := filepath.Glob(filepath.Join(folder, "*.zip"))
	require.NoError(l, err)
	if len(archives) == 0 {
		return l.digest(image)
	}
	sum := sha256.New()
	for _, archive := range archives {
		content, err := os.ReadFile(archive)
		require.NoError(l, err)
		sum.Write(content)
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

// digest is the digest of an image.
func (l *lab) digest(ref string) string {
	digest, err := l.image(ref).Digest()
	require.NoError(l, err)
	return digest.String()
}

// fourBuilders builds on one new builder, then on four at once that read and
// write one cache, and then on a fifth from that cache.
func fourBuilders(l *lab) pair {
	dir := l.env.Example(l, "workspace")
	cached := func(cache, builder, image string) (float64, testenv.Trace) {
		return l.traced(dir, "--builder", builder, "-t", image, "--push",
			"--cache-to", "type=registry,mode=max,ref="+cache, "--cache-from", "type=registry,ref="+cache)
	}
	return together(func() (one, four []float64) {
		alone, trace := cached(l.reference(), l.env.NewBuilder(l), l.reference())
		one = []float64{alone, 1, float64(installations(trace))}

		cache := l.reference()
		var builders, images []string
		for range 4 {
			builders, images = append(builders, l.env.NewBuilder(l)), append(images, l.reference())
		}
		spent := l.atOnce(len(builders), func(i int) { cached(cache, builders[i], images[i]) })
		different := map[string]bool{}
		for _, image := range images {
			different[l.digest(image)] = true
		}
		last := l.reference()
		_, trace = cached(cache, l.env.NewBuilder(l), last)
		different[l.digest(last)] = true
		return one, []float64{spent, float64(len(different)), float64(installations(trace))}
	})
}
