package runtimeapi

import (
	"encoding/json"
	"net/http"

	"github.com/google/uuid"
)

// extensionRoutes are the requests of extensions, which Lambda starts beside the
// function: the Developer Guide's "Using the Lambda Extensions API to create
// extensions", version 2020-01-01.
func extensionRoutes(mux *http.ServeMux) {
	const root = "/2020-01-01/extension/"
	mux.HandleFunc("POST "+root+"register", serveRegister)
	mux.HandleFunc("GET "+root+"event/next", serveExtensionNext)
	for _, failure := range []string{"init/error", "exit/error"} {
		mux.HandleFunc("POST "+root+failure, func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusAccepted, "") })
	}
}

// serveRegister gives an extension its identity.
func serveRegister(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Lambda-Extension-Identifier", uuid.NewString())
	// The extension has gone when this fails.
	_ = json.NewEncoder(w).Encode(map[string]string{"functionName": "function", "functionVersion": "$LATEST", "handler": "function"})
}

// serveExtensionNext has an extension wait: it is told of no events, and ended with
// the function.
func serveExtensionNext(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
