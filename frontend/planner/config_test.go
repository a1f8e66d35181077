package planner_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Labels of an image say what pyproject.toml says; what a person sets counts more.
func TestLabels(t *testing.T) {
	t.Parallel()
	const name = "org.opencontainers.image."
	for text, want := range map[string]map[string]string{
		"description = 'Orders'\nlicense = 'MIT'\n":                                                                                  {"description": "Orders", "licenses": "MIT"},
		"[project.urls]\nHomepage = 'https://a.example.com'\nrepository = 'https://b.example.com'\n":                                 {"url": "https://a.example.com", "source": "https://b.example.com"},
		"[project.urls]\n'Source Code' = 'https://a.example.com'\nGitHub = 'https://b.example.com'\n":                                {"source": "https://a.example.com"},
		"[project.urls]\n'SOURCE' = 'https://a.example.com'\nRepository = 'https://b.example.com'\n":                                 {"source": "https://a.example.com"},
		"[project.urls]\n'-docs_' = 'https://a.example.com'\n":                                                                       {"documentation": "https://a.example.com"},
		"[project.urls]\n'DOCUMENTATION' = 'https://a.example.com'\n":                                                                {"documentation": "https://a.example.com"},
		"[project.urls]\n'docs0' = 'https://a.example.com'\n'0docs9' = 'https://b.example.com'\n'9docs' = 'https://b.example.com'\n": {},
		"[project.urls]\n'DOCZS' = 'https://a.example.com'\n'zdocs' = 'https://b.example.com'\n'docsa' = 'https://b.example.com'\n":  {},
		"[project.urls]\ndocs = 'https://a.example.com'\nDocumentation = 'https://b.example.com'\n":                                  {"documentation": "https://b.example.com"},
		"[project.urls]\n'repository;' = 'https://a.example.com'\n'd[o`c{s@' = 'https://b.example.com'":                              {"source": "https://a.example.com", "documentation": "https://b.example.com"},
		"[project.urls]\nissues = 'https://a.example.com'\n":                                                                         {},
	} {
		contents := base()
		contents["pyproject.toml"] = "[project]\nname = 'api'\nversion = '1.0.0'\n" + text + "\n[tool.uvlambda]\nhandler = 'app.handler'\npython = '3.13'\n"
		p, err := newPlan(contextOf(contents), client{})
		require.NoError(t, err, text)
		all := map[string]string{name + "base.name": "public.ecr.aws/lambda/python:3.13", name + "title": "api", name + "version": "1.0.0"}
		for label, value := range want {
			all[name+label] = value
		}
		assert.Equal(t, all, p.Config.Labels, text)
	}

	contents := change(keys("handler = 'app.handler'\nlabels = { team = 'shop', 'org.opencontainers.image.version' = '2', tier = '1' }"))
	p, err := newPlan(contextOf(contents), client{labels: map[string]string{"team": "billing"}})
	require.NoError(t, err)
	got := maps.Clone(p.Config.Labels)
	maps.DeleteFunc(got, func(label, _ string) bool { return label == name+"base.name" })
	assert.Equal(t, map[string]string{"team": "billing", "tier": "1", name + "version": "2", name + "title": "api"}, got)
}
