package apigateway

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Response is what a client of an API gets.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Failure is the response when the function failed, or returned something that is
// no response.
func Failure() *Response { return message(http.StatusInternalServerError) }

// TooLarge is the response to a request whose body is above BodyLimit.
func TooLarge() *Response { return message(http.StatusRequestEntityTooLarge) }

// page is how a browser shows why there is no answer of the function.
const page = `<!doctype html>
<meta charset="utf-8">
<title>The function is not what its files say</title>
<pre style="font: 14px/1.5 monospace; white-space: pre-wrap; margin: 2em; color: #a00">%s</pre>
`

// Explanation is the response to a request for which there is no function: no
// API gives it, but a person who writes the function wants to see why. A client
// that accepts pages gets one, others text.
func Explanation(text, accept string) *Response {
	response := &Response{
		Status: http.StatusBadGateway,
		Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}},
		Body:   []byte(text),
	}
	if strings.Contains(accept, "text/html") {
		response.Header.Set("Content-Type", "text/html; charset=utf-8")
		response.Body = fmt.Appendf(nil, page, html.EscapeString(text))
	}
	return response
}

// message is a response of the API itself.
func message(status int) *Response {
	return &Response{
		Status: status,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   fmt.Appendf(nil, `{"message":%q}`, http.StatusText(status)),
	}
}

// returned is a response as a function returns it. Numbers may be written as
// strings, and values of headers as numbers.
type returned struct {
	StatusCode      json.Number    `json:"statusCode"`
	Headers         map[string]any `json:"headers"`
	Cookies         []string       `json:"cookies"`
	Body            *string        `json:"body"`
	IsBase64Encoded bool           `json:"isBase64Encoded"`
}

// ParseResponse reads what a function returned. JSON without a statusCode is itself
// the body of a successful response. A value that an API cannot read gives an error
// with the reason. The API's client then gets Failure.
func ParseResponse(data []byte) (*Response, error) {
	if !json.Valid(data) {
		return nil, errors.New("the function returned something else than JSON")
	}
	var fields map[string]json.RawMessage
	// A value that is no object has no statusCode.
	_ = json.Unmarshal(data, &fields)
	if _, says := fields["statusCode"]; !says {
		return inferred(data), nil
	}
	var r returned
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&r); err != nil {
		return nil, fmt.Errorf("the function returned a malformed response: %w", err)
	}
	status, err := strconv.Atoi(r.StatusCode.String())
	// Go's server takes a status below 200 for an interim response.
	if err != nil || status < 200 || status > 599 {
		return nil, fmt.Errorf("the function returned the statusCode %s, which is no HTTP status from 200 to 599", fields["statusCode"])
	}
	response := &Response{Status: status}
	if response.Header, err = r.header(); err != nil {
		return nil, err
	}
	response.Body, err = r.body()
	return response, err
}

// inferred is the response that an API makes of JSON that does not say what the
// response is. Of a string, the body is what it stands for.
func inferred(data []byte) *Response {
	response := &Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: data}
	var text string
	if json.Unmarshal(data, &text) == nil && !bytes.Equal(bytes.TrimSpace(data), []byte("null")) {
		response.Body = []byte(text)
	}
	return response
}

// header are the response's headers. The server sets the headers of the connection.
func (r *returned) header() (http.Header, error) {
	header := http.Header{"Content-Type": {"text/plain; charset=utf-8"}}
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		switch value := r.Headers[name].(type) {
		case string, json.Number, bool:
			if key := http.CanonicalHeaderKey(name); key != "Content-Length" && !isConnection(key) {
				header.Set(key, fmt.Sprint(value))
			}
		default:
			return nil, fmt.Errorf("the function returned the header %s with several values: join them with commas, or use cookies for Set-Cookie", strings.ToLower(name))
		}
	}
	for _, cookie := range r.Cookies {
		header.Add("Set-Cookie", cookie)
	}
	return header, nil
}

// body is the response's body, decoded when it says that it is encoded.
func (r *returned) body() ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	if !r.IsBase64Encoded {
		return []byte(*r.Body), nil
	}
	body, err := base64.StdEncoding.DecodeString(*r.Body)
	if err != nil {
		return nil, fmt.Errorf("the function returned a body that isBase64Encoded says is base64, and is not: %w", err)
	}
	return body, nil
}

// Write sends the response.
func (r *Response) Write(w http.ResponseWriter) {
	for name, values := range r.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(r.Status)
	// The client has gone when this fails, or wants no body.
	_, _ = w.Write(r.Body)
}
