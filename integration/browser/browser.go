// Package browser shows pages in a real Chromium without a screen, and returns
// their texts and problems.
package browser

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/apt"
)

// timeout bounds all that is done with a page.
const timeout = 2 * time.Minute

// View is how a page is looked at.
type View struct {
	// Width and Height are the window's, in pixels.
	Width, Height int64
	// Dark asks the page for its dark colours.
	Dark bool
}

// Page is a page that is shown.
type Page struct {
	ctx context.Context

	mu       sync.Mutex
	problems []string
	requests []string
}

// Open shows a page until the test ends. It returns when the page has loaded.
func Open(t testing.TB, url string, view View) *Page {
	t.Helper()
	require.NoError(t, apt.Ensure(t.Context(), os.Stderr, os.Geteuid() == 0, apt.Chromium))
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	t.Cleanup(cancel)
	p := &Page{}
	// Chromium's own sandbox refuses to be started by root.
	p.ctx, cancel = chromedp.NewContext(ctx, chromedp.WithAllocatorOptions(chromedp.NoSandbox), chromedp.WithListener(p.note))
	t.Cleanup(cancel)
	scheme := "light"
	if view.Dark {
		scheme = "dark"
	}
	require.NoError(t, chromedp.Do(p.ctx, chromedp.EmulateViewport(view.Width, view.Height)))
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	require.NoError(t, err)
	require.NoError(t, chromedp.Do(p.ctx, chromedp.Navigate(url)))
	return p
}

// note keeps what the page asks for and complains of.
func (p *Page) note(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	case *log.EventEntryAdded:
		p.problems = append(p.problems, fmt.Sprintf("%s: %s", e.Entry.Level, e.Entry.Text))
	case *runtime.EventExceptionThrown:
		p.problems = append(p.problems, "exception: "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		p.problems = append(p.problems, fmt.Sprintf("console: %s", e.Type))
	}
}

// Problems are the errors and messages of the page and of the browser about it.
func (p *Page) Problems() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.problems)
}

// Requests are the URLs that were loaded, the page's own first.
func (p *Page) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

// Evaluate gives the value of a JavaScript expression of the page.
func Evaluate[T any](t testing.TB, p *Page, expression string) T {
	t.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	require.NoError(t, err)
	return value
}

// Text is what a person reads of the page.
func (p *Page) Text(t testing.TB) string {
	t.Helper()
	return Evaluate[string](t, p, "document.body.innerText")
}

// Screenshot is a picture of the whole page, as PNG.
func (p *Page) Screenshot(t testing.TB) []byte {
	t.Helper()
	const lossless = 100
	picture, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(lossless))
	require.NoError(t, err)
	return picture
}
