"""Runs the compose file of `cstar help ci` without an engine: its commands and variables, in network namespaces.

`app` is the namespace of another process, everything else runs here. The image `cstar` is what the Containerfile says.
The one change is that the paths of volumes are those of directories here.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request

import yaml

app_process, containerfile = sys.argv[1:]
compose = yaml.safe_load(open("compose.yaml"))


def image(path):
    """Entry point, command, variables and health check of a Containerfile."""
    found = {"ENV": {}}
    for line in open(path).read().replace("\\\n", " ").splitlines():
        name, _, rest = line.partition(" ")
        if name == "ENV":
            variable, _, value = rest.partition("=")
            found["ENV"][variable] = value
        elif name in ("ENTRYPOINT", "CMD"):
            found[name] = json.loads(rest)
        elif name == "HEALTHCHECK":
            found[name] = json.loads(rest[rest.index("[") :])
    return found


CSTAR = image(containerfile)
assert CSTAR["ENTRYPOINT"] == ["/cstar"] and CSTAR["HEALTHCHECK"][0] == "/cstar", CSTAR


class Service:
    def __init__(self, name, service):
        self.name = name
        self.folders = {}
        for volume in service.get("volumes", []):
            source, target = volume.split(":")[:2]
            self.folders[target] = os.path.abspath(source if source == "." else f"volume-{source}")
            os.makedirs(self.folders[target], exist_ok=True)
        variables = {"PATH": os.environ["PATH"], **service.get("environment", {})}
        self.words = service.get("command", [])
        if service["image"] == "cstar":
            variables.update(CSTAR["ENV"])
            self.words = ["cstar", *(self.words or CSTAR["CMD"])]
        self.variables = {name: self.here(str(value)) for name, value in variables.items()}
        self.words = [self.here(word) for word in self.words]
        self.directory = self.here(service.get("working_dir", os.getcwd()))
        self.needs = service.get("depends_on", {})
        if name == "app":
            self.words = ["nsenter", "--target", app_process, "--net", *self.words]

    def here(self, text):
        for target, folder in self.folders.items():
            text = text.replace(target, folder)
        return text

    def start(self):
        self.log = open(f"{self.name}.log", "w+")
        self.process = subprocess.Popen(
            self.words, env=self.variables, cwd=self.directory, stdout=self.log, stderr=subprocess.STDOUT
        )

    def is_healthy(self):
        check = ["cstar", *CSTAR["HEALTHCHECK"][1:]]
        return subprocess.run(check, env=self.variables, capture_output=True).returncode == 0

    def printed(self):
        return open(f"{self.name}.log").read()


def wait_until(what, condition):
    """Far longer than anything here takes."""
    end = time.monotonic() + 45
    while not condition():
        for service in services.values():
            if hasattr(service, "process") and service.process.poll() is not None:
                sys.exit(f"{service.name} has ended: {service.printed()}")
        if time.monotonic() > end:
            sys.exit(f"not in time: {what}: " + str({name: one.printed() for name, one in services.items()}))
        time.sleep(0.02)


services = {name: Service(name, service) for name, service in compose["services"].items()}
waiting = dict(services)
while waiting:
    name = next(name for name, one in waiting.items() if not any(need in waiting for need in one.needs))
    one = waiting.pop(name)
    for need, rule in one.needs.items():
        assert rule == {"condition": "service_healthy"}, rule
        wait_until(f"{need} is healthy", services[need].is_healthy)
    one.start()
    print("step: started", name, flush=True)

wait_until("the app listens", lambda: "receiver ready" in services["app"].printed())
wait_until("listen is connected", lambda: "Ready. Forwarding" in services["listen"].printed())
print("step: a visitor of the app opens a ticket", flush=True)
with urllib.request.urlopen("http://app:8000/new") as answer:
    assert answer.status == 200, answer.status
wait_until("the webhook", lambda: "verified ticket.created The kettle sings" in services["app"].printed())
assert "refused" not in services["app"].printed(), services["app"].printed()
print("step: done")
