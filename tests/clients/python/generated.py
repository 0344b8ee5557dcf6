"""The client that `openapi-python-client` makes of the sandbox's document, as the package `generated_client`."""

import importlib
import json
import os
import pkgutil
import urllib.request

import generated_client
from generated_client import AuthenticatedClient
from generated_client.api.customers import create_customer, get_customer, list_customers, update_customer
from generated_client.api.sla_rules import create_sla_rule, get_sla_rule, list_sla_rules, update_sla_rule
from generated_client.api.tickets import create_ticket, get_ticket, list_tickets, update_ticket
from generated_client.models import (
    CustomerCreation,
    CustomerUpdate,
    Refusal,
    SLARuleCreation,
    SLARuleUpdate,
    TicketCreation,
    TicketUpdate,
)

BASE_URL = os.environ["CSTAR_BASE_URL"]


def new_team():
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{BASE_URL}/_sandbox/teams", method="POST", data=b"{}", headers=headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def round_trip(modules, creation, change, **of_list):
    """Creates, lists, gets and updates an object; returns the last answer."""
    create, read_all, read, update = modules
    team = new_team()
    client = AuthenticatedClient(BASE_URL, team["keys"]["secret_live"], raise_on_unexpected_status=True)
    made = create.sync(team["id"], client=client, body=creation).data
    listed = read_all.sync(team["id"], client=client, **of_list)
    assert [each.id for each in listed.data] == [made.id], listed
    assert read.sync(team["id"], made.id, client=client).data.id == made.id
    changed = update.sync(team["id"], made.id, client=client, body=change).data
    missing = read.sync(team["id"], made.id[:4] + "0" * 32, client=client)
    assert isinstance(missing, Refusal) and missing.error.type_ == "not_found_error", missing
    return changed


def main():
    modules = list(pkgutil.walk_packages(generated_client.__path__, "generated_client."))
    for module in modules:
        importlib.import_module(module.name)
    assert len(modules) > 500, len(modules)

    ticket = round_trip(
        (create_ticket, list_tickets, get_ticket, update_ticket),
        TicketCreation(title="Need help", tags=["web-form"]),
        TicketUpdate.from_dict({"status": "resolved"}),
        search="help",
    )
    assert (ticket.status, ticket.tags) == ("resolved", ["web-form"]), ticket
    assert ticket.resolved_at.year >= 2026, ticket
    customer = round_trip(
        (create_customer, list_customers, get_customer, update_customer),
        CustomerCreation(name="Jane", email="jane@example.com"),
        CustomerUpdate.from_dict({"sentiment": "happy"}),
        search="jane@example.com",
    )
    assert customer.sentiment == "happy", customer
    rule = {"name": "Urgent", "priority": "urgent", "responseTarget": 30, "resolutionTarget": 240}
    rule = round_trip(
        (create_sla_rule, list_sla_rules, get_sla_rule, update_sla_rule),
        SLARuleCreation.from_dict(rule),
        SLARuleUpdate.from_dict({"enabled": False}),
    )
    assert (rule.enabled, rule.response_target) == (False, 30), rule
    print(f"{len(modules)} modules")


if __name__ == "__main__":
    main()
