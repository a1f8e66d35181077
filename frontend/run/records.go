package run

import (
	"context"
	"encoding/csv"
	"fmt"
	"path"
	"strconv"
	"strings"
	"sync"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// sumPrefix is what a SHA-256 of RECORD begins with.
const sumPrefix = "sha256="

// mostCompiled is how many times the size of its source a compiled module is
// taken to have at most, and leastCompiled the size in bytes of the compiled module of
// an empty source.
const (
	mostCompiled  = 4
	leastCompiled = 1 << 10
)

// readRecords reads what the distributions of a folder record of their files
// (https://packaging.python.org/en/latest/specifications/recording-installed-packages/).
// The bytecode that the packages are compiled to is none of it. Beside the records
// may be the report of missing libraries.
func readRecords(ctx context.Context, ref gwclient.Reference, dir, compiled string) (*contents, error) {
	folders, err := ref.ReadDir(ctx, gwclient.ReadDirRequest{Path: dir})
	if err != nil {
		return nil, fmt.Errorf("listing the records of packages: %w", err)
	}
	read := &contents{sums: map[string]string{}, owners: map[string]string{}, compiled: compiled}
	var mu sync.Mutex
	var paths []string
	eg, ctx := gateway.NewGroup(ctx)
	for _, st := range folders {
		if path.Base(st.Path) == llb.LackingFile {
			eg.Go(func() (err error) {
				read.lacking, err = gateway.ReadAll(ctx, ref, path.Join(dir, llb.LackingFile))
				return err
			})
			continue
		}
		distribution, ok := strings.CutSuffix(path.Base(st.Path), ".dist-info")
		if !ok {
			continue
		}
		eg.Go(func() error {
			record, err := gateway.ReadAll(ctx, ref, path.Join(dir, path.Base(st.Path), "RECORD"))
			if err != nil {
				return ctx.Err() // slimmed away: the files then belong to the tree
			}
			mu.Lock()
			defer mu.Unlock()
			paths = append(paths, read.add(distribution, record)...)
			return nil
		})
	}
	err = eg.Wait()
	if read.lacking != nil {
		paths = append(paths, llb.LackingFile)
	}
	read.names = byFolder(paths)
	return read, err
}

// add adds the rows of a RECORD, and gives the paths in it.
func (c *contents) add(distribution string, record []byte) []string {
	name, version, _ := strings.Cut(distribution, "-")
	owner := strings.ReplaceAll(name, "_", "-") + " " + version
	var paths []string
	rows := csv.NewReader(strings.NewReader(string(record)))
	rows.FieldsPerRecord = -1
	for row, err := rows.Read(); err == nil; row, err = rows.Read() {
		file := path.Clean(row[0])
		paths = append(paths, file)
		c.owners[file] = owner
		if len(row) == 3 && strings.HasPrefix(row[1], sumPrefix) {
			c.sums[file] = row[1]
		}
		c.most += mostOf(row, int64(len(record)), c.compiled != "")
	}
	return paths
}

// mostOf is the size that a row's file has at most, together with the bytecode
// that it may be compiled to. RECORD does not know its own size.
func mostOf(row []string, record int64, compiled bool) int64 {
	if path.Base(row[0]) == "RECORD" {
		return record
	}
	size, err := strconv.ParseInt(row[len(row)-1], 10, 64)
	if err != nil {
		return plan.LimitImage
	}
	if compiled && strings.HasSuffix(row[0], ".py") {
		size += mostCompiled*size + leastCompiled
	}
	return size
}
