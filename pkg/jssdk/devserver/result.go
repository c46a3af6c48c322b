package devserver

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/jssdk"
)

// The outcomes of a call.
const (
	OK     = "ok"
	Cancel = "cancel" // the user did not want it
	Fail   = "fail"
)

// Result is what a function gives back.
type Result struct {
	Outcome string         // OK, Cancel or Fail; empty: nothing happens here
	Why     string         // of Fail
	Fields  map[string]any // of OK: {"resultStr": …}
}

// Message is what the page is told of the outcome: "scanQRCode:ok". NotHere says
// that nothing happens here.
func (r Result) Message(name, notHere string) string {
	switch {
	case r.Outcome == "":
		return name + ":fail, wxdev: " + notHere
	case r.Outcome == Fail && r.Why != "":
		return name + ":fail, " + r.Why
	}
	return name + ":" + r.Outcome
}

// answer is what goes to the stand-in. It must be told of a function that listens
// whether what it listens for has happened.
func (r Result) answer(name, notHere string) map[string]any {
	fields := map[string]any{}
	if r.Outcome == OK {
		maps.Copy(fields, r.Fields)
	}
	if r.Outcome != "" {
		fields["happened"] = true
	}
	fields["errMsg"] = r.Message(name, notHere)
	return fields
}

func knownAPI(name string) bool { return slices.Contains(jssdk.APIs(), name) }

// UnknownAPI is the error of a name that is no function of the SDK.
type UnknownAPI struct {
	Name    string
	Nearest string // may be empty
}

func (e *UnknownAPI) Error() string {
	if e.Nearest != "" {
		return text.Quote([]byte(e.Name), 60) + " is no function of the JS-SDK, did you mean " + e.Nearest + "?"
	}
	return text.Quote([]byte(e.Name), 60) + " is no function of the JS-SDK"
}

// ErrNoAnswer is the error of a text that is neither name=value nor name:outcome.
var ErrNoAnswer = errors.New("an answer is name=value, name:cancel or name:fail")

// ParseAnswer reads what a function is to answer: scanQRCode=store_7,
// getLocation=22.54,113.94, openAddress={"userName":…}, chooseImage:cancel. The
// error is an [*UnknownAPI] or [ErrNoAnswer].
func ParseAnswer(given string) (name string, r Result, err error) {
	i := strings.IndexAny(given, "=:")
	if i < 0 {
		return "", r, ErrNoAnswer
	}
	name, value := given[:i], given[i+1:]
	switch {
	case !knownAPI(name):
		return "", r, &UnknownAPI{name, text.Nearest(name, jssdk.APIs())}
	case given[i] == '=':
		fields, err := Fields(name, value)
		return name, Result{Outcome: OK, Fields: fields}, err
	case value == OK || value == Cancel || value == Fail:
		return name, Result{Outcome: value}, nil
	}
	return "", r, ErrNoAnswer
}

// answerField is the field in which a function answers, where one says it all. See
// https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html
var answerField = lazy.Value[map[string]string]{Make: func() map[string]string {
	return map[string]string{
		"scanQRCode": "resultStr", "getLocalImgData": "localData", "uploadImage": "serverId", "downloadImage": "localId",
		"stopRecord": "localId", "onVoiceRecordEnd": "localId", "onVoicePlayEnd": "localId", "uploadVoice": "serverId",
		"downloadVoice": "localId", "translateVoice": "translateResult", "getNetworkType": "networkType", "openAddress": "userName",
	}
}}

// Fields makes of a text what a function gives back. A JSON object has the
// fields themselves, of whatever function.
func Fields(name, value string) (map[string]any, error) {
	if strings.HasPrefix(strings.TrimSpace(value), "{") {
		var fields map[string]any
		if err := json.Unmarshal([]byte(value), &fields); err != nil {
			return nil, ErrNoAnswer
		}
		return fields, nil
	}
	switch name {
	case "chooseImage":
		return map[string]any{"localIds": strings.Fields(value), "sourceType": "album"}, nil
	case "getLocation":
		lat, lng, _ := strings.Cut(value, ",")
		latitude, err1 := strconv.ParseFloat(strings.TrimSpace(lat), 64)
		longitude, err2 := strconv.ParseFloat(strings.TrimSpace(lng), 64)
		if err1 != nil || err2 != nil {
			return nil, ErrNoAnswer
		}
		return map[string]any{"latitude": latitude, "longitude": longitude, "speed": 0, "accuracy": 30}, nil
	}
	if field := answerField.Get()[name]; field != "" {
		return map[string]any{field: value}, nil
	}
	return map[string]any{}, nil
}
