package emulate

// Layers keeps unpacked image layers in a folder, for all commands of a person
// at once. Images that share layers share the unpacked layers: a root filesystem
// is a mount of its layers, and making one takes as long as unpacking the layers
// that are new.
type Layers struct {
	folder string
	limit  int64
}

// maxLayers is how many layers are kept, however small they are: every change
// of a function makes one.
const maxLayers = 200

// NewLayers keeps layers in a folder, which is made when it is missing. The
// layers used last stay there, up to a limit in bytes of their files, and those
// that a function runs from.
func NewLayers(folder string, limit int64) *Layers {
	return &Layers{folder: folder, limit: limit}
}
