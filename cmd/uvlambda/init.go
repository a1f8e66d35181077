package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/containerd/console"
	"github.com/spf13/cobra"

	"github.com/uvlambda/uvlambda/cmd/internal/initproject"
	"github.com/uvlambda/uvlambda/plan"
)

const initLong = `Prepare a uv project for Lambda.

DIR is the folder of a project that "uv init" made (default "."). For a member of
a workspace it is the member's folder.

init looks for the handler in the project's modules, but not in tests: a function
named handler or lambda_handler, or a function with the parameters event and
context. --handler names it. Several handlers become several functions of the
table. Files of the project that a handler imports and that would not be copied
are included. When --handler names a module that does not exist, init writes a
minimal handler. For a FastAPI or other ASGI application without a handler, it
writes a file that adapts the application with Mangum.

init also reads the configuration of deployments: a template of SAM,
serverless.yml, the constructs of CDK and the resources of Terraform. They name
handlers, runtimes and architectures.

From a Dockerfile beside the project, such as the one of uv's guide, init takes
the Python, the architecture, the base image, the image that has a compiler, the
handler, command, entrypoint and user, the copied files, the variables and labels,
the groups and extras, and the version of uv. What changes the system, such as
RUN dnf install, goes to a base.Dockerfile, which the table names. init lists the
instructions that neither can express, and says which secrets builds take.

init writes the [tool.uvlambda] table of pyproject.toml, and leaves every other
byte of the file alone; a .dockerignore, unless there is one; and, with --syntax,
the first line that leads docker buildx build to the frontend. It replaces
nothing unless you say so: it asks on a terminal, and needs --force elsewhere. A
second run changes nothing.`

const initExample = `  # The project in this folder
  uvlambda init

  # See what would be written
  uvlambda init --dry-run

  # Write a handler too
  uvlambda init --handler app.handler

  # A member of a workspace
  uvlambda init services/orders

  # With the first line for docker buildx build
  uvlambda init --syntax registry.example.com/uvlambda:1

  # Take over what a Dockerfile of another name says
  uvlambda init --from-dockerfile deploy/Dockerfile.lambda`

// initOptions are the init command's flags.
type initOptions struct {
	initproject.Request
	dryRun bool
	force  bool
}

// newInitCmd makes `uvlambda init`.
func newInitCmd() *cobra.Command {
	o := &initOptions{}
	cmd := &cobra.Command{
		Use:     "init [flags] [DIR]",
		Short:   "Prepare a uv project for Lambda",
		Long:    initLong,
		Example: initExample,
		Args:    atMostOne("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Dir, o.Architecture = contextOf(args), machineArchitecture()
			return runInit(o, newPrompt(cmd.InOrStdin(), cmd.ErrOrStderr()), cmd.OutOrStdout())
		},
		ValidArgsFunction: completeFolders,
	}
	set := cmd.Flags()
	set.StringVar(&o.Handler, "handler", "", "`function` that Lambda calls, MODULE.FUNCTION; written when its module is missing")
	set.BoolVar(&o.NewHandler, "new-handler", false, "write a minimal handler when none is found")
	set.StringVar(&o.Syntax, "syntax", "", "frontend `image` that the first line of pyproject.toml is to name")
	set.StringVar(&o.Dockerfile, "from-dockerfile", "", "`file` to read settings from (default DIR/Dockerfile, if it is of a Lambda function)")
	set.BoolVar(&o.dryRun, "dry-run", false, "show the changes, write nothing")
	set.BoolVar(&o.force, "force", false, "replace settings that are there without asking")
	return cmd
}

// machineArchitecture is this machine's in Lambda's words, empty when Lambda has
// none like it.
func machineArchitecture() string {
	return plan.ArchitectureOfOCI(runtime.GOARCH).Lambda
}

// runInit proposes, asks where it has to, and writes.
func runInit(o *initOptions, ask prompt, out io.Writer) error {
	proposal, err := initproject.Propose(o.Request)
	if missing, ok := errors.AsType[*initproject.NoHandlerError](err); ok && ask.isTerminal {
		if o.NewHandler, err = ask.confirm("No handler was found. Write a minimal one to %s?", missing.File); err != nil {
			return err
		}
		if !o.NewHandler {
			return missing
		}
		proposal, err = initproject.Propose(o.Request)
	}
	if err != nil {
		return err
	}
	if o.dryRun {
		for _, file := range proposal.Files {
			fmt.Fprint(out, file.Diff())
		}
	} else if err := writeProposal(proposal, o.force, ask); err != nil {
		return err
	}
	_, err = io.WriteString(out, summary(proposal, o.dryRun))
	return err
}

// writeProposal writes the proposal, once the person agrees to replace files.
func writeProposal(proposal *initproject.Proposal, force bool, ask prompt) error {
	if len(proposal.Replacements) > 0 && !force {
		var replaced []string
		for _, r := range proposal.Replacements {
			replaced = append(replaced, fmt.Sprintf("%s:%d: %s would be replaced by %s", r.Location.File, r.Location.Line, r.Old, r.New))
		}
		if !ask.isTerminal {
			return fmt.Errorf("%s: use --force to replace", strings.Join(replaced, "; "))
		}
		agreed, err := ask.confirm("%s.\nReplace?", strings.Join(replaced, ";\n"))
		if err != nil {
			return err
		}
		if !agreed {
			return errors.New("nothing was written: leave out the flags that replace settings, or edit the file")
		}
	}
	return proposal.Write()
}

// summary says what was written, what was not, and how to go on.
func summary(p *initproject.Proposal, dryRun bool) string {
	var b strings.Builder
	if len(p.Files) == 0 {
		b.WriteString("Nothing to change: all is in place.\n")
	} else if !dryRun {
		for _, file := range p.Files {
			fmt.Fprintf(&b, "wrote %s\n", file.Path)
			if file.IsNew() {
				continue
			}
			for _, line := range p.Settings {
				fmt.Fprintf(&b, "  %s\n", line)
			}
		}
	}
	if len(p.Left) > 0 {
		fmt.Fprintf(&b, "\nNot taken over from %s:\n", p.Dockerfile)
	}
	for _, left := range p.Left {
		fmt.Fprintf(&b, "  line %d: %s\n    %s\n", left.Location.Line, left.Instruction, left.Reason)
	}
	for _, remark := range p.Remarks {
		fmt.Fprintf(&b, "\n%s\n", remark)
	}
	if !p.HasSyntax {
		b.WriteString("\nFor docker buildx build, the first line has to name the published frontend:\nuvlambda init --syntax IMAGE adds it.\n")
	}
	b.WriteString("\nNext:\n")
	for _, command := range next(p) {
		fmt.Fprintf(&b, "  %s\n", command)
	}
	return b.String()
}

// next are the commands that lead from the project to an answer.
func next(p *initproject.Proposal) []string {
	build := strings.Join(append(slices.Clone(p.Flags), p.Context), " ")
	if p.BuildFile != "" {
		build = "-f " + p.BuildFile + " " + build
	}
	var commands []string
	for _, name := range p.Requirements {
		command := "uv add " + name
		if p.Dir != "." {
			command = "uv add --project " + p.Dir + " " + name
		}
		commands = append(commands, command)
	}
	if !p.HasLock && len(p.Requirements) == 0 {
		commands = append(commands, "uvlambda build --target lock -o "+p.Context+" "+build)
	}
	if len(p.Functions) > 0 {
		function := p.Functions[0]
		return append(commands, "uvlambda build --target "+function+" -t "+function+" --load "+build, "uvlambda invoke "+function)
	}
	return append(commands, "uvlambda build -t "+p.Name+" --load "+build, "uvlambda invoke "+p.Name)
}

// prompt asks the person at a terminal.
type prompt struct {
	in         *bufio.Reader
	out        io.Writer
	isTerminal bool
}

// newPrompt tells from its input whether there is somebody to ask.
func newPrompt(in io.Reader, out io.Writer) prompt {
	p := prompt{in: bufio.NewReader(in), out: out}
	if file, ok := in.(console.File); ok {
		_, err := console.ConsoleFromFile(file)
		p.isTerminal = err == nil
	}
	return p
}

// confirm asks a question that is answered by no unless somebody says yes.
func (p prompt) confirm(question string, args ...any) (bool, error) {
	fmt.Fprintf(p.out, question+" [y/N] ", args...)
	answer, err := p.in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false, fmt.Errorf("reading the answer: %w", err)
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return true, nil
	}
	return false, nil
}
