"""Models as packs use them: methods of VAE, CLIP and MODEL, our nodes as classes, sampling."""

import comfy.model_management
import comfy.sample
import comfy.samplers
import comfy.sd
import comfy.utils
import folder_paths
import latent_preview
import torch

import nodes
from nodes import MAX_RESOLUTION, CLIPTextEncode, VAEDecode, VAEEncode, common_ksampler


class LoadsAll:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"name": (folder_paths.get_filename_list("checkpoints"),)}}

    RETURN_TYPES = ("MODEL", "CLIP", "VAE")
    FUNCTION = "go"

    def go(self, name):
        path = folder_paths.get_full_path("checkpoints", name)
        return comfy.sd.load_checkpoint_guess_config(path, output_vae=True, output_clip=True)[:3]


class Encodes:
    """The same text three ways."""

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"clip": ("CLIP",), "text": ("STRING", {})}}

    RETURN_TYPES = ("CONDITIONING", "CONDITIONING", "CONDITIONING")
    FUNCTION = "go"

    def go(self, clip, text):
        tokens = clip.tokenize(text)
        cond, pooled = clip.encode_from_tokens(tokens, return_pooled=True)
        return (
            [[cond, {"pooled_output": pooled}]],
            clip.encode_from_tokens_scheduled(tokens),
            CLIPTextEncode().encode(clip, text)[0],
        )


class Samples:
    """The same latent by four ways."""

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {
                "model": ("MODEL",),
                "positive": ("CONDITIONING",),
                "negative": ("CONDITIONING",),
                "latent": ("LATENT",),
                "seed": ("INT", {}),
                "sampler": (comfy.samplers.KSampler.SAMPLERS,),
                "scheduler": (comfy.samplers.KSampler.SCHEDULERS,),
            }
        }

    RETURN_TYPES = ("LATENT", "LATENT", "LATENT", "LATENT")
    FUNCTION = "go"

    def go(self, model, positive, negative, latent, seed, sampler, scheduler):
        common = (sampler, scheduler, positive, negative)
        one = common_ksampler(model, seed, 3, 2.0, *common, latent)[0]
        two = nodes.KSampler().sample(model, seed, 3, 2.0, *common, latent, 1.0)[0]
        samples = comfy.sample.fix_empty_latent_channels(model, latent["samples"])
        noise = comfy.sample.prepare_noise(samples, seed, None)
        callback = latent_preview.prepare_callback(model, 3)
        three = comfy.sample.sample(model, noise, 3, 2.0, *common, samples, callback=callback, seed=seed)
        ms = model.get_model_object("model_sampling")
        sigmas = comfy.samplers.calculate_sigmas(ms, scheduler, 3)
        guider = comfy.samplers.CFGGuider(model)
        guider.set_conds(positive, negative)
        guider.set_cfg(2.0)
        chosen = comfy.samplers.sampler_object(sampler)
        four = guider.sample(noise, samples, chosen, sigmas, seed=seed)
        return (one, two, {"samples": three}, {"samples": four})


class Pictures:
    """Out of a latent and back, by methods and by our nodes."""

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"vae": ("VAE",), "latent": ("LATENT",)}}

    RETURN_TYPES = ("IMAGE", "IMAGE", "LATENT", "LATENT")
    FUNCTION = "go"

    def go(self, vae, latent):
        image = vae.decode(latent["samples"])
        back = vae.encode(image[:, :, :, :3])
        assert vae.downscale_ratio * back.shape[-1] == image.shape[2]
        return (image, VAEDecode().decode(vae, latent)[0], {"samples": back}, VAEEncode().encode(vae, image)[0])


class OwnModule:
    """A network of the pack's own, moved to where it computes by the engine."""

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"image": ("IMAGE",)}}

    RETURN_TYPES = ("IMAGE",)
    FUNCTION = "go"

    def go(self, image):
        from comfy.model_patcher import ModelPatcher

        device, offload = comfy.model_management.get_torch_device(), comfy.model_management.unet_offload_device()
        module = torch.nn.Conv2d(3, 12, 1)
        torch.nn.init.eye_(module.weight.data.view(12, 3))
        torch.nn.init.zeros_(module.bias)
        patcher = ModelPatcher(module, load_device=device, offload_device=offload)
        comfy.model_management.load_models_gpu([patcher])
        pixels = image.movedim(-1, 1).to(device)
        steps = comfy.utils.get_tiled_scale_steps(pixels.shape[3], pixels.shape[2], 8, 8, 2)
        bar = comfy.utils.ProgressBar(steps)
        wide = comfy.utils.tiled_scale(
            pixels,
            lambda x: torch.nn.functional.interpolate(patcher.model(x)[:, :3], scale_factor=2),
            8,
            8,
            2,
            2,
            pbar=bar,
        )
        assert bar.current == steps
        comfy.model_management.unload_all_models()
        comfy.model_management.soft_empty_cache()
        return (wide.movedim(1, -1).to(comfy.model_management.intermediate_device()),)


class WantsLora:
    """Uses what is not there."""

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"model": ("MODEL",), "what": (["lora", "patch", "controlnet", "size"],)}}

    RETURN_TYPES = ("INT",)
    FUNCTION = "go"

    def go(self, model, what):
        if what == "lora":
            return comfy.sd.load_lora_for_models(model, None, {}, 1.0, 1.0)
        if what == "controlnet":
            from comfy.controlnet import load_controlnet

            return (load_controlnet("x"),)
        if what == "patch":
            return (model.clone().set_model_unet_function_wrapper(lambda *_: None),)
        return (min(MAX_RESOLUTION, model.model_size()),)


class PreviewsLikeSave(nodes.SaveImage):
    """What very many packs do for a preview."""

    def __init__(self):
        self.output_dir = folder_paths.get_temp_directory()
        self.type = "temp"
        self.prefix_append = "_temp_x"
        self.compress_level = 1

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"images": ("IMAGE",)}, "hidden": {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"}}


NODE_CLASS_MAPPINGS = {
    cls.__name__: cls for cls in (LoadsAll, Encodes, Samples, Pictures, OwnModule, WantsLora, PreviewsLikeSave)
}
