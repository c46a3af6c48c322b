package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/apk" // the formats register themselves
	_ "github.com/goreleaser/nfpm/v2/deb"
	"github.com/goreleaser/nfpm/v2/files"
	_ "github.com/goreleaser/nfpm/v2/rpm"
)

// packages makes those of the distributions.
func (r *release) packages(t target, binary string) error {
	name, err := r.fill(r.conf.Packages[0].FileName, t)
	if err != nil {
		return err
	}
	for _, format := range r.conf.Packages[0].Formats {
		packager, err := nfpm.Get(format)
		if err != nil {
			return err
		}
		info := nfpm.WithDefaults(r.packageInfo(t, binary))
		if err := nfpm.PrepareForPackager(info, format); err != nil {
			return fmt.Errorf("%s: %w", format, err)
		}
		var out bytes.Buffer
		if err := packager.Package(info, &out); err != nil {
			return fmt.Errorf("%s: %w", format, err)
		}
		if err := r.write(name+"."+format, out.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// packageInfo is made anew for each format, which writes into it.
func (r *release) packageInfo(t target, binary string) *nfpm.Info {
	p := r.conf.Packages[0]
	info := &nfpm.Info{
		Name: p.Name, Arch: t.arch, Platform: t.os, Version: r.version,
		Section: p.Section, Maintainer: p.Maintainer, Vendor: p.Vendor,
		Description: p.Description, Homepage: p.Homepage, License: p.License, MTime: r.commit.time,
	}
	info.RPM = p.RPM
	for _, c := range p.Contents {
		own := *c
		kept := *c.FileInfo
		kept.MTime = r.commit.time
		own.FileInfo = &kept
		info.Contents = append(info.Contents, &own)
	}
	info.Contents = append(info.Contents, &files.Content{
		Source: binary, Destination: path.Join(p.Bindir, r.program(t)),
		FileInfo: &files.ContentFileInfo{Mode: fs.FileMode(0o755), MTime: r.commit.time},
	})
	return info
}
