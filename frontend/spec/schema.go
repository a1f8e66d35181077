package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/source"
)

// schemaDialect is the version of JSON Schema that Schema is written in: the
// newest that editors, SchemaStore and validate-pyproject all take.
const schemaDialect = "http://json-schema.org/draft-07/schema#"

// The schemas' names. The schema of the table has the name that SchemaStore gives
// it. The schema of pyproject.toml is named by its place in this repository, since
// SchemaStore has another one.
const (
	schemaID    = "https://www.schemastore.org/uvlambda.json"
	pyprojectID = "https://github.com/uvlambda/uvlambda/blob/main/docs/pyproject.schema.json"
)

// referencePage has a section for each key, to which editors link.
const referencePage = "https://github.com/uvlambda/uvlambda/blob/main/docs/reference.md"

// functionDefinition is where the schema has the table of one function.
const functionDefinition = "#/definitions/function"

// schema is the part of JSON Schema that describes the table:
// https://json-schema.org/draft-07/json-schema-validation
type schema struct {
	Dialect     string      `json:"$schema,omitempty"`
	ID          string      `json:"$id,omitempty"`
	Ref         string      `json:"$ref,omitempty"`
	Title       string      `json:"title,omitempty"`
	Description string      `json:"description,omitempty"`
	Type        string      `json:"type,omitempty"`
	OneOf       []*schema   `json:"oneOf,omitempty"`
	Enum        []string    `json:"enum,omitempty"`
	Pattern     string      `json:"pattern,omitempty"`
	MinLength   int         `json:"minLength,omitempty"`
	MaxLength   int         `json:"maxLength,omitempty"`
	Minimum     int         `json:"minimum,omitempty"`
	Maximum     int         `json:"maximum,omitempty"`
	Items       *schema     `json:"items,omitempty"`
	Properties  *properties `json:"properties,omitempty"`
	Required    []string    `json:"required,omitempty"`
	// Names describes all keys, Additional the values of the keys that Properties
	// does not name: a schema, or false.
	Names      *schema     `json:"propertyNames,omitempty"`
	Additional any         `json:"additionalProperties,omitempty"`
	Default    any         `json:"default,omitempty"`
	Examples   []any       `json:"examples,omitempty"`
	Defs       *properties `json:"definitions,omitempty"`
	// Taplo is what the TOML language server shows beside the description:
	// https://taplo.tamasfe.dev/configuration/developing-schemas.html
	Taplo *taplo `json:"x-taplo,omitempty"`
}

// taplo links a key to its documentation.
type taplo struct {
	Links links `json:"links"`
}

type links struct {
	Key string `json:"key"`
}

// property is a named schema.
type property struct {
	name   string
	schema *schema
}

// properties are an object that keeps the order of its keys, in which editors
// offer them.
type properties []property

// MarshalJSON writes the object.
func (p properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, member := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		data, err := json.Marshal(member.schema)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q:%s", member.name, data)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Schema is the JSON Schema of the table, which is the whole of a uvlambda.toml,
// in the form in which it is published.
func Schema() ([]byte, error) {
	root, err := tableSchema()
	if err != nil {
		return nil, err
	}
	root.ID, root.Defs = schemaID, functionSchema("#")
	return publish(root)
}

// PyprojectSchema is the JSON Schema of a pyproject.toml, of which it describes
// the table and nothing else. It holds the table's own schema, since not every
// editor follows a reference to another file.
func PyprojectSchema() ([]byte, error) {
	table, err := tableSchema()
	if err != nil {
		return nil, err
	}
	tool := &schema{Type: "object", Properties: &properties{{"uvlambda", table}}}
	return publish(&schema{
		ID:          pyprojectID,
		Title:       "pyproject.toml with uvlambda",
		Description: "A pyproject.toml. Only its table [tool.uvlambda] is described.",
		Type:        "object",
		Properties:  &properties{{"tool", tool}},
		Defs:        functionSchema("#/properties/tool/properties/uvlambda"),
	})
}

// publish writes a schema in the form in which it is published.
func publish(root *schema) ([]byte, error) {
	root.Dialect = schemaDialect
	data, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the schema: %w", err)
	}
	return append(data, '\n'), nil
}

// tableSchema describes the table.
func tableSchema() (*schema, error) {
	table, err := schemaProperties(nil, Keys())
	if err != nil {
		return nil, err
	}
	return &schema{
		Title:       "uvlambda",
		Description: "The table [tool.uvlambda] of pyproject.toml, or a uvlambda.toml.",
		Type:        "object",
		Properties:  &table,
		Additional:  false,
		Taplo:       linkTo(),
	}, nil
}

// functionSchema describes the table of one function, as functionDefinition. It
// refers to the keys of the table, which the schema has at that place.
func functionSchema(table string) *properties {
	var keys properties
	for _, key := range functionTableKeys() {
		keys = append(keys, property{key.Name, &schema{Ref: table + "/properties/" + key.Name}})
	}
	return &properties{{"function", &schema{
		Description: "One function, over what the table says for all of them.",
		Type:        "object",
		Properties:  &keys,
		Additional:  false,
	}}}
}

// schemaProperties describes the keys of a table, in their order.
func schemaProperties(tables []string, keys []Key) (properties, error) {
	list := make(properties, 0, len(keys))
	for _, key := range keys {
		s, err := keySchema(tables, key)
		if err != nil {
			return nil, err
		}
		list = append(list, property{key.Name, s})
	}
	return list, nil
}

// keySchema describes one key of a table.
func keySchema(tables []string, k Key) (*schema, error) {
	path := append(slices.Clone(tables), k.Name)
	s := typeSchema(k.Type)
	s.Taplo = linkTo(path...)
	s.Description = k.Doc + "\nWhen absent: " + k.Default + "."
	s.Enum, s.Minimum, s.Maximum = k.Values, k.Minimum, k.Maximum
	s.Default = k.defaultValue()
	if k.Type == Group {
		below, err := schemaProperties(path, k.Keys)
		if err != nil {
			return nil, err
		}
		s.Properties, s.Additional = &below, false
	}
	example, err := k.exampleValue()
	if err != nil {
		return nil, err
	}
	s.Examples = []any{example}
	return s, nil
}

// linkTo links to a key's section of the reference page. GitHub leaves the dots
// out of a heading's anchor.
func linkTo(path ...string) *taplo {
	url := referencePage
	if len(path) > 0 {
		url += "#" + strings.Join(path, "")
	}
	return &taplo{links{Key: url}}
}

// typeSchema describes the values of a type.
func typeSchema(t Type) *schema {
	text := &schema{Type: "string", MinLength: 1}
	switch t {
	case Boolean:
		return &schema{Type: "boolean"}
	case Integer:
		return &schema{Type: "integer"}
	case Strings:
		return &schema{Type: "array", Items: text}
	case Includes:
		both := &schema{
			Type:       "object",
			Properties: &properties{{"image", text}, {"from", text}, {"to", text}},
			Required:   []string{"from", "to"},
			Additional: false,
		}
		return &schema{Type: "array", Items: &schema{OneOf: []*schema{text, both}}}
	case Image:
		built := &schema{
			Type:       "object",
			Properties: &properties{{"dockerfile", text}, {"target", text}},
			Required:   []string{"dockerfile"},
			Additional: false,
		}
		return &schema{OneOf: []*schema{text, built}}
	case Table:
		return &schema{Type: "object", Names: &schema{MinLength: 1}, Additional: &schema{Type: "string"}}
	case Tables:
		return &schema{
			Type:       "object",
			Names:      &schema{Pattern: functionPattern.String(), MaxLength: maxFunctionName},
			Additional: &schema{Ref: functionDefinition},
		}
	case Group:
		return &schema{Type: "object"}
	default:
		return text
	}
}

// defaultValue is the value that an absent key stands for, nil when it stands
// for none in particular.
func (k Key) defaultValue() any {
	word, _, _ := strings.Cut(k.Default, ":")
	switch k.Type {
	case Boolean:
		return word == "true"
	case Integer:
		if n, err := strconv.Atoi(word); err == nil {
			return n
		}
	case String:
		if slices.Contains(k.Values, word) {
			return word
		}
	}
	return nil
}

// exampleValue is the value that the key has in its example.
func (k Key) exampleValue() (any, error) {
	table := prefix("pyproject.toml")
	doc, err := source.Parse("example", []byte(header(table)+"\n"+k.Example+"\n"))
	if err != nil {
		return nil, fmt.Errorf("reading the example of %s: %w", k.Name, err)
	}
	return doc.Value(append(table, k.Name)...), nil
}
