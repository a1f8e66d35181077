package build

import (
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/moby/buildkit/exporter/containerimage/exptypes"
)

// Result is what a finished build says of itself.
type Result struct {
	// Response holds the exporter's answers, such as containerimage.digest.
	Response map[string]string
	// Summary says in a line each what was made, and where it is.
	Summary []string
}

// ImageID identifies the built image: the digest of its configuration, else of
// its manifest. It is empty when the result is no image.
func (r *Result) ImageID() string {
	if id := r.Response[exptypes.ExporterImageConfigDigestKey]; id != "" {
		return id
	}
	return r.Response[exptypes.ExporterImageDigestKey]
}

// WriteImageID writes the image's ID to a file.
func (r *Result) WriteImageID(path string) error {
	return writeFile(path, []byte(r.ImageID()))
}

// WriteMetadata writes the exporter's answers to a JSON file, in the form of
// buildx: an answer that is encoded JSON is written as the JSON it stands for.
func (r *Result) WriteMetadata(path string) error {
	decoded := map[string]any{}
	for key, value := range r.Response {
		decoded[key] = value
		if raw, ok := decodeJSON(value); ok {
			decoded[key] = raw
		}
	}
	data, err := json.MarshalIndent(decoded, "", "  ")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return writeFile(path, data)
}

// decodeJSON reads base64 text that holds a JSON object or a list of them.
func decodeJSON(value string) (json.RawMessage, bool) {
	data, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		return nil, false
	}
	var object map[string]any
	if json.Unmarshal(data, &object) == nil && len(object) > 0 {
		return data, true
	}
	var list []map[string]any
	if json.Unmarshal(data, &list) == nil && len(list) > 0 {
		return data, true
	}
	return nil, false
}
