package frontend

import "github.com/uvlambda/uvlambda/frontend/contexts"

// folders are open folders of this machine, by the names that BuildKit knows
// them by.
type folders map[string]*contexts.Folder

// openFolders opens folders, which are to be closed whatever the error.
func openFolders(dirs map[string]string) (folders, error) {
	open := folders{}
	for name, dir := range dirs {
		folder, err := contexts.OpenFolder(dir)
		if err != nil {
			return open, err
		}
		open[name] = folder
	}
	return open, nil
}

// folder is the folder of a name, nil when it is not near.
func (f folders) folder(name string) *contexts.Folder { return f[name] }

// close closes the folders.
func (f folders) close() {
	for _, folder := range f {
		_ = folder.Close()
	}
}
