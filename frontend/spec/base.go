package spec

import (
	"fmt"

	"github.com/uvlambda/uvlambda/frontend/source"
)

// Dockerfile is a base that is built from a Dockerfile.
type Dockerfile struct {
	// Path is relative to the build file's folder; it is empty for a base that is
	// an image.
	Path string
	// Target is the stage to build; it is empty for the last one.
	Target string
}

// baseKey is the key of the image to start from.
func baseKey() Key {
	return Key{
		Name: "base", Type: Image,
		Doc:     "The image to start from, or a Dockerfile of it and the stage to build, the last one by default. Its Python, C library, entrypoint, user and environment are its own.",
		Default: "AWS's base image of the Python version",
		Example: `base = { dockerfile = "base.Dockerfile", target = "runtime" }`,
		read:    readBase,
	}
}

// readBase reads an image, or a table that names a Dockerfile.
func readBase(t *source.Table, s *Spec) {
	s.BaseFrom = Dockerfile{}
	if _, isTable := t.Value("base").(map[string]any); !isTable {
		s.Base = readString(t, "base", checkImage)
		return
	}
	at := []string{"base"}
	checkNames(t, at, []string{"dockerfile", "target"}, " in base")
	if t.Value("base", "dockerfile") == nil {
		t.Add(at, "base has no \"dockerfile\": write { dockerfile = \"PATH\" }, or name an image")
		return
	}
	s.BaseFrom.Path = cleaned(checked(t, []string{"base", "dockerfile"}, "base dockerfile", checkNamed))
	s.Base = s.BaseFrom.Path
	if t.Value("base", "target") != nil {
		s.BaseFrom.Target = checked(t, []string{"base", "target"}, "base target", checkStage)
		s.Base = fmt.Sprintf("%s (%s)", s.BaseFrom.Path, s.BaseFrom.Target)
	}
}

// checkStage is for the name of a stage, or its number.
func checkStage(value string) error {
	if !imagePattern.MatchString(value) {
		return fmt.Errorf("%q is no stage: name it as its FROM does", value)
	}
	return nil
}
