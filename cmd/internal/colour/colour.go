// Package colour shows words in colour where a person reads them.
package colour

import (
	"io"
	"os"

	"github.com/containerd/console"
)

// Colour is the escape sequence of a colour.
type Colour string

const (
	// Red is for errors that end a command.
	Red Colour = "\x1b[1;31m"
	// Yellow is for warnings.
	Yellow Colour = "\x1b[1;33m"
)

// Word is a word for a writer: in colour when that is a terminal. Without is the
// value of NO_COLOR, which asks for no colours (https://no-color.org).
func Word(w io.Writer, word string, colour Colour, without string) string {
	file, ok := w.(*os.File)
	if !ok || without != "" {
		return word
	}
	if _, err := console.ConsoleFromFile(file); err != nil {
		return word
	}
	return string(colour) + word + "\x1b[0m"
}
