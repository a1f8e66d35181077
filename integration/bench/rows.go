package main

import "slices"

// scenarios are all that is measured, in the order of the tables.
func scenarios() []scenario {
	return slices.Concat(
		imageScenarios(), largeScenarios(), dailyScenarios(), zipScenarios(), contentScenarios(), memoryScenarios(),
		lockScenarios(), bakeScenarios(), fleetScenarios(), concurrencyScenarios(),
	)
}
