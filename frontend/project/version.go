package project

// VersionVariables are the environment variables that tell build backends, and
// their plugins, a version which they would ask git for.
func VersionVariables() []string {
	return []string{
		// setuptools-scm, and with it hatch-vcs and flit-scm:
		// https://setuptools-scm.readthedocs.io/en/latest/overrides/
		"SETUPTOOLS_SCM_PRETEND_VERSION",
		// The same for what is made of its library vcs-versioning.
		"VCS_VERSIONING_PRETEND_VERSION",
		// https://backend.pdm-project.org/metadata/#dynamic-version-from-scm
		"PDM_BUILD_SCM_VERSION",
		// https://docs.openstack.org/pbr/latest/user/packagers.html
		"PBR_VERSION",
		"POETRY_DYNAMIC_VERSIONING_BYPASS",
		"UV_DYNAMIC_VERSIONING_BYPASS",
	}
}
