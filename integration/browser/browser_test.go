package browser

import (
	"bytes"
	"image/png"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func serve(t *testing.T, html string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(html))
	}))
	t.Cleanup(server.Close)
	return server.URL + "/"
}

func TestOpen(t *testing.T) {
	t.Parallel()
	url := serve(t, `<style>@media (prefers-color-scheme: dark) { body { background: #010203 } }</style><p>Hello`)
	p := Open(t, url, View{Width: 400, Height: 300, Dark: true})
	assert.Empty(t, p.Problems())
	assert.Equal(t, []string{url}, p.Requests())
	assert.Equal(t, "Hello", p.Text(t))
	picture, err := png.Decode(bytes.NewReader(p.Screenshot(t)))
	require.NoError(t, err)
	assert.Equal(t, 400, picture.Bounds().Dx())
	r, g, b, _ := picture.At(1, 1).RGBA()
	assert.Equal(t, []uint32{1, 2, 3}, []uint32{r >> 8, g >> 8, b >> 8})
}

// TestProblems has a page with a problem of each kind.
func TestProblems(t *testing.T) {
	t.Parallel()
	url := serve(t, `<img src="missing.png"><script>console.warn("x"); throw new Error("broken")</script>`)
	p := Open(t, url, View{Width: 400, Height: 300})
	problems := p.Problems()
	require.Len(t, problems, 3)
	assert.Contains(t, problems, "console: warning")
	assert.Contains(t, problems, "error: Failed to load resource: the server responded with a status of 404 (Not Found)")
	assert.Contains(t, p.Requests(), url+"missing.png")
}
