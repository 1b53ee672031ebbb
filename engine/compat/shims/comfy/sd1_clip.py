"""`comfy.sd1_clip`: not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(
    absent_names(
        "comfy.sd1_clip",
        "SDClipModel",
        "SD1ClipModel",
        "SD1CheckpointClipModel",
        "SDTokenizer",
        "SD1Tokenizer",
        "ClipTokenWeightEncoder",
        "token_weights",
        "parse_parentheses",
        "escape_important",
        "unescape_important",
        "gen_empty_tokens",
        "expand_directory_list",
        "load_embed",
        "safe_load_embed_zip",
    )
)
