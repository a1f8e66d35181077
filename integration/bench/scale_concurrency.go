package main

import (
	"sync"
	"time"
)

// crowd is how many builds run at once.
const crowd = 8

// concurrencyScenarios build several times at once on one builder, with one
// cache of uv.
func concurrencyScenarios() []scenario {
	return []scenario{
		{
			page: scale, against: "one build", prepare: sameAtOnce,
			rows: []row{{"8 builds of one project at once", inSeconds, ratio(3)}, {"different images of 8 builds", counted, figure(1)}},
		},
		{
			page: scale, against: "one build", prepare: othersAtOnce,
			rows: []row{{"8 builds of different projects at once", inSeconds, goal{}}, {"images that differ from the image of a build alone", counted, figure(0)}},
		},
	}
}

// sameAtOnce runs all steps of one project again, once and eight times at once.
func sameAtOnce(l *lab) pair {
	dir := l.env.Example(l, "fastapi")
	return pair{
		func(int) []float64 {
			l.uncache()
			return []float64{l.ours(dir).seconds, 1}
		},
		func(int) []float64 {
			l.uncache()
			images := make([]string, crowd)
			spent := l.atOnce(crowd, func(i int) { images[i] = l.ours(dir).ref })
			different := map[string]bool{}
			for _, image := range images {
				different[l.digest(image)] = true
			}
			return []float64{spent, float64(len(different))}
		},
	}
}

// othersAtOnce does the same with eight projects, each with a package of its
// own, so that nothing can be shared but uv's cache.
func othersAtOnce(l *lab) pair {
	dirs, want := make([]string, crowd), make([]string, crowd)
	for i := range dirs {
		dirs[i] = l.env.Example(l, "fastapi")
		l.addSmall(dirs[i], i)
		l.lock(dirs[i])
		want[i] = l.digest(l.ours(dirs[i]).ref)
	}
	return pair{
		func(int) []float64 {
			l.uncache()
			return []float64{l.ours(dirs[0]).seconds, 0}
		},
		func(int) []float64 {
			l.uncache()
			images := make([]string, crowd)
			spent := l.atOnce(crowd, func(i int) { images[i] = l.ours(dirs[i]).ref })
			wrong := 0
			for i, image := range images {
				if l.digest(image) != want[i] {
					wrong++
				}
			}
			return []float64{spent, float64(wrong)}
		},
	}
}

// atOnce runs a function n times at once, and gives the seconds until the last
// is done. When one fails, so does the scenario.
func (l *lab) atOnce(n int, run func(i int)) float64 {
	done := make([]bool, n)
	start := time.Now()
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			run(i)
			done[i] = true
		})
	}
	group.Wait()
	spent := time.Since(start).Seconds()
	for _, finished := range done {
		if !finished {
			l.FailNow()
		}
	}
	return spent
}
