package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/api"
)

// The newest release, drafts and pre-releases apart:
// https://docs.github.com/en/rest/releases/releases#get-the-latest-release
const (
	latestRelease = "https://api.github.com/repos/wxdev/wxdev/releases/latest"
	releasePage   = "https://github.com/wxdev/wxdev/releases/tag/"
)

// releaseVariable is for tests: where to ask instead.
const releaseVariable = "WXDEV_RELEASES_URL"

// latestJSON is the newest release, beside which this program is.
type latestJSON struct {
	Version string `json:"version"`
	URL     string `json:"url"`             // of its page
	Newer   *bool  `json:"newer,omitempty"` // than this program; not said of a build that is of no release
}

// askLatest asks for the newest release, nil where there is none yet. Only
// version --check does, and nothing else asks anybody about versions.
func askLatest(ctx context.Context, env *Env, limit time.Duration) (*latestJSON, error) {
	from := cmp.Or(env.Getenv(releaseVariable), latestRelease)
	tag, err := latestTag(ctx, from, limit)
	var named *url.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		err = failed(words.SignJSErrSlow, "time", limit)
	case errors.As(err, &named):
		err = cause(named.Err) // the URL is named already
	}
	if err != nil {
		err = failed(words.VersionErrAsk, "url", from, "error", err)
		return nil, withHint(err, hint(words.VersionHintAsk, "url", releasePage[:len(releasePage)-len("tag/")]))
	}
	if tag == "" {
		return nil, nil
	}
	latest := &latestJSON{Version: tag, URL: releasePage + tag}
	if own, ok := parseRelease(version()); ok {
		newest, _ := parseRelease(tag)
		newer := own.before(newest)
		latest.Newer = &newer
	}
	return latest, nil
}

// latestTag is the tag of the answer, "" for no release. It is a version and
// nothing else: it goes into a URL and onto a terminal.
func latestTag(ctx context.Context, from string, limit time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Accept", "application/vnd.github+json")
	req.Header.Set("User-Agent", "wxdev") // GitHub refuses requests without one
	transport := api.NewTransport()
	transport.Proxy = http.ProxyFromEnvironment
	client := &http.Client{Transport: transport, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if len(via) < 10 && (req.URL.Scheme == "https" || req.URL.Scheme == "http") {
			return nil
		}
		return failed(words.SignJSErrStatus, "status", req.Response.StatusCode)
	}}
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return "", nil
	default:
		return "", failed(words.SignJSErrStatus, "status", resp.StatusCode)
	}
	var answer struct {
		Tag string `json:"tag_name"`
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return "", err
	}
	err = json.Unmarshal(body, &answer)
	if _, ok := parseRelease(answer.Tag); err != nil || !ok {
		return "", failed(words.VersionErrAnswer)
	}
	return answer.Tag, nil
}

// releaseNumber is a version that can be compared.
type releaseNumber struct {
	number [3]int
	early  bool // a pre-release: before the release of this number
}

// versionForm is a version of a release, or what git and Go make of one for a
// commit after it.
const versionForm = `^v(\d{1,9})\.(\d{1,9})\.(\d{1,9})(-[0-9A-Za-z.-]{1,100})?(\+[0-9A-Za-z.-]{1,100})?$`

// afterTag is how git describe names a commit after a tag, or a changed checkout.
const afterTag = `^-(\d+-g[0-9a-f]+)?(-?dirty)?$`

func parseRelease(version string) (releaseNumber, bool) {
	m := regexp.MustCompile(versionForm).FindStringSubmatch(version)
	if m == nil {
		return releaseNumber{}, false
	}
	var r releaseNumber
	for i := range r.number {
		r.number[i], _ = strconv.Atoi(m[i+1]) // nine digits at most
	}
	r.early = m[4] != "" && !regexp.MustCompile(afterTag).MatchString(m[4])
	return r, r.number != [3]int{}
}

func (r releaseNumber) before(other releaseNumber) bool {
	for i, n := range r.number {
		if n != other.number[i] {
			return n < other.number[i]
		}
	}
	return r.early && !other.early
}
