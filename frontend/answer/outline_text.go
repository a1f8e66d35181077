package answer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/frontend/subrequests"
	"github.com/moby/buildkit/frontend/subrequests/outline"
	"github.com/moby/buildkit/solver/pb"
)

// outlineVersion is the version of the answer, which has all fields of BuildKit's
// 1.0.0. Clients show the text of an answer that is newer than what they know,
// and by their own printer would show no functions and no lines:
// https://github.com/docker/buildx/blob/master/commands/build.go
const outlineVersion = "1.1.0"

// outlineDefinition is BuildKit's, of that version.
func outlineDefinition() subrequests.Request {
	definition := outline.SubrequestsOutlineDefinition
	definition.Version = outlineVersion
	return definition
}

// result is the answer as JSON for tools and as text for people.
func (o *outlined) result() (*gwclient.Result, error) {
	data, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("answering an outline: %w", err)
	}
	var text bytes.Buffer
	if err := o.print(&text); err != nil {
		return nil, fmt.Errorf("answering an outline: %w", err)
	}
	return answerOf(data, text.Bytes(), outlineVersion), nil
}

// print prints a table for each kind of thing that there is, with the lines
// that it comes from.
func (o *outlined) print(w io.Writer) error {
	var functions, args, secrets, agents, caches []string
	for _, f := range o.Functions {
		functions = append(functions, f.Name+"\t"+f.Handler+"\t"+o.sources.text(f.Location))
	}
	for _, a := range o.Args {
		args = append(args, a.Name+"\t"+a.Value+"\t"+a.Description)
	}
	for _, s := range o.Secrets {
		secrets = append(secrets, s.Name+"\t"+o.sources.text(s.Location))
	}
	for _, s := range o.SSH {
		agents = append(agents, s.Name+"\t"+o.sources.text(s.Location))
	}
	for _, c := range o.Cache {
		caches = append(caches, c.ID+"\t"+o.sources.text(c.Location))
	}
	tw := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	if o.Name != "" {
		fmt.Fprintf(tw, "TARGET:      %s\n", o.Name)
	}
	fmt.Fprintf(tw, "DESCRIPTION: %s\n", o.Description)
	writeRows(tw, "FUNCTION\tHANDLER\tLINES", functions)
	writeRows(tw, "BUILD ARG\tVALUE\tDESCRIPTION", args)
	writeRows(tw, "SECRET\tLINES", secrets)
	writeRows(tw, "SSH\tLINES", agents)
	writeRows(tw, "CACHE\tLINES", caches)
	return tw.Flush()
}

// writeRows writes a table below what is there, unless it has no rows.
func writeRows(w io.Writer, heading string, rows []string) {
	if len(rows) > 0 {
		fmt.Fprintf(w, "\n%s\n%s\n", heading, strings.Join(rows, "\n"))
	}
}

// text is a location as errors have it, with the last line when there are
// several.
func (s *answerSources) text(at *pb.Location) string {
	if at == nil {
		return ""
	}
	lines := at.Ranges[0]
	text := fmt.Sprintf("%s:%d", s.names[at.SourceIndex], lines.Start.Line)
	if lines.End.Line > lines.Start.Line {
		text += fmt.Sprintf("-%d", lines.End.Line)
	}
	return text
}
