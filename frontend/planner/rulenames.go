package planner

// Rules whose breach is a mistake that no plan gets past. Package lint describes
// them, with those whose breach is a warning.
const (
	RuleFileIgnored        = "FileIgnored"
	RuleHandlerNotCallable = "HandlerNotCallable"
	RuleHandlerNotFound    = "HandlerNotFound"
	RuleImportNotFound     = "ImportNotFound"
	RuleLockMissing        = "LockMissing"
	RuleNoCompatibleWheel  = "NoCompatibleWheel"
)
