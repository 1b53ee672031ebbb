"""Nodes of the newer kind."""

from comfy_api.latest import ComfyAPI, ComfyExtension, io, ui
from comfy_execution.graph_utils import GraphBuilder

api = ComfyAPI()


class Repeat(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="NewerRepeat",
            display_name="Repeats",
            category="test/newer",
            description="Repeats a text.",
            inputs=[
                io.String.Input("text", multiline=True, tooltip="what"),
                io.Int.Input("times", default=2, min=1, max=5, display_mode=io.NumberDisplay.slider),
                io.Combo.Input("how", options=["plain", "loud"], optional=True),
                io.Image.Input("image", optional=True),
                io.Custom("OWN").Input("own", optional=True),
                io.MultiType.Input("either", [io.Int, io.Float], optional=True),
                io.AnyType.Input("anything", optional=True, lazy=True),
            ],
            outputs=[io.String.Output(display_name="long"), io.Custom("OWN").Output()],
            hidden=[io.Hidden.unique_id, io.Hidden.prompt],
            is_output_node=True,
        )

    @classmethod
    def validate_inputs(cls, text):
        return "a text is wanted" if text == "" else True

    @classmethod
    def fingerprint_inputs(cls, **_):
        return 1

    @classmethod
    def check_lazy_status(cls, **_):
        return []

    @classmethod
    async def execute(cls, text, times, how="plain", image=None, own=None, either=None, anything=None):
        for time in range(times):
            await api.execution.set_progress(time + 1, times, preview_image=image)
        said = text * times + ("!" if how == "loud" else "")
        return io.NodeOutput(said, {"id": cls.hidden.unique_id, "asked": anything}, ui=ui.PreviewText(said))


class Expands(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="NewerExpands",
            inputs=[io.String.Input("text"), io.Boolean.Input("block", default=False)],
            outputs=[io.String.Output()],
            enable_expand=True,
        )

    @classmethod
    def execute(cls, text, block):
        if block:
            return io.NodeOutput(block_execution="not now")
        graph = GraphBuilder()
        return io.NodeOutput(graph.node("NewerRepeat", text=text, times=2).out(0), expand=graph.finalize())


class Shows(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="NewerShows",
            inputs=[io.Image.Input("images"), io.Combo.Input("how", options=["preview", "save", "webp", "mask"])],
            outputs=[],
            is_output_node=True,
        )

    @classmethod
    def execute(cls, images, how):
        if how == "preview":
            return io.NodeOutput(ui=ui.PreviewImage(images, cls=cls))
        if how == "mask":
            return io.NodeOutput(ui=ui.PreviewMask(images[..., 0], cls=cls))
        if how == "webp":
            saved = ui.ImageSaveHelper.get_save_animated_webp_ui(images, "anim", cls, 6.0, False, 80, 4)
            return io.NodeOutput(ui=saved)
        return io.NodeOutput(ui=ui.ImageSaveHelper.get_save_images_ui(images, "sub/newer", cls=cls))


class Extension(ComfyExtension):
    async def get_node_list(self):
        return [Repeat, Expands, Shows]


async def comfy_entrypoint():
    return Extension()
