package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

func TestSizeLimit(t *testing.T) {
	t.Parallel()
	example := mustLookup(t, "SizeLimit").Bad.Files
	warning := func(total int, relation, limit string, wheel int) []string {
		return []string{fmt.Sprintf("pyproject.toml:5: the dependencies come to about %d MB, three times what uv.lock says of their wheels, which is %s %s: "+
			"leave some out; the largest wheels belong to large-model (%d MB)", total, relation, limit, wheel)}
	}
	const zip, image = "the 262 MB that Lambda takes of an unzipped archive", "the 10 GB that Lambda takes of an image"
	tests := []struct {
		target string
		size   int
		want   []string
	}{
		{"zip", 69_905_000, nil},
		{"zip", 69_906_000, warning(210, "near", zip, 70)},
		{"zip", 87_381_000, warning(262, "near", zip, 87)},
		{"layer", 87_382_000, warning(262, "over", zip, 87)},
		{"dir", 100_000_000, warning(300, "over", zip, 100)},
		{"image", 100_000_000, nil},
		{"image", 3_000_000_000, warning(9000, "near", image, 3000)},
		{"test", 3_000_000_000, nil},
	}
	for _, tt := range tests {
		e := lint.Example{Flags: "--target " + tt.target, Files: strings.Replace(example, "size = 112000000", fmt.Sprintf("size = %d", tt.size), 1)}
		assert.Equal(t, tt.want, messages(t, e), "%s of %d", tt.target, tt.size)
	}
}

// What is left out does not count, and neither does what has no size.
func TestSizeLimitLessBoto3(t *testing.T) {
	t.Parallel()
	slim := strings.NewReplacer("large-model", "botocore", "large_model", "botocore", "handler = \"app.handler\"\n", "handler = \"app.handler\"\nslim = { boto3 = true }\n").
		Replace(mustLookup(t, "SizeLimit").Bad.Files)
	assert.Empty(t, messages(t, lint.Example{Flags: "--target zip", Files: slim}))
	unsized := strings.Replace(mustLookup(t, "SizeLimit").Bad.Files, ", size = 112000000", "", 1)
	assert.Empty(t, messages(t, lint.Example{Flags: "--target zip", Files: unsized}))
}
