package integration

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// privateIndex is a project whose index has one reader, with that password.
func privateIndex(t *testing.T, password string) (dir string) {
	t.Helper()
	index := serveIndex(t, func(r *http.Request) bool {
		user, given, _ := r.BasicAuth()
		return user == "reader" && given == password
	}, exampleLink(t))
	dir = copyShape(t, "private-index")
	edit(t, filepath.Join(dir, "pyproject.toml"), "http://example.com", index)
	return dir
}

// TestNetrc gets a package from an index whose password is in a netrc file.
func TestNetrc(t *testing.T) {
	t.Parallel()
	dir := privateIndex(t, "from-netrc")
	netrc := filepath.Join(t.TempDir(), "netrc")
	writeFile(t, netrc, "machine 127.0.0.1 login reader password from-netrc\n")
	flags := []string{"--secret", "id=netrc,src=" + netrc, "--no-cache"}
	lockShape(t, env.CLI(), dir, flags...)
	env.CLI().MustBuild(t, dir, flags...)
}

// TestIndexOfAMember gets a package from an index that only a member's
// pyproject.toml names. Its secrets reach lock and install, a newline at the end
// of their files notwithstanding.
func TestIndexOfAMember(t *testing.T) {
	t.Parallel()
	dir := privateIndex(t, "from-secret")
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, "packages"), 0o755))
	member := filepath.Join(root, "packages", "function")
	require.NoError(t, os.Rename(dir, member))
	writeFile(t, filepath.Join(root, "pyproject.toml"), "[tool.uv.workspace]\nmembers = [\"packages/*\"]\n")
	secrets := t.TempDir()
	writeFile(t, filepath.Join(secrets, "user"), "reader\n")
	writeFile(t, filepath.Join(secrets, "password"), "from-secret\r\n")
	flags := []string{
		"-f", filepath.Join(member, "pyproject.toml"), "--no-cache",
		"--secret", "id=UV_INDEX_MY_OWN_USERNAME,src=" + filepath.Join(secrets, "user"),
		"--secret", "id=UV_INDEX_MY_OWN_PASSWORD,src=" + filepath.Join(secrets, "password"),
	}
	for _, door := range env.Doors() {
		t.Run(door.Name, func(t *testing.T) {
			door.MustBuild(t, root, append(flags, "--target", "lock", "-o", root)...)
			door.MustBuild(t, root, flags...)
			require.NoError(t, os.Remove(filepath.Join(root, "uv.lock")))
		})
	}
}

// TestRefusedCredentials: what an index says of no, of wrong and of misspelt
// credentials is told apart.
func TestRefusedCredentials(t *testing.T) {
	t.Parallel()
	dir := privateIndex(t, "from-secret")
	secret := filepath.Join(t.TempDir(), "secret")
	writeFile(t, secret, "wrong")
	user, password := "id=UV_INDEX_MY_OWN_USERNAME,src="+secret, "id=UV_INDEX_MY_OWN_PASSWORD,src="+secret
	const named = `index "my-own" (line 8 of pyproject.toml) `
	for _, door := range env.Doors() {
		// One after the other: BuildKit runs a step that two builds have in
		// common once, with the secrets of one of them.
		t.Run(door.Name, func(t *testing.T) {
			refused := func(want string, flags ...string) {
				t.Helper()
				result := door.Build(t, dir, append(flags, "--target", "lock", "-o", t.TempDir())...)
				require.Error(t, result.Err)
				require.Contains(t, result.Stderr, want)
			}
			refused(named+"refused the credentials of --secret UV_INDEX_MY_OWN_*: correct them", "--secret", user, "--secret", password)
			refused(named+"wants a password beside the user: pass --secret id=UV_INDEX_MY_OWN_PASSWORD too", "--secret", user)
			misspelt := named + "wants a user beside the password of --secret id=UV_INDEX_MY_OWN_PASSWORD: pass --secret id=UV_INDEX_MY_OWN_USERNAME too"
			unset := named + "wants credentials"
			if door.Name == "cli" {
				misspelt += "; no index has the secret UV_INDEX_MY_OWN_USRNAME: did you mean UV_INDEX_MY_OWN_USERNAME?"
				unset += ": pass them as --secret id=UV_INDEX_MY_OWN_USERNAME and --secret id=UV_INDEX_MY_OWN_PASSWORD, or --secret id=netrc" +
					"; --secret id=UV_INDEX_MY_OWN_PASSWORD is empty, since NO_SUCH_VARIABLE is not set in the environment"
			}
			refused(misspelt, "--secret", password, "--secret", "id=UV_INDEX_MY_OWN_USRNAME,src="+secret)
			refused(unset, "--secret", "id=UV_INDEX_MY_OWN_PASSWORD,env=NO_SUCH_VARIABLE")
		})
	}
}

// TestOwnAuthority gets a package from an index whose certificate only an
// authority of ours vouches for.
func TestOwnAuthority(t *testing.T) {
	t.Parallel()
	authority, certificate := newAuthority(t)
	server := httptest.NewUnstartedServer(packageIndex(t, func(*http.Request) bool { return true }, exampleLink(t)))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.StartTLS()
	t.Cleanup(server.Close)
	dir := copyShape(t, "private-index")
	edit(t, filepath.Join(dir, "pyproject.toml"), "http://example.com", server.URL)
	result := env.CLI().Build(t, dir, "--target", "lock", "-o", dir)
	require.Error(t, result.Err)
	require.Contains(t, result.Stderr, "the TLS certificate of "+server.Listener.Addr().String()+" is not trusted: if your own authority signed it, "+
		"or the authority of a proxy which intercepts TLS, pass the authorities to trust (PEM) as --secret id=ca,src=FILE")

	file := filepath.Join(t.TempDir(), "ca.pem")
	writeFile(t, file, authority)
	flags := []string{"--secret", "id=ca,src=" + file, "--no-cache"}
	lockShape(t, env.CLI(), dir, flags...)
	env.CLI().MustBuild(t, dir, flags...)
}

// newAuthority makes a certificate authority, as PEM, and a certificate of it
// for a server on loopback.
func newAuthority(t *testing.T) (string, tls.Certificate) {
	t.Helper()
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	server := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "server"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	signer, key := newKey(t), newKey(t)
	root, err := x509.CreateCertificate(rand.Reader, authority, authority, signer.Public(), signer)
	require.NoError(t, err)
	leaf, err := x509.CreateCertificate(rand.Reader, server, authority, key.Public(), signer)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root})),
		tls.Certificate{Certificate: [][]byte{leaf}, PrivateKey: key}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}
