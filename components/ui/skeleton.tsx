/** Rows of the real height, shown only after 200 ms so that a quick answer does not flicker. */
export function Skeleton({ rows = 3, label }: { rows?: number; label: string }) {
  return (
    <div className="skl" role="status">
      <span className="vh">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={`row-${String(row)}`} aria-hidden="true">
          <span className="skel" />
          <span className={`skel w${String(row % 3)}`} />
          <span className="skel" />
        </div>
      ))}
    </div>
  );
}
