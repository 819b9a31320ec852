// A picture of a patch as one still picture, or played when asked for, no larger than its place: fetched, decoded one at a time on this page, drawn
// small, and the decoded one let go. However many stand in the window, one is held at its full size, and nothing moves.

import { type Playing, playFrames } from "./play-frames.ts";

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

async function picture(address: string, signal: AbortSignal): Promise<Blob> {
  signal.throwIfAborted();
  const response = await fetch(address, { signal });
  if (!response.ok) throw new Error(`The picture was refused with ${response.status}.`);
  return response.blob();
}

/** What is decoded stays within what was recorded, and is let go once it is drawn. */
function put(canvas: HTMLCanvasElement, decoded: ImageBitmap | VideoFrame, size: Dots): void {
  const own =
    decoded instanceof ImageBitmap ? decoded : { width: decoded.displayWidth, height: decoded.displayHeight };
  try {
    if (own.width * own.height > size.width * size.height)
      throw new Error("The picture is larger than was recorded.");
    const { width, height } = fitted(own);
    // Setting them, also to what they are, clears what was there.
    [canvas.width, canvas.height] = [width, height];
    canvas.getContext("2d")?.drawImage(decoded, 0, 0, width, height);
  } finally {
    decoded.close();
  }
}

/** Browsers that decode frame by frame, on a secure origin. */
async function opened(blob: Blob): Promise<ImageDecoder> {
  const decoder = new ImageDecoder({
    data: await blob.arrayBuffer(),
    type: blob.type,
    preferAnimation: true,
  });
  try {
    await Promise.all([decoder.completed, decoder.tracks.ready]);
    return decoder;
  } catch (error) {
    decoder.close();
    throw error;
  }
}

const framesOf = ({ tracks }: ImageDecoder): number => tracks.selectedTrack?.frameCount ?? 0;

async function isMoving(blob: Blob): Promise<boolean> {
  if (typeof ImageDecoder !== "function") return false;
  try {
    const decoder = await opened(blob);
    const count = framesOf(decoder);
    decoder.close();
    return count > 1;
  } catch {
    return false; // its first frame stands there all the same: it only cannot be played
  }
}

/**
 * True where it can be played: what is drawn is its first frame. Rejects where it cannot be had, is no picture, or is one
 * of another size than was recorded.
 */
export function drawStill(
  canvas: HTMLCanvasElement,
  address: string,
  size: Dots,
  signal: AbortSignal,
): Promise<boolean> {
  return inTurn(async () => {
    const blob = await picture(address, signal);
    const decoded = await createImageBitmap(blob);
    if (signal.aborted) decoded.close();
    signal.throwIfAborted();
    put(canvas, decoded, size);
    return isMoving(blob);
  });
}

const waitIn = (signal: AbortSignal) => (milliseconds: number) =>
  new Promise<void>((resolve) => {
    const stop = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      resolve();
    };
    const timer = setTimeout(stop, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });

/** Until it was shown long enough, or the signal says so. One frame is decoded at a time, in turn with all other pictures. */
export async function playMoving(
  canvas: HTMLCanvasElement,
  address: string,
  size: Dots,
  { signal, isOnce }: Pick<Playing, "signal" | "isOnce">,
): Promise<void> {
  const decoder = await opened(await picture(address, signal));
  const show = (frameIndex: number) =>
    inTurn(async () => {
      signal.throwIfAborted();
      const { image } = await decoder.decode({ frameIndex });
      const asked = (image.duration ?? 0) / 1000;
      put(canvas, image, size);
      return asked;
    });
  try {
    await playFrames(
      { count: framesOf(decoder), show },
      { signal, isOnce, now: () => performance.now(), wait: waitIn(signal) },
    );
  } finally {
    decoder.close();
  }
}
