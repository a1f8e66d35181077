package integration

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestInvoke starts what a build wrote, in each form that it can have.
func TestInvoke(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	file := func(name string) string { return filepath.Join(out, name) }
	env.CLI().MustBuild(t, newFunction(t, nil),
		"-o", "type=oci,dest="+file("oci.tar"),
		"-o", "type=docker,dest="+file("docker.tar"),
		"-o", "type=oci,tar=false,dest="+file("layout"),
		"-o", "type=local,dest="+file("rootfs"))
	writeFile(t, file("event.json"), `{"n": 1}`)
	for image, flags := range map[string][]string{
		"oci.tar": nil, "docker.tar": nil, "layout": nil, "rootfs": {"--handler", "app.handler"},
	} {
		t.Run(image, func(t *testing.T) {
			t.Parallel()
			require.JSONEq(t, `{"n": 1}`, invoke(t, file(image), file("event.json"), flags...))
		})
	}
}

// TestInvokeOfAFunctionThatRaises prints the function's own traceback.
func TestInvokeOfAFunctionThatRaises(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, map[string]string{"app.py": "def handler(event, context):\n    raise ValueError(\"no\")\n"})
	image := filepath.Join(t.TempDir(), "image.tar")
	env.CLI().MustBuild(t, dir, "-o", "type=oci,dest="+image)
	command := env.Command(t.Context(), env.Binary("uvlambda"), "invoke", image)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	require.ErrorAs(t, command.Run(), &exit)
	require.Equal(t, 1, exit.ExitCode())
	require.Empty(t, stdout.String())
	require.Equal(t, "Traceback (most recent call last):\n  File \"/var/task/app.py\", line 2, in handler\n"+
		"    raise ValueError(\"no\")\nValueError: no\nERROR: the function raised ValueError: no\n", stderr.String())
}

// TestInvokeOfAMissingModule says what to add, and not what AWS says of updates.
func TestInvokeOfAMissingModule(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, map[string]string{"app.py": "import nosuchmodule.part\ndef handler(event, context): ...\n"})
	image := filepath.Join(t.TempDir(), "image.tar")
	env.CLI().MustBuild(t, dir, "-o", "type=oci,dest="+image)
	command := env.Command(t.Context(), env.Binary("uvlambda"), "invoke", image)
	out, err := command.CombinedOutput()
	require.Error(t, err)
	require.Equal(t, "ERROR: the function did not start: Runtime.ImportModuleError: Unable to import module 'app': No module named 'nosuchmodule': "+
		"add its package (uv add nosuchmodule, or its name on the index), or name a module of the project in `include`\n", string(out))
}
