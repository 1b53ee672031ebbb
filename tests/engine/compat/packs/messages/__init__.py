"""Routes, messages, prompt handlers, files for the browser."""

import server
from aiohttp import web
from server import PromptServer

routes = PromptServer.instance.routes


@routes.get("/messages/hello")
async def hello(request):
    return web.json_response({"hello": "you"})


@PromptServer.instance.routes.post("/messages/{name}")
async def post(request):
    return web.Response(text=request.match_info["name"])


async def added(request):
    return web.Response(text="added")


PromptServer.instance.app.router.add_get("/messages/added", added)
PromptServer.instance.app.add_routes(
    [web.put("/messages/put", added), web.static("/messages/files", __path__[0] + "/js")]
)


def on_prompt(body):
    body.setdefault("extra_data", {})["seen"] = True
    return body


PromptServer.instance.add_on_prompt_handler(on_prompt)


class Sends:
    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {"text": ("STRING", {})},
            "optional": {"sid": ("STRING", {"default": ""})},
            "hidden": {"unique_id": "UNIQUE_ID"},
        }

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"
    OUTPUT_NODE = True

    def go(self, text, unique_id, sid=""):
        instance = server.PromptServer.instance
        instance.send_sync("messages.said", {"text": text, "node": unique_id}, instance.client_id)
        instance.send_sync("messages.all", {"text": text})
        instance.send_progress_text("half way", unique_id)
        instance.send_sync(server.BinaryEventTypes.TEXT, b"\0\0\0\x02" + "äpacked ✓".encode())
        instance.send_sync(server.BinaryEventTypes.TEXT, b"\0\0\0\0nowhere", instance.client_id)
        if sid:
            instance.send_progress_text(f"for {sid}", unique_id, sid)
        return (str(instance.last_node_id),)


NODE_CLASS_MAPPINGS = {"Sends": Sends}
WEB_DIRECTORY = "./js"
