// What an app in Go hands to the check, for each mistake.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
)

type event struct {
	ID        string          `json:"id"`
	Type      string          `json:"type"`
	CreatedAt string          `json:"created_at"`
	TeamID    string          `json:"team_id"`
	Data      json.RawMessage `json:"data"`
}

func main() {
	wrong := map[string]func([]byte) string{
		"marshal-map":    func(b []byte) string { var m map[string]any; json.Unmarshal(b, &m); t, _ := json.Marshal(m); return string(t) },
		"marshal-indent": func(b []byte) string { var m map[string]any; json.Unmarshal(b, &m); t, _ := json.MarshalIndent(m, "", "  "); return string(t) },
		"marshal-struct": func(b []byte) string { var e event; json.Unmarshal(b, &e); t, _ := json.Marshal(e); return string(t) },
		"encoder":        func(b []byte) string { var e event; json.Unmarshal(b, &e); var o bytes.Buffer; json.NewEncoder(&o).Encode(e); return o.String() },
		"compact":        func(b []byte) string { var o bytes.Buffer; json.Compact(&o, b); return o.String() },
		"sprint-bytes":   func(b []byte) string { return fmt.Sprint(b) },
		"sprint-map":     func(b []byte) string { var m map[string]any; json.Unmarshal(b, &m); return fmt.Sprint(m) },
		"quoted":         func(b []byte) string { return fmt.Sprintf("%q", b) },
		"hex":            func(b []byte) string { return fmt.Sprintf("%x", b) },
		"marshal-bytes":  func(b []byte) string { t, _ := json.Marshal(b); return string(t) },
		"base64":         func(b []byte) string { return base64.StdEncoding.EncodeToString(b) },
		"first-line":     func(b []byte) string { s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); return s.Text() },
		"limited":        func(b []byte) string { t, _ := io.ReadAll(io.LimitReader(bytes.NewReader(b), 200)); return string(t) },
		"println":        func(b []byte) string { return fmt.Sprintln(string(b)) },
	}
	http.HandleFunc("/go/", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		name := r.URL.Path[len("/go/"):]
		if name == "read-twice" {
			body, _ = io.ReadAll(r.Body)
			w.Write(body)
			return
		}
		io.WriteString(w, wrong[name](body))
	})
	http.ListenAndServe("127.0.0.1:"+os.Args[1], nil)
}
