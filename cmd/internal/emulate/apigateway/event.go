// Package apigateway is the part of an Amazon API Gateway HTTP API that a Lambda
// function sees: requests become events in payload format 2.0, and what the
// function returns becomes a response again. The format is documented in the
// API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP
// APIs in API Gateway":
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
package apigateway

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// BodyLimit is the largest body of a request, in bytes: 10 MB, from the
// Developer Guide's "Quotas for configuring and running an HTTP API".
const BodyLimit = 10 << 20

// The function sees an API with a single route, which takes every request, and a
// single stage.
const (
	apiID     = "local"
	accountID = "123456789012"
	catchAll  = "$default"
)

// Arrival is what an API notes of a request besides its content.
type Arrival struct {
	// Time is when the request came.
	Time time.Time
	// ID names the request.
	ID string
}

// event is a request in payload format 2.0. A real event also lacks the fields that
// are omitted when they are empty.
type event struct {
	Version               string            `json:"version"`
	RouteKey              string            `json:"routeKey"`
	RawPath               string            `json:"rawPath"`
	RawQueryString        string            `json:"rawQueryString"`
	Cookies               []string          `json:"cookies,omitempty"`
	Headers               map[string]string `json:"headers"`
	QueryStringParameters map[string]string `json:"queryStringParameters,omitempty"`
	RequestContext        requestContext    `json:"requestContext"`
	Body                  string            `json:"body,omitempty"`
	IsBase64Encoded       bool              `json:"isBase64Encoded"`
}

// requestContext is what an event says of its request.
type requestContext struct {
	AccountID    string      `json:"accountId"`
	APIID        string      `json:"apiId"`
	DomainName   string      `json:"domainName"`
	DomainPrefix string      `json:"domainPrefix"`
	HTTP         requestLine `json:"http"`
	RequestID    string      `json:"requestId"`
	RouteKey     string      `json:"routeKey"`
	Stage        string      `json:"stage"`
	Time         string      `json:"time"`
	TimeEpoch    int64       `json:"timeEpoch"`
}

// requestLine is the request as HTTP's first line and its connection have it.
type requestLine struct {
	Method    string `json:"method"`
	Path      string `json:"path"`
	Protocol  string `json:"protocol"`
	SourceIP  string `json:"sourceIp"`
	UserAgent string `json:"userAgent"`
}

// Event is the event of a request, as JSON. It reads the request's body, and
// returns the errors of reading it.
func Event(r *http.Request, arrival Arrival) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the request: %w", err)
	}
	e := event{
		Version:  "2.0",
		RouteKey: catchAll,
		// An HTTP API decodes the path and leaves the query string as it came.
		RawPath:               r.URL.Path,
		RawQueryString:        r.URL.RawQuery,
		Cookies:               cookies(r.Header),
		Headers:               headers(r, len(body)),
		QueryStringParameters: parameters(r.URL.RawQuery),
		RequestContext:        newRequestContext(r, arrival),
		Body:                  string(body),
	}
	if len(body) > 0 && isBinary(r.Header, body) {
		e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	return json.Marshal(e)
}

func newRequestContext(r *http.Request, arrival Arrival) requestContext {
	host := hostName(r.Host)
	prefix, _, _ := strings.Cut(host, ".")
	return requestContext{
		AccountID:    accountID,
		APIID:        apiID,
		DomainName:   host,
		DomainPrefix: prefix,
		HTTP: requestLine{
			Method:    r.Method,
			Path:      r.URL.Path,
			Protocol:  r.Proto,
			SourceIP:  hostName(r.RemoteAddr),
			UserAgent: r.UserAgent(),
		},
		RequestID: arrival.ID,
		RouteKey:  catchAll,
		Stage:     catchAll,
		// The form of Apache's common log.
		Time:      arrival.Time.UTC().Format("02/Jan/2006:15:04:05 -0700"),
		TimeEpoch: arrival.Time.UnixMilli(),
	}
}

// headers are the request's, with names in small letters, values of one name
// joined by commas, and those that an API adds. Cookies are not among them.
func headers(r *http.Request, length int) map[string]string {
	all := map[string]string{}
	for name, values := range r.Header {
		if name != "Cookie" && !isConnection(name) {
			all[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	all["host"] = r.Host
	all["content-length"] = strconv.Itoa(length)
	all["x-forwarded-proto"] = "http"
	all["x-forwarded-port"] = port(r.Host)
	all["x-forwarded-for"] = hostName(r.RemoteAddr)
	if before := r.Header.Values("X-Forwarded-For"); len(before) > 0 {
		all["x-forwarded-for"] = strings.Join(before, ", ") + ", " + hostName(r.RemoteAddr)
	}
	return all
}

// isConnection reports whether a header is about the connection it came over,
// which ends at the API: RFC 9110, section 7.6.1.
func isConnection(name string) bool {
	return slices.Contains([]string{
		"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
	}, name)
}

// cookies are the request's, one by one, as they were written.
func cookies(header http.Header) []string {
	var all []string
	for _, line := range header.Values("Cookie") {
		for cookie := range strings.SplitSeq(line, ";") {
			if cookie = strings.TrimSpace(cookie); cookie != "" {
				all = append(all, cookie)
			}
		}
	}
	return all
}

// parameters are the values of a query string by name. Commas join several values
// of one name. Only & separates parameters, and a badly encoded text stands for
// itself: an API loses no parameter.
func parameters(query string) map[string]string {
	all := map[string]string{}
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, value = decoded(name), decoded(value)
		if before, known := all[name]; known {
			value = before + "," + value
		}
		all[name] = value
	}
	return all
}

// decoded is a part of a query string without its encoding: a plus is a space,
// and a percent sign that no two hexadecimal digits follow is one.
func decoded(text string) string {
	text = strings.ReplaceAll(text, "+", " ")
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if value, err := strconv.ParseUint(text[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(value))
				i += 2
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// isBinary reports whether a body is encoded in its event: a body that is not text
// by its type, a compressed body, and text in another encoding than UTF-8, which an
// event cannot hold.
func isBinary(header http.Header, body []byte) bool {
	compressed := slices.ContainsFunc(header.Values("Content-Encoding"), func(encoding string) bool {
		return !strings.EqualFold(strings.TrimSpace(encoding), "identity")
	})
	return compressed || !isText(header.Get("Content-Type")) || !utf8.Valid(body)
}

// isText reports whether a body is passed on as text. The documentation says
// only that binary bodies are encoded: these types are what HTTP APIs pass as
// they are, and forms are not among them.
func isText(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	return strings.HasPrefix(media, "text/") ||
		slices.Contains([]string{"application/json", "application/javascript", "application/xml"}, media)
}

// hostName is an address without its port.
func hostName(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return strings.Trim(address, "[]")
}

// port is the port of a Host header, HTTP's own when it has none.
func port(host string) string {
	if _, port, err := net.SplitHostPort(host); err == nil {
		return port
	}
	return "80"
}
