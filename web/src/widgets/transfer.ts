// What is dropped or pasted.

/** The first picture among what is pasted or dropped. */
export function imageIn(data: DataTransfer | null): File | undefined {
  return [...(data?.files ?? [])].find((file) => file.type.startsWith('image/'));
}
