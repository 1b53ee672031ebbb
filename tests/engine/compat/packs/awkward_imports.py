"""Needs a package only when one of its nodes runs."""


class Needs:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": ("INT", {})}}

    RETURN_TYPES = ("INT",)
    FUNCTION = "go"

    def go(self, value):
        import package_that_nobody_has

        return (package_that_nobody_has.double(value),)


class Fine:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": ("INT", {})}}

    RETURN_TYPES = ("INT",)
    FUNCTION = "go"

    def go(self, value):
        return (value,)


NODE_CLASS_MAPPINGS = {"Needs": Needs, "Fine": Fine}
