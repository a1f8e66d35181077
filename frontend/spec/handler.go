package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	// modulePart is a folder or file name that importlib takes: since Lambda
	// imports by a string, keywords, hyphens and leading digits are no obstacle.
	modulePart   = regexp.MustCompile(`^[\p{L}\p{N}_-]+$`)
	functionName = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_]*$`)
)

// builtinModules are modules inside of every Python interpreter. The runtime
// refuses handlers of that name.
func builtinModules() []string {
	return []string{
		"atexit", "builtins", "errno", "faulthandler", "gc", "itertools", "marshal", "posix", "pwd", "sys", "time",
	}
}

// checkHandler knows the rule of Lambda's runtime for Python: what follows the
// last dot is the function, what precedes it the module, in which a slash is as
// good as a dot
// (https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html#naming).
func checkHandler(value string) error {
	file, isFile := strings.CutSuffix(value, ".py")
	dot := strings.LastIndexByte(value, '.')
	switch {
	case value == "":
		return nil
	case strings.ContainsRune(value, ':'):
		return fmt.Errorf("%q has a colon, where Lambda wants a dot: write %q",
			value, dotted(strings.NewReplacer(".py:", ".", ":", ".").Replace(value)))
	case isFile:
		return fmt.Errorf("%q names a file: name the function in it, as in %q", value, dotted(file)+".handler")
	case dot < 0:
		return fmt.Errorf("%q names no function: write MODULE.FUNCTION, as in %q", value, dotted(value)+".handler")
	}
	module, function := value[:dot], value[dot+1:]
	parts := strings.Split(strings.ReplaceAll(module, "/", "."), ".")
	for _, part := range parts {
		if !modulePart.MatchString(part) {
			return fmt.Errorf("%q has %q where a module's name should be: write it as in \"app.main.handler\"", value, part)
		}
	}
	if !functionName.MatchString(function) {
		return fmt.Errorf("%q has %q where the function's name should be: write it as in \"app.main.handler\"",
			value, function)
	}
	if slices.Contains(builtinModules(), parts[0]) {
		return fmt.Errorf("%q is in a module that has the name of Python's own %q, which Lambda refuses: rename it",
			value, parts[0])
	}
	return nil
}

// dotted gives a module as Python names it, also when it is written as the path
// of a file, for which src/ is no package.
func dotted(path string) string {
	path = strings.TrimPrefix(strings.TrimPrefix(path, "./"), "src/")
	return strings.ReplaceAll(path, "/", ".")
}
