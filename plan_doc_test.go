package uvlambda

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// planPage describes the JSON of a plan.
const planPage = "docs/plan.md"

// TestPlanFields holds the tables of docs/plan.md against the types of a plan:
// its own first, then the types of its fields, then the work of each kind of step.
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
	queue, seen := []reflect.Type{reflect.TypeFor[plan.Plan]()}, map[reflect.Type]bool{}
	for _, work := range plan.Works() {
		queue = append(queue, reflect.TypeOf(work).Elem())
	}
	for ; len(queue) > 0; queue = queue[1:] {
		if seen[queue[0]] {
			continue
		}
		seen[queue[0]] = true
		below := describeType(t, &b, types, queue[0])
		queue = slices.Concat(queue[:1], below, queue[1:])
	}
	return b.String() + "\n"
}

// describeType writes the section of a type, and gives the types of its fields.
func describeType(t *testing.T, b *strings.Builder, types map[string]planType, of reflect.Type) []reflect.Type {
	t.Helper()
	var queue []reflect.Type
	name := of.Name()
	heading := name
	if work, ok := reflect.New(of).Interface().(plan.Work); ok {
		heading = fmt.Sprintf("%s: work of the kind `%s`", name, work.Kind())
	}
	fmt.Fprintf(b, "\n### %s\n\n%s\n", heading, types[name].doc)
	fields := reflect.VisibleFields(of)
	if len(fields) > 0 {
		b.WriteString("\n| field | type | what it says |\n|---|---|---|\n")
	}
	for _, field := range fields {
		if field.Anonymous {
			continue
		}
		key, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		text, below := jsonType(field.Type)
		if below != nil {
			queue = append(queue, below)
		}
		if options != "" {
			text += ", optional"
		}
		doc := types[name].fields[field.Name]
		for _, outer := range fields {
			if outer.Anonymous && doc == "" {
				doc = types[outer.Name].fields[field.Name]
			}
		}
		switch {
		case doc != "" || below == nil:
		case below == reflect.TypeFor[plan.Location]():
			doc = "The lines that asked for it."
		default:
			doc = types[below.Name()].doc
		}
		require.NotEmpty(t, doc, "%s.%s has no comment", name, field.Name)
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", key, text, doc)
	}
	return queue
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
	case reflect.Interface:
		return "object, by the kind", nil
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
	types := map[string]planType{}
	names, err := filepath.Glob("plan/*.go")
	require.NoError(t, err)
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		require.NoError(t, err)
		describeTypes(file, types)
	}
	return types
}

// describeTypes reads the comments of the structs in a file.
func describeTypes(file *ast.File, types map[string]planType) {
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
			if len(field.Names) == 0 {
				continue // its own fields are described where it is declared
			}
			described.fields[field.Names[0].Name] = comment(field.Doc) + comment(field.Comment)
		}
		types[spec.Name.Name] = described
		return false
	})
}

// comment is a comment's text on one line.
func comment(group *ast.CommentGroup) string {
	return strings.Join(strings.Fields(group.Text()), " ")
}
