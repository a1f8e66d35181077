package diagnosis

import "encoding/json"

// Report is what a step leaves of its failure. The scripts in llb/steps write it.
type Report struct {
	// Given are the names of the secrets that the step had.
	Given []string `json:"given"`
	// Messages are uv's.
	Messages string `json:"messages"`
	// Problem is a word for a problem that one of our scripts found, and Message
	// explains it to people.
	Problem string `json:"problem"`
	Message string `json:"message"`
	// Failure is the failed start of a function that is tested, and Events are
	// the events that it was sent.
	Failure *TestFailure `json:"failure"`
	Events  []TestEvent  `json:"events"`
}

// ReadReport reads a report. It is empty when the step left none, or wrote it to
// a disk that was full.
func ReadReport(text string) Report {
	var r Report
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return Report{}
	}
	return r
}

// problemNoModule is the Problem of a wheel without the modules that its project
// promises.
const problemNoModule = "no-module"

// LacksModules tells whether a wheel was built that does not hold the modules of
// its project.
func (r Report) LacksModules() bool { return r.Problem == problemNoModule }

// Said is what the step says of its failure, to people.
func (r Report) Said() string {
	if r.Problem != "" {
		return r.Message
	}
	return r.Messages
}
