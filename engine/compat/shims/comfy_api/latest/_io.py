"""`comfy_api.latest.io`: socket types and schemas."""

from engine.compat.not_offered import absent_names
from engine.compat.v3_io import (
    SOCKETS,
    Boolean,
    Combo,
    ComfyExtension,
    ComfyNode,
    ComfyType,
    ControlAfterGenerate,
    Custom,
    Declared,
    DeclaredOutput,
    Float,
    FolderType,
    Hidden,
    Int,
    MultiCombo,
    MultiType,
    NodeOutput,
    NumberDisplay,
    RemoteOptions,
    Schema,
    String,
    UploadType,
)

__all__ = [
    "Boolean",
    "Combo",
    "ComfyExtension",
    "ComfyNode",
    "ControlAfterGenerate",
    "Custom",
    "Float",
    "FolderType",
    "Hidden",
    "Int",
    "MultiCombo",
    "MultiType",
    "NodeOutput",
    "NumberDisplay",
    "RemoteOptions",
    "Schema",
    "String",
    "UploadType",
]

ComfyTypeIO = ComfyTypeI = ComfyType
Input = WidgetInput = Declared
Output = DeclaredOutput
_NodeOutput = NodeOutput
globals().update(SOCKETS)
globals().update(absent_names("comfy_api.latest.io", "Autogrow", "DynamicCombo", "DynamicSlot", "MatchType"))
