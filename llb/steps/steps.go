// Package steps holds the Python that runs inside the steps of a build. It is
// Python because every builder has one: a Lambda base has no find, and may have no
// shell.
package steps

import _ "embed"

var (
	//go:embed driver.py
	driver []byte
	//go:embed pack.py
	pack []byte
	//go:embed join.py
	join []byte
	//go:embed libraries.py
	libraries []byte
	//go:embed sizes.py
	sizes []byte
	//go:embed test.py
	test []byte
	//go:embed base.py
	base []byte
)

// Driver runs uv and tidies up after it.
func Driver() []byte { return driver }

// Pack compresses a part of an archive.
func Pack() []byte { return pack }

// Join writes an archive of its parts.
func Join() []byte { return join }

// Libraries says which libraries packages load and lack. Driver imports it.
func Libraries() []byte { return libraries }

// Sizes says which packages are too large. Driver and Pack import it.
func Sizes() []byte { return sizes }

// Base tells what a base image has.
func Base() []byte { return base }

// Test plays Lambda for a function, in the function's own image.
func Test() []byte { return test }
