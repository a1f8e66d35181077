package explain

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDivide(t *testing.T) {
	t.Parallel()
	assert.Empty(t, divide(nil, 2))
	assert.Equal(t, []rect{{0, 0, 100, 100}}, divide([]int64{7}, 2))
	assert.Equal(t, []rect{{0, 0, 50, 100}, {50, 0, 50, 100}}, divide([]int64{5, 5}, 2), "two squares")
	assert.Equal(t, []rect{{0, 0, 100, 50}, {0, 50, 100, 50}}, divide([]int64{5, 5}, 0.5))
}

// Rectangles have the shares of their sizes, fill the whole and don't overlap.
func TestDivideFills(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		sizes := make([]int64, 1+random.IntN(40))
		var whole int64
		for i := range sizes {
			sizes[i] = 1 + random.Int64N(1_000_000)
			whole += sizes[i]
		}
		rects := divide(sizes, 0.2+3*random.Float64())
		require.Len(t, rects, len(sizes))
		for i, r := range rects {
			require.InDelta(t, float64(sizes[i])/float64(whole), r.W*r.H/1e4, 1e-9)
			require.GreaterOrEqual(t, r.X, -1e-9)
			require.GreaterOrEqual(t, r.Y, -1e-9)
			require.LessOrEqual(t, r.X+r.W, 100+1e-6)
			require.LessOrEqual(t, r.Y+r.H, 100+1e-6)
			for _, other := range rects[:i] {
				across := min(r.X+r.W, other.X+other.W) - max(r.X, other.X)
				down := min(r.Y+r.H, other.Y+other.H) - max(r.Y, other.Y)
				require.False(t, across > 1e-6 && down > 1e-6, "%v and %v overlap", r, other)
			}
		}
	}
}

// Squares are what makes sizes comparable.
func TestDivideIsSquarish(t *testing.T) {
	t.Parallel()
	divided := divide([]int64{600, 600, 400, 300, 200, 200, 100}, 1.5)
	require.Len(t, divided, 7)
	for _, r := range divided {
		ratio := 1.5 * r.W / r.H
		assert.Less(t, max(ratio, 1/ratio), 3.0, "%v", r)
	}
}

func TestTreemap(t *testing.T) {
	t.Parallel()
	var files []file
	for i := range tilesOfGroup + 3 {
		files = append(files, sized(fmt.Sprintf("m%03d.py", i), 10))
	}
	files = append(files, sized("a-1.dist-info/METADATA", 10), sized("empty", 0))
	r := NewReport("task", newFolder(t, files...))
	m := newTreemap("all", r.Groups, r.Parts)
	require.Len(t, m.Areas, 2)
	assert.Equal(t, GroupApplication, m.Areas[0].Group.Group, "the largest group is the first")
	require.Len(t, m.Areas[0].Tiles, tilesOfGroup+1)
	last := m.Areas[0].Tiles[tilesOfGroup]
	assert.Equal(t, "3 more", last.Title)
	assert.EqualValues(t, 30, last.Size)
	assert.InDelta(t, 30.0/640, last.Share, 1e-9)
	require.Len(t, m.Areas[1].Tiles, 1)
	assert.Equal(t, rect{0, 0, 100, 100}, m.Areas[1].Tiles[0].Rect)
}
