package apigateway

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseResponse(t *testing.T) {
	t.Parallel()
	inferred := http.Header{"Content-Type": {"application/json"}}
	plain := http.Header{"Content-Type": {"text/plain; charset=utf-8"}}
	tests := map[string]struct {
		returned string
		want     Response
	}{
		"inferred from an object": {`{"message": "Hello"}`, Response{200, inferred, []byte(`{"message": "Hello"}`)}},
		"inferred from a string":  {`"Hello from Lambda!"`, Response{200, inferred, []byte("Hello from Lambda!")}},
		"inferred from a list":    {`[1, 2]`, Response{200, inferred, []byte(`[1, 2]`)}},
		"inferred from nothing":   {`null`, Response{200, inferred, []byte(`null`)}},
		"body without status":     {`{"body": "Hello"}`, Response{200, inferred, []byte(`{"body": "Hello"}`)}},
		"status alone":            {`{"statusCode": 204}`, Response{204, plain, nil}},
		"status as a string":      {`{"statusCode": "404", "body": "gone"}`, Response{404, plain, []byte("gone")}},
		"null body and headers":   {`{"statusCode": 200, "body": null, "headers": null, "cookies": null}`, Response{200, plain, nil}},
		"unknown fields":          {`{"statusCode": 200, "multiValueHeaders": {"A": ["b"]}}`, Response{200, plain, nil}},
		"base64": {`{"statusCode": 200, "isBase64Encoded": true, "body": "AP8=", "headers": {"content-type": "image/png"}}`,
			Response{200, http.Header{"Content-Type": {"image/png"}}, []byte{0, 255}}},
		"headers": {`{"statusCode": 201, "headers": {"location": "/a", "x-count": 12345678901, "x-new": true, "X-List": "a,b"}}`,
			Response{201, http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "Location": {"/a"}, "X-Count": {"12345678901"}, "X-New": {"true"}, "X-List": {"a,b"}}, nil}},
		"cookies": {`{"statusCode": 200, "cookies": ["a=1; Secure", "b=2"], "headers": {"Set-Cookie": "c=3"}}`,
			Response{200, http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "Set-Cookie": {"c=3", "a=1; Secure", "b=2"}}, nil}},
		"headers of the connection": {`{"statusCode": 200, "headers": {"content-length": "7", "Connection": "close", "transfer-encoding": "chunked"}}`,
			Response{200, plain, nil}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseResponse([]byte(test.returned))
			require.NoError(t, err)
			assert.Equal(t, &test.want, got)
		})
	}
}

func TestParseMalformedResponse(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ returned, want string }{
		"no JSON":      {`Hello`, "the function returned something else than JSON"},
		"nothing":      {``, "the function returned something else than JSON"},
		"body":         {`{"statusCode": 200, "body": {"a": 1}}`, "the function returned a malformed response: json: cannot unmarshal object into Go struct field returned.body of type string"},
		"headers":      {`{"statusCode": 200, "headers": {"X-A": ["b", "c"]}}`, "the function returned the header x-a with several values: join them with commas, or use cookies for Set-Cookie"},
		"status":       {`{"statusCode": 20}`, "the function returned the statusCode 20, which is no HTTP status from 200 to 599"},
		"interim":      {`{"statusCode": 100}`, "the function returned the statusCode 100, which is no HTTP status from 200 to 599"},
		"no status":    {`{"statusCode": null}`, "the function returned the statusCode null, which is no HTTP status from 200 to 599"},
		"status words": {`{"statusCode": "OK"}`, "the function returned a malformed response: json: invalid number literal, trying to unmarshal \"\\\"OK\\\"\" into Number"},
		"base64":       {`{"statusCode": 200, "isBase64Encoded": true, "body": "%"}`, "the function returned a body that isBase64Encoded says is base64, and is not: illegal base64 data at input byte 0"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseResponse([]byte(test.returned))
			assert.EqualError(t, err, test.want)
		})
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	recorder := httptest.NewRecorder()
	response, err := ParseResponse([]byte(`{"statusCode": 418, "body": "short", "cookies": ["a=1", "b=2"], "headers": {"X-Kind": "stout"}}`))
	require.NoError(t, err)
	response.Write(recorder)
	assert.Equal(t, 418, recorder.Code)
	assert.Equal(t, "short", recorder.Body.String())
	assert.Equal(t, []string{"a=1", "b=2"}, recorder.Header().Values("Set-Cookie"))
	assert.Equal(t, "stout", recorder.Header().Get("X-Kind"))
}

func TestOwnResponses(t *testing.T) {
	t.Parallel()
	for response, want := range map[*Response]string{
		Failure():  `500 {"message":"Internal Server Error"}`,
		TooLarge(): `413 {"message":"Request Entity Too Large"}`,
	} {
		recorder := httptest.NewRecorder()
		response.Write(recorder)
		assert.Equal(t, want, fmt.Sprint(recorder.Code, " ", recorder.Body))
		assert.Equal(t, "application/json", recorder.Header().Get("Content-Type"))
	}
}

// FuzzParseResponse looks for responses that can be read but not sent.
func FuzzParseResponse(f *testing.F) {
	f.Add([]byte(`{"statusCode": 200, "headers": {"A": "b\nc"}, "cookies": ["a\r\nb"], "body": "AA==", "isBase64Encoded": true}`))
	f.Add([]byte(`"text"`))
	f.Add([]byte(`{"statusCode": "599", "headers": {"": "x"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		response, err := ParseResponse(data)
		if err != nil {
			return
		}
		recorder := httptest.NewRecorder()
		response.Write(recorder)
		assert.Equal(t, response.Status, recorder.Code)
	})
}
