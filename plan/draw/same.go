package draw

import (
	"encoding/json"
	"slices"

	"github.com/uvlambda/uvlambda/plan"
)

// identities are texts that are equal for steps that plans have in common, by the
// steps' names: a builder runs such a step once.
func identities(p *plan.Plan) map[string]string {
	same := map[string]string{}
	for _, st := range p.Steps {
		var takes, python []string
		for _, name := range st.Takes {
			takes = append(takes, same[name])
		}
		if slices.Contains(st.Images, p.Base.Ref) {
			python = append(python, p.Python.Executable)
		}
		if st.On == plan.Build && st.For == p.Platform {
			python = append(python, p.Python.WheelPlatform)
		}
		same[st.Name] = identity(st.Kind, st.For, st.Images, python, takes, st.Secrets, st.Work)
	}
	return same
}

// identity is text that is equal for equal values, wherever in the build's files
// they were written.
func identity(values ...any) string {
	var written any
	// Plans are plain data, which JSON can always say and read back.
	data, _ := json.Marshal(values)
	_ = json.Unmarshal(data, &written)
	data, _ = json.Marshal(withoutSources(written))
	return string(data)
}

// withoutSources removes the locations from a value read from JSON.
func withoutSources(value any) any {
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = withoutSources(value[i])
		}
	case map[string]any:
		delete(value, "source")
		for key := range value {
			value[key] = withoutSources(value[key])
		}
	}
	return value
}
