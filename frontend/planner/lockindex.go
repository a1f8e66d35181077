package planner

import (
	"net/url"
	"path"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// placedLock is uv.lock as the check reads it when packages are tied to an index that is
// a folder: uv records that by its place on the machine that locked, and refuses the lock
// anywhere else. There is none when the lock is fresh wherever it is.
func (w *Workspace) placedLock() []plan.File {
	data, _ := w.Files.Content(w.LockName())
	text, folders := string(data), w.lockedFolders(w.Root)
	for _, place := range w.Lock.IndexFolders() {
		folder, ok := project.FolderAt(place, folders)
		if !ok {
			continue
		}
		here := url.URL{Scheme: "file", Path: path.Join(plan.SourcePath, w.Root, folder)}
		text = strings.ReplaceAll(text, "index = \""+place+"\"", "index = \""+here.String()+"\"")
	}
	if text == string(data) {
		return nil
	}
	return []plan.File{{Path: w.LockName(), Content: text, Altered: true}}
}
