import { useEffect, useRef, useState } from "react";
import type { RunEvent } from "#lib/protocol/events.ts";
import { type Placed, placedOf, withEvents } from "#lib/timeline/placed.ts";
import { placeOf } from "#lib/timeline/rules.ts";
import { setConnection } from "../shell/connection.ts";
import { takePoints } from "./drift/live-points.ts";
import { isLast, parseMessage, retryDelay } from "./stream-rules.ts";

const FLUSH_MS = 40;

/**
 * A run's timeline, kept up to date by `/api/runs/:id/events`. Every connection says after which number it goes on
 * (`?after=`), so nothing comes twice or is missed. A hidden tab holds no connection: browsers allow six per host.
 * A run that ended sends what the page did not begin with, up to `last`, and nothing more. `talk`: how much has happened to
 * the messages of the run (`stepsOf`), 0 before the stream has said so.
 */
export function useRunEvents(
  runId: string,
  initial: readonly RunEvent[],
  { live, last }: { readonly live: boolean; readonly last: number },
): { readonly placed: Placed; readonly talk: number } {
  const [placed, setPlaced] = useState(() => placedOf(initial));
  const [talk, setTalk] = useState(0);
  const seq = useRef(placed.timeline.seq);
  const until = live ? null : last; // of a live run it grows, which is no reason to connect anew
  useEffect(() => {
    if (until !== null && seq.current >= until) return;
    let source: EventSource | null = null;
    let retry: number | undefined;
    let flushing = false;
    let tries = 0;
    let queue: RunEvent[] = [];

    const take = (events: RunEvent[]) => {
      for (const event of events) {
        const place = placeOf(seq.current, event);
        if (place === "gap") throw new RangeError(`Event ${event.seq} arrived after ${seq.current}.`);
        if (place === "known") continue;
        seq.current = event.seq;
        queue.push(event);
        if (until === null ? isLast(event) : event.seq >= until) finish();
      }
      if (flushing || queue.length === 0) return;
      flushing = true;
      window.setTimeout(() => {
        const arrived = queue;
        queue = [];
        flushing = false;
        setPlaced((before) => withEvents(before, arrived));
      }, FLUSH_MS);
    };
    const close = () => {
      source?.close();
      source = null;
      window.clearTimeout(retry);
    };
    const again = () => {
      close();
      setConnection("lost");
      retry = window.setTimeout(open, retryDelay(tries, Math.random()));
      tries += 1;
    };
    const open = () => {
      close();
      if (document.hidden) return;
      source = new EventSource(`/api/runs/${encodeURIComponent(runId)}/events?after=${seq.current}`);
      source.onopen = () => {
        tries = 0;
        setConnection("live");
      };
      source.onmessage = (message: MessageEvent<string>) => {
        try {
          take(parseMessage(message.data));
        } catch (error) {
          reportError(error);
          again();
        }
      };
      source.addEventListener("drift", ({ data }: MessageEvent<string>) => {
        try {
          takePoints(runId, data);
        } catch (error) {
          reportError(error);
        }
      });
      source.addEventListener("talk", ({ data }: MessageEvent<string>) => setTalk(Number(data)));
      source.onerror = again;
    };
    const onVisible = () => (document.hidden ? close() : open());
    const finish = () => {
      close();
      document.removeEventListener("visibilitychange", onVisible);
      setConnection("none");
    };
    document.addEventListener("visibilitychange", onVisible);
    setConnection("connecting");
    open();
    return finish;
  }, [runId, until]);
  return { placed, talk };
}
