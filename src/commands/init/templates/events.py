"""Processes each event once: the table `processed` in an SQLite file has the ids of all events."""

import json, os, sqlite3

FILE = os.environ.get("PROCESSED_EVENTS", "processed.db")

def work(event):
    """Your work. cStar waits 10 seconds for the answer: put what takes longer into a queue here."""
    print("processed", event["type"], event["id"], flush=True)

def receive(body):
    """The status to answer an authentic request with: 208 is "already reported", and as good as 200 to cStar."""
    try:
        event = json.loads(body)
        # The id of the body is signed, X-Event-ID is not.
        id, _ = str(event["id"]), str(event["type"])
    except (ValueError, TypeError, KeyError):
        return 400
    connection = sqlite3.connect(FILE, timeout=5, isolation_level=None)
    try:
        # The same event at the same time waits for the lock. If the work fails, the id is not stored, so that the
        # next attempt tries again.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("CREATE TABLE IF NOT EXISTS processed (id TEXT PRIMARY KEY)")
        if connection.execute("INSERT OR IGNORE INTO processed VALUES (?)", (id,)).rowcount:
            work(event)
            status = 200
        else:
            print("already processed", id, flush=True)
            status = 208
        connection.execute("COMMIT")
    finally:
        connection.close()
    return status
