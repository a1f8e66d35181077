package history

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// mostCandidates is how many tags `git describe` compares.
const mostCandidates = 10

// Describe tells the commit that is checked out by the nearest tag, as
// `git describe` does (https://git-scm.com/docs/git-describe#_search_strategy):
// the tag that the fewest commits are missing from.
func (r *Repository) Describe(tags project.Tags) (*project.Commit, error) {
	head, err := r.head()
	if err != nil {
		return nil, err
	}
	named, err := r.named(tags)
	if err != nil {
		return nil, err
	}
	w := walk{repository: r, named: named, within: map[plumbing.Hash]uint{}, queue: []*object.Commit{head}}
	best, err := w.nearest()
	if err != nil {
		return nil, err
	}
	if best == nil && r.shallow {
		return nil, ErrShallow
	}
	if best == nil {
		return nil, ErrNoTag
	}
	return &project.Commit{Hash: head.Hash.String(), Short: head.Hash.String()[:r.digits()], Time: head.Committer.When, Tag: best.name, Distance: best.depth}, nil
}

// tag is the name of a commit. Of several the annotated and newest counts.
type tag struct {
	name      string
	annotated bool
	made      time.Time
}

// named are the commits that tags lead to.
func (r *Repository) named(tags project.Tags) (map[plumbing.Hash]tag, error) {
	refs, err := r.storage.IterReferences()
	if err != nil {
		return nil, err
	}
	defer refs.Close()
	counts := counting(tags)
	var all []*plumbing.Reference
	err = refs.ForEach(func(ref *plumbing.Reference) error {
		if ref.Name().IsTag() && ref.Type() == plumbing.HashReference && counts(strings.TrimPrefix(ref.Name().String(), "refs/tags/")) {
			all = append(all, ref)
		}
		return nil
	})
	slices.SortFunc(all, func(a, b *plumbing.Reference) int { return strings.Compare(a.Name().String(), b.Name().String()) })
	named := map[plumbing.Hash]tag{}
	for _, ref := range all {
		commit, found, ok := r.resolve(ref)
		if !ok || tags.Annotated && !found.annotated {
			continue
		}
		other, taken := named[commit]
		if !taken || found.annotated && (!other.annotated || other.made.Before(found.made)) {
			named[commit] = found
		}
	}
	return named, err
}

// resolve gives the commit that a tag leads to.
func (r *Repository) resolve(ref *plumbing.Reference) (plumbing.Hash, tag, bool) {
	found := tag{name: strings.TrimPrefix(ref.Name().String(), "refs/tags/")}
	annotated, err := object.GetTag(r.storage, ref.Hash())
	if err != nil {
		// It names the commit itself, or what is no commit and so never met.
		return ref.Hash(), found, true
	}
	found.annotated, found.made = true, annotated.Tagger.When
	for annotated.TargetType == plumbing.TagObject {
		if annotated, err = object.GetTag(r.storage, annotated.Target); err != nil {
			return plumbing.ZeroHash, tag{}, false
		}
	}
	return annotated.Target, found, true
}

// counting tells whether a tag counts by its name.
func counting(t project.Tags) func(name string) bool {
	some := func(patterns []string) func(string) bool {
		var all []*regexp.Regexp
		for _, pattern := range patterns {
			all = append(all, glob(pattern))
		}
		return func(name string) bool {
			return slices.ContainsFunc(all, func(one *regexp.Regexp) bool { return one.MatchString(name) })
		}
	}
	match, exclude := some(t.Match), some(t.Exclude)
	return func(name string) bool { return (len(t.Match) == 0 || match(name)) && !exclude(name) }
}

// glob is a pattern as git matches tags with it: a star goes past slashes.
func glob(pattern string) *regexp.Regexp {
	var b strings.Builder
	for rest := pattern; rest != ""; {
		c := rest[0]
		switch end := strings.Index(rest[1:], "]"); {
		case c == '*':
			b.WriteString(".*")
		case c == '?':
			b.WriteString(".")
		case c == '\\' && len(rest) > 1:
			b.WriteString(regexp.QuoteMeta(rest[1:2]))
			rest = rest[1:]
		case c == '[' && end > 0:
			class := rest[1 : end+1]
			negated := strings.HasPrefix(class, "!") || strings.HasPrefix(class, "^")
			class = strings.TrimLeft(class, "!^")
			b.WriteString("[")
			if negated {
				b.WriteString("^")
			}
			b.WriteString(strings.NewReplacer(`\`, `\\`, `[`, `\[`).Replace(class) + "]")
			rest = rest[end+1:]
		default:
			b.WriteString(regexp.QuoteMeta(rest[:1]))
		}
		rest = rest[1:]
	}
	compiled, err := regexp.Compile("^(?s:" + b.String() + ")$")
	if err != nil {
		// A class that is none matches nothing, as in git.
		return regexp.MustCompile("$^x")
	}
	return compiled
}

// candidate is a tag before the commit that is checked out. Its depth is the
// number of commits met so far that it does not lead to.
type candidate struct {
	tag
	depth int
	bit   uint
}

// walk goes through the history, the newest commits first.
type walk struct {
	repository *Repository
	named      map[plumbing.Hash]tag
	// within are the candidates that lead to a commit, which is in it once it was
	// met.
	within map[plumbing.Hash]uint
	queue  []*object.Commit

	candidates []*candidate
	met        int
}

// nearest gives the tag that the fewest commits are missing from, nil when there
// is none.
func (w *walk) nearest() (*candidate, error) {
	w.within[w.queue[0].Hash] = 0
	for len(w.queue) > 0 {
		if best := w.best(); best != nil && w.settled(best) {
			return best, nil
		}
		commit := w.queue[0]
		w.queue = w.queue[1:]
		w.met++
		if found, ok := w.named[commit.Hash]; ok && len(w.candidates) < mostCandidates {
			c := &candidate{tag: found, depth: w.met - 1, bit: 1 << len(w.candidates)}
			w.candidates = append(w.candidates, c)
			w.within[commit.Hash] |= c.bit
		}
		for _, c := range w.candidates {
			if w.within[commit.Hash]&c.bit == 0 {
				c.depth++
			}
		}
		if err := w.enqueue(commit); err != nil {
			return nil, err
		}
	}
	return w.best(), nil
}

// best is the first of the candidates that the fewest commits are missing from.
func (w *walk) best() *candidate {
	if len(w.candidates) == 0 {
		return nil
	}
	return slices.MinFunc(w.candidates, func(a, b *candidate) int { return a.depth - b.depth })
}

// settled tells whether the remaining commits change nothing of the best candidate:
// it leads to them all, and other depths only grow.
func (w *walk) settled(best *candidate) bool {
	return !slices.ContainsFunc(w.queue, func(commit *object.Commit) bool { return w.within[commit.Hash]&best.bit == 0 })
}

// enqueue adds the parents of a commit, each once, by their dates.
func (w *walk) enqueue(commit *object.Commit) error {
	parents, err := w.repository.parents(commit)
	if err != nil {
		return err
	}
	for _, parent := range parents {
		if _, met := w.within[parent.Hash]; !met {
			at := slices.IndexFunc(w.queue, func(other *object.Commit) bool { return other.Committer.When.Before(parent.Committer.When) })
			if at < 0 {
				at = len(w.queue)
			}
			w.queue = slices.Insert(w.queue, at, parent)
		}
		w.within[parent.Hash] |= w.within[commit.Hash]
	}
	return nil
}
