"""Inputs and outputs of any type, and inputs of any name."""


class AnyType(str):
    def __ne__(self, other):
        return False


any_type = AnyType("*")


class FlexibleOptionalInputType(dict):
    def __init__(self, type):
        self.type = type

    def __getitem__(self, key):
        return (self.type,)

    def __contains__(self, key):
        return True


class Passes:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": (any_type,)}}

    RETURN_TYPES = (any_type,)
    FUNCTION = "go"

    def go(self, value):
        return (value,)


class Collects:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {}, "optional": FlexibleOptionalInputType(any_type)}

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"

    def go(self, **inputs):
        return (str(sorted(inputs.items())),)


class Typed:
    """Tells what its input is linked to."""

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": ("*",)}}

    @classmethod
    def VALIDATE_INPUTS(cls, input_types):
        return True if input_types["value"] in ("INT", "STRING") else f"no {input_types['value']}"

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"

    def go(self, value):
        return (f"{value}!",)


class NeedsInt:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"n": ("INT", {"forceInput": True})}}

    RETURN_TYPES = ("INT",)
    FUNCTION = "go"

    def go(self, n):
        return (n + 1,)


NODE_CLASS_MAPPINGS = {"Passes": Passes, "Collects": Collects, "Typed": Typed, "NeedsInt": NeedsInt}
