"""`comfy.model_sampling`: schedules that packs build; ours come with the model."""

from engine.compat.not_offered import absent_names

globals().update(
    absent_names(
        "comfy.model_sampling",
        "EPS",
        "V_PREDICTION",
        "EDM",
        "CONST",
        "X0",
        "IMG_TO_IMG",
        "COSMOS_RFLOW",
        "ModelSamplingDiscrete",
        "ModelSamplingDiscreteEDM",
        "ModelSamplingContinuousEDM",
        "ModelSamplingContinuousV",
        "ModelSamplingDiscreteFlow",
        "ModelSamplingFlux",
        "ModelSamplingCosmosRFlow",
        "StableCascadeSampling",
        "rescale_zero_terminal_snr_sigmas",
        "flux_time_shift",
        "time_snr_shift",
    )
)
