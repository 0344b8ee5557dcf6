"""Tests the receiver with the sandbox, which needs `cstar` in PATH but no account and no network."""

import json, os, subprocess, sys, tempfile, unittest

FLAGS = "--sandbox --json --count 2 --for 60s --path /webhook --exit-on-stdin-eof"

class ReceiverTest(unittest.TestCase):
    def setUp(self):
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        self.env = dict(os.environ, CSTAR_HOME=home.name, PROCESSED_EVENTS=os.path.join(home.name, "processed.db"))
        self.log = tempfile.TemporaryFile("w+")
        self.addCleanup(self.log.close)
        command = ["cstar", "dev", *FLAGS.split(), "--", sys.executable, "receiver.py"]
        pipe = subprocess.PIPE
        self.dev = subprocess.Popen(command, env=self.env, stdin=pipe, stdout=pipe, stderr=self.log, text=True)
        self.addCleanup(self.stop)

    def stop(self):
        self.dev.stdin.close()
        self.dev.wait()
        self.dev.stdout.close()

    def next(self, member, value):
        for text in self.dev.stdout:
            line = json.loads(text)
            if line.get(member) == value:
                return line
        self.fail(f"cstar dev has ended: {self.printed()}")

    def printed(self):
        self.log.seek(0)
        return self.log.read()

    def cstar(self, *args, code=0):
        ended = subprocess.run(["cstar", *args], env=self.env, capture_output=True, text=True)
        self.assertEqual(ended.returncode, code, ended)
        return ended.stdout

    def test_each_event_is_processed_once(self):
        port = self.next("state", "listening")["port"]
        self.next("type", "connected")

        fired = self.cstar("trigger", "ticket.created", "--sandbox", "--json")
        self.next("type", "delivered")
        self.cstar("replay", json.loads(fired)["eventId"], "--sandbox")

        forged = ["--to", f"http://localhost:{port}/webhook", "--secret", "whsec_wrong"]
        self.assertRegex(self.cstar("trigger", "ticket.created", *forged, code=1), "^401")

        self.cstar("trigger", "ticket.updated", "--sandbox")
        self.assertEqual(self.dev.wait(), 0, self.printed())
        self.assertEqual(self.printed().count("] processed "), 2, self.printed())
        self.assertEqual(self.printed().count("] already processed "), 1, self.printed())

if __name__ == "__main__":
    unittest.main()
