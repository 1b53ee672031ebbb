"""Lazy inputs, raw links, blockers."""

from comfy_execution.graph import ExecutionBlocker


class Switch:
    @classmethod
    def INPUT_TYPES(cls):
        lazy = ("*", {"lazy": True})
        return {"required": {"first": ("BOOLEAN", {"default": True})}, "optional": {"a": lazy, "b": lazy}}

    RETURN_TYPES = ("*",)
    FUNCTION = "go"

    @classmethod
    def VALIDATE_INPUTS(cls, input_types):
        return True

    def check_lazy_status(self, first, a=None, b=None):
        if first and a is None:
            return ["a"]
        if not first and b is None:
            return ["b"]

    def go(self, first, a=None, b=None):
        return (a if first else b,)


class Raw:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"link": ("*", {"rawLink": True}), "value": ("*",)}}

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"

    def go(self, link, value):
        return (f"{link} {value}",)


class Gate:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": ("*",), "open": ("BOOLEAN", {}), "message": ("STRING", {})}}

    RETURN_TYPES = ("*",)
    FUNCTION = "go"

    def go(self, value, open, message):
        return (value if open else ExecutionBlocker(message or None),)


class Fails:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"text": ("STRING", {})}}

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"
    OUTPUT_NODE = True

    def go(self, text):
        raise ValueError(text)


class Says:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"text": ("STRING", {})}}

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"

    def go(self, text):
        return (text,)


NODE_CLASS_MAPPINGS = {"Switch": Switch, "Raw": Raw, "Gate": Gate, "Fails": Fails, "Says": Says}
