package plan

// Test starts the function in its own image, under a Lambda Runtime API, and
// sends it events one after the other.
type Test struct {
	// Events may be none: the function is then started only, which imports its
	// handler.
	Events []Event `json:"events,omitempty"`
	// Network lets the function reach more than its own loopback interface.
	Network bool `json:"network,omitempty"`
	// Timeout is how many seconds the function may take for an event.
	Timeout int `json:"timeout"`
	// Skip says why the test is not run; it is empty when it is.
	Skip string `json:"skip,omitempty"`
}

// Event is a JSON file to send to the function.
type Event struct {
	// Path is relative to the context.
	Path string `json:"path"`
	// Response is the JSON file, relative to the context, that the response has
	// to equal; any response will do when it is empty.
	Response string `json:"response,omitempty"`
}

// KindTest is the kind of a step whose work is a Test.
const KindTest StepKind = "test"

// Kind is KindTest.
func (*Test) Kind() StepKind { return KindTest }

// AddTest adds the step, with the lines that asked for it. It takes all parts of
// the function.
func (p *Plan) AddTest(work *Test, at Location) {
	var reads []Read
	for _, e := range work.Events {
		reads = append(reads, Read{Path: e.Path})
		if e.Response != "" {
			reads = append(reads, Read{Path: e.Response})
		}
	}
	does := "start the function"
	if len(work.Events) > 0 {
		does = "send the function " + count(len(work.Events), "event")
	}
	st := Step{
		Title: does, Owner: p.owner(), For: p.target(), Reads: reads, Takes: p.parts(),
		Images: []string{p.Base.Ref}, On: Target, Network: work.Network,
		Settings: []string{"handler", "env", "test.network", "test.timeout"},
		Source:   at, Work: work,
	}
	if p.Output == OutputTest {
		st.Guards = p.guards()
	}
	if work.Skip != "" {
		st.Runs = "never: " + work.Skip
	}
	p.add(st)
}
