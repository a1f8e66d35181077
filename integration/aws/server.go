package aws

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
)

const (
	// Account is the account that the server answers for, the one that AWS
	// uses in its examples.
	Account = "111122223333"
	// Region is the region that the clients are set to.
	Region = "eu-central-1"
)

// listening is moto's line about the port it was given.
var listening = regexp.MustCompile(`Running on (http://127\.0\.0\.1:\d+)`)

// Server is moto's server: the APIs of AWS, with their checks of requests, and
// nothing behind them.
type Server struct {
	// URL is the endpoint of every service.
	URL string

	process *exec.Cmd
}

// Serve starts a server with no resources, on a free port of the loopback.
func (c Clients) Serve(ctx context.Context) (*Server, error) {
	process := exec.CommandContext(ctx, c.Program("moto_server"), "-H", "127.0.0.1", "-p", "0")
	process.Env = append(os.Environ(),
		"MOTO_ACCOUNT_ID="+Account,
		// A function's image then has to be in the server's ECR.
		"MOTO_LAMBDA_STUB_ECR=false",
		// What is compiled of it is kept, also where the person keeps Python from
		// that.
		"PYTHONDONTWRITEBYTECODE=")
	process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	output, err := process.StderrPipe()
	if err != nil {
		return nil, fmt.Errorf("starting moto's server: %w", err)
	}
	if err := process.Start(); err != nil {
		return nil, fmt.Errorf("starting moto's server: %w", err)
	}
	s := &Server{process: process}
	if s.URL, err = readURL(output); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	// Without this, invocations would need a Docker engine and an image of
	// moto's own.
	return s, s.post(ctx, "/moto-api/config", map[string]any{"lambda": map[string]bool{"use_docker": false}})
}

// readURL waits for the line about the port, and then lets the log pass.
func readURL(log io.Reader) (string, error) {
	var text bytes.Buffer
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		fmt.Fprintln(&text, lines.Text())
		if found := listening.FindSubmatch(lines.Bytes()); found != nil {
			go io.Copy(io.Discard, log)
			return string(found[1]), nil
		}
	}
	return "", fmt.Errorf("moto's server ended before it listened:\n%s", text.String())
}

// Close ends the server.
func (s *Server) Close() error {
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("ending moto's server: %w", err)
	}
	// A server ended by a signal exits with a status of its own.
	_ = s.process.Wait()
	return nil
}

// Environ is an environment that leads every AWS client to the server, with
// the settings of the person's own taken out.
func (s *Server) Environ(environ []string) []string {
	own := slices.DeleteFunc(slices.Clone(environ), func(variable string) bool {
		return strings.HasPrefix(variable, "AWS_")
	})
	return append(own,
		"AWS_ENDPOINT_URL="+s.URL,
		"AWS_ACCESS_KEY_ID=test",
		"AWS_SECRET_ACCESS_KEY=test",
		"AWS_REGION="+Region,
		"AWS_DEFAULT_REGION="+Region,
		"AWS_CONFIG_FILE="+os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE="+os.DevNull,
		"AWS_PAGER=")
}

// QueueResponse sets what the next invocation of a function returns, as the
// server runs none.
func (s *Server) QueueResponse(ctx context.Context, response string) error {
	return s.post(ctx, "/moto-api/static/lambda-simple/response", map[string]any{
		"account_id": Account, "region": Region, "results": []string{response},
	})
}

func (s *Server) post(ctx context.Context, path string, message any) error {
	body, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("configuring moto's server: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("configuring moto's server: %w", err)
	}
	// A connection of its own: the process's shared ones are closed by every test
	// server that ends.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("configuring moto's server: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("configuring moto's server: POST %s: %s", path, response.Status)
	}
	return nil
}
