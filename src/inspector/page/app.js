// Opens a session with the token in the address, then lists the newest events.
const main = document.getElementById("events");
const token = new URLSearchParams(location.hash.slice(1)).get("token");
if (token) {
  history.replaceState(null, "", location.pathname + location.search);
  const body = JSON.stringify({ token });
  await fetch("/_inspector/session", { method: "POST", headers: { "content-type": "application/json" }, body });
}
const response = await fetch("/_inspector/events?limit=50");
const { events, error } = await response.json();
main.textContent = error ? error.message : events.map((event) => `${event.type} ${event.id}`).join("\n");
