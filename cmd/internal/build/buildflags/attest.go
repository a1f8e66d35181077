package buildflags

import (
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
		attrs, err := csvAttributes("attest", value, attestKey)
		if err != nil {
			return err
		}
		kind := attrs["type"]
		if kind == "" {
			return fail("attest", value, errors.New("name the attestation with type=TYPE"))
		}
		disabled := false
		if text, given := attrs["disabled"]; given {
			if disabled, err = strconv.ParseBool(text); err != nil {
				return fail("attest", value, errors.New("disabled must be true or false"))
			}
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

// attestKey reads the two keys that this program knows in any case. Others are
// the attestation's own.
func attestKey(key string) string {
	switch known := strings.ToLower(strings.TrimSpace(key)); known {
	case "type", "disabled":
		return known
	}
	return key
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
	for i, field := range fields {
		if strings.ContainsAny(field, ",\"") {
			fields[i] = `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
		}
	}
	return strings.Join(fields, ",")
}
