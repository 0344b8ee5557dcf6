"""The official Python client against `cstar mcp-server`, in both eras of the protocol.

    python session.py CSTAR [ARG...]

CSTAR is started with the arguments, and with the environment of this process, once per era. Standard input is
one JSON line per call, {"tool": ..., "arguments": {...}}; standard output one line per call and era,
{"era", "version", "tool", "is_error", "text", "structured"}, after a first one per era with the names of what the
server offers. The client itself checks every structured result against the schema it was shown.
"""

import asyncio
import json
import os
import sys

from mcp import Client, StdioServerParameters


def say(line: dict) -> None:
    print(json.dumps(line), flush=True)


async def session(era: str, server: StdioServerParameters, calls: list) -> None:
    async with Client(server, mode=era) as client:
        tools = (await client.list_tools()).tools
        resources = (await client.list_resources()).resources
        templates = (await client.list_resource_templates()).resource_templates
        prompts = (await client.list_prompts()).prompts
        for resource in resources:
            contents = (await client.read_resource(resource.uri)).contents
            assert contents[0].text, resource.uri
        prompt = await client.get_prompt(prompts[0].name, {"language": "python"})
        assert prompt.messages[0].content.text
        offered = {
            "tools": [tool.name for tool in tools],
            "resources": [str(resource.uri) for resource in resources],
            "templates": [template.uri_template for template in templates],
            "prompts": [prompt.name for prompt in prompts],
        }
        say({"era": era, "version": client.protocol_version, "offered": offered})
        for call in calls:
            result = await client.call_tool(call["tool"], call["arguments"])
            line = {
                "era": era,
                "tool": call["tool"],
                "is_error": result.is_error,
                "text": result.content[0].text,
                "structured": result.structured_content,
            }
            say(line)


async def main() -> None:
    calls = [json.loads(line) for line in sys.stdin if line.strip()]
    server = StdioServerParameters(command=sys.argv[1], args=sys.argv[2:], env=dict(os.environ))
    for era in ("legacy", "auto"):
        await session(era, server, calls)


asyncio.run(main())
