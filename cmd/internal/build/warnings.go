package build

import (
	"fmt"
	"io"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/util/progress/progressui"

	"github.com/uvlambda/uvlambda/cmd/internal/colour"
)

// printWarnings lists what the frontend warned of, with the lines meant. The
// quiet display shows no warnings, and the JSON one has shown them itself.
func printWarnings(w io.Writer, noColour string, warnings []client.VertexWarning, mode progressui.DisplayMode) {
	if mode == progressui.QuietMode || mode == progressui.RawJSONMode {
		return
	}
	for _, warning := range warnings {
		fmt.Fprintf(w, "\n%s: %s\n", colour.Word(w, "WARNING", colour.Yellow, noColour), warning.Short)
		for _, line := range warning.Detail {
			fmt.Fprintf(w, "%s\n", line)
		}
		if warning.URL != "" {
			fmt.Fprintf(w, "More info: %s\n", warning.URL)
		}
		if warning.SourceInfo != nil {
			source := errdefs.Source{Info: warning.SourceInfo, Ranges: warning.Range}
			// The list is for people: a terminal that is gone needs none.
			_ = source.Print(w)
		}
	}
}
