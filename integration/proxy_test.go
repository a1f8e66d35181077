package integration

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// proxy is an address at which everybody reaches a socket of root's, and that
// can be out of reach for a while.
type proxy struct {
	t        testing.TB
	socket   string
	listener net.Listener

	mu          sync.Mutex
	connections []net.Conn
}

// newProxy listens on a free port.
func newProxy(t testing.TB, address string) *proxy {
	t.Helper()
	p := &proxy{t: t, socket: strings.TrimPrefix(address, "unix://")}
	p.listen("127.0.0.1:0")
	t.Cleanup(func() { p.cut() })
	return p
}

// address is the proxy's, as BUILDKIT_HOST takes it.
func (p *proxy) address() string { return "tcp://" + p.listener.Addr().String() }

// listen takes connections until the proxy is cut.
func (p *proxy) listen(address string) {
	p.t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(p.t.Context(), "tcp", address)
	require.NoError(p.t, err)
	p.listener = listener
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			p.connect(client)
		}
	}()
}

// connect connects a client with the socket.
func (p *proxy) connect(client net.Conn) {
	server, err := (&net.Dialer{}).DialContext(p.t.Context(), "unix", p.socket)
	if err != nil {
		client.Close()
		return
	}
	p.mu.Lock()
	p.connections = append(p.connections, client, server)
	p.mu.Unlock()
	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		go func() {
			_, _ = io.Copy(way[0], way[1])
			way[0].Close()
		}()
	}
}

// cut closes the address and all connections.
func (p *proxy) cut() {
	p.listener.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.connections {
		c.Close()
	}
	p.connections = nil
}

// restore listens again where the proxy was.
func (p *proxy) restore() {
	p.t.Helper()
	p.listen(p.listener.Addr().String())
}
