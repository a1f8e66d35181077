package main

import "github.com/stretchr/testify/require"

// largeScenarios are builds of a project whose packages have 500 MB when they are
// installed. A side takes half a minute for some of them, so runs are few.
func largeScenarios() []scenario {
	of := func(prepare func(*lab) pair, rows ...row) scenario {
		return scenario{page: performance, against: theGuide, runs: 3, prepare: prepare, rows: rows}
	}
	return []scenario{
		of(coldLarge,
			row{"cold, a project of 500 MB", inSeconds, ratio(0.75)}),
		of(smallAdded,
			row{"one small package added to a project of 500 MB", inSeconds, ratio(0.1)},
			row{"bytes pushed for the small package", inBytes, ratio(0.01)}),
		of(pandasUpgraded,
			row{"one large package upgraded in a project of 500 MB", inSeconds, ratio(0.35)},
			row{"bytes pushed for the upgraded package", inBytes, goal{}}),
		of(func(l *lab) pair { return l.large("pandas", l.appCode) },
			row{"app code changed in a project of 500 MB", inSeconds, ratio(0.9)}),
	}
}

// largePackages are what makes examples/fastapi a project of 500 MB, beside pandas.
func largePackages() []string { return []string{"scipy", "pyarrow", "scikit-learn"} }

// pandas are the versions of pandas that the project goes through.
func pandas() []string { return []string{"2.2.3", "2.3.0", "2.3.1", "2.3.2", "2.3.3"} }

// largeProjects are copies of the project for both sides, each built once.
func (l *lab) largeProjects(pandas string) (guideDir, ourDir string, refs []string) {
	guideDir, ourDir = l.project("fastapi", "Dockerfile"), l.project("fastapi", "Dockerfile")
	for _, dir := range []string{guideDir, ourDir} {
		l.add(dir, append(largePackages(), pandas)...)
		l.lock(dir)
	}
	return guideDir, ourDir, []string{l.guide(guideDir).ref, l.ours(ourDir).ref}
}

// large builds the project on each side, after a change.
func (l *lab) large(pandas string, change edit) pair {
	guideDir, ourDir, _ := l.largeProjects(pandas)
	return l.pair(guideDir, ourDir, change, l.guideImage, l.ourImage)
}

// coldLarge runs all steps again, with uv's cache as it is. The registry then forgets
// what was pushed, so that each build pushes all layers but the base's.
func coldLarge(l *lab) pair {
	guideDir, ourDir, refs := l.largeProjects("pandas")
	l.forget(refs...)
	forgetting := func(build func(dir string, flags ...string) built) func(dir string) []float64 {
		return func(dir string) []float64 {
			b := build(dir)
			figures := l.timeAndBytes(b)
			l.forget(b.ref)
			return figures
		}
	}
	return l.pair(guideDir, ourDir, func(string, int) { l.uncache() }, forgetting(l.guide), forgetting(l.ours))
}

// smallAdded adds a small package, whose wheel is in uv's cache on both sides.
func smallAdded(l *lab) pair {
	with := l.locked(func(dir string, i int) {
		l.add(dir, append(largePackages(), "pandas")...)
		l.addSmall(dir, i)
	})
	l.fill(small()[:l.runs+1]...)
	return l.large("pandas", with)
}

// pandasUpgraded goes to the next version of pandas, whose wheel is in uv's cache on
// both sides, and which no build has installed.
func pandasUpgraded(l *lab) pair {
	require.Less(l, l.runs+1, len(pandas()), "there are not that many versions of pandas: use fewer -runs")
	with := l.locked(func(dir string, i int) { l.add(dir, append(largePackages(), "pandas=="+pandas()[i+1])...) })
	for _, version := range pandas()[:l.runs+2] {
		l.fill("pandas==" + version)
	}
	l.uncache()
	return l.large("pandas=="+pandas()[0], with)
}

// fill puts packages into uv's cache on both sides.
func (l *lab) fill(packages ...string) {
	dir := l.project("fastapi", "Dockerfile")
	l.add(dir, packages...)
	l.lock(dir)
	l.guide(dir)
	l.ours(dir)
}
