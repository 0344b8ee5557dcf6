package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Tests the receiver with the sandbox, which needs `cstar` in PATH but no account and no network.
func TestEachEventIsProcessedOnce(t *testing.T) {
	home := t.TempDir()
	t.Setenv("CSTAR_HOME", filepath.Join(home, "cstar"))
	t.Setenv("PROCESSED_EVENTS", filepath.Join(home, "processed"))
	server := filepath.Join(home, "receiver.exe")
	if output, err := exec.Command("go", "build", "-o", server, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	dev := exec.Command("cstar", "dev", "--sandbox", "--json", "--count", "2", "--for", "60s", "--path", "/webhook",
		"--exit-on-stdin-eof", "--", server)
	var log bytes.Buffer
	dev.Stderr = &log
	stdin, err := dev.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := dev.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := dev.Start(); err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	lines := bufio.NewScanner(stdout)
	next := func(member, value string) map[string]any {
		t.Helper()
		for lines.Scan() {
			var line map[string]any
			if json.Unmarshal(lines.Bytes(), &line) == nil && line[member] == value {
				return line
			}
		}
		t.Fatal("cstar dev has ended")
		return nil
	}

	port := next("state", "listening")["port"]
	next("type", "connected")

	var fired struct{ EventID string }
	if err := json.Unmarshal([]byte(cstar(t, 0, "trigger", "ticket.created", "--sandbox", "--json")), &fired); err != nil {
		t.Fatal(err)
	}
	next("type", "delivered")
	cstar(t, 0, "replay", fired.EventID, "--sandbox")

	url := fmt.Sprintf("http://localhost:%v/webhook", port)
	forged := cstar(t, 1, "trigger", "ticket.created", "--to", url, "--secret", "whsec_wrong")
	if !strings.HasPrefix(forged, "401") {
		t.Fatal(forged)
	}

	cstar(t, 0, "trigger", "ticket.updated", "--sandbox")
	next("state", "ended")
	if err := dev.Wait(); err != nil {
		t.Fatalf("%v: %s", err, log.String())
	}
	processed, again := strings.Count(log.String(), "] processed "), strings.Count(log.String(), "] already processed ")
	if processed != 2 || again != 1 {
		t.Fatalf("%d processed and %d again: %s", processed, again, log.String())
	}
}

func cstar(t *testing.T, code int, args ...string) string {
	t.Helper()
	command := exec.Command("cstar", args...)
	command.Stderr = os.Stderr
	output, _ := command.Output()
	if command.ProcessState.ExitCode() != code {
		t.Fatalf("cstar %s: %s", strings.Join(args, " "), output)
	}
	return string(output)
}
