package loopback

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// listening is a listener with an address.
type listening struct {
	net.Listener
	at net.TCPAddr
}

func (l *listening) Addr() net.Addr { return &l.at }

func TestProtect(t *testing.T) {
	t.Parallel()
	const local, anywhere = "127.0.0.1", "0.0.0.0"
	for _, tt := range []struct {
		at, method, host string
		headers          string
		refused          string
	}{
		{local, "POST", "127.0.0.1:9000", "", ""},
		{local, "POST", "localhost:9000", "", ""},
		{local, "POST", "[::1]:9000", "", ""},
		{local, "POST", "shop.localhost", "", ""},
		{local, "POST", "host.docker.internal:9000", "", ""},
		{local, "POST", "host.example.com:9000", "", `the name "host.example.com" is not of this machine: ask for localhost`},
		{anywhere, "POST", "host.example.com:9000", "", ""},
		// A page that this machine serves, on any port.
		{local, "POST", "localhost:9000", "Origin: http://localhost:5173", ""},
		{anywhere, "POST", "host.example.com:9000", "Origin: http://host.example.com:9000", ""},
		{local, "POST", "localhost:9000", "Origin: https://site.example.com", "a page of https://site.example.com may not ask this server"},
		{anywhere, "POST", "host.example.com:9000", "Origin: https://site.example.com", "a page of https://site.example.com may not ask this server"},
		{local, "GET", "localhost:9000", "Origin: null", "a page of null may not ask this server"},
		{local, "GET", "localhost:9000", "Sec-Fetch-Site: cross-site; Sec-Fetch-Mode: no-cors", "a page of another site may not ask this server"},
		{local, "GET", "localhost:9000", "Sec-Fetch-Site: cross-site; Sec-Fetch-Mode: navigate", ""},
		{local, "POST", "localhost:9000", "Sec-Fetch-Site: cross-site; Sec-Fetch-Mode: navigate", "a page of another site may not ask this server"},
		{local, "GET", "localhost:9000", "Sec-Fetch-Site: same-site; Sec-Fetch-Mode: no-cors", ""},
	} {
		handler := Protect(&listening{at: net.TCPAddr{IP: net.ParseIP(tt.at)}}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNoContent)
		}))
		r := httptest.NewRequest(tt.method, "/", nil)
		r.Host = tt.host
		for header := range strings.SplitSeq(tt.headers, "; ") {
			if name, value, ok := strings.Cut(header, ": "); ok {
				r.Header.Set(name, value)
			}
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if tt.refused == "" {
			assert.Equal(t, http.StatusNoContent, w.Code, "%v", tt)
			continue
		}
		assert.Equal(t, http.StatusForbidden, w.Code, "%v", tt)
		assert.Equal(t, tt.refused+"\n", w.Body.String())
	}
}
