"""Imports every module and takes every attribute that packs were counted to take."""

import comfy
import comfy.cli_args
import comfy.clip_vision
import comfy.controlnet
import comfy.k_diffusion.sampling
import comfy.latent_formats
import comfy.ldm.modules.attention
import comfy.lora
import comfy.model_base
import comfy.model_management
import comfy.model_management as model_management
import comfy.model_patcher
import comfy.model_sampling
import comfy.ops
import comfy.patcher_extension
import comfy.sample
import comfy.sampler_helpers
import comfy.samplers
import comfy.sd
import comfy.sdxl_clip
import comfy.utils
import execution
import folder_paths
import latent_preview
import node_helpers
import server
from comfy.cli_args import args
from comfy.comfy_types import IO, ComfyNodeABC, InputTypeDict
from comfy.ldm.modules.attention import optimized_attention
from comfy_extras.nodes_mask import MaskToImage

import nodes

COUNTED = [
    *(folder_paths.get_full_path, folder_paths.get_filename_list, folder_paths.models_dir),
    *(folder_paths.folder_names_and_paths, folder_paths.get_output_directory, folder_paths.get_temp_directory),
    *(folder_paths.get_folder_paths, folder_paths.get_save_image_path, folder_paths.get_input_directory),
    *(folder_paths.get_annotated_filepath, folder_paths.add_model_folder_path, folder_paths.supported_pt_extensions),
    *(comfy.utils.load_torch_file, comfy.utils.common_upscale, comfy.utils.ProgressBar),
    *(comfy.utils.PROGRESS_BAR_ENABLED, server.PromptServer.instance, server.PromptServer.instance.routes),
    *(server.PromptServer.instance.send_sync, server.PromptServer.instance.add_on_prompt_handler),
    *(model_management.get_torch_device, model_management.load_models_gpu, model_management.soft_empty_cache),
    *(model_management.intermediate_device, model_management.unload_all_models),
    *(model_management.InterruptProcessingException, nodes.MAX_RESOLUTION, nodes.common_ksampler),
    *(comfy.samplers.KSampler.SAMPLERS, comfy.samplers.KSampler.SCHEDULERS, comfy.sd.load_lora_for_models),
    *(comfy.sd.load_checkpoint_guess_config, args.lowvram, nodes.NODE_CLASS_MAPPINGS, execution.PromptExecutor),
    *(latent_preview.prepare_callback, node_helpers.conditioning_set_values, comfy.model_base.SDXL),
]


class Uses(ComfyNodeABC):
    @classmethod
    def INPUT_TYPES(cls) -> InputTypeDict:
        return {"required": {"image": (IO.IMAGE, {}), "value": (IO.ANY, {})}}

    RETURN_TYPES = (IO.IMAGE, IO.INT)
    FUNCTION = "go"
    CATEGORY = "test"

    def go(self, image, value):
        tokens = image.reshape(1, -1, 3)
        assert optimized_attention(tokens, tokens, tokens, 1).shape == tokens.shape
        assert MaskToImage().execute(image[..., 0])[0].shape[-1] == 3
        layer = comfy.ops.manual_cast.Linear(3, 2, dtype=image.double().dtype)
        layer.weight.data.fill_(1)
        layer.bias.data.fill_(0)
        assert layer(image).dtype == image.dtype and not isinstance(value, comfy.model_base.SDXL)
        return (image, len(COUNTED))


NODE_CLASS_MAPPINGS = {"Uses": Uses}
