package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
)

// Event is the envelope of an event.
type Event struct {
	ID   string          `json:"id"`
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// work is your work. cStar waits 10 seconds for the answer: put what takes longer into a queue here.
func work(event Event) error {
	fmt.Println("processed", event.Type, event.ID)
	return nil
}

// process handles each event once, and returns the status to answer an authentic request with: 208 is "already
// reported", and as good as 200 to cStar.
//
// The directory `processed` has an empty file for each event: only one process can create it. With a database, use a
// table with a unique column instead, in the transaction of your own changes.
func process(body []byte) int {
	var event Event
	if json.Unmarshal(body, &event) != nil || event.ID == "" || event.Type == "" {
		return http.StatusBadRequest
	}
	directory := os.Getenv("PROCESSED_EVENTS")
	if directory == "" {
		directory = "processed"
	}
	if err := os.MkdirAll(directory, 0o700); err != nil {
		return failed(err)
	}
	// The id of the body is signed, X-Event-ID is not.
	sum := sha256.Sum256([]byte(event.ID))
	name := filepath.Join(directory, hex.EncodeToString(sum[:]))
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		fmt.Println("already processed", event.ID)
		return http.StatusAlreadyReported
	}
	if err != nil {
		return failed(err)
	}
	file.Close()
	if err := work(event); err != nil {
		// The next attempt tries again.
		os.Remove(name)
		return failed(err)
	}
	return http.StatusOK
}

func failed(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return http.StatusInternalServerError
}
