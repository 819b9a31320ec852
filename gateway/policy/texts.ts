// The texts of a piece: every string and every key, but for the bytes of images.

export interface FoundText {
  /** `content[0].text` below the piece. */
  readonly place: string;
  readonly text: string;
  /** A key cannot be masked without changing what the request says. */
  readonly isKey: boolean;
}

export interface Contents {
  readonly texts: readonly FoundText[];
  readonly images: number;
  /** Of images, as they stand in the request. */
  readonly imageBytes: number;
}

/** Nothing that is looked for is shorter: `a@b.de`. */
const SHORTEST = 6;

const isImageUrl = (key: string, value: string) =>
  (key === "image_url" || key === "url") && value.startsWith("data:image/");

const holdsImage = (value: object) =>
  "type" in value && value.type === "base64" && "media_type" in value && "data" in value;

export function contentsOf(piece: unknown): Contents {
  const texts: FoundText[] = [];
  let images = 0;
  let imageBytes = 0;
  const countImage = (data: string) => {
    images++;
    imageBytes += data.length;
  };
  const visit = (value: unknown, key: string, place: string, isImage: boolean): void => {
    if (typeof value === "string") {
      if (isImage || isImageUrl(key, value)) countImage(value);
      else if (value.length >= SHORTEST) texts.push({ place, text: value, isKey: false });
    } else if (Array.isArray(value)) {
      for (const [at, item] of value.entries()) visit(item, key, `${place}[${at}]`, false);
    } else if (typeof value === "object" && value !== null) {
      const withImage = holdsImage(value);
      for (const [name, item] of Object.entries(value)) {
        const below = `${place}.${name}`;
        if (name.length >= SHORTEST) texts.push({ place: below, text: name, isKey: true });
        visit(item, name, below, withImage && name === "data");
      }
    }
  };
  visit(piece, "", "", false);
  return { texts, images, imageBytes };
}

/** The same value with each text replaced, in the order of `contentsOf` without its keys. */
export function replaceTexts(piece: unknown, replacements: readonly string[]): unknown {
  let next = 0;
  const change = (value: unknown, key: string, isImage: boolean): unknown => {
    if (typeof value === "string") {
      if (isImage || isImageUrl(key, value) || value.length < SHORTEST) return value;
      return replacements[next++] ?? value;
    }
    if (Array.isArray(value)) return value.map((item) => change(item, key, false));
    if (typeof value !== "object" || value === null) return value;
    const withImage = holdsImage(value);
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, change(item, name, withImage && name === "data")]),
    );
  };
  return change(piece, "", false);
}
