// Package packaging has no code: this folder holds what packages are made of
// that is not the program, and tests that install each of them. The tests run
// tools/dist once for Linux on both architectures, install into a folder of
// their own without asking any registry, and end with what the installed
// program says of its version.
//
//	npm/         the package that people install; it finds the program's
//	homebrew/    the formula, a template
//	scoop/       the manifest, a template
//	container/   what is in the image, and how it is made
//
// Homebrew, Scoop and the archive for Windows are held to their form only.
package packaging
