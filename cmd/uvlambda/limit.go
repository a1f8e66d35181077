package main

import (
	"errors"
	"strconv"
	"time"
)

// timeLimit is a flag's duration. A number without a unit is seconds, as it is
// in [tool.uvlambda.test].
type timeLimit time.Duration

// defaultLimit is how long a function may take when no flag says it.
const defaultLimit = timeLimit(30 * time.Second)

// errNegativeMemory refuses a memory limit.
var errNegativeMemory = errors.New("--memory must not be below zero: leave it out for no limit")

// errLimit says how a duration is written.
var errLimit = errors.New("write seconds, as in 30 or 1.5, or a number with its unit, as in 500ms or 2m")

// Set reads the flag's value.
func (l *timeLimit) Set(value string) error {
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		value = strconv.FormatFloat(seconds, 'f', -1, 64) + "s"
	}
	d, err := time.ParseDuration(value)
	if err != nil {
		return errLimit
	}
	if d <= 0 {
		return errors.New("a time above zero is needed")
	}
	*l = timeLimit(d)
	return nil
}

// String is the duration as Go writes it.
func (l *timeLimit) String() string { return time.Duration(*l).String() }

// Type is what a help calls the value.
func (l *timeLimit) Type() string { return "time" }
