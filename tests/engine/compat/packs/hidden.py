"""Hidden inputs; writes back into what saved files carry."""


class Hidden:
    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {"value": ("INT", {})},
            "hidden": {
                "prompt": "PROMPT",
                "extra_pnginfo": "EXTRA_PNGINFO",
                "unique_id": "UNIQUE_ID",
                "dynprompt": "DYNPROMPT",
                "key": "API_KEY_COMFY_ORG",
                "token": "AUTH_TOKEN_COMFY_ORG",
            },
        }

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"
    OUTPUT_NODE = True

    def go(self, value, prompt, extra_pnginfo, unique_id, dynprompt, key=None, token=None):
        extra_pnginfo.setdefault("workflow", {})["noted"] = value
        same = dynprompt.get_node(unique_id) == prompt[unique_id]
        return (f"{unique_id} {len(prompt)} {same} {key} {token}",)


NODE_CLASS_MAPPINGS = {"Hidden": Hidden}
