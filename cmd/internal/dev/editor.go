package dev

import "path"

// editorFiles are patterns for the files that editors keep beside an edited file:
// swap files, backups, locks, and new versions that they write before they replace
// the file.
func editorFiles() []string {
	return []string{
		// Vim and Neovim: a swap file, a file that tries out whether the folder
		// can be written to, and a backup.
		".*.sw[a-p]", "4913", "*~",
		// JetBrains' editors.
		"*___jb_tmp___", "*___jb_old___",
		// Emacs: a lock and an autosaved file.
		".#*", "#*#",
		// Kate; GNOME's editor and others that write with GIO.
		".*.kate-swp", ".goutputstream-*",
	}
}

// isEditors reports whether a file's name is one that editors give to files of
// their own.
func isEditors(name string) bool {
	for _, pattern := range editorFiles() {
		// The patterns are well formed.
		if matched, _ := path.Match(pattern, name); matched {
			return true
		}
	}
	return false
}
