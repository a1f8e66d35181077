package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/uvlambda/uvlambda/frontend/suggest"
)

// otherwise says which command does what people know by another name.
var otherwise = map[string]string{
	"lock":    "`uvlambda build --target lock -o . .` writes uv.lock",
	"version": "`uvlambda --version` prints it",
	"run":     "`uvlambda dev` runs a function and follows its changes, `uvlambda invoke IMAGE` calls one once",
	"start":   "`uvlambda dev` runs a function and follows its changes",
	"deploy":  "uvlambda builds, and AWS's own tools deploy: see docs/deploy.md",
	"test":    "`uvlambda build --target test .` tests the function in its image",
	"lint":    "`uvlambda check` does it",
	"zip":     "`uvlambda build --target zip -o dist .` writes the archive",
	"package": "`uvlambda build --target zip -o dist .` writes the archive",
	"layer":   "`uvlambda build --target layer -o dist .` writes the layer",
	"push":    "`uvlambda build -t REGISTRY/NAME:TAG --push .` builds and pushes",
}

// unknownCommand refuses an argument in the place of a command.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if known, ok := otherwise[args[0]]; ok {
		return fmt.Errorf("unknown command %q: %s", args[0], known)
	}
	var names []string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return fmt.Errorf("unknown command %q: %s", args[0], suggest.OneOf(args[0], names, fmt.Sprintf("%s --help lists the commands", cmd.CommandPath())))
}

// flagError explains a flag that cannot be read.
func flagError(cmd *cobra.Command, err error) error {
	// The root has no arguments, so a word before the flag is no command.
	if args := cmd.Flags().Args(); !cmd.HasParent() && len(args) > 0 {
		return unknownCommand(cmd, args)
	}
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return invalidValue(invalid)
	}
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok || len(unknown.GetSpecifiedShortnames()) > 0 {
		return fmt.Errorf("%w: see %s --help", err, cmd.CommandPath())
	}
	var names []string
	cmd.Flags().VisitAll(func(flag *pflag.Flag) { names = append(names, flag.Name) })
	name := unknown.GetSpecifiedName()
	if best, near := suggest.Nearest(name, names); near {
		return fmt.Errorf("unknown flag --%s: did you mean --%s?", name, best)
	}
	return fmt.Errorf("unknown flag --%s: %s --help lists the flags", name, cmd.CommandPath())
}

// invalidValue explains a value that a flag does not take.
func invalidValue(invalid *pflag.InvalidValueError) error {
	flag, cause := invalid.GetFlag(), invalid.Unwrap()
	if _, ok := errors.AsType[*strconv.NumError](cause); ok {
		cause = errors.New("a whole number is needed")
		if flag.Value.Type() == "bool" {
			cause = errors.New("use true or false")
		}
	}
	return fmt.Errorf("invalid --%s %q: %w", flag.Name, invalid.GetValue(), cause)
}

// atMostOne takes one argument, or none.
func atMostOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := checkOptional(cmd, args); err != nil {
			return err
		}
		if len(args) > 1 {
			return fmt.Errorf("%s takes one %s, and was given %d: %s", cmd.CommandPath(), what, len(args), strings.Join(args, " and "))
		}
		return nil
	}
}

// oneImage takes the name of an image.
func oneImage(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("name what to invoke: %s IMAGE, an image or an archive such as hello.tar", cmd.CommandPath())
	}
	return atMostOne("IMAGE")(cmd, args)
}

// anyContents takes the names of what was built.
func anyContents(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("name what to explain: %s IMAGE, or an archive such as dist/hello.zip", cmd.CommandPath())
	}
	return nil
}

// checkOptional refuses the value of a flag that needs none, written as an
// argument: it is read as one.
func checkOptional(cmd *cobra.Command, args []string) error {
	var err error
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		if flag.NoOptDefVal == "" || flag.NoOptDefVal == "true" || flag.Value.String() != flag.NoOptDefVal || len(args) == 0 {
			return
		}
		if _, missing := os.Stat(args[0]); missing != nil {
			err = fmt.Errorf("--%s and its value are joined by =: write --%s=%s", flag.Name, flag.Name, args[0])
		}
	})
	return err
}
