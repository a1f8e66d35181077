package spec

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// MinimumUV is the oldest uv that is supported: the first whose export can
// leave out all local packages (--no-emit-local).
const MinimumUV = "0.8.14"

// checkName is for the names of packages, groups and extras.
func checkName(value string) error {
	if !project.ValidName(value) {
		return fmt.Errorf("%q is not a name: use letters, digits and -, _ or . between them", value)
	}
	return nil
}

// pythonVersions lists the versions of Lambda runtimes, oldest first.
func pythonVersions(runtimes []project.Runtime) []string {
	var versions []string
	for _, runtime := range runtimes {
		versions = append(versions, runtime.Version.String())
	}
	return versions
}

var patchVersion = regexp.MustCompile(`^([0-9]+\.[0-9]+)\.[0-9]`)

func checkPython(value string) error {
	if m := patchVersion.FindStringSubmatch(value); m != nil {
		return fmt.Errorf("%q names a patch release, which Lambda chooses itself: write %q", value, m[1])
	}
	version, err := project.ParseVersion(value)
	if err != nil {
		return fmt.Errorf("is wrong: %w", err)
	}
	if _, ok := project.LookupRuntime(version); !ok {
		return fmt.Errorf("%q is no runtime of Lambda: use one of %s", value, strings.Join(pythonVersions(project.Supported()), ", "))
	}
	return nil
}

// architectures are Lambda's names.
func architectures() []string {
	var names []string
	for _, a := range plan.Architectures() {
		names = append(names, a.Lambda)
	}
	return names
}

func checkArchitecture(value string) error {
	switch strings.ToLower(value) {
	case "amd64", "x86-64", "x64":
		return fmt.Errorf("%q is \"x86_64\" in Lambda's terms: write that", value)
	case "aarch64", "arm64/v8":
		return fmt.Errorf("%q is \"arm64\" in Lambda's terms: write that", value)
	}
	if !slices.Contains(architectures(), value) {
		return fmt.Errorf("%q is unknown: use \"x86_64\" or \"arm64\"", value)
	}
	return nil
}

func checkLock(value string) error {
	if value != LockChecked && value != LockUnchecked {
		return fmt.Errorf("%q is unknown: use %q or %q", value, LockChecked, LockUnchecked)
	}
	return nil
}

var (
	fullVersion  = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)
	imagePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/@+-]*$`)
)

func checkUV(value string) error {
	switch {
	case fullVersion.MatchString(value):
		if project.CompareVersions(value, MinimumUV) < 0 {
			return fmt.Errorf("%q is too old, since its export cannot leave out local packages (--no-emit-local): "+
				"use %s or newer", value, MinimumUV)
		}
		return nil
	case strings.ContainsAny(value, "/:@"):
		return checkImage(value)
	default:
		return fmt.Errorf("%q is neither a full version, such as \"0.9.26\", nor an image: write one of them", value)
	}
}

// checkImage refuses what can be no reference at all; whether it exists is
// known when it is resolved.
func checkImage(value string) error {
	if !imagePattern.MatchString(value) {
		return fmt.Errorf("%q is not an image reference: write it as NAME:TAG or NAME@DIGEST", value)
	}
	return nil
}

// checkPath is for paths relative to the context or to the task root, which
// they may not leave.
func checkPath(value string) error {
	if err := checkSlashes(value); err != nil {
		return err
	}
	return checkBelow(value)
}

// checkSlashes refuses other separators than slashes.
func checkSlashes(value string) error {
	if strings.ContainsRune(value, '\\') {
		return fmt.Errorf("%q has a backslash: separate folders with /", value)
	}
	return nil
}

// checkBelow is checkPath for a path in which a backslash has its own meaning.
func checkBelow(value string) error {
	if err := checkUpward(value); err != nil {
		return err
	}
	return checkNamed(value)
}

// checkUpward refuses a path that leads up.
func checkUpward(value string) error {
	if slices.Contains(strings.Split(value, "/"), "..") {
		return fmt.Errorf("%q has a \"..\": name a path without it", value)
	}
	return nil
}

// checkSource is for what an include copies under its own name.
func checkSource(value string) error {
	if err := checkNamed(value); err != nil {
		return err
	}
	if path.Base(path.Clean(value)) == ".." {
		return fmt.Errorf("%q has no name to copy it to: write { from = %q, to = \"PATH\" }", value, value)
	}
	return nil
}

// checkNamed is checkPath for a path that exists, or else is missed: a backslash
// may be a letter of its name. It may lead above the build file's folder; whether
// it leaves the context is known to the planner.
func checkNamed(value string) error {
	if err := checkLetters(value); err != nil {
		return err
	}
	if strings.HasPrefix(value, "/") {
		return fmt.Errorf("%q is absolute: make it relative", value)
	}
	return nil
}

// checkLetters refuses control characters.
func checkLetters(value string) error {
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("%q has a control character: remove it", value)
	}
	return nil
}

// checkPattern is for patterns as in .dockerignore, where a leading ! brings
// files back, a leading / is the build file's folder, and \ keeps a character
// from matching others.
func checkPattern(value string) error {
	pattern := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(value), "!"))
	if pattern == "" {
		return fmt.Errorf("%q has no pattern: add one", value)
	}
	if _, err := files.ParsePattern(value); err != nil {
		return fmt.Errorf("%q is not a pattern: %w", value, err)
	}
	return checkBelow(strings.TrimPrefix(pattern, "/"))
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// reservedVariables are set by Lambda itself, whatever the image says
// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html,
// "Reserved environment variables").
func reservedVariables() []string {
	return []string{
		"AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
		"AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
		"AWS_LAMBDA_MAX_CONCURRENCY", "AWS_LAMBDA_METADATA_API", "AWS_LAMBDA_METADATA_TOKEN",
		"AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
		"LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "_HANDLER", "_X_AMZN_TRACE_ID",
	}
}

// checkVariable never repeats the value, which may be meant to be secret.
func checkVariable(name, value string) error {
	switch {
	case !variableName.MatchString(name):
		return errors.New("is not a variable's name: use letters, digits and _, and no digit first")
	case name == "PYTHONPATH":
		return errors.New("keeps Lambda's runtime from starting: remove it, and put modules at the task root with include")
	case slices.Contains(reservedVariables(), name):
		return errors.New("is reserved and set by Lambda itself: remove it")
	case strings.ContainsRune(value, 0):
		return errors.New("has a NUL character in its value: remove it")
	}
	return nil
}
