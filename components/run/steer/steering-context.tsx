"use client";

// What rows of the timeline need to know beside their events: who wrote a message, where an ask is decided.
import { createContext, type ReactNode, useContext } from "react";
import type { MessageStatus } from "#lib/messages/schema.ts";
import type { MessageEffect, MessageMode } from "#lib/protocol/steering.ts";
import type { ShownAsk } from "../../asks/ask-view.ts";

export interface ShownMessage {
  readonly id: string;
  readonly mode: MessageMode;
  readonly text: string;
  /** A `goal` is what the run is for from then on. */
  readonly origin: "steer" | "goal" | "review";
  readonly status: MessageStatus;
  readonly effect: MessageEffect | null;
  /** Why it did not reach the agent. */
  readonly reason: string | null;
  readonly sentByName: string;
  readonly sentAt: Date;
  /** Written by whoever looks at it. */
  readonly isMine: boolean;
  /** When whoever wrote it asked for it back. */
  readonly withdrawAt: Date | null;
  readonly settledAt: Date | null;
}

export interface Steering {
  readonly messages: readonly ShownMessage[];
  readonly asks: readonly ShownAsk[];
  /** Bytes of the snapshots that are still kept, by blob. */
  readonly snapshotBytes: Readonly<Record<string, number>>;
  /** Number of the event that told of the newest one; null where the run has ended, or has none. */
  readonly newestSnapshot: number | null;
  /** Numbers of the events by which a session of an earlier attempt was taken up. */
  readonly takenUp: readonly number[];
}

export const NO_STEERING: Steering = {
  messages: [],
  asks: [],
  snapshotBytes: {},
  newestSnapshot: null,
  takenUp: [],
};

const Context = createContext<Steering>(NO_STEERING);

export function SteeringProvider({ steering, children }: { steering: Steering; children: ReactNode }) {
  return <Context value={steering}>{children}</Context>;
}

export const useSteering = (): Steering => useContext(Context);
