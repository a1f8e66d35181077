package spec

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheckHandler(t *testing.T) {
	t.Parallel()
	for _, handler := range []string{
		"main.handler", "app.main.handler", "app/main.handler", "lambda.import.handler", "my-function.lambda_handler",
		"приложение.обработчик", "2fa.handler", "app.main._h1",
	} {
		require.NoError(t, checkHandler(handler), handler)
	}
	tests := []struct{ handler, want string }{
		{"app:main", `"app:main" has a colon, where Lambda wants a dot: write "app.main"`},
		{"app.main:handler", `"app.main:handler" has a colon, where Lambda wants a dot: write "app.main.handler"`},
		{"app/main.py:run", `"app/main.py:run" has a colon, where Lambda wants a dot: write "app.main.run"`},
		{"app/main.py", `"app/main.py" names a file: name the function in it, as in "app.main.handler"`},
		{"./src/app/main.py", `"./src/app/main.py" names a file: name the function in it, as in "app.main.handler"`},
		{"handler", `"handler" names no function: write MODULE.FUNCTION, as in "handler.handler"`},
		{"app/main", `"app/main" names no function: write MODULE.FUNCTION, as in "app.main.handler"`},
		{".handler", `".handler" has "" where a module's name should be: write it as in "app.main.handler"`},
		{"app..main.handler", `"app..main.handler" has "" where a module's name should be: write it as in "app.main.handler"`},
		{"../app.handler", `"../app.handler" has "" where a module's name should be: write it as in "app.main.handler"`},
		{"my app.handler", `"my app.handler" has "my app" where a module's name should be: write it as in "app.main.handler"`},
		{"app.handler()", `"app.handler()" has "handler()" where the function's name should be: write it as in "app.main.handler"`},
		{"app.main.", `"app.main." has "" where the function's name should be: write it as in "app.main.handler"`},
		{"app.main/handler", `"app.main/handler" has "main/handler" where the function's name should be: write it as in "app.main.handler"`},
		{"time.handler", `"time.handler" is in a module that has the name of Python's own "time", which Lambda refuses: rename it`},
	}
	for _, tt := range tests {
		assert.EqualError(t, checkHandler(tt.handler), tt.want, tt.handler)
	}
}
