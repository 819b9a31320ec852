"use client";

import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { BEAT_EVERY_MS, type Beat, type Beaten, type Purpose } from "#lib/human-minutes/schema.ts";
import { Button } from "../ui/button.tsx";
import { type ActiveTime, begin, shown, signed, told } from "./active-time.ts";

export interface AttentionProps {
  readonly runId: string;
  readonly purpose: Purpose;
  readonly answer: (input: { runId: string; minutes: number | null }) => Promise<{ readonly ok: boolean }>;
}

const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;

/** Null where nothing came of it: minutes that are lost are no reason to disturb who reads. */
async function tell(beat: Beat): Promise<Beaten | null> {
  try {
    const response = await fetch("/api/human-minutes", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(beat),
      keepalive: true,
    });
    return response.ok ? ((await response.json()) as Beaten) : null;
  } catch {
    return null; // offline: the page itself says so
  }
}

/** Tells how long somebody was active on this page; at most once a day it asks about the time elsewhere. */
export function Attention({ runId, purpose, answer }: AttentionProps) {
  const [isAsking, setAsking] = useState(false);
  useEffect(() => {
    let state: ActiveTime = begin(performance.now(), !document.hidden);
    let isOver = false;
    const speak = async (isFirst = false) => {
      const [activeMs, next] = told(state, performance.now());
      state = next;
      // Nobody is there: a page that spoke on would keep its session from ending unused.
      if (activeMs === 0 && !isFirst) return;
      const said = await tell({ runId, purpose, activeMs });
      if (isOver || !said) return;
      if (said.isOff) stop();
      else setAsking(said.asks && said.creditedMs > 0);
    };
    const sign = () => {
      state = signed(state, performance.now());
    };
    const look = () => {
      state = shown(state, performance.now(), !document.hidden);
      if (document.hidden) void speak();
    };
    const timer = setInterval(() => {
      if (!document.hidden) void speak();
    }, BEAT_EVERY_MS);
    const stop = () => {
      isOver = true;
      clearInterval(timer);
      for (const name of SIGNS) document.removeEventListener(name, sign, { capture: true });
      document.removeEventListener("visibilitychange", look);
    };
    for (const name of SIGNS) document.addEventListener(name, sign, { passive: true, capture: true });
    document.addEventListener("visibilitychange", look);
    void speak(true); // from here on time is accounted for
    return stop;
  }, [runId, purpose]);
  if (!isAsking) return null;
  const say = (minutes: number | null) => {
    setAsking(false);
    void answer({ runId, minutes });
  };
  return <Question say={say} />;
}

function Question({ say }: { say: (minutes: number | null) => void }) {
  const [text, setText] = useState("");
  const minutes = /^\d{1,3}$/.test(text) && Number(text) <= 960 ? Number(text) : null;
  return (
    <form
      className="note row no-print"
      aria-label="Question of the day"
      onSubmit={(event) => {
        event.preventDefault();
        if (minutes !== null) say(minutes);
      }}
    >
      <label className="row grow">
        <span>Minutes today outside Pilothouse on finding out why tests fail?</span>
        <input
          className="input"
          inputMode="numeric"
          size={4}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      <Button type="submit" blocked={minutes === null && "Write whole minutes, at most 960."}>
        Answer
      </Button>
      <Button icon={X} onClick={() => say(null)}>
        Not today
      </Button>
    </form>
  );
}
