// Who lets the user choose a picture out of all that there are: the gallery, once it is loaded.

export interface PickedPicture {
  /** What an image input takes: `folder/name.png [output]`. */
  readonly value: string;
  readonly filename: string;
  /** The picture itself, and a small one of it. */
  readonly url: string;
  readonly thumbnailUrl: string;
}

export interface PickOptions {
  /** What it is for, as the dialog's title says it. */
  readonly title?: string;
}

export type PicturePicker = (options: PickOptions) => Promise<PickedPicture | null>;

let picker: PicturePicker | null = null;

export function registerPicturePicker(next: PicturePicker): void {
  picker = next;
}

export function canPick(): boolean {
  return picker !== null;
}

/** The picture that the user chose; null if none was chosen, or there is nobody who offers any. */
export async function pickPicture(options: PickOptions = {}): Promise<PickedPicture | null> {
  return picker === null ? null : picker(options);
}
