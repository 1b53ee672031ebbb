"""Loops as packs write them: the closing node puts a copy of the loop's body in its own place, until it is enough."""

from comfy_execution.graph import ExecutionBlocker
from comfy_execution.graph_utils import GraphBuilder, is_link


class AnyType(str):
    def __ne__(self, other):
        return False


ANY = AnyType("*")
VALUES = 4


class WhileOpen:
    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {"condition": ("BOOLEAN", {"default": True})},
            "optional": {f"initial_value{i}": (ANY,) for i in range(VALUES)},
        }

    RETURN_TYPES = ("FLOW_CONTROL", *[ANY] * VALUES)
    RETURN_NAMES = ("flow", *[f"value{i}" for i in range(VALUES)])
    FUNCTION = "open"

    def open(self, condition, **values):
        given = [values.get(f"initial_value{i}") for i in range(VALUES)]
        return ("flow", *(given if condition else [ExecutionBlocker(None)] * VALUES))


class WhileClose:
    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {"flow": ("FLOW_CONTROL", {"rawLink": True}), "condition": ("BOOLEAN", {"forceInput": True})},
            "optional": {f"initial_value{i}": (ANY,) for i in range(VALUES)},
            "hidden": {"dynprompt": "DYNPROMPT", "unique_id": "UNIQUE_ID"},
        }

    RETURN_TYPES = (ANY,) * VALUES
    FUNCTION = "close"

    def readers_above(self, node_id, dynprompt, readers):
        for value in dynprompt.get_node(node_id)["inputs"].values():
            if is_link(value):
                known = value[0] in readers
                readers.setdefault(value[0], []).append(node_id)
                if not known:
                    self.readers_above(value[0], dynprompt, readers)

    def collect(self, node_id, readers, body):
        for reader in readers.get(node_id, ()):
            if reader not in body:
                body[reader] = True
                self.collect(reader, readers, body)

    def close(self, flow, condition, dynprompt=None, unique_id=None, **values):
        given = [values.get(f"initial_value{i}") for i in range(VALUES)]
        if not condition:
            return tuple(given)
        open_id, readers, body = flow[0], {}, {}
        self.readers_above(unique_id, dynprompt, readers)
        self.collect(open_id, readers, body)
        body[unique_id] = body[open_id] = True
        graph = GraphBuilder()
        for node_id in body:
            original = dynprompt.get_node(node_id)
            copy = graph.node(original["class_type"], "Again" if node_id == unique_id else node_id)
            copy.set_override_display_id(dynprompt.get_display_node_id(node_id))
        for node_id in body:
            copy = graph.lookup_node("Again" if node_id == unique_id else node_id)
            for name, value in dynprompt.get_node(node_id)["inputs"].items():
                if is_link(value) and value[0] in body:
                    copy.set_input(name, graph.lookup_node(value[0]).out(value[1]))
                else:
                    copy.set_input(name, value)
        opened = graph.lookup_node(open_id)
        for i, value in enumerate(given):
            opened.set_input(f"initial_value{i}", value)
        again = graph.lookup_node("Again")
        return {"result": tuple(again.out(i) for i in range(VALUES)), "expand": graph.finalize()}


class ForOpen:
    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {"remaining": ("INT", {"min": 0, "max": 100000})},
            "optional": {f"initial_value{i}": (ANY,) for i in range(1, VALUES)},
            "hidden": {"initial_value0": (ANY,)},
        }

    RETURN_TYPES = ("FLOW_CONTROL", "INT", *[ANY] * (VALUES - 1))
    FUNCTION = "open"

    def open(self, remaining, **values):
        remaining = values.pop("initial_value0", remaining)  # what the closing node sets in further rounds
        graph = GraphBuilder()
        graph.node("WhileOpen", condition=remaining > 0, initial_value0=remaining, **values)
        outputs = [values.get(f"initial_value{i}") for i in range(1, VALUES)]
        return {"result": ("flow", remaining, *outputs), "expand": graph.finalize()}


class ForClose:
    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {"flow": ("FLOW_CONTROL", {"rawLink": True})},
            "optional": {f"initial_value{i}": (ANY, {"rawLink": True}) for i in range(1, VALUES)},
        }

    RETURN_TYPES = (ANY,) * (VALUES - 1)
    FUNCTION = "close"

    def close(self, flow, **values):
        graph = GraphBuilder()
        left = graph.node("LoopMath", operation="subtract", a=[flow[0], 1], b=1)
        going_on = graph.node("LoopIsMore", value=left.out(0))
        close = graph.node("WhileClose", flow=flow, condition=going_on.out(0), initial_value0=left.out(0), **values)
        return {"result": tuple(close.out(i) for i in range(1, VALUES)), "expand": graph.finalize()}


class LoopMath:
    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {
                "a": ("INT", {"min": -(2**62), "max": 2**62}),
                "b": ("INT", {"min": -(2**62), "max": 2**62}),
                "operation": (["add", "subtract", "multiply"],),
            }
        }

    RETURN_TYPES = ("INT",)
    FUNCTION = "go"

    def go(self, a, b, operation):
        return (a + b if operation == "add" else a - b if operation == "subtract" else a * b,)


class LoopIsMore:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": ("INT", {"forceInput": True})}, "optional": {"than": ("INT", {"default": 0})}}

    RETURN_TYPES = ("BOOLEAN",)
    FUNCTION = "go"

    def go(self, value, than=0):
        return (value > than,)


NODE_CLASS_MAPPINGS = {cls.__name__: cls for cls in (WhileOpen, WhileClose, ForOpen, ForClose, LoopMath, LoopIsMore)}
