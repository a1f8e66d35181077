package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// otherMarker tells a requirement whose marker none of the locked ones has. The
// answer is false for markers that uv may write in another way.
func otherMarker(asked requirement, locked []project.Requirement) bool {
	want, ok := canonicalMarker(asked.marker)
	if !ok {
		return false
	}
	for _, r := range locked {
		if has, known := canonicalMarker(r.Marker); !known || has == want {
			return false
		}
	}
	return true
}

// comparison is one of a marker's comparisons that uv writes as it reads it, but
// for spaces and quotes.
var comparison = regexp.MustCompile(`^(sys_platform|platform_machine|python_version|python_full_version|extra)\s*(==|!=|<|>=)\s*(?:'([^']*)'|"([^"]*)")$`)

// canonicalMarker writes a marker in one way: comparisons sorted, with single
// quotes. ok is false for a marker that uv may simplify, or write with other
// variables.
func canonicalMarker(text string) (canonical string, ok bool) {
	if strings.TrimSpace(text) == "" {
		return "", true
	}
	var parts, variables []string
	for part := range strings.SplitSeq(strings.Join(strings.Fields(text), " "), " and ") {
		m := comparison.FindStringSubmatch(part)
		if m == nil {
			return "", false
		}
		variable, operator, value := m[1], m[2], m[3]+m[4]
		switch variable {
		case "python_version":
			if operator == "==" || operator == "!=" || strings.Count(value, ".") != 1 {
				return "", false
			}
			variable = "python_full_version"
		case "extra":
			value = project.NormalizeName(value)
		}
		if slices.Contains(variables, variable) {
			return "", false
		}
		variables = append(variables, variable)
		parts = append(parts, variable+" "+operator+" '"+value+"'")
	}
	slices.Sort(parts)
	return strings.Join(parts, " and "), true
}
