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

// schemaDialect is the version of JSON Schema that Schema is written in.
const schemaDialect = "https://json-schema.org/draft/2020-12/schema"

// functionDefinition is where the schema has the table of one function.
const functionDefinition = "#/$defs/function"

// schema is the part of JSON Schema that describes the table:
// https://json-schema.org/draft/2020-12/json-schema-validation
type schema struct {
	Dialect     string      `json:"$schema,omitempty"`
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
	// Names is what all keys have to be, Additional what those are that
	// Properties does not name: a schema, or false.
	Names      *schema     `json:"propertyNames,omitempty"`
	Additional any         `json:"additionalProperties,omitempty"`
	Default    any         `json:"default,omitempty"`
	Examples   []any       `json:"examples,omitempty"`
	Defs       *properties `json:"$defs,omitempty"`
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
	table, err := schemaProperties(Keys())
	if err != nil {
		return nil, err
	}
	var function properties
	for _, key := range functionTableKeys() {
		function = append(function, property{key.Name, &schema{Ref: "#/properties/" + key.Name}})
	}
	root := &schema{
		Dialect:     schemaDialect,
		Title:       "uvlambda",
		Description: "The table [tool.uvlambda] of pyproject.toml, or a uvlambda.toml.",
		Type:        "object",
		Properties:  &table,
		Additional:  false,
		Defs: &properties{{"function", &schema{
			Description: "One function, over what the table says for all of them.",
			Type:        "object",
			Properties:  &function,
			Additional:  false,
		}}},
	}
	data, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the schema: %w", err)
	}
	return append(data, '\n'), nil
}

// schemaProperties describes keys, in their order.
func schemaProperties(keys []Key) (properties, error) {
	list := make(properties, 0, len(keys))
	for _, key := range keys {
		s, err := keySchema(key)
		if err != nil {
			return nil, err
		}
		list = append(list, property{key.Name, s})
	}
	return list, nil
}

// keySchema describes one key.
func keySchema(k Key) (*schema, error) {
	s := typeSchema(k.Type)
	s.Description = k.Doc + "\nWhen absent: " + k.Default + "."
	s.Enum, s.Minimum, s.Maximum = k.Values, k.Minimum, k.Maximum
	s.Default = k.defaultValue()
	if k.Type == Group {
		below, err := schemaProperties(k.Keys)
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
			Properties: &properties{{"from", text}, {"to", text}},
			Required:   []string{"from", "to"},
			Additional: false,
		}
		return &schema{Type: "array", Items: &schema{OneOf: []*schema{text, both}}}
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
