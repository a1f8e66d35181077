package source

import "bytes"

// userinfo are the places of what stands before the @ of URLs in a text, as far
// as it may be secret (https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1): a
// user with a password, or of http anything, since tokens are given as users.
func userinfo(text []byte) (places [][2]int) {
	for from := 0; ; {
		at := bytes.IndexByte(text[from:], '@')
		if at < 0 {
			return places
		}
		at += from
		from = at + 1
		start := bytes.LastIndexAny(text[:at], "/ \t\r\n\"'<>")
		if start < 0 || !bytes.HasSuffix(text[:start+1], []byte("://")) || start+1 == at {
			continue
		}
		scheme := text[:start-2]
		isHTTP := bytes.HasSuffix(scheme, []byte("http")) || bytes.HasSuffix(scheme, []byte("https"))
		if isHTTP || bytes.IndexByte(text[start+1:at], ':') >= 0 {
			places = append(places, [2]int{start + 1, at})
		}
	}
}

// PasswordLine gives the first line with a URL that holds a password. A user
// alone is none, as in git@host.
func PasswordLine(text []byte) (line int, found bool) {
	for _, place := range userinfo(text) {
		if _, password, has := bytes.Cut(text[place[0]:place[1]], []byte(":")); has && len(password) > 0 {
			return 1 + bytes.Count(text[:place[0]], []byte("\n")), true
		}
	}
	return 0, false
}

// Masked gives a text for people, with asterisks in the place of what may be
// secret in its URLs. The places of everything else stay.
func Masked(text []byte) []byte {
	places := userinfo(text)
	if len(places) == 0 {
		return text
	}
	masked := bytes.Clone(text)
	for _, place := range places {
		for i := place[0]; i < place[1]; i++ {
			masked[i] = '*'
		}
	}
	return masked
}
