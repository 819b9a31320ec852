"use client";

import { Play, Square } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "../../../ui/button.tsx";
import { drawStill, fitted, playMoving } from "./draw-still.ts";

interface StillProps {
  readonly address: string;
  readonly width: number;
  readonly height: number;
  readonly label: string;
}

/** Nothing moves by itself; a picture that can is played when somebody asks for it. */
export function Still({ address, width, height, label }: StillProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const playing = useRef<AbortController | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [moving, setMoving] = useState<string | null>(null);
  const [isPlaying, setPlaying] = useState(false);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const gone = new AbortController();
    drawStill(element, address, { width, height }, gone.signal)
      .then((canPlay) => {
        if (canPlay && !gone.signal.aborted) setMoving(address);
      })
      .catch(() => {
        if (!gone.signal.aborted) setFailed(address);
      });
    return () => {
      gone.abort();
      playing.current?.abort();
    };
  }, [address, width, height]);
  const play = async () => {
    const element = canvas.current;
    if (!element || playing.current) return playing.current?.abort();
    const own = new AbortController();
    playing.current = own;
    setPlaying(true);
    const isOnce = matchMedia("(prefers-reduced-motion: reduce)").matches;
    try {
      await playMoving(element, address, { width, height }, { signal: own.signal, isOnce });
    } catch {
      if (!own.signal.aborted) setFailed(address);
    }
    playing.current = null;
    setPlaying(false);
  };
  if (failed === address) return <span className="t3 sm">The picture could not be drawn</span>;
  return (
    <>
      <canvas ref={canvas} role="img" aria-label={label} data-from={address} {...fitted({ width, height })} />
      {moving === address ? (
        <Button
          size="sm"
          icon={isPlaying ? Square : Play}
          aria-label={`${isPlaying ? "Stop" : "Play"}: ${label}`}
          onClick={() => void play()}
        >
          {isPlaying ? "Stop" : "Play"}
        </Button>
      ) : null}
    </>
  );
}
