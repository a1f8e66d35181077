package initproject

import (
	"io/fs"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// readTerraform reads the functions of a Terraform file: resources of the type
// aws_lambda_function, and calls of the module terraform-aws-modules/lambda.
// Values may use the defaults of variables of the same folder.
func readTerraform(folder fs.FS, file string, data []byte) []deployed {
	module := terraformModule(folder, path.Dir(file))
	var found []deployed
	for _, block := range terraformBlocks(file, data) {
		isResource := block.Type == "resource" && len(block.Labels) == 2 && block.Labels[0] == "aws_lambda_function"
		isModule := block.Type == "module" && len(block.Labels) == 1 && strings.HasPrefix(module.text(block, "source"), "terraform-aws-modules/lambda/")
		if !isResource && !isModule {
			continue
		}
		code := module.text(block, "source_path")
		if isResource {
			code = module.archived(block)
		}
		d := deployed{
			file: file, name: block.Labels[len(block.Labels)-1], handler: module.text(block, "handler"),
			dir: relativeDir(file, code), runtime: module.text(block, "runtime"), architecture: module.text(block, "architectures"),
		}
		isImage := module.text(block, "package_type") == "Image"
		for _, inner := range block.Body.Blocks {
			if isImage && inner.Type == "image_config" {
				d.handler = module.text(inner, "command")
				d.dir = "."
			}
		}
		if isImage || d.handler != "" && strings.HasPrefix(d.runtime, "python") {
			found = append(found, d)
		}
	}
	return found
}

// terraform is what the files of a folder say together.
type terraform struct {
	context *hcl.EvalContext
	// archives are the folders or files of archives, by the name of the data
	// source.
	archives map[string]string
}

// terraformBlocks are the blocks of a file. One that is malformed has none.
func terraformBlocks(file string, data []byte) []*hclsyntax.Block {
	parsed, diagnostics := hclsyntax.ParseConfig(data, file, hcl.InitialPos)
	if diagnostics.HasErrors() {
		return nil
	}
	body, _ := parsed.Body.(*hclsyntax.Body)
	return body.Blocks
}

// terraformModule reads the defaults of the variables, and the archives.
func terraformModule(folder fs.FS, dir string) terraform {
	var blocks []*hclsyntax.Block
	files, _ := fs.Glob(folder, path.Join(dir, "*.tf"))
	for _, file := range files {
		if data, err := fs.ReadFile(folder, file); err == nil {
			blocks = append(blocks, terraformBlocks(file, data)...)
		}
	}
	here := cty.ObjectVal(map[string]cty.Value{"module": cty.StringVal("."), "root": cty.StringVal("."), "cwd": cty.StringVal(".")})
	m := terraform{context: &hcl.EvalContext{Variables: map[string]cty.Value{"path": here}}, archives: map[string]string{}}
	variables := map[string]cty.Value{}
	for _, b := range blocks {
		if b.Type == "variable" && len(b.Labels) == 1 && b.Body.Attributes["default"] != nil {
			if value, diagnostics := b.Body.Attributes["default"].Expr.Value(m.context); !diagnostics.HasErrors() {
				variables[b.Labels[0]] = value
			}
		}
	}
	m.context.Variables["var"] = cty.ObjectVal(variables)
	locals := map[string]cty.Value{}
	for _, b := range blocks {
		for name, attribute := range b.Body.Attributes {
			if value, diagnostics := attribute.Expr.Value(m.context); b.Type == "locals" && !diagnostics.HasErrors() {
				locals[name] = value
			}
		}
	}
	m.context.Variables["local"] = cty.ObjectVal(locals)
	for _, b := range blocks {
		if b.Type == "data" && len(b.Labels) == 2 && b.Labels[0] == "archive_file" {
			m.archives[b.Labels[1]] = m.text(b, "source_dir")
			if source := m.text(b, "source_file"); source != "" {
				m.archives[b.Labels[1]] = path.Dir(source)
			}
		}
	}
	return m
}

// text is the text of an attribute, or of the only element of its list; empty
// when it is known only when Terraform runs.
func (m terraform) text(block *hclsyntax.Block, name string) string {
	attribute := block.Body.Attributes[name]
	if attribute == nil {
		return ""
	}
	value, diagnostics := attribute.Expr.Value(m.context)
	if diagnostics.HasErrors() || !value.IsWhollyKnown() || value.IsNull() {
		return ""
	}
	if value.CanIterateElements() && value.LengthInt() == 1 {
		for _, element := range value.Elements() {
			value = element
		}
	}
	text, err := convert.Convert(value, cty.String)
	if err != nil || text.IsNull() {
		return ""
	}
	return text.AsString()
}

// archived is the folder that a function's archive is made of.
func (m terraform) archived(block *hclsyntax.Block) string {
	attribute := block.Body.Attributes["filename"]
	if attribute == nil {
		return ""
	}
	for _, traversal := range attribute.Expr.Variables() {
		if len(traversal) < 3 || traversal.RootName() != "data" {
			continue
		}
		if name, ok := traversal[2].(hcl.TraverseAttr); ok {
			return m.archives[name.Name]
		}
	}
	return ""
}
