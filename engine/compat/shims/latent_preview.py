"""`latent_preview`: unfinished pictures."""

from engine.compat.not_offered import absent_names
from engine.compat.pack_previews import LatentPreviewer, get_previewer, preview_to_image
from engine.compat.pack_sampling import prepare_callback

__all__ = ["LatentPreviewer", "get_previewer", "prepare_callback", "preview_to_image"]

MAX_PREVIEW_RESOLUTION = 512
Latent2RGBPreviewer = LatentPreviewer
globals().update(absent_names("latent_preview", "TAESDPreviewerImpl"))
