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
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestNetrc gets a package from an index whose password is in a netrc file.
func TestNetrc(t *testing.T) {
	t.Parallel()
	index := serveIndex(t, func(r *http.Request) bool {
		user, password, _ := r.BasicAuth()
		return user == "reader" && password == "from-netrc"
	}, exampleLink(t))
	dir := copyShape(t, "private-index")
	edit(t, filepath.Join(dir, "pyproject.toml"), "http://example.com", index)
	netrc := filepath.Join(t.TempDir(), "netrc")
	writeFile(t, netrc, "machine 127.0.0.1 login reader password from-netrc\n")
	flags := []string{"--secret", "id=netrc,src=" + netrc, "--no-cache"}
	lockShape(t, env.CLI(), dir, flags...)
	env.CLI().MustBuild(t, dir, flags...)
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
		"or that of a proxy which intercepts TLS, pass the authorities to trust (PEM) as --secret id=ca,src=FILE")

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
