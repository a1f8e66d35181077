package buildflags

import (
	"encoding/csv"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// setAttestations asks for the attestations that flags name, and no others:
// Lambda rejects the image index that an attestation makes necessary.
func (f Flags) setAttestations(r *Request) error {
	values := slices.Clone(f.Attests)
	if f.Provenance != "" {
		values = append(values, attestation("provenance", f.Provenance))
	}
	if f.SBOM != "" {
		values = append(values, attestation("sbom", f.SBOM))
	}
	seen := map[string]bool{}
	for _, value := range values {
		attrs, err := csvAttributes("attest", value)
		if err != nil {
			return err
		}
		kind := attrs["type"]
		if kind == "" {
			return fail("attest", value, errors.New("name the attestation with type=TYPE"))
		}
		disabled, err := strconv.ParseBool(valueOr(attrs["disabled"], "false"))
		if err != nil {
			return fail("attest", value, errors.New("disabled must be true or false"))
		}
		// As with buildx, the first of several for one type holds.
		if seen[kind] || disabled {
			seen[kind] = true
			continue
		}
		seen[kind] = true
		delete(attrs, "disabled")
		r.Attrs["attest:"+kind] = csvLine(attrs)
	}
	return nil
}

// attestation writes the short flags in --attest's form.
func attestation(kind, value string) string {
	if enabled, err := strconv.ParseBool(value); err == nil {
		return "type=" + kind + ",disabled=" + strconv.FormatBool(!enabled)
	}
	return "type=" + kind + "," + value
}

// csvLine writes attributes as one line, the type first, the others sorted.
func csvLine(attrs map[string]string) string {
	fields := []string{"type=" + attrs["type"]}
	for _, key := range slices.Sorted(maps.Keys(attrs)) {
		if key != "type" {
			fields = append(fields, key+"="+attrs[key])
		}
	}
	var line strings.Builder
	w := csv.NewWriter(&line)
	// A strings.Builder cannot fail to be written.
	_ = w.Write(fields)
	w.Flush()
	return strings.TrimSuffix(line.String(), "\n")
}

// valueOr is the value, or the other one when it is empty.
func valueOr(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
