"""Sub-graphs of several builders, with nodes that show something, fail or are shown elsewhere."""

from comfy_execution.graph_utils import GraphBuilder, add_graph_prefix, is_link


class Twice:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"text": ("STRING", {})}}

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"

    def go(self, text):
        first, second = GraphBuilder(), GraphBuilder()
        a, b = first.node("Say", text=text), second.node("Say", text=text)
        joined = second.node("Join", a=a.out(0), b=b.out(0))
        assert is_link(a.out(0)) and first.prefix != second.prefix
        return {"result": (joined.out(0),), "expand": {**first.finalize(), **second.finalize()}}


class Plain:
    """Writes the graph by hand."""

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"text": ("STRING", {}), "inner": ("STRING", {"default": "Say"})}}

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"

    def go(self, text, inner):
        graph, outputs = add_graph_prefix({"x": {"class_type": inner, "inputs": {"text": text}}}, [["x", 0]], "p.")
        graph["p.x"]["override_display_id"] = "77"
        return {"result": outputs, "expand": graph}


class Say:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"text": ("STRING", {})}}

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"

    def go(self, text):
        return (text,)


class Show:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"text": ("STRING", {})}}

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"
    OUTPUT_NODE = True

    def go(self, text):
        return {"ui": {"text": [text]}, "result": (text,)}


class Break:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"text": ("STRING", {})}}

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"

    def go(self, text):
        raise ValueError(text)


class Join:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"a": ("STRING", {}), "b": ("STRING", {})}}

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"

    def go(self, a, b):
        return (f"{a}+{b}",)


NODE_CLASS_MAPPINGS = {cls.__name__: cls for cls in (Twice, Plain, Say, Show, Break, Join)}
