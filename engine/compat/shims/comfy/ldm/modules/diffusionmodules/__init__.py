"""`comfy.ldm.modules.diffusionmodules`: parts of networks."""
