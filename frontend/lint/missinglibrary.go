package lint

import (
	"fmt"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/suggest"
)

// MissingLibrary is a shared library that an installed package loads, and that
// neither the packages nor the base have.
type MissingLibrary struct {
	// Package is the name of the package, and File the first of its files that
	// loads the library, below the task root.
	Package, File string
	// Library is the name that is loaded, such as libgobject-2.0.so.0.
	Library string
}

// missingLibrary finds wheels whose native code does not load in the base.
func missingLibrary() Rule {
	return Rule{
		Name:        "MissingLibrary",
		Description: "A package should load no library that the function does not have",
		Why: "Wheels of native code bring the libraries that they load, but not those that every desktop or server has by the list of their manylinux policy, such as `libGL.so.1` or `libgobject-2.0.so.0`. Lambda's base has few of them, and a wheel of an index that keeps to no policy may load any. " +
			"Python imports such a module with an `ImportError` that names the library.\n\n" +
			"A build compares what the installed modules load with the libraries of the base, of all packages, and of the application's own folders where the loader looks: `lib`, the task root, and `/opt/lib`. " +
			"Name a `base` that has the library, copy it to `/opt/lib/` with `include`, or depend on a package without it, such as `opencv-python-headless` in place of `opencv-python`. " +
			"It is no mistake when nothing imports that module: leave the rule out then. A package that the build itself compiles is held to more: there such a library is an error.",
		BuildOnly: true,
		Bad:       Example{Files: lockedExample("vips", "1.0.0", vipsWheel), Libraries: []MissingLibrary{vipsLibrary()}},
		Good: Example{
			Files: strings.Replace(lockedExample("vips", "1.0.0", vipsWheel), "handler = \"app.handler\"\n",
				"handler = \"app.handler\"\ninclude = [{ from = \"lib/\", to = \"/opt/lib/\" }]\n", 1) + "-- lib/libgobject-2.0.so.0 --\n(the library)\n",
			Libraries: []MissingLibrary{vipsLibrary()},
		},
		find: findMissingLibraries,
	}
}

const vipsWheel = `wheels = [
    { url = "https://packages.example.com/vips-1.0.0-cp313-cp313-manylinux_2_28_x86_64.whl", hash = "sha256:00", size = 8000 },
]`

// vipsLibrary is what a build finds in that wheel.
func vipsLibrary() MissingLibrary {
	return MissingLibrary{Package: "vips", File: "vips/_core.cpython-313-x86_64-linux-gnu.so", Library: "libgobject-2.0.so.0"}
}

func findMissingLibraries(in *Input) []finding {
	var packages []string
	of := map[string][]MissingLibrary{}
	for _, l := range in.Libraries {
		if brought, err := in.BringsLibrary(l.Library); brought || err != nil {
			continue // of patterns that are wrong the build says so
		}
		if of[l.Package] == nil {
			packages = append(packages, l.Package)
		}
		of[l.Package] = append(of[l.Package], l)
	}
	var all []finding
	for _, name := range packages {
		why, at := name, in.Plan.Base.Source
		if p := in.find(name); p != nil {
			why, at = in.origin(p)
		}
		all = append(all, finding{
			fmt.Sprintf("%s in the base (%s): name a `base` that has what it loads, copy that to /opt/lib/ with `include`, or depend on a package without it", lacking(name, of[name]), why), at,
		})
	}
	return all
}

// lacking says what a package loads.
func lacking(name string, libraries []MissingLibrary) string {
	if len(libraries) == 1 {
		return fmt.Sprintf("%s loads %s, which is not", libraries[0].File, libraries[0].Library)
	}
	names := make([]string, 0, len(libraries))
	for _, l := range libraries {
		names = append(names, l.Library)
	}
	return fmt.Sprintf("%s has files such as %s that load %s, none of which is", name, libraries[0].File, suggest.And(names))
}
