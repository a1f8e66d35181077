package apigateway

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// arrival is the time and the identifier of every request of these tests.
func arrival() Arrival {
	return Arrival{Time: time.UnixMilli(1583348638390), ID: "request"}
}

// received is the event of a request that came over a real connection, so that
// what the server itself does to headers is part of the test.
func received(t *testing.T, send *http.Request) map[string]any {
	t.Helper()
	var data []byte
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var err error
		data, err = Event(r, arrival())
		assert.NoError(t, err)
	}))
	defer server.Close()
	target := strings.TrimPrefix(server.URL, "http://")
	if send.Host == "" {
		send.Host = send.URL.Host
	}
	send.URL.Scheme, send.URL.Host = "http", target
	// The server's own transport: closing a test server also closes the idle
	// connections of the default one, under a test that runs beside it.
	response, err := server.Client().Transport.RoundTrip(send)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	var got map[string]any
	require.NoError(t, json.Unmarshal(data, &got))
	return got
}

func newRequest(t *testing.T, method, target, body string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	require.NoError(t, err)
	return request
}

// TestEvent holds an event against the structure that the Developer Guide
// documents.
func TestEvent(t *testing.T) {
	t.Parallel()
	request := newRequest(t, http.MethodPost, "http://shop.example.com:8000/my/path?parameter1=value1&parameter1=value2&parameter2=value", "Hello from Lambda")
	request.Header = http.Header{
		"Header1":         {"value1"},
		"Header2":         {"value1", "value2"},
		"Cookie":          {"cookie1=a; cookie2=b"},
		"User-Agent":      {"agent"},
		"Content-Type":    {"text/plain; charset=utf-8"},
		"Accept-Encoding": {"identity"},
	}
	want := `{
		"version": "2.0",
		"routeKey": "$default",
		"rawPath": "/my/path",
		"rawQueryString": "parameter1=value1&parameter1=value2&parameter2=value",
		"cookies": ["cookie1=a", "cookie2=b"],
		"headers": {
			"header1": "value1",
			"header2": "value1,value2",
			"accept-encoding": "identity",
			"content-length": "17",
			"content-type": "text/plain; charset=utf-8",
			"host": "shop.example.com:8000",
			"user-agent": "agent",
			"x-forwarded-for": "127.0.0.1",
			"x-forwarded-port": "8000",
			"x-forwarded-proto": "http"
		},
		"queryStringParameters": {"parameter1": "value1,value2", "parameter2": "value"},
		"requestContext": {
			"accountId": "123456789012",
			"apiId": "local",
			"domainName": "shop.example.com",
			"domainPrefix": "shop",
			"http": {"method": "POST", "path": "/my/path", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "agent"},
			"requestId": "request",
			"routeKey": "$default",
			"stage": "$default",
			"time": "04/Mar/2020:19:03:58 +0000",
			"timeEpoch": 1583348638390
		},
		"body": "Hello from Lambda",
		"isBase64Encoded": false
	}`
	got, err := json.Marshal(received(t, request))
	require.NoError(t, err)
	assert.JSONEq(t, want, string(got))
}

// A request without them has no cookies, parameters and body.
func TestEventOfLeastRequest(t *testing.T) {
	t.Parallel()
	got := received(t, newRequest(t, http.MethodGet, "http://localhost/", ""))
	for _, absent := range []string{"cookies", "queryStringParameters", "body"} {
		assert.NotContains(t, got, absent)
	}
	assert.Equal(t, false, got["isBase64Encoded"])
	assert.Empty(t, got["rawQueryString"])
	headers := got["headers"].(map[string]any)
	assert.Equal(t, "0", headers["content-length"])
	assert.Equal(t, "80", headers["x-forwarded-port"])
}

func TestEventPathAndQuery(t *testing.T) {
	t.Parallel()
	got := received(t, newRequest(t, http.MethodGet, "http://localhost/a%20b/%C3%A9%2Fc?x=1%2B1&empty&x=%26&y=a+b", ""))
	assert.Equal(t, "/a b/é/c", got["rawPath"], "an HTTP API decodes the path")
	assert.Equal(t, "x=1%2B1&empty&x=%26&y=a+b", got["rawQueryString"], "and leaves the query string encoded")
	assert.Equal(t, map[string]any{"x": "1+1,&", "empty": "", "y": "a b"}, got["queryStringParameters"])
}

func TestEventHeaders(t *testing.T) {
	t.Parallel()
	request := newRequest(t, http.MethodGet, "http://localhost/", "")
	request.Header.Add("Cookie", "a=1;b=2;")
	request.Header.Add("Cookie", "c=3")
	request.Header.Add("X-Forwarded-For", "192.0.2.1")
	request.Header.Set("Connection", "keep-alive, x-hop")
	request.Header.Set("Te", "trailers")
	got := received(t, request)
	assert.Equal(t, []any{"a=1", "b=2", "c=3"}, got["cookies"])
	headers := got["headers"].(map[string]any)
	assert.Equal(t, "192.0.2.1, 127.0.0.1", headers["x-forwarded-for"])
	for _, absent := range []string{"cookie", "connection", "te"} {
		assert.NotContains(t, headers, absent)
	}
}

// Bodies are base64 but for the types that HTTP APIs take for text.
func TestEventBody(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		contentType string
		encoded     bool
	}{
		"text":         {"text/html", false},
		"text charset": {"text/csv; charset=utf-8", false},
		"JSON":         {"application/json", false},
		"JSON charset": {"Application/JSON; charset=utf-8", false},
		"XML":          {"application/xml", false},
		"JavaScript":   {"application/javascript", false},
		"form":         {"application/x-www-form-urlencoded", true},
		"multipart":    {"multipart/form-data; boundary=x", true},
		"bytes":        {"application/octet-stream", true},
		"other JSON":   {"application/problem+json", true},
		"no type":      {"", true},
		"malformed":    {"text/", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := newRequest(t, http.MethodPut, "http://localhost/", `{"a":1}`)
			request.Header.Set("Content-Type", test.contentType)
			if test.contentType == "" {
				request.Header.Del("Content-Type")
			}
			got := received(t, request)
			assert.Equal(t, test.encoded, got["isBase64Encoded"])
			want := `{"a":1}`
			if test.encoded {
				want = "eyJhIjoxfQ=="
			}
			assert.Equal(t, want, got["body"])
		})
	}
}

func TestEventOfBrokenBody(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	_, err := Event(httptest.NewRequest(http.MethodPost, "/", iotest.ErrReader(broken)), arrival())
	assert.ErrorIs(t, err, broken)
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "::1", hostName("[::1]:8000"))
	assert.Equal(t, "::1", hostName("[::1]"))
	assert.Equal(t, "localhost", hostName("localhost"))
	assert.Equal(t, "8000", port("[::1]:8000"))
	assert.Equal(t, "80", port("localhost"))
}

// A body of a text type counts as binary when it is not UTF-8, as an event has to
// be, or when its sender says that it is compressed.
func TestEventBodyThatIsNoText(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, err := w.Write([]byte(`{"a":1}`))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	tests := map[string]struct {
		contentType, encoding, body string
		encoded                     bool
	}{
		"gzip":              {"application/json", "gzip", zipped.String(), true},
		"gzip that is said": {"text/plain", "GZIP", "a", true},
		"gzip that is not":  {"application/json", "", zipped.String(), true},
		"identity":          {"text/plain", "Identity", "a", false},
		"latin-1":           {"text/plain; charset=iso-8859-1", "", "caf\xe9", true},
		"UTF-8":             {"text/plain", "", "caf\u00e9 \U0001f40d", false},
		"UTF-16":            {"text/xml; charset=utf-16", "", "\xff\xfe<\x00", true},
		"half a character":  {"text/html", "", "\xe2\x82", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := newRequest(t, http.MethodPost, "http://localhost/", test.body)
			request.Header.Set("Content-Type", test.contentType)
			if test.encoding != "" {
				request.Header.Set("Content-Encoding", test.encoding)
			}
			got := received(t, request)
			assert.Equal(t, test.encoded, got["isBase64Encoded"])
			body := []byte(got["body"].(string))
			if test.encoded {
				decoded, err := base64.StdEncoding.DecodeString(string(body))
				body = decoded
				require.NoError(t, err)
			}
			assert.Equal(t, test.body, string(body), "the function gets every byte")
		})
	}
}

// No key is lost, however the query is written.
func TestParameters(t *testing.T) {
	t.Parallel()
	tests := map[string]map[string]string{
		"":              {},
		"&&":            {},
		"x=1;y=2":       {"x": "1;y=2"},
		"x=%":           {"x": "%"},
		"x=%4&y=%zz%41": {"x": "%4", "y": "%zzA"},
		"%=1":           {"%": "1"},
		"x=1&x=%&x=":    {"x": "1,%,"},
		"a=b=c&=d":      {"a": "b=c", "": "d"},
	}
	for query, want := range tests {
		assert.Equal(t, want, parameters(query), query)
	}
}

// FuzzParameters compares with Go's own reader of queries, which knows those
// that are well written.
func FuzzParameters(f *testing.F) {
	for _, query := range []string{"a=1&b=2&a=3", "x=%41+%2B&y", "x=1;y=2", "x=%", "=&&="} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		got := parameters(query)
		values, err := url.ParseQuery(query)
		for name, list := range values {
			if err == nil {
				assert.Equal(t, strings.Join(list, ","), got[name])
			} else {
				assert.Contains(t, got, name)
			}
		}
		if err == nil {
			assert.Len(t, got, len(values))
		}
	})
}
