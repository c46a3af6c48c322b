#!/bin/sh
# Installs what the callback servers in this folder run on, for the tests of
# wxdev verify: PHP, Python with Flask, Node with npm, a JDK (17 or later),
# nginx, and the packages in node/; the API clients in ../clients/node and the Go
# SDK in ../silenceper, for the tests of the emulator too; what ../run has, in
# three versions of Node, with PHP's curl, Guzzle and Symfony, Python's requests,
# Java's OkHttp and Apache HttpClient, Ruby and curl, for those of wxdev run; vegeta and k6 in
# ../loadtools, for what wxdev bench exports; taplo, which checks
# TOML as editors do; testcontainers and tsc, for that example; Chromium, for the tests of pages; Redis, for those of the
# token store; tmux, a terminal for those of the live list; and rpm, QEMU for arm64
# and what ../../tools/dist is made of, for those of the packages. Does nothing when all of
# it is there. As root on a system with apt-get it installs what is missing, and
# asks first on a terminal; elsewhere it says what that is, how to get it, and
# which tests run without, and exits 1.
set -eu
cd "$(dirname "$0")"

# internal/stacks looks at the same two, in this order.
has_flask() {
	for python in /usr/bin/python3 python3; do
		"$python" -c 'import flask' 2>/dev/null && return
	done
	return 1
}

# The same two.
has_requests() {
	for python in /usr/bin/python3 python3; do
		"$python" -c 'import requests' 2>/dev/null && return
	done
	return 1
}

# Debian has SimpleXML in a package of its own.
has_simplexml() {
	php -m 2>/dev/null | grep -q SimpleXML
}

# And curl.
has_php_curl() {
	php -m 2>/dev/null | grep -q curl
}

# The HTTP clients of PHP and Java, which only Debian has where these look: 15 MB.
has_php_clients() {
	php -r 'require "GuzzleHttp/autoload.php"; require "Symfony/Component/HttpClient/autoload.php";' >/dev/null 2>&1
}

has_java_clients() {
	[ -f /usr/share/java/okhttp.jar ] && [ -f /usr/share/java/httpclient.jar ]
}

has() {
	command -v "$1" >/dev/null 2>&1
}

# The Debian packages that are missing, by name.
look() {
	has php || echo php-cli
	has_simplexml || echo php-xml
	has openssl || echo openssl
	has_flask || echo python3-flask
	has_requests || echo python3-requests
	has_php_curl || echo php-curl
	has_php_clients || echo php-guzzlehttp-guzzle php-symfony-http-client
	has_java_clients || echo libokhttp-java libhttpclient-java
	has ruby || echo ruby
	has curl || echo curl
	has node || echo nodejs
	has npm || echo npm
	has java && has javac || echo default-jdk-headless
	has nginx || [ -x /usr/sbin/nginx ] || echo nginx
	has redis-server || echo redis-server
	has chromium || has chromium-browser || has google-chrome || echo chromium
	has tmux || echo tmux
	has rpm || echo rpm
	[ -f /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
	has qemu-aarch64-static || has qemu-aarch64 || echo qemu-user-static
}

# npm leaves a copy of the lock file where it installs, so its age tells.
has_packages() {
	copy=$1/node_modules/.package-lock.json
	[ -f "$copy" ] && [ -z "$(find "$1/package-lock.json" -newer "$copy")" ]
}

explain() {
	echo "setup.sh: missing for the tests:" $1 >&2
	echo "  Debian, Ubuntu:  apt-get install" $1 >&2
	echo "  macOS:           brew install php python node nginx redis openjdk tmux rpm && brew install --cask chromium && python3 -m pip install flask requests" >&2
	echo "  without them:    make quick runs the tests that need only Go" >&2
	exit 1
}

missing=$(look)
if [ -n "$missing" ]; then
	[ "$(id -u)" = 0 ] && has apt-get || explain "$missing"
	if [ -t 0 ] && [ -t 2 ]; then
		printf 'setup.sh: this installs system-wide: %s\nGo on? [y/N] ' "$(echo $missing)" >&2
		read -r answer
		case $answer in [yY]*) ;; *) explain "$missing" ;; esac
	fi
	echo "setup.sh: installing" $missing
	export DEBIAN_FRONTEND=noninteractive
	export RUNLEVEL=1 # to invoke-rc.d: nginx is wanted as a program, not as a service on port 80
	log=$(mktemp)
	wait='-o DPkg::Lock::Timeout=300' # another package manager may be at work
	if ! { apt-get $wait update && apt-get $wait install -y --no-install-recommends $missing; } >"$log" 2>&1; then
		cat "$log" >&2
		explain "$missing"
	fi
	rm "$log"
	missing=$(look)
	[ -z "$missing" ] || explain "$missing"
fi

for folder in node ../clients/node ../run/node ../editors ../../examples/testcontainers/node; do
	has_packages "$folder" && continue
	echo "setup.sh: npm ci in $folder"
	(cd "$folder" && npm ci --loglevel=error --no-progress >/dev/null)
done

# Built once here, so that the tests have it in Go's caches.
(cd ../silenceper && go build -o /dev/null ./bot && go build -o /dev/null ./client && go build -o /dev/null ./plain)
# k6 takes some minutes, the first time.
(cd ../loadtools && go tool -n github.com/tsenart/vegeta/v12 && go tool -n go.k6.io/k6) >/dev/null
(cd ../../examples/vegeta && go build -o /dev/null .)
(cd ../../tools/dist && go build -o /dev/null .)
