"""Directories and files."""

import os

import folder_paths

extra = os.path.join(folder_paths.base_path, "elsewhere")
folder_paths.add_model_folder_path("checkpoints", extra)
folder_paths.folder_names_and_paths["own_models"] = ([os.path.join(folder_paths.models_dir, "own")], {".own", ".bin"})
folder_paths.folder_names_and_paths["loras"][0].append(extra)
first = os.path.join(folder_paths.base_path, "first")
folder_paths.add_model_folder_path("vae", first, is_default=True)


class Loads:
    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {
                "name": (folder_paths.get_filename_list("own_models"),),
                "lora": (["None"] + folder_paths.get_filename_list("loras"),),
            }
        }

    RETURN_TYPES = ("STRING", "STRING")
    FUNCTION = "go"

    def go(self, name, lora):
        return (folder_paths.get_full_path("own_models", name), str(folder_paths.get_full_path("loras", lora)))


class Writes:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"prefix": ("STRING", {})}}

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"
    OUTPUT_NODE = True

    def go(self, prefix):
        folder, name, counter, subfolder, filled = folder_paths.get_save_image_path(
            prefix, folder_paths.get_output_directory(), 64, 32
        )
        file = f"{name}_{counter:05}_.txt"
        with open(os.path.join(folder, file), "w") as text:
            text.write("x")
        result = {"filename": file, "subfolder": subfolder, "type": "output"}
        return {"ui": {"images": [result]}, "result": (os.path.join(subfolder, file),)}


class Reads:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"file": ("STRING", {})}}

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"

    def go(self, file):
        with open(folder_paths.get_annotated_filepath(file)) as text:
            return (text.read(),)

    @classmethod
    def VALIDATE_INPUTS(cls, file):
        return True if folder_paths.exists_annotated_filepath(file) else f"no file {file}"


NODE_CLASS_MAPPINGS = {"Loads": Loads, "Writes": Writes, "Reads": Reads}
