package dev

import "path"

// editorFiles are patterns of the names that editors give to files of their own
// beside the one that is edited: swap files, backups, locks, and what they write
// before they put it in a file's place.
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
