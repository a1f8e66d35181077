package buildflags

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/docker/go-units"
	"github.com/moby/buildkit/util/entitlements"
)

// setSandbox sets what the build containers get.
func (f Flags) setSandbox(r *Request) error {
	if f.CgroupParent != "" {
		r.Attrs["cgroup-parent"] = f.CgroupParent
	}
	return errors.Join(
		f.setNetwork(r),
		f.setHosts(r),
		f.setShmSize(r),
		f.setUlimits(r),
	)
}

// setAllowed sets the entitlements. That to empty a folder is buildx's own, and
// of no use here.
func (f Flags) setAllowed(r *Request) error {
	for _, value := range f.Allow {
		if value == "buildx.local.delete" {
			continue
		}
		if _, _, err := entitlements.Parse(value); err != nil {
			return fail("allow", value, err)
		}
		r.Entitlements = append(r.Entitlements, value)
	}
	return nil
}

// setNetwork sets the network mode. The host's network is an entitlement.
func (f Flags) setNetwork(r *Request) error {
	switch f.Network {
	case "", "default":
	case "host":
		r.Attrs["force-network-mode"] = f.Network
		r.Entitlements = append(r.Entitlements, entitlements.EntitlementNetworkHost.String())
	case "none":
		r.Attrs["force-network-mode"] = f.Network
	default:
		return fail("network", f.Network, errors.New("BuildKit knows default, host and none"))
	}
	return nil
}

// setHosts sets the extra host entries, in BuildKit's form HOST=IP.
func (f Flags) setHosts(r *Request) error {
	var hosts []string
	for _, value := range f.AddHosts {
		host, addresses, ok := strings.Cut(value, "=")
		if !ok {
			host, addresses, ok = strings.Cut(value, ":")
		}
		if !ok || host == "" {
			return fail("add-host", value, errors.New("write HOST:IP"))
		}
		for address := range strings.SplitSeq(addresses, ",") {
			address = strings.TrimSuffix(strings.TrimPrefix(address, "["), "]")
			if ip, err := netip.ParseAddr(address); err != nil || ip.Zone() != "" {
				return fail("add-host", value, fmt.Errorf("%q is not an IP address", address))
			}
			hosts = append(hosts, host+"="+address)
		}
	}
	if len(hosts) > 0 {
		r.Attrs["add-hosts"] = strings.Join(hosts, ",")
	}
	return nil
}

// setShmSize sets the size of /dev/shm, in bytes.
func (f Flags) setShmSize(r *Request) error {
	if f.ShmSize == "" {
		return nil
	}
	size, err := units.RAMInBytes(f.ShmSize)
	if err != nil {
		return fail("shm-size", f.ShmSize, err)
	}
	if size > 0 {
		r.Attrs["shm-size"] = strconv.FormatInt(size, 10)
	}
	return nil
}

// setUlimits sets the resource limits, each as NAME=SOFT:HARD. The last one of a
// name holds.
func (f Flags) setUlimits(r *Request) error {
	byName := map[string]string{}
	for _, value := range f.Ulimits {
		limit, err := units.ParseUlimit(value)
		if err != nil {
			return fail("ulimit", value, err)
		}
		byName[limit.Name] = limit.String()
	}
	if len(byName) > 0 {
		r.Attrs["ulimit"] = strings.Join(slices.Sorted(maps.Values(byName)), ",")
	}
	return nil
}
