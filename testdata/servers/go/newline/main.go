// Newline prints the echostr with Fprintln. Bug: a newline follows it.
package main

import (
	"crypto/sha1"
	"fmt"
	"log"
	"net/http"
	"os"
	"sort"
	"strings"
)

func wechat(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	parts := []string{os.Getenv("TOKEN"), q.Get("timestamp"), q.Get("nonce")}
	sort.Strings(parts)
	if fmt.Sprintf("%x", sha1.Sum([]byte(strings.Join(parts, "")))) != q.Get("signature") {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if r.Method == http.MethodGet {
		fmt.Fprintln(w, q.Get("echostr"))
		return
	}
	fmt.Fprint(w, "success")
}

func main() {
	http.HandleFunc("/wechat", wechat)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
