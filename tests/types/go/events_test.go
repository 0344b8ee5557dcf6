// The output of `cstar types go`, which is events.go beside this file: it reads every sample, and a type switch narrows.
package cstar

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

func samples(t *testing.T) []json.RawMessage {
	text, err := os.ReadFile("samples.json")
	if err != nil {
		t.Fatal(err)
	}
	var samples []json.RawMessage
	if err := json.Unmarshal(text, &samples); err != nil || len(samples) != 35 {
		t.Fatal(err, len(samples))
	}
	return samples
}

func plain(t *testing.T, text []byte) map[string]any {
	var value map[string]any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// No member of a sample is lost, except null ones, which Go leaves out.
func dropNull(value any) any {
	object, ok := value.(map[string]any)
	if !ok {
		return value
	}
	for name, member := range object {
		if member == nil || reflect.DeepEqual(member, []any{}) || reflect.DeepEqual(member, map[string]any{}) {
			delete(object, name)
			continue
		}
		object[name] = dropNull(member)
	}
	return object
}

func TestSamples(t *testing.T) {
	for _, sample := range samples(t) {
		event, err := ParseEvent(sample)
		if err != nil {
			t.Fatal(err)
		}
		if _, unknown := event.(*UnknownEvent); unknown {
			t.Fatal(event.Head().Type)
		}
		text, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		found, expected := dropNull(plain(t, text)), dropNull(plain(t, sample))
		if !reflect.DeepEqual(found, expected) {
			t.Fatalf("%v\n%v", found, expected)
		}
		future := plain(t, sample)
		future["type"] = "ticket.of_the_future"
		if text, err = json.Marshal(future); err != nil {
			t.Fatal(err)
		}
		event, err = ParseEvent(text)
		if _, unknown := event.(*UnknownEvent); err != nil || !unknown {
			t.Fatal(err, future)
		}
	}
}

func TestSwitch(t *testing.T) {
	body := `{"id":"e","type":"ticket.created","created_at":"x","team_id":"t","data":{"ticket":{"title":"T"},"customer":{"email":"e"}}}`
	event, err := ParseEvent([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	switch event := event.(type) {
	case *TicketCreatedEvent:
		if event.Data.Ticket.Title != "T" || event.Data.Customer.Email != "e" || event.ID != "e" || string(event.Raw) != body {
			t.Fatal(event)
		}
	default:
		t.Fatal(event)
	}
}

func TestErrors(t *testing.T) {
	for _, body := range []string{"", "[]", "{}", `{"id":1,"type":"x"}`, `{"id":"e","type":"ticket.created","data":{"ticket":1}}`} {
		if event, err := ParseEvent([]byte(body)); err == nil {
			t.Fatal(event)
		}
	}
	// A guess never refuses an event.
	event, err := ParseEvent([]byte(`{"id":"e","type":"ticket.message_added","data":{"ticket":1,"message":{"id":"m"}}}`))
	if err != nil || *event.(*MessageAdded).Data.Message.ID != "m" {
		t.Fatal(err)
	}
}

type MessageAdded = TicketMessageAddedEvent
