"""Writes into what it is given."""


class Mutates:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"image": ("IMAGE",), "latent": ("LATENT",), "positive": ("CONDITIONING",)}}

    RETURN_TYPES = ("IMAGE", "LATENT", "CONDITIONING")
    FUNCTION = "go"

    def go(self, image, latent, positive):
        image.mul_(0)
        latent["samples"] += 5
        latent["noise_mask"] = image[..., 0]
        positive[0][1]["strength"] = 7
        positive[0][0].zero_()
        positive.clear()
        return (image, latent, positive)


NODE_CLASS_MAPPINGS = {"Mutates": Mutates}
