package solve

import (
	"fmt"
	"io"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/util/progress/progressui"
)

// printWarnings lists what the frontend warned of, with the lines meant. The
// quiet display shows no warnings, and the JSON one has shown them itself.
func printWarnings(w io.Writer, warnings []client.VertexWarning, mode progressui.DisplayMode) {
	if mode == progressui.QuietMode || mode == progressui.RawJSONMode {
		return
	}
	for _, warning := range warnings {
		fmt.Fprintf(w, "\nWARNING: %s\n", warning.Short)
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
