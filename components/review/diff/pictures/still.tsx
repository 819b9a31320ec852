"use client";

import { useEffect, useRef, useState } from "react";
import { drawStill, fitted } from "./draw-still.ts";

interface StillProps {
  readonly address: string;
  readonly width: number;
  readonly height: number;
  readonly label: string;
}

export function Still({ address, width, height, label }: StillProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [failed, setFailed] = useState<string | null>(null);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const gone = new AbortController();
    drawStill(element, address, { width, height }, gone.signal).catch(() => {
      if (!gone.signal.aborted) setFailed(address);
    });
    return () => gone.abort();
  }, [address, width, height]);
  if (failed === address) return <span className="t3 sm">The picture could not be drawn</span>;
  return (
    <canvas ref={canvas} role="img" aria-label={label} data-from={address} {...fitted({ width, height })} />
  );
}
