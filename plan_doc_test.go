package uvlambda

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// planPage describes the JSON of a plan.
const planPage = "docs/plan.md"

// TestPlanFields holds the tables of docs/plan.md against the types of a plan:
// its own first, then those of its fields.
func TestPlanFields(t *testing.T) {
	t.Parallel()
	const begin, end = "<!-- fields -->\n", "<!-- /fields -->"
	data, err := os.ReadFile(planPage)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(data), begin)
	require.True(t, found)
	_, after, found := strings.Cut(rest, end)
	require.True(t, found)
	requireGenerated(t, planPage, before+begin+fieldTables(t)+end+after)
}

// TestPlanVersionOfThePage holds the version that docs/plan.md describes
// against the one that plans have.
func TestPlanVersionOfThePage(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(planPage)
	require.NoError(t, err)
	require.Contains(t, string(data), fmt.Sprintf("`version` is %d", plan.Version))
}

// fieldTables is a section for each type.
func fieldTables(t *testing.T) string {
	t.Helper()
	types := parsePlanTypes(t)
	var b strings.Builder
	for queue, seen := []reflect.Type{reflect.TypeFor[plan.Plan]()}, map[reflect.Type]bool{}; len(queue) > 0; queue = queue[1:] {
		if seen[queue[0]] {
			continue
		}
		seen[queue[0]] = true
		name := queue[0].Name()
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n| field | type | what it says |\n|---|---|---|\n", name, types[name].doc)
		for i := range queue[0].NumField() {
			field := queue[0].Field(i)
			key, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			text, below := jsonType(field.Type)
			if below != nil {
				queue = append(queue, below)
			}
			if options != "" {
				text += ", optional"
			}
			doc := types[name].fields[field.Name]
			switch {
			case doc != "" || below == nil:
			case below == reflect.TypeFor[plan.Location]():
				doc = "The lines that asked for it."
			default:
				doc = types[below.Name()].doc
			}
			require.NotEmpty(t, doc, "%s.%s has no comment", name, field.Name)
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", key, text, doc)
		}
	}
	return b.String() + "\n"
}

// jsonType says what a type is in JSON, and gives the struct in it.
func jsonType(of reflect.Type) (text string, below reflect.Type) {
	switch of.Kind() {
	case reflect.Pointer:
		return jsonType(of.Elem())
	case reflect.Slice:
		text, below = jsonType(of.Elem())
		return "list of " + text, below
	case reflect.Map:
		text, below = jsonType(of.Elem())
		return "object of " + text, below
	case reflect.Struct:
		return fmt.Sprintf("[%s](#%s)", of.Name(), strings.ToLower(of.Name())), of
	case reflect.Bool:
		return "boolean", nil
	case reflect.Int, reflect.Int64:
		return "integer", nil
	default:
		return "string", nil
	}
}

// planType is what the comments of a struct say.
type planType struct {
	doc    string
	fields map[string]string
}

// parsePlanTypes reads the comments of the plan's types.
func parsePlanTypes(t *testing.T) map[string]planType {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "plan/plan.go", nil, parser.ParseComments)
	require.NoError(t, err)
	types := map[string]planType{}
	ast.Inspect(file, func(n ast.Node) bool {
		declaration, ok := n.(*ast.GenDecl)
		if !ok || declaration.Tok != token.TYPE {
			return true
		}
		spec := declaration.Specs[0].(*ast.TypeSpec)
		structure, ok := spec.Type.(*ast.StructType)
		if !ok {
			return false
		}
		described := planType{doc: comment(declaration.Doc), fields: map[string]string{}}
		for _, field := range structure.Fields.List {
			described.fields[field.Names[0].Name] = comment(field.Doc) + comment(field.Comment)
		}
		types[spec.Name.Name] = described
		return false
	})
	return types
}

// comment is a comment's text on one line.
func comment(group *ast.CommentGroup) string {
	return strings.Join(strings.Fields(group.Text()), " ")
}
