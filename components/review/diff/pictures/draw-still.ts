// A picture of a patch as one still picture, no larger than its place: fetched, decoded one at a time on this page, drawn
// small, and the decoded one let go. However many stand in the window, one is held at its full size, and nothing moves.

/** Twice what its place is wide and high, for screens with finer dots. */
const WIDEST = 1200;
const HIGHEST = 520;

interface Dots {
  readonly width: number;
  readonly height: number;
}

/** As large as it is where it fits, else as large as fits; a side is never without a dot. */
export function fitted({ width, height }: Dots): Dots {
  const share = Math.min(1, WIDEST / width, HIGHEST / height);
  return { width: Math.max(1, Math.round(width * share)), height: Math.max(1, Math.round(height * share)) };
}

/** One after the other, whether those before came to anything or not. */
export function turns(): <Result>(act: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const turn = last.then(act, act);
    last = turn;
    return turn;
  };
}

const inTurn = turns();

/** Rejects where it cannot be had, is no picture, or is one of another size than was recorded. */
export function drawStill(
  canvas: HTMLCanvasElement,
  address: string,
  size: Dots,
  signal: AbortSignal,
): Promise<void> {
  return inTurn(async () => {
    signal.throwIfAborted();
    const response = await fetch(address, { signal });
    if (!response.ok) throw new Error(`The picture was refused with ${response.status}.`);
    // Of a picture that moves this is the first frame.
    const decoded = await createImageBitmap(await response.blob());
    try {
      signal.throwIfAborted();
      if (decoded.width * decoded.height > size.width * size.height)
        throw new Error("The picture is larger than was recorded.");
      const { width, height } = fitted(decoded);
      [canvas.width, canvas.height] = [width, height];
      canvas.getContext("2d")?.drawImage(decoded, 0, 0, width, height);
    } finally {
      decoded.close();
    }
  });
}
