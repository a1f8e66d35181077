// Package loopback keeps web pages of other sites from the servers that run on a
// person's machine: a browser there would ask them in the person's name.
package loopback

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Protect answers requests of other sites' pages with status 403. A server that
// listens on the loopback only is also asked by names of this machine only: a site
// could have its own name lead here
// (https://owasp.org/www-community/attacks/DNS_Rebinding).
func Protect(listener net.Listener, next http.Handler) http.Handler {
	address, ok := listener.Addr().(*net.TCPAddr)
	local := ok && address.IP.IsLoopback()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := check(r, local); err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// check refuses a request. Browsers say where the page is from that asks, in either
// of two headers (https://fetch.spec.whatwg.org/#origin-header,
// https://w3c.github.io/webappsec-fetch-metadata/), and other programs do not.
func check(r *http.Request, local bool) error {
	host := hostname(r.Host)
	if local && !isHere(host) {
		return fmt.Errorf("the name %q is not of this machine: ask for localhost", host)
	}
	switch origin := r.Header.Get("Origin"); {
	case origin != "":
		from, err := url.Parse(origin)
		if err != nil || !isHere(from.Hostname()) && from.Host != r.Host {
			return fmt.Errorf("a page of %s may not ask this server", origin)
		}
	case r.Header.Get("Sec-Fetch-Site") == "cross-site" && !follows(r):
		return fmt.Errorf("a page of another site may not ask this server")
	}
	return nil
}

// follows reports whether a person follows a link.
func follows(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Mode") == "navigate" && (r.Method == http.MethodGet || r.Method == http.MethodHead)
}

// hostname is the host of a Host header, without its port.
func hostname(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}

// engineHost is this machine's name in the containers of Docker Desktop.
const engineHost = "host.docker.internal"

// isHere reports whether a name leads to this machine whatever a site says.
func isHere(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == engineHost || host == "localhost" || strings.HasSuffix(host, ".localhost") || net.ParseIP(host) != nil
}
