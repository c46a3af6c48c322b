#!/bin/sh
# Makes the files of the container image in a folder: rootfs.sh DIR VERSION.
# The Containerfile runs it, and the test, which has no engine and enters the
# folder by chroot. The user is 65532; /wxdev is its folder, and where a volume
# takes its owner from.
set -eu
dir=$1 version=$2

mkdir -p "$dir/usr/bin" "$dir/etc/ssl/certs" "$dir/wxdev" "$dir/tmp"
CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.buildVersion=$version" -o "$dir/usr/bin/wxdev" ./cmd/wxdev
cp /etc/ssl/certs/ca-certificates.crt "$dir/etc/ssl/certs/"
echo 'wxdev:x:65532:65532:wxdev:/tmp:' >"$dir/etc/passwd"
echo 'wxdev:x:65532:' >"$dir/etc/group"
chmod -R a+rX "$dir"
chmod 1777 "$dir/tmp"
chown 65532:65532 "$dir/wxdev"
