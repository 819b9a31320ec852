"use client";

import { Pause, Play } from "lucide-react";
import { useEffect, useState } from "react";
import type { Channel, Resolution, TracePiece } from "#lib/traces/schema.ts";
import { formatDuration, plural } from "../format.ts";
import { Button } from "../ui/button.tsx";
import { SCROLLS } from "../ui/scrolls.ts";
import { Segmented } from "../ui/segmented.tsx";
import { Visible } from "../ui/visible.tsx";
import { Doubts } from "./doubts.tsx";
import { hasMoments, lengthOf, shownAt } from "./rules.ts";

const CHANNELS: Readonly<Record<Channel, string>> = {
  answer: "Answer",
  reasoning: "Reasoning",
  tool: "Call of a tool",
  raw: "As it came",
};

const SPEEDS = [
  { value: "1", title: "1×" },
  { value: "4", title: "4×" },
  { value: "16", title: "16×" },
] as const;
type SpeedName = (typeof SPEEDS)[number]["value"];

export interface PlaybackProps {
  readonly pieces: readonly TracePiece[];
  readonly resolution: Resolution;
}

const isToken = ({ logprob }: TracePiece) => logprob !== undefined;

/** How finely the answer is known. */
function kept({ pieces, resolution }: PlaybackProps): string {
  switch (resolution) {
    case "token":
      return `Kept token by token: ${plural(pieces.filter(isToken).length, "token")}, with the chance the provider gave each; what is reasoning or a call of a tool, in the pieces it came in.`;
    case "chunk":
      return `Kept in the ${plural(pieces.length, "piece")} in which the provider sent it; a piece is not a token.`;
    case "none":
      return "It came at once: there are no moments to play.";
  }
}

/** An answer again as it came. It opens at its end, so that nothing has to be played to be read. */
export function Playback(props: PlaybackProps) {
  const { pieces, resolution } = props;
  const length = lengthOf(pieces);
  const [at, setAt] = useState(length);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<SpeedName>("1");
  useEffect(() => {
    if (!playing) return;
    let before: number | null = null;
    let frame = requestAnimationFrame(function step(now) {
      const passed = before === null ? 0 : (now - before) * Number(speed);
      before = now;
      setAt((moment) => Math.min(length, moment + passed));
      frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [playing, speed, length]);
  const isOver = at >= length;
  if (playing && isOver) setPlaying(false);
  const play = () => {
    if (isOver) setAt(0);
    setPlaying(!playing);
  };
  const parts = shownAt(pieces, at);
  return (
    <div className="pb grid gap-3.5">
      {resolution !== "none" && (resolution === "chunk" ? length > 0 : hasMoments(pieces)) ? (
        <div className="row flex-wrap">
          <Button icon={playing ? Pause : Play} onClick={play}>
            {playing ? "Pause" : "Play"}
          </Button>
          <input
            className="grow"
            type="range"
            aria-label="Moment of the answer"
            aria-valuetext={formatDuration(at)}
            min={0}
            max={length}
            value={Math.round(at)}
            onChange={(event) => {
              setPlaying(false);
              setAt(Number(event.currentTarget.value));
            }}
          />
          <span className="t2 sm num nowrap">
            {formatDuration(at)} of {formatDuration(length)}
          </span>
          <Segmented label="Speed" options={SPEEDS} value={speed} onChange={setSpeed} />
        </div>
      ) : null}
      <p className="t3 sm">{kept(props)}</p>
      {parts.map(({ part, channel, text }) => (
        <section key={part} aria-label={CHANNELS[channel]}>
          <h3 className="t2 sm">{CHANNELS[channel]}</h3>
          <div className="code out" {...SCROLLS}>
            <Visible text={text} mode="block" />
          </div>
        </section>
      ))}
      <Doubts pieces={pieces} />
    </div>
  );
}
