package integration

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// popular are packages that many projects have: with large wheels and small ones,
// with folders and namespaces in common, with data files and scripts.
var popular = strings.Fields(`
	aiohttp attrs azure-core azure-identity azure-storage-blob beautifulsoup4 boto3 certifi click cryptography
	django fastapi google-api-core google-auth google-cloud-storage grpcio httpx jinja2 lxml matplotlib
	mypy networkx numpy opentelemetry-api opentelemetry-sdk orjson pandas pillow protobuf psycopg2-binary
	pydantic pytz pyyaml requests rich setuptools sqlalchemy sympy urllib3 zope.interface
`)

// TestPopularPackagesAreOneInstallation: of random sets of popular packages, what
// the large ones give by themselves is, byte by byte, what one installation gives.
func TestPopularPackagesAreOneInstallation(t *testing.T) {
	t.Parallel()
	const sets, each = 4, 10
	// What these packages take is given back when the test ends.
	builder := []string{"--builder", env.NewBuilder(t)}
	names := slices.Clone(popular)
	random := rand.New(rand.NewPCG(15, 40))
	random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for i := range sets {
		set := slices.Sorted(slices.Values(names[i*each : (i+1)*each]))
		t.Run(strings.Join(set, "_"), func(t *testing.T) {
			files := map[string]string{
				"pyproject.toml": fmt.Sprintf(projectWith, `"`+strings.Join(set, `", "`)+`"`) + handlerTable + "\n[tool.uv]\nexclude-newer = \"2026-11-01T00:00:00Z\"\n",
			}
			alone := newFunction(t, files)
			lockShape(t, env.CLI(), alone, builder...)
			lock, err := os.ReadFile(filepath.Join(alone, "uv.lock"))
			require.NoError(t, err)
			files["uv.lock"] = lockedSize.ReplaceAllString(string(lock), "")
			together := newFunction(t, files)
			requireSameTree(t, "dir", together, alone, builder...)
			byThemselves := func(dir string) testenv.Trace {
				return env.CLI().MustBuild(t, dir, append(builder, "--target", "dir", "-o", filepath.Join(t.TempDir(), "dir"))...).Trace.Named(" MB)")
			}
			require.Empty(t, byThemselves(together).Names())
			require.NotEmpty(t, byThemselves(alone).Names(), "the set has a large package")
		})
	}
}
