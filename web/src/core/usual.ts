// What workflows are made of: until somebody's own use says more, these come first where all else is equal. In the order of
// how many of the workflows that people share hold them.

const USUAL = [
  ...['VAEDecode', 'CLIPTextEncode', 'KSampler', 'SaveImage', 'CheckpointLoaderSimple', 'LoadImage'],
  ...['VAELoader', 'EmptyLatentImage', 'PreviewImage', 'UNETLoader', 'MarkdownNote', 'VAEEncode'],
  ...['CLIPLoader', 'Note', 'Reroute', 'LoraLoader', 'KSamplerSelect', 'EmptySD3LatentImage'],
  ...['ControlNetLoader', 'UpscaleModelLoader', 'ModelSamplingSD3', 'RandomNoise', 'ImageScale'],
  ...['SamplerCustomAdvanced', 'LoraLoaderModelOnly', 'KSamplerAdvanced', 'DualCLIPLoader'],
  ...['ConditioningZeroOut', 'PrimitiveNode', 'ImageUpscaleWithModel', 'LatentUpscale', 'BasicScheduler'],
  ...['FluxGuidance', 'ModelSamplingAuraFlow', 'CLIPVisionLoader', 'CLIPVisionEncode', 'CLIPSetLastLayer'],
  ...['CFGGuider', 'SamplerCustom', 'Canny', 'LoadImageMask', 'BasicGuider', 'ControlNetApplyAdvanced'],
  ...['VAEEncodeForInpaint', 'ImageScaleBy', 'ConditioningCombine', 'ImageCompositeMasked', 'ImageToMask'],
];

const shares = new Map(USUAL.map((type, place) => [type, 1 - place / USUAL.length]));

/** How usual a node type is: 1 for the most usual, 0 for what is not among them. */
export function usualness(type: string): number {
  return shares.get(type) ?? 0;
}
