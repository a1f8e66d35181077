package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/moby/sys/atomicwriter"
	"github.com/spf13/cobra"

	"github.com/uvlambda/uvlambda/cmd/internal/docker"
	"github.com/uvlambda/uvlambda/cmd/internal/explain"
	"github.com/uvlambda/uvlambda/cmd/internal/images"
	"github.com/uvlambda/uvlambda/cmd/internal/plainfile"
)

const explainLong = `Show what fills an image, an archive or a task root, against Lambda's limits.

IMAGE is an image of the Docker engine, else an image of a registry, an image
archive (from uvlambda build -o type=oci or type=docker), or an OCI layout folder.
ZIP is a zip archive, FOLDER an unpacked task root. Several zip archives and
folders count together, as Lambda counts a function and its layers.

The report counts space by Python package, from the packages' own lists of files,
and by layer. Sizes are sizes of files, in powers of 1000. The sizes of the
packages add up to the whole.

explain runs nothing of the image or archive. It exits with 0 whatever the sizes
are.`

const explainExample = `  # What fills an archive
  uvlambda build --target zip -o dist . && uvlambda explain dist/hello.zip

  # A function and its layer together
  uvlambda explain dist/hello-app.zip dist/hello-layer.zip

  # An image, as a page to look at
  uvlambda explain hello --html hello.html

  # The three largest packages
  uvlambda explain hello --json | jq -r '.parts[:3][].name'`

// explainOptions are the explain command's flags.
type explainOptions struct {
	json     bool
	html     string
	platform string
}

// newExplainCmd makes `uvlambda explain`.
func newExplainCmd() *cobra.Command {
	o := &explainOptions{}
	cmd := &cobra.Command{
		Use:     "explain [flags] IMAGE | ZIP|FOLDER...",
		Short:   "Show what fills an image or archive",
		Long:    explainLong,
		Example: explainExample,
		Args:    anyContents,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runExplain(cmd.Context(), o, args, cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print the report as JSON")
	cmd.Flags().StringVar(&o.html, "html", "", "also write the report as a page to `FILE`")
	cmd.Flags().StringVar(&o.platform, "platform", "", "`platform` to explain, of an image for several")
	completeValues(cmd, "platform", "linux/amd64", "linux/arm64")
	return cmd
}

// runExplain explains, writes the page and prints.
func runExplain(ctx context.Context, o *explainOptions, names []string, out io.Writer) error {
	var contents []explain.Content
	for _, name := range names {
		content, err := readContent(ctx, name, o.platform)
		if err != nil {
			return err
		}
		if content.Kind == explain.KindImage && len(names) > 1 {
			return fmt.Errorf("%s is an image, which is a whole function: explain it alone", name)
		}
		contents = append(contents, content)
	}
	report := explain.NewReport(strings.Join(names, " "), contents...)
	if o.html != "" {
		var page bytes.Buffer
		if err := report.WriteHTML(&page); err != nil {
			return err
		}
		if err := atomicwriter.WriteFile(o.html, page.Bytes(), 0o644); err != nil {
			return fmt.Errorf("writing the page: %w", err)
		}
	}
	if o.json {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(report)
	}
	return report.WriteText(out)
}

// readContent finds out what a name stands for, and lists its files.
func readContent(ctx context.Context, name, platform string) (explain.Content, error) {
	kind, err := images.KindOf(name)
	if err != nil {
		return explain.Content{}, err
	}
	switch kind {
	case images.Folder:
		return readFolder(name)
	case images.File:
		if strings.EqualFold(filepath.Ext(name), ".zip") {
			return readZip(name)
		}
	case images.Reference:
		if docker.HasImage(ctx, name) {
			image, remove, err := images.OpenSaved(ctx, name, platform)
			return readImage(ctx, image, remove, err)
		}
	}
	image, remove, err := images.Open(ctx, kind, name, platform)
	return readImage(ctx, image, remove, err)
}

// readImage lists the files of an opened image.
func readImage(ctx context.Context, image v1.Image, remove func() error, err error) (explain.Content, error) {
	if err != nil {
		return explain.Content{}, err
	}
	content, err := explain.ReadImage(ctx, image)
	return content, errors.Join(err, remove())
}

// readFolder lists the files of a folder. It refuses the sources of a project.
func readFolder(name string) (explain.Content, error) {
	for _, file := range []string{"pyproject.toml", "uv.lock"} {
		if _, err := os.Stat(filepath.Join(name, file)); err != nil {
			return explain.ReadFolder(name, os.DirFS(name))
		}
	}
	return explain.Content{}, fmt.Errorf("%s is a project, not what was built of it: build it first, for example with uvlambda build --target zip -o dist %s", name, name)
}

// readZip lists the files of a zip archive.
func readZip(name string) (explain.Content, error) {
	file, err := plainfile.Open(name)
	if err != nil {
		return explain.Content{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return explain.Content{}, err
	}
	return explain.ReadZip(name, file, info.Size())
}
