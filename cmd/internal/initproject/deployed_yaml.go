package initproject

import (
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yamlValues reads a YAML document in which values may be references to
// parameters, as CloudFormation writes them: `!Ref Name` or `Ref: Name`.
type yamlValues struct {
	root       *yaml.Node
	parameters map[string]string
}

// parseYAML reads a document. It has no root when it is not YAML.
func parseYAML(data []byte) yamlValues {
	v := yamlValues{parameters: map[string]string{}}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err == nil && len(document.Content) == 1 {
		v.root = document.Content[0]
	}
	for name, parameter := range entries(at(v.root, "Parameters")) {
		if value := at(parameter, "Default"); value != nil {
			v.parameters[name] = value.Value
		}
	}
	return v
}

// at is the value below keys of mappings, nil when there is none.
func at(node *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		node = entries(node)[key]
	}
	return node
}

// entries are the values of a mapping by key.
func entries(node *yaml.Node) map[string]*yaml.Node {
	for node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	all := map[string]*yaml.Node{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		all[node.Content[i].Value] = node.Content[i+1]
	}
	return all
}

// names are the keys of a mapping in the order of the document.
func names(node *yaml.Node) []string {
	all := entries(node)
	found := slices.Collect(maps.Keys(all))
	slices.SortFunc(found, func(a, b string) int { return all[a].Line - all[b].Line })
	return found
}

// substitution is a parameter in the text of !Sub.
var substitution = regexp.MustCompile(`\$\{(\w+)\}`)

// text is the text of the first of some values that is there, with the
// parameters that it refers to; empty when that is known only to the deployment.
func (v yamlValues) text(nodes ...*yaml.Node) string {
	i := slices.IndexFunc(nodes, func(n *yaml.Node) bool { return n != nil })
	if i < 0 {
		return ""
	}
	node := nodes[i]
	switch {
	case node.Kind == yaml.AliasNode:
		return v.text(node.Alias)
	case node.Kind == yaml.SequenceNode && len(node.Content) == 1 && node.Content[0].Kind == yaml.ScalarNode:
		return v.text(node.Content[0])
	case node.Tag == "!Ref":
		return v.parameters[node.Value]
	case at(node, "Ref") != nil:
		return v.parameters[at(node, "Ref").Value]
	case node.Tag == "!Sub":
		return v.substitute(node.Value)
	case at(node, "Fn::Sub") != nil:
		return v.substitute(at(node, "Fn::Sub").Value)
	case node.Kind == yaml.ScalarNode && (node.Tag == "" || strings.HasPrefix(node.Tag, "!!")):
		return node.Value
	default:
		return ""
	}
}

// substitute replaces parameters, which all have to be known.
func (v yamlValues) substitute(text string) string {
	known := true
	text = substitution.ReplaceAllStringFunc(text, func(found string) string {
		value, ok := v.parameters[found[2:len(found)-1]]
		known = known && ok
		return value
	})
	if !known {
		return ""
	}
	return text
}

// readSAM reads the functions of a template of AWS SAM or CloudFormation:
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
func readSAM(_ fs.FS, file string, data []byte) []deployed {
	v := parseYAML(data)
	globals := at(v.root, "Globals", "Function")
	resources := at(v.root, "Resources")
	var found []deployed
	for _, name := range names(resources) {
		resource := at(resources, name)
		kind := v.text(at(resource, "Type"))
		if kind != "AWS::Serverless::Function" && kind != "AWS::Lambda::Function" {
			continue
		}
		own := at(resource, "Properties")
		value := func(key string) string { return v.text(at(own, key), at(globals, key)) }
		code := value("CodeUri")
		if kind == "AWS::Lambda::Function" {
			code = v.text(at(own, "Code"))
		}
		handler, runtime := value("Handler"), value("Runtime")
		if value("PackageType") == "Image" {
			// What is deployed may be an image of any language: its command is read
			// where a module has it.
			handler, runtime, code = v.text(at(own, "ImageConfig", "Command")), "", ""
		} else if handler == "" || !strings.HasPrefix(runtime, "python") || strings.Contains(code, "://") {
			continue
		}
		dir := relativeDir(file, code)
		if runtime == "" {
			dir = "."
		}
		found = append(found, deployed{file, name, handler, dir, runtime, value("Architectures")})
	}
	return found
}

// readServerless reads the functions of a Serverless Framework service:
// https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml
func readServerless(_ fs.FS, file string, data []byte) []deployed {
	v := parseYAML(data)
	provider, functions := at(v.root, "provider"), at(v.root, "functions")
	var found []deployed
	for _, name := range names(functions) {
		own := at(functions, name)
		value := func(key string) string { return v.text(at(own, key), at(provider, key)) }
		handler, runtime := v.text(at(own, "handler")), value("runtime")
		if handler == "" || !strings.HasPrefix(runtime, "python") {
			continue
		}
		found = append(found, deployed{file, name, strings.TrimPrefix(handler, "./"), relativeDir(file, v.text(at(own, "module"))), runtime, value("architecture")})
	}
	return found
}
