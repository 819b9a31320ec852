import { Meter } from "../ui/meter.tsx";

const NEAR = 0.75;

/** How much of the way to its bound a number has gone. */
export function Way({ way, isTripped }: { way: number | null; isTripped: boolean }) {
  if (way === null) return <Meter share={0} label="How near it is cannot be told" tone="base" />;
  const tone = isTripped || way >= 1 ? "bad" : way >= NEAR ? "need" : "base";
  return <Meter share={way} label={`${Math.round(way * 100)} % of the way to its bound`} tone={tone} />;
}
