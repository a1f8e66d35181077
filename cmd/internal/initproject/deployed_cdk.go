package initproject

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// What is read of a CDK application: constructs of functions with the values
// that are written beside them, in Python, TypeScript and JavaScript.
// https://docs.aws.amazon.com/cdk/api/v2/docs/aws-lambda-python-alpha-readme.html
var (
	cdkConstruct    = regexp.MustCompile(`\b(PythonFunction|Function)\(`)
	cdkName         = regexp.MustCompile(`^\s*(?:this|self|scope|stack)\s*,\s*['"]([\w-]+)['"]`)
	cdkHandler      = regexp.MustCompile(`\bhandler\s*[=:]\s*['"]([^'"]+)['"]`)
	cdkIndex        = regexp.MustCompile(`\bindex\s*[=:]\s*['"]([^'"]+)['"]`)
	cdkEntry        = regexp.MustCompile(`\bentry\s*[=:]\s*([^\n]+)`)
	cdkAsset        = regexp.MustCompile(`\b(?:from_asset|fromAsset)\(\s*([^\n]+)`)
	cdkRuntime      = regexp.MustCompile(`\bRuntime\.PYTHON_(3)_([0-9]+)\b`)
	cdkArchitecture = regexp.MustCompile(`\bArchitecture\.(ARM_64|X86_64)\b`)
	cdkPath         = regexp.MustCompile(`^(path\.join\(\s*__dirname\s*,\s*)?['"]([^'"]+)['"]`)
)

// readCDK reads the functions of a source file of a CDK application, as far as
// they are written out.
func readCDK(_ fs.FS, file string, data []byte) []deployed {
	text := string(data)
	if !strings.Contains(text, "aws_cdk") && !strings.Contains(text, "aws-cdk") {
		return nil
	}
	var found []deployed
	for _, match := range cdkConstruct.FindAllStringSubmatchIndex(text, -1) {
		call := bracketed(text[match[1]:])
		d := deployed{file: file, name: group(cdkName, call), handler: group(cdkHandler, call)}
		runtime := cdkRuntime.FindStringSubmatch(call)
		if runtime == nil {
			continue
		}
		d.runtime = "python" + runtime[1] + "." + runtime[2]
		d.architecture = map[string]string{"ARM_64": "arm64", "X86_64": "x86_64"}[group(cdkArchitecture, call)]
		code := cdkAsset
		if text[match[2]:match[3]] == "PythonFunction" {
			code = cdkEntry
			// The construct has a module and a function, with these defaults.
			index, function := group(cdkIndex, call), d.handler
			if index == "" {
				index = "index.py"
			}
			if function == "" {
				function = "handler"
			}
			d.handler = strings.TrimSuffix(index, ".py") + "." + function
		}
		dir, ok := cdkFolder(file, group(code, call))
		if ok && d.handler != "" && d.name != "" {
			d.dir = dir
			found = append(found, d)
		}
	}
	return found
}

// cdkFolder is the folder of an expression: a text is relative to where cdk
// runs, which is taken for the project's folder, and path.join(__dirname) to the
// file.
func cdkFolder(file, expression string) (string, bool) {
	match := cdkPath.FindStringSubmatch(strings.TrimSpace(expression))
	if match == nil {
		return "", false
	}
	if match[1] != "" {
		return relativeDir(file, match[2]), true
	}
	return path.Clean(match[2]), true
}

// bracketed is the text up to the bracket that closes it.
func bracketed(text string) string {
	depth := 1
	for i, r := range text {
		switch r {
		case '(', '{', '[':
			depth++
		case ')', '}', ']':
			depth--
		}
		if depth == 0 {
			return text[:i]
		}
	}
	return text
}

// group is the first group of an expression's first match.
func group(expression *regexp.Regexp, text string) string {
	if match := expression.FindStringSubmatch(text); match != nil {
		return match[1]
	}
	return ""
}
