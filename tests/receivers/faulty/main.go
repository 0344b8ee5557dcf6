// A receiver with one defect, which the variable DEFECT names, for the tests of `cstar check`. Without the variable it
// is correct.
//
//	CSTAR_WEBHOOK_SECRET=whsec_… DEFECT=sorted go run main.go
//
// The first line of output is {"port":N}.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"
)

var (
	defect = os.Getenv("DEFECT")
	secret = []byte(os.Getenv("CSTAR_WEBHOOK_SECRET"))
	known  sync.Map
)

func authentic(body []byte, header string) bool {
	var sent string
	var claimed []string
	for _, item := range strings.Split(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(item), "=")
		if name == "t" {
			sent = value
		} else if name == "v1" {
			claimed = append(claimed, value)
		}
	}
	seconds, err := strconv.ParseInt(sent, 10, 64)
	if err != nil {
		return false
	}
	age := time.Since(time.Unix(seconds, 0))
	if defect != "no-timestamp" && (age > 5*time.Minute || age < -5*time.Minute && defect != "one-sided") {
		return false
	}
	if defect == "sorted" {
		var value map[string]any
		if json.Unmarshal(body, &value) != nil {
			return false
		}
		body, _ = json.Marshal(value)
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(sent + "."))
	mac.Write(body)
	wanted := mac.Sum(nil)
	if defect == "first-v1" {
		claimed = claimed[:1]
	}
	for _, value := range claimed {
		sum, err := hex.DecodeString(value)
		if err == nil && hmac.Equal(sum, wanted) {
			return true
		}
	}
	return false
}

func receive(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	limit := int64(2 << 20)
	if defect == "small-limit" {
		limit = 64 << 10
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	if defect == "truncates" && len(body) > 4096 {
		body = body[:4096]
	}
	if !authentic(body, r.Header.Get("X-Signature")) {
		if defect == "shows-trace" {
			w.WriteHeader(http.StatusUnauthorized)
			w.Write(debug.Stack())
			return
		}
		http.Error(w, "invalid signature", http.StatusUnauthorized)
		return
	}
	var event struct {
		ID   string `json:"id"`
		Type string `json:"type"`
	}
	if json.Unmarshal(body, &event) != nil {
		http.Error(w, "no JSON", http.StatusBadRequest)
		return
	}
	if defect == "panics-on-type" && strings.HasPrefix(event.Type, "customer.") {
		panic("no handler")
	}
	_, duplicate := known.LoadOrStore(event.ID, true)
	if defect == "not-idempotent" {
		duplicate = false
	}
	w.Header().Set("Content-Type", "application/json")
	if duplicate {
		fmt.Fprintln(w, `{"duplicate":true}`)
		return
	}
	fmt.Fprintln(w, `{"received":true}`)
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("{\"port\":%d}\n", listener.Addr().(*net.TCPAddr).Port)
	server := &http.Server{Handler: http.HandlerFunc(receive)}
	server.ErrorLog = nil
	panic(server.Serve(listener))
}
