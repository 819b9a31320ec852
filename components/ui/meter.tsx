/** A share of something, 0 to 1; an `svg`, because its width is data and not style. */
export function Meter({
  share,
  label,
  tone = "accent",
}: {
  share: number;
  label: string;
  tone?: "accent" | "need" | "bad" | "base";
}) {
  const width = Math.min(1, Math.max(0, share)) * 100;
  return (
    <svg
      className={`meter ${tone}`}
      role="img"
      aria-label={label}
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
    >
      <rect width={width} height="4" />
    </svg>
  );
}
