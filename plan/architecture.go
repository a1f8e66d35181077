package plan

import "slices"

// Architecture is one that Lambda has, by its names.
type Architecture struct {
	// OCI is the name in images and in Go, "amd64".
	OCI string
	// Lambda is the name in Lambda's API and in the table, "x86_64".
	Lambda string
	// Machine is the name in Python, in wheels and in QEMU, "aarch64".
	Machine string
}

// Architectures are all that Lambda has.
func Architectures() []Architecture {
	return []Architecture{{"amd64", "x86_64", "x86_64"}, {"arm64", "arm64", "aarch64"}}
}

// ArchitectureOfOCI finds an architecture by its OCI name. It is empty when Lambda
// has no such architecture.
func ArchitectureOfOCI(name string) Architecture {
	return findArchitecture(func(a Architecture) bool { return a.OCI == name })
}

// ArchitectureOfLambda finds an architecture by Lambda's name.
func ArchitectureOfLambda(name string) Architecture {
	return findArchitecture(func(a Architecture) bool { return a.Lambda == name })
}

func findArchitecture(is func(Architecture) bool) Architecture {
	all := Architectures()
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i]
	}
	return Architecture{}
}
