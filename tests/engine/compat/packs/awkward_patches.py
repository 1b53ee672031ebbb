"""Writes into other people's modules: our mapping, the executor, devices, sampling."""

import comfy.model_management
import comfy.sample
import execution

import nodes


class Impostor:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"text": ("STRING", {})}}

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"
    CATEGORY = "test"

    def go(self, text):
        return (f"patched {text}",)


nodes.NODE_CLASS_MAPPINGS["StringConcatenate"] = Impostor
nodes.NODE_CLASS_MAPPINGS["PatchedIn"] = Impostor
nodes.NODE_DISPLAY_NAME_MAPPINGS["PatchedIn"] = "Patched in"
nodes.NODE_CLASS_MAPPINGS.update({"PatchedToo": Impostor})
del nodes.NODE_CLASS_MAPPINGS["PatchedToo"]
before = comfy.sample.sample
comfy.sample.sample = lambda *given, **options: before(*given, **options)
comfy.model_management.get_free_memory = lambda *_: 0
execution.PromptExecutor.execute = lambda *_: None
execution.validate_prompt = lambda *_: None


class Looks:
    """Finds classes of others where packs look for them."""

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"type": ("STRING", {})}}

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"

    def go(self, type):
        cls = nodes.NODE_CLASS_MAPPINGS[type]
        return (f"{cls.__name__} {cls.FUNCTION} {cls.RETURN_TYPES} {type in nodes.NODE_CLASS_MAPPINGS}",)


NODE_CLASS_MAPPINGS = {"Looks": Looks}
