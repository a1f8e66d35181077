package initproject

// ignoreName is the file that hides files from a build, at the context's root.
const ignoreName = ".dockerignore"

// ignored are the patterns of a new .dockerignore: what tools leave behind in a
// project, and files that hold secrets.
const ignored = `# What the build does not need is not sent to the builder.
.git
**/.venv
**/__pycache__
**/*.pyc
**/.*_cache
**/node_modules
**/.env
dist
`
