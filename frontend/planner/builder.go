package planner

import (
	"fmt"

	"github.com/containerd/platforms"

	"github.com/uvlambda/uvlambda/plan"
)

// chooseBuilder names the image in which packages are built from source, and the
// platform that they are built on: the target's when the machine runs its programs,
// by itself or by emulation. Else only what has no native code can be built.
func (p *planning) chooseBuilder() error {
	if p.Spec.Builder == "" {
		return nil
	}
	p.plan.Builder = &plan.Image{Ref: p.Spec.Builder, Source: p.Spec.Locate("builder")}
	p.plan.BuilderOn = plan.Build
	if platforms.Any(p.Runnable...).Match(p.Platform) {
		p.plan.BuilderOn = plan.Target
	}
	return nil
}

// tellEmulation warns of packages that are built by emulation, which takes many
// times as long.
func (p *planning) tellEmulation() {
	if p.plan.BuilderOn != plan.Target || platforms.OnlyStrict(p.Runnable[0]).Match(p.Platform) || !p.plan.BuildsInBuilder() {
		return
	}
	p.plan.Warnings = append(p.plan.Warnings, plan.Warning{
		Message: fmt.Sprintf("packages are built for %s by emulation on %s, which takes many times as long: build on a machine of that platform, or give these packages wheels",
			platforms.Format(p.Platform), platforms.Format(p.Runnable[0])),
		Source: p.plan.Builder.Source,
	})
}
