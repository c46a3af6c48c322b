# Installs the release INPUT_VERSION of wxdev for this runner, or takes the
# program INPUT_PATH, and puts it on the PATH of the steps to come. The archive
# has to be what checksums.txt says. WXDEV_RELEASES is another place of releases.
set -euo pipefail

fail() {
  printf '::error title=wxdev::%s\n' "$1"
  exit 1
}

announce() { # a folder with the program
  printf '%s\n' "$1" >> "$GITHUB_PATH"
  printf 'path=%s\n' "$1/$program" >> "$GITHUB_OUTPUT"
  "$1/$program" --version
}

sum() {
  if command -v sha256sum > /dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}

program=wxdev ending=tar.gz
case ${RUNNER_OS:-$(uname -s)} in
Linux) os=linux ;;
macOS | Darwin) os=darwin ;;
Windows | MINGW* | MSYS*) os=windows program=wxdev.exe ending=zip ;;
*) fail "there is no wxdev for ${RUNNER_OS:-this system}" ;;
esac

mkdir -p "$RUNNER_TEMP/wxdev"
cd "$RUNNER_TEMP/wxdev"

if [ -n "${INPUT_PATH:-}" ]; then
  cd "${GITHUB_WORKSPACE:-.}"
  [ -f "$INPUT_PATH" ] || fail "there is no wxdev at the given path"
  cp -- "$INPUT_PATH" "$RUNNER_TEMP/wxdev/$program"
  chmod +x "$RUNNER_TEMP/wxdev/$program"
  announce "$RUNNER_TEMP/wxdev"
  exit
fi

case ${RUNNER_ARCH:-$(uname -m)} in
X64 | x86_64 | amd64) arch=amd64 ;;
ARM64 | aarch64 | arm64) arch=arm64 ;;
*) fail "there is no wxdev for ${RUNNER_ARCH:-this processor}" ;;
esac

releases=${WXDEV_RELEASES:-https://github.com/wxdev/wxdev/releases}
version=${INPUT_VERSION:-latest}
if [ "$version" = latest ]; then # GitHub redirects to the newest
  to=$(curl -sSf --retry 3 -o latest -w '%{redirect_url}' "$releases/latest") || fail "cannot ask for the latest release"
  case $to in
  */tag/*) version=${to##*/} ;;
  *) fail "there is no release yet" ;;
  esac
fi
version=${version#v}
case $version in
[!0-9]* | '' | *[!0-9A-Za-z.+-]*) fail "the version has to read like v1.2.3" ;;
esac

name=wxdev_${version}_${os}_${arch}
for file in "$name.$ending" checksums.txt; do
  curl -sSfL --retry 3 -o "$file" "$releases/download/v$version/$file" || fail "cannot get $file of wxdev $version"
done
want=$(awk -v file="$name.$ending" '$2 == file { print $1 }' checksums.txt)
[ -n "$want" ] || fail "checksums.txt has nothing about $name.$ending"
[ "$(sum < "$name.$ending")" = "$want" ] || fail "$name.$ending is not what checksums.txt says"
case $ending in
zip) unzip -oq "$name.zip" ;;
*) tar -xzf "$name.tar.gz" ;;
esac
announce "$RUNNER_TEMP/wxdev/$name"
