"""Values of every type as packs make them."""

import torch


class Makes:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"type": ("STRING", {})}}

    RETURN_TYPES = ("IMAGE", "MASK", "LATENT", "AUDIO", "NOISE", "SIGMAS", "OWN_TYPE")
    FUNCTION = "go"

    def go(self, type):
        class Noise:
            seed = 3

            def generate_noise(self, latent):
                return torch.ones_like(latent["samples"])

        return (
            torch.rand(2, 8, 12, 3),
            torch.rand(8, 12),
            {"samples": torch.zeros(1, 4, 2, 3), "batch_index": [4], "own": object()},
            {"waveform": torch.zeros(1, 2, 100), "sample_rate": 44100},
            Noise(),
            torch.tensor([3.0, 1.0, 0.0]),
            {"anything": lambda: 5},
        )


class Takes:
    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {
                "image": ("IMAGE",),
                "mask": ("MASK",),
                "latent": ("LATENT",),
                "audio": ("AUDIO",),
                "noise": ("NOISE",),
                "sigmas": ("SIGMAS",),
                "own": ("OWN_TYPE",),
            }
        }

    RETURN_TYPES = ("STRING",)
    FUNCTION = "go"

    def go(self, image, mask, latent, audio, noise, sigmas, own):
        said = [list(image.shape), list(mask.shape), latent["batch_index"], audio["sample_rate"], noise.seed]
        said += [noise.generate_noise(latent).sum().item(), sigmas.tolist(), own["anything"]()]
        return (str(said),)


NODE_CLASS_MAPPINGS = {"Makes": Makes, "Takes": Takes}
