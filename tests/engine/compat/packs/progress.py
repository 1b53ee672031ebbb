"""Progress, previews and interrupts, from functions, coroutines and threads."""

import asyncio
import threading

import comfy.model_management
import comfy.utils
from comfy_execution.utils import get_executing_context
from PIL import Image


class Bar:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"steps": ("INT", {"min": 1})}}

    RETURN_TYPES = ("INT",)
    FUNCTION = "go"
    OUTPUT_NODE = True

    def go(self, steps):
        bar = comfy.utils.ProgressBar(steps)
        for step in range(steps - 1):
            bar.update(1)
        picture = Image.new("RGB", (40, 20), (255, 0, 0))
        bar.update_absolute(steps, steps, ("JPEG", picture, 10))
        comfy.model_management.throw_exception_if_processing_interrupted()
        return (bar.current,)


class Later:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"steps": ("INT", {"min": 1})}}

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"
    OUTPUT_NODE = True

    async def go(self, steps):
        bar = comfy.utils.ProgressBar(steps)
        for step in range(steps):
            await asyncio.sleep(0.01)
            bar.update(1)
        return (get_executing_context().node_id,)


class Threaded:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"steps": ("INT", {"min": 1})}}

    RETURN_TYPES = ("INT",)
    FUNCTION = "go"
    OUTPUT_NODE = True

    def go(self, steps):
        bar = comfy.utils.ProgressBar(steps)
        thread = threading.Thread(target=lambda: [bar.update(1) for _ in range(steps)])
        thread.start()
        thread.join()
        return (steps,)


class Stops:
    """Interrupts the run itself, or says that it was interrupted."""

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"how": (["raise", "call", "hook"],)}}

    RETURN_TYPES = ()
    FUNCTION = "go"
    OUTPUT_NODE = True

    def go(self, how):
        if how == "raise":
            raise comfy.model_management.InterruptProcessingException()
        if how == "call":
            comfy.model_management.interrupt_current_processing()
        else:
            import nodes

            nodes.interrupt_processing()
        assert comfy.model_management.processing_interrupted()
        comfy.utils.ProgressBar(3).update(1)
        raise AssertionError("the interrupt should have come")


class Sends:
    """As packs send finished pictures over the websocket."""

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {}}

    RETURN_TYPES = ()
    FUNCTION = "go"
    OUTPUT_NODE = True

    def go(self):
        picture = Image.new("RGB", (40, 20), (255, 0, 0))
        comfy.utils.ProgressBar(1).update_absolute(1, 1, ("PNG", picture, None))
        return ()


NODE_CLASS_MAPPINGS = {cls.__name__: cls for cls in (Bar, Later, Threaded, Stops, Sends)}
