"""Every form of a result."""

from comfy_execution.graph_utils import ExecutionBlocker


class Returns:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"form": ("STRING", {})}}

    RETURN_TYPES = ("STRING", "INT")
    FUNCTION = "go"
    OUTPUT_NODE = True

    def go(self, form):
        match form:
            case "tuple":
                return ("a", 1)
            case "list":
                return ["a", 1]
            case "ui":
                return {"ui": {"text": ["shown"]}}
            case "both":
                return {"ui": {"text": ["shown"]}, "result": ("a", 1)}
            case "blocker":
                return ExecutionBlocker("no")
            case "inside":
                return (ExecutionBlocker(None), 1)
            case "expand":
                graph = {"x": {"class_type": "Returns", "inputs": {"form": "tuple"}}}
                return {"result": (["x", 0], 5), "expand": graph}


class Nothing:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {}}

    RETURN_TYPES = ()
    FUNCTION = "go"
    OUTPUT_NODE = True

    def go(self):
        return None


class Shows:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": ("*",)}}

    RETURN_TYPES = ()
    FUNCTION = "go"
    OUTPUT_NODE = True

    @classmethod
    def VALIDATE_INPUTS(cls, input_types):
        return True

    def go(self, value):
        return {"ui": {"text": [str(value)]}}


NODE_CLASS_MAPPINGS = {"Returns": Returns, "Nothing": Nothing, "Shows": Shows}
