"""The attributes of a class, its instance that stays, IS_CHANGED and VALIDATE_INPUTS."""

import os


class Counts:
    def __init__(self):
        self.calls = 0

    @classmethod
    def INPUT_TYPES(s):
        return {
            "required": {"text": ("STRING", {"multiline": True, "default": "a"}), "n": ("INT", {"min": 0, "max": 9})},
            "optional": {"more": ("STRING", {"forceInput": True})},
        }

    RETURN_TYPES = ("STRING", "INT")
    RETURN_NAMES = ("joined", "calls")
    OUTPUT_TOOLTIPS = ("the text", "how often")
    FUNCTION = "doit"
    CATEGORY = "test/inner"
    DESCRIPTION = "Counts its calls."
    EXPERIMENTAL = True
    SEARCH_ALIASES = ["tally"]

    def doit(self, text, n, more=None):
        self.calls += 1
        return (f"{text}{n}{more or ''}", self.calls)


class Watches:
    """Looks at a variable of the environment."""

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"name": ("STRING", {})}}

    RETURN_TYPES = ("STRING",)
    FUNCTION = "read"
    OUTPUT_NODE = True

    def read(self, name):
        return {"ui": {"text": [os.environ.get(name, "")]}, "result": (os.environ.get(name, ""),)}

    @classmethod
    def IS_CHANGED(cls, name):
        value = os.environ.get(name, "")
        return float("nan") if value == "always" else value


class Particular:
    """Judges its own inputs."""

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"n": ("INT", {"min": 0, "max": 5}), "kind": (["a", "b"],)}}

    RETURN_TYPES = ("INT",)
    FUNCTION = "go"
    CATEGORY = "test"

    def go(self, n, kind):
        return (n,)

    @classmethod
    def VALIDATE_INPUTS(cls, n):
        return True if n % 2 == 0 else f"{n} is odd"


NODE_CLASS_MAPPINGS = {"Counts": Counts, "Watches": Watches, "Particular": Particular}
NODE_DISPLAY_NAME_MAPPINGS = {"Counts": "Counts calls"}
