"""Every option of an input."""


class Options:
    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {
                "i": ("INT", {"default": 3, "min": 0, "max": 9, "step": 3, "display": "slider"}),
                "seed": ("INT", {"control_after_generate": True, "control_prefix": "p"}),
                "f": ("FLOAT", {"default": 0.5, "round": False, "step": 0.1}),
                "s": ("STRING", {"multiline": True, "placeholder": "here", "dynamicPrompts": False}),
                "b": ("BOOLEAN", {"default": True, "label_on": "yes", "label_off": "no"}),
                "old": (["a", "b"], {"default": "b"}),
                "new": ("COMBO", {"options": ["x", "y"]}),
                "several": (
                    "COMBO",
                    {"options": ["x", "y"], "multi_select": {"placeholder": "?"}, "multiselect": True},
                ),
                "remote": ("COMBO", {"remote": {"route": "/list", "refresh_button": True}}),
                "image": (["none"], {"image_upload": True, "image_folder": "input"}),
            },
            "optional": {
                "socket": ("STRING", {"forceInput": True, "tooltip": "linked"}),
                "start": ("INT", {"defaultInput": True, "advanced": True, "vhs_own_option": [1, 2]}),
                "wide": ("IMAGE", {"socketless": False, "label": "picture", "display_name": "shown"}),
            },
        }

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"
    OUTPUT_NODE = True

    def go(self, **inputs):
        return (str(sorted(inputs)),)


NODE_CLASS_MAPPINGS = {"Options": Options}
