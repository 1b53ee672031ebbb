"""Lists in and out."""


class Several:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"n": ("INT", {})}}

    RETURN_TYPES = ("INT", "INT")
    OUTPUT_IS_LIST = (True, False)
    FUNCTION = "go"

    def go(self, n):
        return (list(range(n)), n)


class Each:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"a": ("INT", {"forceInput": True}), "b": ("INT", {"forceInput": True})}}

    RETURN_TYPES = ("INT",)
    FUNCTION = "go"
    OUTPUT_NODE = True

    def go(self, a, b):
        return {"ui": {"sums": [a + b]}, "result": (a + b,)}


class Whole:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"a": ("INT", {"forceInput": True}), "w": ("INT", {})}}

    INPUT_IS_LIST = True
    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"

    def go(self, a, w):
        return (f"{a} {w}",)


NODE_CLASS_MAPPINGS = {"Several": Several, "Each": Each, "Whole": Whole}
